"""Every write to endpoints.

The counts of the collection and the project are kept in the same change. They are derived, so that
a collection's revision stays as its endpoints come and go.
"""

from typing import Any

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Row, execute
from gassapi_backend.database.statements import insert, update
from gassapi_backend.models import folded, new_id
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.endpoints import queries
from gassapi_backend.server.endpoints.schemas import (
    MAX_URL,
    EndpointChanges,
    NewEndpoint,
    endpoint_view,
)
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.items import copy_name, places
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale

_NO_HEADERS = "{}"


async def create_endpoint(
    actor: Actor, project_id: str, collection_id: str, new: NewEndpoint
) -> Row:
    """Save a request in a collection. Raises ``NotFound``."""

    async def create(made: Change) -> Row:
        if not await _count(project_id, collection_id, 1):
            raise NotFound("There is no such collection.")
        fields = {field: getattr(new, field) for field in NewEndpoint.model_fields}
        fields["collection_id"] = collection_id
        if fields["headers"] is None:
            fields["headers"] = _NO_HEADERS
        return await _add(made, "endpoint_created", fields, collection_id=collection_id)

    return await change(actor, project_id, Permission.WRITE, create)


async def update_endpoint(
    actor: Actor,
    project_id: str,
    endpoint_id: str,
    changes: EndpointChanges,
    if_match: IfMatch = ANY_REVISION,
) -> Row:
    """Change or move an endpoint; without a position, it moves to the end.

    Raises ``NotFound``, ``Stale``, and ``Invalid`` for a collection of another project.
    """

    async def update(made: Change) -> Row:
        endpoint = await _current(project_id, endpoint_id, if_match)
        wanted = {field: getattr(changes, field) for field in changes.model_fields_set}
        if "headers" in wanted and wanted["headers"] is None:
            wanted["headers"] = _NO_HEADERS
        changed = {field: value for field, value in wanted.items() if value != endpoint[field]}
        if "collection_id" in changed:
            await _enter(project_id, changed["collection_id"])
            await _count(project_id, endpoint["collection_id"], -1)
        if "collection_id" in changed or "position" in changed:
            await _find_place(endpoint, wanted, changed)
        if changed:
            await _save(made, endpoint, changed)
        return endpoint

    return await change(actor, project_id, Permission.WRITE, update)


async def delete_endpoint(
    actor: Actor, project_id: str, endpoint_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete an endpoint. Raises ``NotFound`` and ``Stale``."""

    async def delete(made: Change) -> None:
        endpoint = await _current(project_id, endpoint_id, if_match)
        revision = made.record("endpoint_deleted", "endpoint", endpoint_id, endpoint["name"])
        await execute("DELETE FROM endpoints WHERE id = ?", endpoint_id)
        await places.close_gap(endpoint["collection_id"], endpoint["position"], revision)
        await _count(project_id, endpoint["collection_id"], -1)
        made.locked_project.endpoint_count -= 1
        made.save_project("endpoint_count")

    await change(actor, project_id, Permission.WRITE, delete)


async def duplicate_endpoint(
    actor: Actor,
    project_id: str,
    endpoint_id: str,
    *,
    name: str | None = None,
    collection_id: str | None = None,
    if_match: IfMatch = ANY_REVISION,
) -> Row:
    """Copy an endpoint to the end of its collection, or of another one in the project.

    Without a name it is called "… copy". Raises ``NotFound``, ``Stale``, and ``Invalid`` for a
    collection of another project.
    """

    async def duplicate(made: Change) -> Row:
        original = await _current(project_id, endpoint_id, if_match)
        target_id = collection_id or original["collection_id"]
        await _enter(project_id, target_id)
        fields = {
            **original,
            "name": name or copy_name(original["name"]),
            "collection_id": target_id,
            "position": None,
            "is_gone": None,
        }
        details = {"from_id": endpoint_id, "collection_id": target_id}
        return await _add(made, "endpoint_duplicated", fields, **details)

    return await change(actor, project_id, Permission.WRITE, duplicate)


async def _current(project_id: str, endpoint_id: str, if_match: IfMatch) -> Row:
    endpoint = await queries.load_endpoint(project_id, endpoint_id)
    if endpoint is None:
        raise NotFound("There is no such endpoint.")
    if if_match.misses(endpoint["revision"]):
        raise stale(endpoint_view(endpoint))
    return endpoint


async def _enter(project_id: str, collection_id: str) -> None:
    """Count one more endpoint in a collection of the project; raise ``Invalid`` for no such one."""
    if not await _count(project_id, collection_id, 1):
        raise Invalid.field("collectionId", "There is no such collection in this project.")


async def _count(project_id: str, collection_id: str, more: int) -> bool:
    """Count so many more endpoints in a collection; return whether the project has such one."""
    return bool(
        await execute(
            "UPDATE collections SET endpoint_count = endpoint_count + ? "
            "WHERE id = ? AND project_id = ?",
            more,
            collection_id,
            project_id,
        )
    )


async def _add(made: Change, action: str, fields: dict[str, Any], **details: Any) -> Row:
    """Insert an endpoint, of which ``fields`` say all but what is made here; return its row."""
    endpoint_id, moment = new_id(), stored(now())
    project = made.locked_project
    revision = made.record(action, "endpoint", endpoint_id, fields["name"], **details)
    end = await places.count_in(fields["collection_id"])
    if (place := fields["position"]) is not None and place < end:
        await places.make_room(fields["collection_id"], place, revision)
    endpoint = {
        "is_gone": None,
        **fields,
        "id": endpoint_id,
        "project_id": project.id,
        "name_key": folded(fields["name"]),
        "url_key": folded(fields["url"], MAX_URL),
        "position": end if place is None else min(place, end),
        "revision": revision,
        "created_at": moment,
        "updated_at": moment,
    }
    await insert("endpoints", [endpoint])
    project.endpoint_count += 1
    made.save_project("endpoint_count")
    return endpoint


async def _find_place(endpoint: Row, wanted: dict[str, Any], changed: dict[str, Any]) -> None:
    """Say where an endpoint goes that is moved: to the end, where no place is wanted."""
    target, current = changed.get("collection_id"), endpoint["collection_id"]
    end = await places.count_in(target or current) - (target is None)
    changed["position"] = min(wanted.get("position", end), end)
    if target is None and changed["position"] == endpoint["position"]:
        del changed["position"]


async def _save(made: Change, endpoint: Row, changed: dict[str, Any]) -> None:
    name = changed["name"] if "name" in changed else endpoint["name"]
    fields = sorted(changed)
    revision = made.record("endpoint_updated", "endpoint", endpoint["id"], name, fields=fields)
    columns = {**changed, "revision": revision, "updated_at": stored(now())}
    old = endpoint["collection_id"], endpoint["position"]
    endpoint |= columns
    await places.move(old, (endpoint["collection_id"], endpoint["position"]), revision)
    if "name" in changed:
        columns["name_key"] = folded(name)
    if "url" in changed:
        columns["url_key"] = folded(changed["url"], MAX_URL)
    await update("endpoints", endpoint["id"], columns)
