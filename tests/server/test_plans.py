"""How the database finds what lists and lookups ask for: by an index, never by reading it all."""

from typing import Any

import pytest
from tortoise.connection import get_connections

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Row, execute, rows
from gassapi_backend.database.statements import insert
from gassapi_backend.models import folded, name_hash, new_id
from tests.conftest import Api, Person
from tests.factories import collection_rows, endpoint_rows

PROJECTS = 20
EACH = 60  # rows of a kind in each project
FILLED = (
    "projects",
    "members",
    "environments",
    "collections",
    "endpoints",
    "flows",
    "audit_log",
    "mcp_tokens",
    "invitations",
)
PATHS = (
    "/projects",
    "/projects?search=bulk&role=owner&sort=name",
    "/projects/{project}",
    "/projects/{project}/settings",
    "/projects/{project}/members",
    "/projects/{project}/invitations",
    "/projects/{project}/activity",
    "/projects/{project}/activity?page=2&action=endpoint_created&resourceType=endpoint",
    "/projects/{project}/activity?fromDate=2026-01-01&toDate=2999-01-01&actorId={ann}",
    "/users/activity?page=2",
    "/projects/{project}/context",
    "/projects/{project}/collections",
    "/collections/{collection}",
    "/collections/{collection}/endpoints?limit=10",
    "/collections/{collection}/endpoints?method=GET&limit=10&offset=20",
    "/collections/{collection}/endpoints?search=bulk&limit=10",
    "/projects/{project}/endpoints?limit=10&offset=30",
    "/projects/{project}/endpoints?method=GET&limit=10",
    "/projects/{project}/endpoints?search=bulk&limit=10",
    "/endpoints/{endpoint}",
    "/projects/{project}/environments",
    "/environments/{environment}",
    "/projects/{project}/flows?limit=10",
    "/projects/{project}/flows?isActive=true&limit=10",
    "/projects/{project}/flows?collectionId={collection}&limit=10",
    "/projects/{project}/flows?search=bulk&limit=10",
    "/flows/{flow}",
    "/flows/{flow}/ui",
    "/mcp/tokens?projectId={project}",
    "/mcp/tokens?projectId={project}&status=active&createdBy={ann}",
)


def filled(project_id: str, columns: dict[str, Any]) -> list[Row]:
    """Return rows of a kind, alike but for their ids, names and what a function makes of them."""
    moment = stored(now())
    return [
        {
            "id": new_id(),
            "project_id": project_id,
            **{key: value(number) if callable(value) else value for key, value in columns.items()},
            "created_at": moment,
        }
        for number in range(EACH)
    ]


def somebody(number: int) -> Row:
    """Return the row of a person."""
    email, moment = f"u{number}@example.com", stored(now())
    return {
        "id": new_id(),
        "email": email,
        "email_key": email,
        "name": "Bulk",
        "name_key": "bulk",
        "password_hash": "x",
        "is_active": True,
        "is_admin": False,
        "revision": 1,
        "created_at": moment,
        "updated_at": moment,
    }


async def fill(project_id: str, ann: Person) -> dict[str, str]:
    """Put rows of every kind into a project; return the ids of one of each."""
    moment = stored(now())
    collections = collection_rows(project_id, EACH)
    endpoints = endpoint_rows(project_id, collections[0]["id"], EACH)
    flows = filled(
        project_id,
        {
            "collection_id": collections[0]["id"],
            "name": lambda n: f"Bulk {n}",
            "name_key": lambda n: folded(f"Bulk {n}"),
            "flow_data": '{"version":"1","steps":[],"config":{}}',
            "flow_inputs": "[]",
            "is_active": True,
            "revision": 1,
            "updated_at": moment,
        },
    )
    environments = filled(
        project_id,
        {
            "name": lambda n: f"Bulk {n}",
            "name_hash": lambda n: name_hash(f"Bulk {n}"),
            "variables": "[]",
            "revision": 1,
            "updated_at": moment,
        },
    )
    tokens = filled(
        project_id,
        {
            "creator_id": ann.id,
            "name": "Bulk",
            "scope": "read",
            "token_hash": lambda n: name_hash(f"{project_id}{n}"),
            "prefix": "gass_xxxx",
            "validation_count": 0,
        },
    )
    invitations = filled(
        project_id,
        {
            "email": lambda n: f"b{n}@example.com",
            "email_key": lambda n: f"b{n}@example.com",
            "invited_by_id": ann.id,
            "generation": 1,
            "expires_at": "2999-01-01 00:00:00.000",
        },
    )
    entries = [
        {
            "id": new_id(),
            "at": moment,
            "actor_type": "user",
            "actor_id": ann.id,
            "project_id": project_id,
            "revision": 1000 + number,
            "action": "endpoint_created",
            "resource_type": "endpoint",
        }
        for number in range(EACH)
    ]
    for table, made in {
        "collections": collections,
        "endpoints": endpoints,
        "flows": flows,
        "environments": environments,
        "mcp_tokens": tokens,
        "invitations": invitations,
        "audit_log": entries,
    }.items():
        await insert(table, made)
    return {
        "project": project_id,
        "collection": collections[0]["id"],
        "endpoint": endpoints[0]["id"],
        "flow": flows[0]["id"],
        "environment": environments[0]["id"],
        "ann": ann.id,
    }


async def whole_reads(sql: str, values: list[Any], engine: str) -> list[str]:
    """Return the tables that a statement reads from their beginning to their end."""
    connection = get_connections().get("default")
    if engine == "sqlite":
        plan = await connection.execute_query_dict(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [str(step["detail"]) for step in plan]
        derived = ("SCAN page", "SCAN sized", "SCAN (subquery")  # of pages, which are short
        return [s for s in steps if s.startswith("SCAN ") and not s.startswith(derived)]
    plan = await connection.execute_query_dict(f"EXPLAIN FORMAT=TRADITIONAL {sql}", values)
    return [
        step["table"]
        for step in plan
        if step["type"] in ("ALL", "index") and not str(step["table"]).startswith("<")
    ]


async def statements(
    api: Api, path: str, who: Person, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, list[Any]]]:
    """Return what a request asks the database for."""
    asked: list[tuple[str, list[Any]]] = []
    connection = get_connections().get("default")
    ask = connection.execute_query_dict

    async def note(sql: str, values: list[Any] | None = None) -> Any:
        asked.append((sql, values or []))
        return await ask(sql, values)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "execute_query_dict", note)
        await api.json("GET", path, who)
    assert asked, path
    return asked


async def test_every_list_and_lookup_uses_an_index(
    api: Api, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    await insert("users", [somebody(number) for number in range(EACH)])
    for number in range(PROJECTS):  # few are Ann's: reading all would be the best plan otherwise
        person = ann if number > PROJECTS - 3 else bob
        project = await api.project(person, f"Bulk {number}")
        ids = await fill(project["id"], person)
    if engine == "sqlite":
        await execute("ANALYZE")
    else:
        await rows(f"ANALYZE TABLE users, {', '.join(FILLED)}")
    found = []
    for path in PATHS:
        for sql, values in await statements(api, path.format(**ids), ann, monkeypatch):
            found += [(path, step) for step in await whole_reads(sql, values, engine)]
    for sql, values in await statements(api, "/users/export", ann, monkeypatch):
        if "FROM audit_log" in sql or "FROM mails" in sql:  # of the others, all are Ann's here
            found += [("/users/export", step) for step in await whole_reads(sql, values, engine)]
    assert found == []
