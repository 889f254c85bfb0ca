"""Rows of every kind, to fill a database with what lists are searched for in."""

from collections.abc import Iterable

from tortoise.transactions import in_transaction

from gassapi_backend.clock import ago, now, stored
from gassapi_backend.database import Row, execute, row, search
from gassapi_backend.database.statements import insert
from gassapi_backend.models import folded, name_hash, new_id
from tests.conftest import Person
from tests.factories import NOWHERE, collection_rows, endpoint_rows

EACH = 60  # rows of a kind in each project
FIRST = 1000  # the revision of the first of them


def somebody(number: int) -> Row:
    """Return the row of a person."""
    email, moment = f"u{number}@example.com", stored(now())
    return {
        "id": new_id(),
        "email": email,
        "email_key": email,
        "name": f"Bulk {number}",
        "name_key": f"bulk {number:06}",
        "password_hash": "x",
        "is_active": True,
        "is_admin": False,
        "last_login_at": _moment(number),
        "revision": 1,
        "created_at": _moment(number),
        "updated_at": moment,
    }


async def fill(project_id: str, person: Person) -> dict[str, str]:
    """Put rows of every kind into a project; return the ids of one of each."""
    collections = collection_rows(project_id, EACH)
    for folder in collections[1:]:
        folder["parent_id"] = collections[0]["id"]
    environments = [
        _row(project_id, number)
        | {
            "name": f"Bulk {number}",
            "name_hash": name_hash(f"Bulk {number}"),
            "variables": "[]",
            "revision": 1,
            "updated_at": stored(now()),
        }
        for number in range(EACH)
    ]
    await insert("collections", collections)
    await insert("environments", environments)
    made = await _insert(_rows(project_id, person.id, collections[0]["id"], range(EACH)))
    await execute("UPDATE projects SET revision = ? WHERE id = ?", FIRST + EACH, project_id)
    return {
        "project": project_id,
        "revision": str(FIRST + EACH // 2),
        "collection": collections[0]["id"],
        "endpoint": made["endpoints"][0]["id"],
        "flow": made["flows"][0]["id"],
        "environment": environments[0]["id"],
        "ann": person.id,
        "token": _token_of(project_id),
    }


async def fill_up(
    project_id: str, person: Person, numbers: Iterable[int], *, is_older: bool = False
) -> None:
    """Put more of all that a list shows a page of into a filled project.

    ``is_older``: than all that is there, so that who goes by age meets them first.
    """
    [folder] = [
        await row("SELECT id FROM collections WHERE project_id = ? AND position = 0", project_id)
    ]
    assert folder is not None
    made = _rows(project_id, person.id, folder["id"], numbers)
    many = "UPDATE collections SET endpoint_count = endpoint_count + ? WHERE id = ?"
    await execute(many, len(made["endpoints"]), folder["id"])
    if is_older:
        for some in made.values():
            for number, one in enumerate(some):
                one["id"] = f"{NOWHERE[:-12]}{number:012x}"
    await _insert(made)


def _rows(
    project_id: str, person_id: str, folder_id: str, numbers: Iterable[int]
) -> dict[str, list[Row]]:
    """Return rows of each table, alike but for their ids, names, times and revisions."""
    numbers = list(numbers)
    endpoints = endpoint_rows(project_id, folder_id, len(numbers))
    for number, endpoint in zip(numbers, endpoints, strict=True):
        endpoint["revision"] = FIRST + number
    found: dict[str, list[Row]] = {"endpoints": endpoints}
    for number in numbers:
        for table, columns in _columns(person_id, folder_id, number).items():
            found.setdefault(table, []).append(_row(project_id, number) | columns)
        found["audit_log"][-1]["token_id"] = _token_of(project_id) if number % 2 else None
    return found


def _token_of(project_id: str) -> str:
    """Return the id of the token by which half of what is done in a project is."""
    return f"{project_id[:-12]}{0:012x}"


def _columns(person_id: str, folder_id: str, number: int) -> dict[str, Row]:
    return {
        "flows": {
            "collection_id": folder_id,
            "name": f"Bulk {number}",
            "name_key": folded(f"Bulk {number}"),
            "flow_data": '{"version":"1","steps":[],"config":{}}',
            "flow_inputs": "[]",
            "is_active": True,
            "revision": FIRST + number,
            "updated_at": _moment(number),
        },
        "mcp_tokens": {
            "creator_id": person_id,
            "name": "Bulk",
            "scope": "read",
            "token_hash": name_hash(new_id()),
            "prefix": "gass_xxxx",
            "validation_count": 0,
            "revoked_at": None if number < EACH else _moment(number),  # those alive have a quota
        },
        "invitations": {
            "email": f"b{number}@example.com",
            "email_key": f"b{number}@example.com",
            "invited_by_id": person_id,
            "generation": 1,
            "expires_at": "2999-01-01 00:00:00.000",
        },
        "audit_log": {
            "at": _moment(number),
            "actor_type": "user",
            "actor_id": person_id,
            "revision": FIRST + number,
            "action": "endpoint_created",
            "resource_type": "endpoint",
        },
    }


def _row(project_id: str, number: int) -> Row:
    return {"id": new_id(), "project_id": project_id, "created_at": _moment(number)}


def _moment(number: int) -> str:
    return stored(ago(24 * 3600 - number))


async def _insert(made: dict[str, list[Row]]) -> dict[str, list[Row]]:
    for entry in made["audit_log"]:
        del entry["created_at"]  # it is called "at" there
    for table, some in made.items():
        await insert(table, some, batch=500)
    async with in_transaction():
        project_id = made["endpoints"][0]["project_id"]
        await search.write(project_id, {one["id"]: search.entry(one) for one in made["endpoints"]})
    return made
