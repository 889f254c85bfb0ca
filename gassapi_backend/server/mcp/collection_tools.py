"""Tools about collections."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from gassapi_backend.models.rows import CollectionRow
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.collections import actions
from gassapi_backend.server.collections.queries import load_collection
from gassapi_backend.server.collections.schemas import (
    CollectionChanges,
    NewCollection,
    collection_view,
)
from gassapi_backend.server.mcp import queries
from gassapi_backend.server.mcp.answers import MAX_ANSWER, fitted, packed, read_on
from gassapi_backend.server.mcp.arguments import (
    ConfirmName,
    Entries,
    SetVariable,
    Updated,
    Written,
    body_of,
    new_variables,
)
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.deleting import confirmed
from gassapi_backend.server.mcp.project_tools import Cursor, Item, collection_item
from gassapi_backend.server.mcp.setting import set_variables
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional
from gassapi_backend.server.web.etags import IfMatch

AUTH = "{type, …} with type inherit, none, basic, bearer, apiKey, oauth2 …"
HEADERS = "Each {key, value, enabled?, description?}"


class CollectionWanted(Arguments):
    """Which collection to show."""

    collection_id: str
    cursor: Cursor = optional(description="Of a field in cut, to read on in it")


class CollectionFound(TypedDict):
    """A collection, or another part of one of its fields."""

    collection: NotRequired[Item]
    subCollections: NotRequired[list[Item]]
    cut: NotRequired[list[Item]]
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
    return {**found, "cut": [dict(one) for one in cuts]} if cuts else found


class CollectionMade(TypedDict):
    """What a collection is now, in short."""

    collection: Item


class CollectionToCreate(Written):
    """A collection to create."""

    name: str
    parent_id: str = optional(description="The collection it goes into; default the top")
    description: str = optional()
    position: int = optional(description="Its place among its siblings; default the last")
    variables: list[SetVariable] = optional()
    auth: dict[str, Any] = optional(description=AUTH)
    headers: Entries = optional(description=HEADERS)


async def create_collection(call: Call, wanted: CollectionToCreate) -> CollectionMade:
    """Create a collection. Everything below it inherits its variables, auth and headers."""
    given = wanted.given("idempotency_key")
    if "variables" in given:
        given["variables"] = new_variables(wanted.variables)
    new = body_of(NewCollection, given)
    return _made(await actions.create_collection(call.actor, call.project_id, new, call.vault))


class CollectionToUpdate(Updated):
    """What to change about a collection."""

    collection_id: str
    name: str = optional()
    parent_id: str = optional(description="Moves it there; to_top moves it to the top")
    to_top: bool = optional()
    description: str = optional()
    position: int = optional()
    set: list[SetVariable] = optional(description="Variables to make or change; others stay")
    unset: list[str] = optional(description="Variables to remove")
    auth: dict[str, Any] = optional(description=AUTH)
    headers: Entries = optional(description="All of them")
    clear: list[Literal["description", "auth", "headers"]] = optional()


async def update_collection(call: Call, wanted: CollectionToUpdate) -> CollectionMade:
    """Change the given fields of a collection, or move it; clear names fields to empty."""
    await call.enter_at(Permission.WRITE, "collection_id", wanted.collection_id)
    given = wanted.given(
        *("collection_id", "if_revision", "idempotency_key", "set", "unset", "clear", "to_top")
    )
    if wanted.to_top:
        given["parent_id"] = None

    async def update(variables: dict[str, Any], if_match: IfMatch) -> CollectionRow:
        changes = body_of(CollectionChanges, given | variables, wanted.clear or ())
        return await actions.update_collection(
            call.actor, call.project_id, wanted.collection_id, changes, call.vault, if_match
        )

    async def load() -> CollectionRow | None:
        return await load_collection(call.project_id, wanted.collection_id)

    return _made(await set_variables(wanted.set, wanted.unset, wanted.if_match, load, update))


class CollectionToDelete(Arguments):
    """A collection to delete."""

    collection_id: str
    confirm_name: ConfirmName
    if_revision: int = optional()


class Deleted(TypedDict):
    """What was deleted."""

    deleted: Item


async def delete_collection(call: Call, wanted: CollectionToDelete) -> Deleted:
    """Delete a collection with every collection and endpoint below it. Cannot be undone."""
    entered = await call.enter_at(Permission.WRITE, "collection_id", wanted.collection_id)
    row: Any = entered.subject
    if_match = confirmed(row, "collection", wanted.confirm_name, wanted.if_revision)
    await actions.delete_collection(call.actor, call.project_id, row["id"], if_match)
    return {"deleted": {"id": row["id"], "name": row["name"]}}


def _made(row: CollectionRow) -> CollectionMade:
    shown = {name: row[name] for name in ("id", "name", "position", "revision")}
    return {"collection": {**shown, "parentId": row["parent_id"] or ""}}
