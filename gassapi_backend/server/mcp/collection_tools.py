"""Tools about collections."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.collections.schemas import collection_view
from gassapi_backend.server.mcp import queries
from gassapi_backend.server.mcp.answers import MAX_ANSWER, Cut, fitted, packed, read_on
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.project_tools import Cursor, Item, collection_item
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional


class CollectionWanted(Arguments):
    """Which collection to show."""

    collection_id: str
    cursor: Cursor = optional(description="Of a field in cut, to read on in it")


class CollectionFound(TypedDict):
    """A collection, or a further part of one of its fields."""

    collection: NotRequired[Item]
    subCollections: NotRequired[list[Item]]
    cut: NotRequired[list[Cut]]
    field: NotRequired[str]
    text: NotRequired[str]
    nextCursor: NotRequired[str]


async def get_collection(call: Call, wanted: CollectionWanted) -> CollectionFound:
    """A collection with what everything below it inherits (variables, auth, headers; the nearest
    wins; secrets masked), and the collections in it. list_endpoints has its endpoints.
    """
    entered = await call.enter_at(Permission.READ, "collection_id", wanted.collection_id)
    view: dict[str, Any] = dict(collection_view(entered.subject))  # type: ignore[arg-type]  # its columns
    if wanted.cursor is not None:
        return read_on(view, wanted.cursor)  # type: ignore[return-value]  # a part
    below = await queries.collections_in(wanted.collection_id)
    inside, _ = packed([collection_item(row) for row in below], MAX_ANSWER // 2)
    shown, cuts = fitted(view, MAX_ANSWER // 2)
    found: CollectionFound = {"collection": shown, "subCollections": inside}
    return {**found, "cut": cuts} if cuts else found
