"""How the database finds what lists and lookups ask for: by an index, never by reading it all."""

import logging
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Row, execute, pages, rows, search, sqlite_path
from gassapi_backend.database.statements import insert
from gassapi_backend.models import folded, name_hash, new_id
from gassapi_backend.server.web.cursors import Place, new_cursor
from gassapi_backend.settings import Settings
from tests.conftest import Api, Person
from tests.factories import NOWHERE, collection_rows, endpoint_rows

PROJECTS = 20
EACH = 60  # rows of a kind in each project
Asked = list[tuple[str, Any]]
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
DERIVED = tuple(  # of pages, and of revisions: short
    f"SCAN {name}" for name in ("page", "sized", "counted", "(subquery", "asked", "found")
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
    "/projects/{project}/activity?actorId={ann}&action=endpoint_created",
    "/projects/{project}/activity?resourceType=endpoint&cursor={late_entry}",
    "/projects/{project}/activity?cursor={late_entry}",
    "/users/activity?page=2",
    "/users/activity?action=endpoint_created",
    "/users/activity?resourceType=endpoint",
    "/users/activity?cursor={late_entry}",
    "/projects/{project}/changes?limit=1000",
    "/projects/{project}/context",
    "/projects/{project}/collections",
    "/collections/{collection}",
    "/collections/{collection}/endpoints?limit=10",
    "/collections/{collection}/endpoints?method=GET&limit=10&offset=20",
    "/collections/{collection}/endpoints?search=bulk&limit=10",
    "/projects/{project}/endpoints?limit=10&offset=30",
    "/projects/{project}/endpoints?method=GET&limit=10",
    "/projects/{project}/endpoints?search=bulk&limit=10",
    "/projects/{project}/endpoints?limit=10&cursor={late_age}",
    "/projects/{project}/endpoints?method=GET&limit=10&cursor={late_age}",
    "/projects/{project}/endpoints?search=bulk&limit=10&cursor={late_age}",
    "/projects/{project}/endpoints?search=nothing%20like%20it&limit=10",
    "/collections/{collection}/endpoints?limit=10&cursor={late_place}",
    "/collections/{collection}/endpoints?method=GET&limit=10&cursor={late_place}",
    "/collections/{collection}/endpoints?search=bulk&limit=10&cursor={late_place}",
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
    async with in_transaction():
        await search.write(project_id, {row["id"]: search.entry(row) for row in endpoints})
    return {
        "project": project_id,
        "collection": collections[0]["id"],
        "endpoint": endpoints[0]["id"],
        "flow": flows[0]["id"],
        "environment": environments[0]["id"],
        "ann": ann.id,
        "late_age": new_cursor(Place(EACH - 5, (endpoints[-5]["id"],))),
        "late_place": new_cursor(Place(EACH - 5, (EACH - 5, endpoints[-5]["id"]))),
        "late_entry": new_cursor(Place(EACH - 5, (moment, entries[5]["id"]))),
    }


async def whole_reads(sql: str, values: list[Any], engine: str) -> list[str]:
    """Return the tables that a statement reads from their beginning to their end."""
    connection = get_connections().get("default")
    if engine == "sqlite":
        plan = await connection.execute_query_dict(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [str(step["detail"]) for step in plan]
        return [s for s in steps if s.startswith("SCAN ") and not s.startswith(DERIVED)]
    plan = await connection.execute_query_dict(f"EXPLAIN FORMAT=TRADITIONAL {sql}", values)
    return [
        step["table"]
        for step in plan
        if step["type"] in ("ALL", "index") and not str(step["table"]).startswith("<")
    ]


async def statements(api: Api, path: str, who: Person, caplog: pytest.LogCaptureFixture) -> Asked:
    """Return what a request asks the database for, but for who asks."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await api.json("GET", path, who)
    said = [record.args for record in caplog.records if record.name == "tortoise.db_client"]
    asked = [(str(one[0]), one[1] or []) for one in said if isinstance(one, tuple) and one[1:]]
    assert asked, path
    return [one for one in asked if "FROM sessions" not in one[0]]


async def test_every_list_and_lookup_uses_an_index(
    api: Api, engine: str, caplog: pytest.LogCaptureFixture
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
        for sql, values in await statements(api, path.format(**ids), ann, caplog):
            found += [(path, step) for step in await whole_reads(sql, values, engine)]
    for sql, values in await statements(api, "/users/export", ann, caplog):
        if "FROM audit_log" in sql or "FROM mails" in sql:  # of the others, all are Ann's here
            found += [("/users/export", step) for step in await whole_reads(sql, values, engine)]
    assert found == []


async def work_of(sql: str, values: Any, engine: str, settings: Settings) -> int:
    """Return how many rows a statement reads, or how many steps SQLite takes for it."""
    if engine == "sqlite":
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        with closing(sqlite3.connect(sqlite_path(settings.database))) as file:
            file.set_progress_handler(step, 1)
            file.execute(sql, values).fetchall()
        return steps
    async with in_transaction() as connection:

        async def read() -> int:
            found = await connection.execute_query_dict("SHOW STATUS LIKE 'Handler_read%%'")
            return sum(int(one["Value"]) for one in found)

        first, second = await read(), await read()
        await connection.execute_query_dict(sql, values)
        return await read() - second - (second - first)


async def work(engine: str, settings: Settings, asked: dict[str, Asked]) -> dict[str, int]:
    """Return what requests have the database do, all of their statements together."""
    if engine != "sqlite":  # which has no statistics, where nobody asks for them
        await rows(f"ANALYZE TABLE users, {', '.join(FILLED)}")
    return {
        path: sum([await work_of(sql, values, engine, settings) for sql, values in statements])
        for path, statements in asked.items()
    }


WHOLE = ("/context", "/collections", "/environments")
"""Ends of paths that show all that there is of something."""


async def more(
    project_id: str, ann_id: str, count: int, *, since: int = 0, is_older: bool = False
) -> None:
    """Put many endpoints, which a search finds, and entries into a project."""
    [folder] = await rows(
        "SELECT id FROM collections WHERE project_id = ? AND position = 0", project_id
    )
    made = endpoint_rows(project_id, folder["id"], count)
    if is_older:  # than all that is there: who goes by age meets them first
        made = [row | {"id": f"{NOWHERE[:-12]}{number:012x}"} for number, row in enumerate(made)]
    await insert("endpoints", made, batch=500)
    async with in_transaction():
        await search.write(project_id, {row["id"]: search.entry(row) for row in made})
    entries = [
        {
            "id": new_id(),
            "at": f"2026-01-31 12:00:{number // 1000:02}.{number % 1000:03}",
            "actor_type": "user",
            "actor_id": ann_id,
            "project_id": project_id,
            "revision": 100_000 + number,
            "action": "endpoint_created",
            "resource_type": "endpoint",
        }
        for number in range(since, since + count)
    ]
    await insert("audit_log", entries, batch=500)


async def test_no_page_costs_more_for_what_others_have_or_for_what_is_on_other_pages(
    api: Api,
    engine: str,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "MAX_COUNTED", 50)
    monkeypatch.setattr(search, "AT_ONCE", 2)
    ann, bob = await api.person(), await api.person("Bob")
    other, project = await api.project(bob, "Bulk 0"), await api.project(ann, "Bulk 1")
    await fill(other["id"], bob)
    ids = await fill(project["id"], ann)
    await more(project["id"], ann.id, 300)
    paths = [path.format(**ids) for path in PATHS]
    asked = {path: await statements(api, path, ann, caplog) for path in paths}
    before = await work(engine, settings, asked)
    await more(other["id"], bob.id, 3000, is_older=True)
    after = await work(engine, settings, asked)
    assert list(grown(before, after).items()) == []
    await more(project["id"], ann.id, 3000, since=300)
    asked = {
        path: await statements(api, path, ann, caplog)
        for path in paths
        if not path.partition("?")[0].endswith(WHOLE)
    }
    after = await work(engine, settings, asked)
    assert list(grown(before, after).items()) == []


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Return what costs more than it did, but for a level more of a tree."""
    return {
        path: (before[path], cost) for path, cost in after.items() if cost > before[path] * 1.5 + 50
    }
