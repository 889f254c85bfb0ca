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
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.endpoints import queries
from gassapi_backend.server.endpoints.schemas import (
    MAX_URL,
    EndpointChanges,
    NewEndpoint,
    endpoint_view,
)
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.items import copy_name, next_position
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale

_NO_HEADERS = "{}"


async def create_endpoint(
    actor: Actor, project_id: str, collection_id: str, new: NewEndpoint
) -> Row:
    """Save a request in a collection. Raises ``NotFound``."""
    async with change(actor, project_id) as made:
        if not await _count(project_id, collection_id, 1):
            raise NotFound("There is no such collection.")
        fields = {field: getattr(new, field) for field in NewEndpoint.model_fields}
        fields["collection_id"] = collection_id
        if fields["headers"] is None:
            fields["headers"] = _NO_HEADERS
        if fields["position"] is None:
            fields["position"] = next_position(await queries.last_position(collection_id))
        return await _add(made, "endpoint_created", fields, collection_id=collection_id)


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
    async with change(actor, project_id) as made:
        endpoint = await _current(project_id, endpoint_id, if_match)
        wanted = {field: getattr(changes, field) for field in changes.model_fields_set}
        if "headers" in wanted and wanted["headers"] is None:
            wanted["headers"] = _NO_HEADERS
        changed = {field: value for field, value in wanted.items() if value != endpoint[field]}
        if "collection_id" in changed:
            await _enter(project_id, changed["collection_id"])
            await _count(project_id, endpoint["collection_id"], -1)
            if "position" not in wanted:
                last = await queries.last_position(changed["collection_id"])
                changed["position"] = next_position(last)
        if changed:
            await _save(made, endpoint, changed)
    return endpoint


async def delete_endpoint(
    actor: Actor, project_id: str, endpoint_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete an endpoint. Raises ``NotFound`` and ``Stale``."""
    async with change(actor, project_id) as made:
        endpoint = await _current(project_id, endpoint_id, if_match)
        made.record("endpoint_deleted", "endpoint", endpoint_id, endpoint["name"])
        await execute("DELETE FROM endpoints WHERE id = ?", endpoint_id)
        await _count(project_id, endpoint["collection_id"], -1)
        made.locked_project.endpoint_count -= 1
        made.save_project("endpoint_count")


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
    async with change(actor, project_id) as made:
        original = await _current(project_id, endpoint_id, if_match)
        target_id = collection_id or original["collection_id"]
        await _enter(project_id, target_id)
        fields = {
            **original,
            "name": name or copy_name(original["name"]),
            "collection_id": target_id,
            "position": next_position(await queries.last_position(target_id)),
        }
        details = {"from_id": endpoint_id, "collection_id": target_id}
        return await _add(made, "endpoint_duplicated", fields, **details)


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
    endpoint = {
        **fields,
        "id": endpoint_id,
        "project_id": project.id,
        "name_key": folded(fields["name"]),
        "url_key": folded(fields["url"], MAX_URL),
        "revision": made.record(action, "endpoint", endpoint_id, fields["name"], **details),
        "created_at": moment,
        "updated_at": moment,
    }
    await insert("endpoints", [endpoint])
    project.endpoint_count += 1
    made.save_project("endpoint_count")
    return endpoint


async def _save(made: Change, endpoint: Row, changed: dict[str, Any]) -> None:
    name = changed["name"] if "name" in changed else endpoint["name"]
    fields = sorted(changed)
    revision = made.record("endpoint_updated", "endpoint", endpoint["id"], name, fields=fields)
    columns = {**changed, "revision": revision, "updated_at": stored(now())}
    endpoint |= columns
    if "name" in changed:
        columns["name_key"] = folded(name)
    if "url" in changed:
        columns["url_key"] = folded(changed["url"], MAX_URL)
    await update("endpoints", endpoint["id"], columns)
