"""Endpoints over HTTP."""

from typing import cast

from aiohttp import web
from pydantic.alias_generators import to_camel

from gassapi_backend.database.pages import AtLeast
from gassapi_backend.server.endpoints import actions, listing
from gassapi_backend.server.endpoints.schemas import (
    EndpointAnswer,
    EndpointChanges,
    EndpointCopy,
    EndpointsAnswer,
    EndpointSearch,
    ListedView,
    NewEndpoint,
    Window,
    endpoint_view,
)
from gassapi_backend.server.web.cursors import new_cursor
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.reading import Message
from gassapi_backend.server.web.state import ACTOR, PROJECT, SUBJECT


async def list_in_collection(request: web.Request, search: EndpointSearch) -> EndpointsAnswer:
    """List the endpoints directly in a collection, by position.

    A field of more than 20 KB is left out, and named in `omitted`, unless `whole=true` asks for it.
    A page ends early, with `hasMore`, where it would be larger than 2 MB: go on at `nextCursor`,
    which costs the same on the last page as on the first, or at `offset` plus the number of those
    that came.
    """
    found = await listing.list_in_collection(request[SUBJECT], search)
    return _part(search, found)


async def list_in_project(request: web.Request, search: EndpointSearch) -> EndpointsAnswer:
    """List all endpoints of a project, the oldest first, in pages as of a collection."""
    project = request[PROJECT]
    found = await listing.list_in_project(project["id"], project["endpoint_count"], search)
    return _part(search, found)


async def create(request: web.Request, new: NewEndpoint) -> EndpointAnswer:
    """Save a request in a collection."""
    loaded = request[SUBJECT]
    row = await actions.create_endpoint(request[ACTOR], loaded["project_id"], loaded["id"], new)
    return {"endpoint": endpoint_view(row)}


async def show(request: web.Request) -> EndpointAnswer:
    """Show an endpoint."""
    return {"endpoint": endpoint_view(request[SUBJECT])}


async def update(request: web.Request, changes: EndpointChanges) -> EndpointAnswer:
    """Change an endpoint, or move it.

    `collectionId` moves it within its project; without `position`, to the end.
    """
    loaded = request[SUBJECT]
    row = await actions.update_endpoint(
        request[ACTOR], loaded["project_id"], loaded["id"], changes, if_match(request)
    )
    return {"endpoint": endpoint_view(row)}


async def delete(request: web.Request) -> Message:
    """Delete an endpoint."""
    loaded = request[SUBJECT]
    await actions.delete_endpoint(
        request[ACTOR], loaded["project_id"], loaded["id"], if_match(request)
    )
    return {"message": "The endpoint is deleted."}


async def duplicate(request: web.Request, wanted: EndpointCopy) -> EndpointAnswer:
    """Copy an endpoint within its project."""
    loaded = request[SUBJECT]
    row = await actions.duplicate_endpoint(
        request[ACTOR],
        loaded["project_id"],
        loaded["id"],
        wanted,
        if_match(request),
    )
    return {"endpoint": endpoint_view(row)}


def _listed(row: listing.ListedEndpoint) -> ListedView:
    view = endpoint_view(row)
    if not row["omitted"]:
        return cast("ListedView", view)
    bits = enumerate(listing.OMISSIBLE)
    return {**view, "omitted": [to_camel(name) for bit, name in bits if row["omitted"] >> bit & 1]}


def _part(search: EndpointSearch, found: listing.Listed) -> EndpointsAnswer:
    window: Window = {
        "total": found.total,
        "limit": search.limit,
        "offset": found.place.before,
        "hasMore": found.has_more,
    }
    if isinstance(found.total, AtLeast):
        window["totalIsAtLeast"] = True
    if found.has_more and found.end.key:
        window["nextCursor"] = new_cursor(found.end)
    return {"endpoints": [_listed(row) for row in found.rows], "pagination": window}
