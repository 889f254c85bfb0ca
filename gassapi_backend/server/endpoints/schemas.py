"""What goes in and out about endpoints."""

import re
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.models.rows import EndpointRow
from gassapi_backend.server.items import ItemName, Position
from gassapi_backend.server.items.json_text import (
    AnyJson,
    Array,
    Headers,
    Object,
    ObjectOrArray,
    SmallObject,
    as_answered,
)
from gassapi_backend.server.items.schemas import Description
from gassapi_backend.server.web.bodies import Body, Id, Query, optional
from gassapi_backend.server.web.cursors import Cursor
from gassapi_backend.server.web.etags import Resource, as_loaded

MAX_URL = 8000

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _check_url(value: str) -> str:
    if _UNPRINTABLE.search(value):
        raise ValueError("It contains control characters or line breaks.")
    return value


Method = Annotated[  # RFC 9110, 5.6.2 and 9.1
    str,
    StringConstraints(pattern=r"^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$"),
    AfterValidator(str.upper),
]
Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_URL),
    AfterValidator(_check_url),
]
BodyType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$&^_.+/-]{1,50}$")]
Purpose = Annotated[str, StringConstraints(max_length=2000)]


class NewEndpoint(Body):
    """A request to save; ``url`` may contain ``{{variables}}``, and may be empty.

    ``position`` is its place among the endpoints and collections beside it; by default, the last.
    ``headers`` is an object, or a list of ``{key, value, enabled, description}``, and is answered
    as it was sent. A ``body`` with a ``bodyType`` of text is that text, exactly as it was written.
    """

    name: ItemName
    method: Method
    url: Url
    description: Description | None = None
    position: Position | None = None
    headers: Headers = Field(default=None)
    params: ObjectOrArray = Field(default=None)
    body: AnyJson = Field(default=None)
    body_type: BodyType | None = None
    auth: SmallObject = Field(default=None)
    examples: Array = Field(default=None)
    purpose: Purpose | None = None
    request_params: ObjectOrArray = Field(default=None)
    response_schema: Object = Field(default=None)
    header_docs: ObjectOrArray = Field(default=None)


class EndpointChanges(Body):
    """What to change about an endpoint; ``collectionId`` moves it within its project."""

    name: ItemName = optional()
    method: Method = optional()
    url: Url = optional()
    collection_id: Id = optional()
    description: Description | None = optional()
    position: Position = optional()
    headers: Headers = optional()
    params: ObjectOrArray = optional()
    body: AnyJson = optional()
    body_type: BodyType | None = optional()
    auth: SmallObject = optional()
    examples: Array = optional()
    purpose: Purpose | None = optional()
    request_params: ObjectOrArray = optional()
    response_schema: Object = optional()
    header_docs: ObjectOrArray = optional()


class EndpointCopy(Body):
    """How to copy an endpoint: under which name, and into which collection of its project."""

    name: ItemName | None = None
    collection_id: Id | None = None


class EndpointSearch(Query):
    """Which endpoints to list: those whose name or URL contains ``search``, without case."""

    search: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None, description="Text that the name or the URL contains, in any case."
    )
    method: Method | None = None
    whole: bool = Field(
        default=False,
        description="Also what is larger than 20 KB, which a list leaves out by itself.",
    )
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)
    cursor: Cursor | None = None


class Window(TypedDict):
    """Where in a list an answer stands, counted in rows.

    ``totalIsAtLeast``: there are more than ``total``, which nobody counted to the end.
    """

    total: int
    totalIsAtLeast: NotRequired[bool]
    limit: int
    offset: int
    hasMore: bool
    nextCursor: NotRequired[str]


class EndpointView(TypedDict):
    """A saved request.

    ``goneFromSource``: it was imported from a document whose last import no longer had it.
    """

    id: str
    projectId: str
    collectionId: str
    name: str
    method: str
    url: str
    description: str | None
    position: int
    headers: dict[str, Any] | list[Any]
    params: dict[str, Any] | list[Any] | None
    body: Any
    bodyType: str | None
    auth: dict[str, Any] | None
    examples: list[Any] | None
    purpose: str | None
    requestParams: dict[str, Any] | list[Any] | None
    responseSchema: dict[str, Any] | None
    headerDocs: dict[str, Any] | list[Any] | None
    goneFromSource: NotRequired[bool]
    revision: int
    createdAt: str
    updatedAt: str


class EndpointAnswer(TypedDict):
    """One endpoint."""

    endpoint: EndpointView


class ListedView(EndpointView):
    """An endpoint in a list; ``omitted`` names what is left out, as larger than 20 KB."""

    omitted: NotRequired[list[str]]


class EndpointsAnswer(TypedDict):
    """A part of a list of endpoints, which ends early where it would be larger than 2 MB."""

    endpoints: list[ListedView]
    pagination: Window


def endpoint_view(row: EndpointRow) -> EndpointView:
    """Show an endpoint; its JSON goes through as it is stored."""
    view: EndpointView = {
        "id": row["id"],
        "projectId": row["project_id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "method": row["method"],
        "url": row["url"],
        "description": row["description"],
        "position": row["position"],
        "headers": as_answered(row["headers"]),
        "params": as_answered(row["params"]),
        "body": as_answered(row["body"]),
        "bodyType": row["body_type"],
        "auth": as_answered(row["auth"]),
        "examples": as_answered(row["examples"]),
        "purpose": row["purpose"],
        "requestParams": as_answered(row["request_params"]),
        "responseSchema": as_answered(row["response_schema"]),
        "headerDocs": as_answered(row["header_docs"]),
        "revision": row["revision"],
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }
    if row["is_gone"]:
        view["goneFromSource"] = True
    return view


RESOURCE = Resource("endpoint", of_row=as_loaded)
