"""Tools about endpoints: saved requests."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.models.rows import EndpointRow
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.endpoints import actions
from gassapi_backend.server.endpoints.schemas import EndpointChanges, NewEndpoint, endpoint_view
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.mcp import queries
from gassapi_backend.server.mcp.answers import fitted, read_on
from gassapi_backend.server.mcp.arguments import (
    ConfirmName,
    Entries,
    Updated,
    Written,
    body_of,
)
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.collection_tools import AUTH, HEADERS, Deleted
from gassapi_backend.server.mcp.deleting import confirmed
from gassapi_backend.server.mcp.listing import listed
from gassapi_backend.server.mcp.project_tools import CURSOR, Cursor, Item, endpoint_item
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional


class EndpointsWanted(Arguments):
    """Which endpoints to list."""

    collection_id: str = optional(description="Only those directly in it")
    method: str = optional(description="Only this HTTP method")
    text: Annotated[str, StringConstraints(max_length=255)] = optional(
        description="Part of the name or the URL"
    )
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
    """An endpoint, or another part of one of its fields."""

    endpoint: NotRequired[Item]
    cut: NotRequired[list[Item]]
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
    return {"endpoint": shown, "cut": [dict(one) for one in cuts]} if cuts else {"endpoint": shown}


class EndpointMade(TypedDict):
    """What an endpoint is now, in short."""

    endpoint: Item


class EndpointToCreate(Written):
    """An endpoint to create."""

    collection_id: str
    name: str
    method: str
    url: str = Field(description="May hold {{variables}}")
    description: str = optional()
    purpose: str = optional(description="What it is for, in a sentence")
    headers: Entries = optional(description=HEADERS)
    params: Entries = optional(description="Each {key, value, in: query or path, …}")
    body_type: str = optional(
        description="none, json, text, xml, html, javascript, graphql, x-www-form-urlencoded, "
        "form-data or binary"
    )
    body: str = optional(description="Text exactly as sent; of binary, a path")
    form: Entries = optional(description="Fields of a form, each {key, value, type?, src?}")
    graphql: dict[str, Any] = optional(description="{query, variables?, operationName?}")
    auth: dict[str, Any] = optional(description=AUTH)
    examples: Entries = optional(description="Each {name, status?, headers?, body?}")
    request_params: dict[str, Any] = optional(description="What each parameter means")
    response_schema: dict[str, Any] = optional(description="JSON Schema of the answer")
    header_docs: dict[str, Any] = optional(description="What each header means")
    position: int = optional()


async def create_endpoint(call: Call, wanted: EndpointToCreate) -> EndpointMade:
    """Save a request in a collection. Give body, form or graphql, as it has."""
    entered = await call.enter_at(Permission.WRITE, "collection_id", wanted.collection_id)
    given = _with_body(wanted.given("collection_id", "idempotency_key"))
    if isinstance(given.get("body"), str) and "body_type" not in given:
        given["body_type"] = "json" if given["body"].lstrip()[:1] in ("{", "[") else "text"
    new = body_of(NewEndpoint, given)
    row: Any = entered.subject
    return _made(await actions.create_endpoint(call.actor, call.project_id, row["id"], new))


class EndpointToUpdate(Updated):
    """What to change about an endpoint."""

    endpoint_id: str
    name: str = optional()
    method: str = optional()
    url: str = optional()
    collection_id: str = optional(description="Moves it there")
    description: str = optional()
    purpose: str = optional()
    headers: Entries = optional(description="All of them")
    params: Entries = optional(description="All of them")
    body_type: str = optional()
    body: str = optional()
    form: Entries = optional()
    graphql: dict[str, Any] = optional()
    auth: dict[str, Any] = optional()
    examples: Entries = optional(description="All of them")
    request_params: dict[str, Any] = optional()
    response_schema: dict[str, Any] = optional()
    header_docs: dict[str, Any] = optional()
    position: int = optional()
    clear: list[
        Literal[
            "description",
            "purpose",
            "headers",
            "params",
            "body_type",
            "body",
            "auth",
            "examples",
            "request_params",
            "response_schema",
            "header_docs",
        ]
    ] = optional()


async def update_endpoint(call: Call, wanted: EndpointToUpdate) -> EndpointMade:
    """Change the given fields of an endpoint, as in create_endpoint, or move it; clear names
    fields to empty.
    """
    await call.enter_at(Permission.WRITE, "endpoint_id", wanted.endpoint_id)
    given = wanted.given("endpoint_id", "if_revision", "idempotency_key", "clear")
    changes = body_of(EndpointChanges, _with_body(given), wanted.clear or ())
    return _made(
        await actions.update_endpoint(
            call.actor, call.project_id, wanted.endpoint_id, changes, wanted.if_match
        )
    )


class EndpointToDelete(Arguments):
    """An endpoint to delete."""

    endpoint_id: str
    confirm_name: ConfirmName
    if_revision: int = optional()


async def delete_endpoint(call: Call, wanted: EndpointToDelete) -> Deleted:
    """Delete an endpoint. Cannot be undone."""
    entered = await call.enter_at(Permission.WRITE, "endpoint_id", wanted.endpoint_id)
    row: Any = entered.subject
    if_match = confirmed(row, "endpoint", wanted.confirm_name, wanted.if_revision)
    await actions.delete_endpoint(call.actor, call.project_id, row["id"], if_match)
    return {"deleted": {"id": row["id"], "name": row["name"]}}


_KINDS = {"form": "x-www-form-urlencoded", "graphql": "graphql"}


def _with_body(given: dict[str, Any]) -> dict[str, Any]:
    """Replace the body with a form or GraphQL request. Raises ``Invalid`` if several are given."""
    bodies = [name for name in ("body", "form", "graphql") if name in given]
    if len(bodies) > 1:
        raise Invalid.field(bodies[1], f"{' and '.join(bodies)} are given. A request has one body.")
    found = dict(given)
    for name, kind in _KINDS.items():
        if name in found:
            found["body"] = body = found.pop(name)
            has_files = name == "form" and any("src" in entry for entry in body)
            found.setdefault("body_type", "form-data" if has_files else kind)
    if found.get("body_type") == "binary" and isinstance(found.get("body"), str):
        found["body"] = {"src": found["body"]}
    return found


def _made(row: EndpointRow) -> EndpointMade:
    names = ("id", "name", "method", "position", "revision")
    shown: Item = {name: row[name] for name in names}  # type: ignore[literal-required]  # its columns
    return {"endpoint": {**shown, "collectionId": row["collection_id"]}}
