"""Tools about endpoints: saved requests."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.endpoints.schemas import endpoint_view
from gassapi_backend.server.mcp import queries
from gassapi_backend.server.mcp.answers import Cut, fitted, read_on
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.listing import listed
from gassapi_backend.server.mcp.project_tools import CURSOR, Cursor, Item, endpoint_item
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional


class EndpointsWanted(Arguments):
    """Which endpoints to list."""

    collection_id: str = optional(description="Only those directly in it")
    method: str = optional(description="Only this HTTP method")
    text: str = optional(description="Part of the name or the URL")
    cursor: Cursor = optional(description=CURSOR)


class EndpointsFound(TypedDict):
    """Endpoints in short."""

    endpoints: list[Item]
    nextCursor: NotRequired[str]


async def list_endpoints(call: Call, wanted: EndpointsWanted) -> EndpointsFound:
    """Saved requests in short, of the project or of a collection."""
    if wanted.collection_id is None:
        project_id = (await call.enter(Permission.READ)).project["id"]
    else:
        entered = await call.enter_at(Permission.READ, "collection_id", wanted.collection_id)
        project_id = entered.project["id"]

    async def endpoints(offset: int) -> Sequence[Mapping[str, Any]]:
        rows = await queries.list_endpoints(
            project_id,
            offset,
            collection_id=wanted.collection_id,
            method=wanted.method and wanted.method.upper(),
            search=wanted.text or "",
        )
        return [endpoint_item(row) for row in rows]

    return await listed([("endpoints", endpoints)], wanted.cursor)  # type: ignore[return-value]  # the section's name


class EndpointWanted(Arguments):
    """Which endpoint to show."""

    endpoint_id: str
    cursor: Cursor = optional(description="Of a field in cut, to read on in it")


class EndpointFound(TypedDict):
    """An endpoint, or a further part of one of its fields."""

    endpoint: NotRequired[Item]
    cut: NotRequired[list[Cut]]
    field: NotRequired[str]
    text: NotRequired[str]
    nextCursor: NotRequired[str]


async def get_endpoint(call: Call, wanted: EndpointWanted) -> EndpointFound:
    """A saved request as it was written, with what it means (purpose, requestParams,
    responseSchema, headerDocs) and its revision. render_request shows it as it is sent.
    """
    entered = await call.enter_at(Permission.READ, "endpoint_id", wanted.endpoint_id)
    view = endpoint_view(entered.subject)  # type: ignore[arg-type]  # its columns
    if wanted.cursor is not None:
        return read_on(view, wanted.cursor)  # type: ignore[return-value]  # a part
    shown, cuts = fitted(view)
    return {"endpoint": shown, "cut": cuts} if cuts else {"endpoint": shown}
