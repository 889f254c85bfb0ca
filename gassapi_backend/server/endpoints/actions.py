"""Every write to endpoints.

The counts of the collection and the project are kept in the same change. They are derived, so that
a collection's revision stays as its endpoints come and go.
"""

from typing import Any, cast

from gassapi_backend.clock import stored_now
from gassapi_backend.database import Row, Statement, rows, search, statements
from gassapi_backend.models import new_id, search_key
from gassapi_backend.models.rows import EndpointRow
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.endpoints import queries
from gassapi_backend.server.endpoints.rows import NO_HEADERS, EndpointFields, new_row
from gassapi_backend.server.endpoints.schemas import (
    MAX_URL,
    EndpointChanges,
    EndpointCopy,
    NewEndpoint,
    endpoint_view,
)
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.items import copy_name, origins, places
from gassapi_backend.server.items.bulk import count_items
from gassapi_backend.server.items.sizes import growth, size_of
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale

_COLLECTION = f"""
SELECT {places.LASTS}, {search.LAST} FROM collections c {search.WITH_LAST}
WHERE c.id = ? AND c.project_id = ?
"""  # noqa: S608 - constants only

_SEARCHED = {"name", "method", "url"}


async def create_endpoint(
    actor: Actor, project_id: str, collection_id: str, new: NewEndpoint
) -> EndpointRow:
    """Save a request in a collection. Raises ``NotFound``."""

    async def create(made: Change) -> EndpointRow:
        (found,) = made.answers
        if not found:
            raise NotFound("There is no such collection.")
        endpoint_id = new_id()
        revision = made.record(
            "endpoint_created", "endpoint", endpoint_id, new.name, collection_id=collection_id
        )
        place = _place(made, places.end_of(found[0]), collection_id, new.position, revision)
        fields = cast("EndpointFields", vars(new))  # those and more
        last = [found[0]] if found[0]["id"] else []
        return await _add(made, endpoint_id, collection_id, fields, place, revision, last)

    values = [collection_id, collection_id, *search.bounds(project_id), collection_id, project_id]
    ask = _COLLECTION, values
    return await change(
        actor, project_id, Permission.WRITE, create, asks=[ask], is_whole=False, is_brief=True
    )


async def update_endpoint(
    actor: Actor,
    project_id: str,
    endpoint_id: str,
    changes: EndpointChanges,
    if_match: IfMatch = ANY_REVISION,
) -> EndpointRow:
    """Change or move an endpoint; without a position, it moves to the end.

    Raises ``NotFound``, ``Stale``, and ``Invalid`` for a collection of another project.
    """

    async def update(made: Change) -> EndpointRow:
        endpoint = _current(made, if_match)
        wanted = {field: getattr(changes, field) for field in changes.model_fields_set}
        if "headers" in wanted and wanted["headers"] is None:
            wanted["headers"] = NO_HEADERS
        changed = statements.differing(endpoint, wanted)
        if "collection_id" in changed:
            await _require(project_id, changed["collection_id"])
            made.later(_counting(changed["collection_id"], 1))
            made.later(_counting(endpoint["collection_id"], -1))
        if "collection_id" in changed or "position" in changed:
            await _find_place(endpoint, wanted, changed)
        if changed:
            await _save(made, endpoint, changed)
        return endpoint

    asks = [queries.loading(project_id, endpoint_id)]
    if changes.model_fields_set & _SEARCHED:
        asks.append(search.asking_for(project_id, endpoint_id))
    return await change(
        actor, project_id, Permission.WRITE, update, asks=asks, is_whole=False, is_brief=True
    )


async def delete_endpoint(
    actor: Actor, project_id: str, endpoint_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete an endpoint. Raises ``NotFound`` and ``Stale``."""

    async def delete(made: Change) -> None:
        endpoint = _current(made, if_match)
        revision = made.record("endpoint_deleted", "endpoint", endpoint_id, endpoint["name"])
        made.later(("DELETE FROM endpoints WHERE id = ?", [endpoint_id]))
        made.later(*await search.changed(project_id, made.answers[1], endpoint_id, None))
        if await origins.mark_deleted([endpoint_id]):
            await origins.forget_documents(project_id)
        made.later(*places.close_gap(endpoint["collection_id"], endpoint["position"], revision))
        made.later(_counting(endpoint["collection_id"], -1))
        count_items(made, endpoints=-1, size=-size_of("endpoints", endpoint))

    asks = [
        queries.loading(project_id, endpoint_id),
        search.asking_for(project_id, endpoint_id),
    ]
    await change(
        actor, project_id, Permission.WRITE, delete, asks=asks, is_whole=False, is_brief=True
    )


async def duplicate_endpoint(
    actor: Actor,
    project_id: str,
    endpoint_id: str,
    wanted: EndpointCopy,
    if_match: IfMatch = ANY_REVISION,
) -> EndpointRow:
    """Copy an endpoint to the end of its collection, or of another one in the project.

    Without a name it is called "… copy". Raises ``NotFound``, ``Stale``, and ``Invalid`` for a
    collection of another project.
    """

    async def duplicate(made: Change) -> EndpointRow:
        original = _current(made, if_match)
        target_id = wanted.collection_id or original["collection_id"]
        await _require(project_id, target_id)
        copy_id, name = new_id(), wanted.name or copy_name(original["name"])
        revision = made.record(
            "endpoint_duplicated",
            "endpoint",
            copy_id,
            name,
            from_id=endpoint_id,
            collection_id=target_id,
        )
        place = await places.count_in(target_id)
        fields = cast("EndpointFields", {**original, "name": name})
        last_block = made.answers[1]
        copy = await _add(made, copy_id, target_id, fields, place, revision, last_block)
        await origins.copy({endpoint_id: copy_id}, project_id)
        return copy

    asks = [queries.loading(project_id, endpoint_id), search.asking(project_id)]
    return await change(
        actor, project_id, Permission.WRITE, duplicate, asks=asks, is_whole=False, is_brief=True
    )


def _current(made: Change, if_match: IfMatch) -> EndpointRow:
    """Return the endpoint that a change asked for first. Raises ``NotFound`` and ``Stale``."""
    found = made.answers[0]
    if not found:
        raise NotFound("There is no such endpoint.")
    endpoint = cast("EndpointRow", found[0])
    if if_match.misses(endpoint["revision"]):
        raise stale(endpoint_view(endpoint))
    return endpoint


async def _require(project_id: str, collection_id: str) -> None:
    """Raise ``Invalid`` for no collection of the project."""
    sql = "SELECT c.id FROM collections c WHERE c.id = ? AND c.project_id = ?"
    if not await rows(sql, collection_id, project_id):
        raise Invalid.field("collectionId", "There is no such collection in this project.")


def _counting(collection_id: str, more: int) -> Statement:
    """Return what counts so many more endpoints in a collection."""
    sql = "UPDATE collections SET endpoint_count = endpoint_count + ? WHERE id = ?"
    return sql, [more, collection_id]


def _place(made: Change, end: int, collection_id: str, wanted: int | None, revision: int) -> int:
    """Return the place of one more in a collection, where others have made room for it."""
    if wanted is None or wanted >= end:
        return end
    made.later(*places.make_room(collection_id, wanted, revision))
    return wanted


async def _add(
    made: Change,
    endpoint_id: str,
    collection_id: str,
    fields: EndpointFields,
    place: int,
    revision: int,
    last_block: list[Row],
) -> EndpointRow:
    """Have an endpoint inserted, found and counted at the end; return its row."""
    endpoint = new_row(
        endpoint_id,
        fields,
        project_id=made.locked_project.id,
        collection_id=collection_id,
        position=place,
        revision=revision,
        moment=stored_now(),
    )
    count_items(made, endpoints=1, size=size_of("endpoints", endpoint))
    made.later(_counting(collection_id, 1), *statements.inserts("endpoints", [endpoint]))
    entry = search.entry(endpoint)
    made.later(*await search.added(endpoint["project_id"], last_block, endpoint_id, entry))
    return endpoint


async def _find_place(
    endpoint: EndpointRow, wanted: dict[str, Any], changed: dict[str, Any]
) -> None:
    """Say where an endpoint goes that is moved: to the end, where no place is wanted."""
    target, current = changed.get("collection_id"), endpoint["collection_id"]
    end = await places.count_in(target or current) - (target is None)
    changed["position"] = min(wanted.get("position", end), end)
    if target is None and changed["position"] == endpoint["position"]:
        del changed["position"]


async def _save(made: Change, endpoint: EndpointRow, changed: dict[str, Any]) -> None:
    name = changed["name"] if "name" in changed else endpoint["name"]
    fields = sorted(changed)
    revision = made.record("endpoint_updated", "endpoint", endpoint["id"], name, fields=fields)
    columns = {**changed, "revision": revision, "updated_at": stored_now()}
    old = endpoint["collection_id"], endpoint["position"]
    count_items(made, size=growth("endpoints", endpoint, changed))
    endpoint.update(columns)  # type: ignore[typeddict-item]  # they are its columns
    made.later(*places.move(old, (endpoint["collection_id"], endpoint["position"]), revision))
    if "name" in changed:
        columns["name_key"] = search_key(name)
    if "url" in changed:
        columns["url_key"] = search_key(changed["url"], MAX_URL)
    if changed.keys() & _SEARCHED:
        keys = {"name_key": search_key(name), "url_key": search_key(endpoint["url"], MAX_URL)}
        found = search.entry({"method": endpoint["method"], **keys})
        blocks = made.answers[1]
        made.later(*await search.changed(endpoint["project_id"], blocks, endpoint["id"], found))
    made.later(statements.updating("endpoints", endpoint["id"], columns))
