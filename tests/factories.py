"""What tests need to begin with: made through the API where that is quick, else past it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.models import (
    Invitation,
    folded,
    name_hash,
    new_id,
)
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from tests.conftest import Api, Person

T = TypeVar("T")

NOWHERE = "01a20200-0000-7000-8000-000000000000"


NO_PROJECTS = [
    "01a20200-0000-7000-8000-000000000000",
    "01A20200-0000-7000-8000-000000000000",
    "not-an-id",
    "%00",
    "%FF",
    "1%20OR%201=1",
    "%F0%9F%92%A5",
]


async def written(project_id: str | None, block: Callable[[Change], Awaitable[T]]) -> T:
    """Make a change in a project, or outside all of them, as the console."""
    return await change(CONSOLE, project_id, Permission.EDIT_PROJECT, block)


async def recorded(project_id: str, *entry: str | None, **details: Any) -> int:
    """Record something in a project that changes nothing in it; return its revision."""

    async def block(made: Change) -> int:
        action, resource_type, resource_id, *name = entry
        return made.record(str(action), str(resource_type), resource_id, *name, **details)

    return await written(project_id, block)


async def add_collection(
    api: Api,
    who: Person | str,
    project_id: str,
    name: str,
    parent: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Create a collection."""
    body = {"name": name, "parentId": parent, **fields}
    path = f"/projects/{project_id}/collections"
    return (await api.json("POST", path, who, json=body, expect=201))["collection"]


async def filled(api: Api, who: Person, project_id: str, count: int, **fields: Any) -> str:
    """Make a collection of some endpoints; return its id."""
    folder = await add_collection(api, who, project_id, "Folder")
    path = f"/collections/{folder['id']}/endpoints"
    for number in range(count):
        body = {"name": f"R{number}", "method": "GET", "url": f"/{number}", **fields}
        await api.json("POST", path, who, json=body, expect=201)
    return str(folder["id"])


def collection_rows(
    project_id: str, count: int, name: str = "Bulk", **columns: Any
) -> list[dict[str, Any]]:
    """Return rows of collections to be inserted past the server."""
    moment = stored(now())
    return [
        {
            "id": new_id(),
            "project_id": project_id,
            "parent_id": None,
            "sibling_of": project_id,
            "name": f"{name} {number}",
            "name_hash": name_hash(f"{name} {number}"),
            "position": number,
            "endpoint_count": 0,
            "revision": 1,
            "created_at": moment,
            "updated_at": moment,
            **columns,
        }
        for number in range(count)
    ]


async def save_endpoint(
    api: Api, who: Person | str, collection_id: str, name: str = "Ping", **fields: Any
) -> dict[str, Any]:
    """Save a request."""
    body = {"name": name, "method": "GET", "url": "https://example.com", **fields}
    path = f"/collections/{collection_id}/endpoints"
    return (await api.json("POST", path, who, json=body, expect=201))["endpoint"]


def endpoint_rows(
    project_id: str, collection_id: str, count: int, **columns: Any
) -> list[dict[str, Any]]:
    """Return rows of endpoints to be inserted past the server."""
    moment = stored(now())
    return [
        {
            "id": new_id(),
            "project_id": project_id,
            "collection_id": collection_id,
            "name": f"Bulk {number}",
            "name_key": f"bulk {number}",
            "method": "GET",
            "url": "/",
            "url_key": "/",
            "position": number,
            "headers": "{}",
            "revision": 1,
            "created_at": moment,
            "updated_at": moment,
            **columns,
        }
        for number in range(count)
    ]


async def make_invitation(inviter: Person, project_id: str, email: str) -> Invitation:
    """Make an invitation, as a member does."""
    return await Invitation.create(
        project_id=project_id,
        email=email,
        email_key=folded(email, 320),
        invited_by_id=inviter.id,
        expires_at=ahead(3600),
    )


EMPTY_FLOW: dict[str, Any] = {"version": "1.0", "steps": [], "config": {}}
