"""What goes in and out about collections."""

from collections.abc import Callable, Iterable
from typing import Any, NotRequired, TypeVar, cast

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.models.rows import CollectionRow
from gassapi_backend.server.items import ItemName, Position
from gassapi_backend.server.items.json_text import Headers, SmallObject, as_answered
from gassapi_backend.server.items.schemas import Description, Variables, VariableView
from gassapi_backend.server.items.variables import Stored, masked
from gassapi_backend.server.web.bodies import Body, Id, Query, optional
from gassapi_backend.server.web.etags import Resource

_INHERITED = "Inherited by everything below; what is nearer wins."


class NewCollection(Body):
    """A collection to create: at the top without ``parentId``.

    ``position`` is its place among the collections and endpoints beside it; by default, the last.
    """

    name: ItemName
    parent_id: Id | None = None
    description: Description | None = None
    position: Position | None = None
    variables: Variables | None = Field(default=None, description=_INHERITED)
    auth: SmallObject = Field(default=None, description=_INHERITED)
    headers: Headers = Field(default=None, description=_INHERITED)


class CollectionChanges(Body):
    """What to change about a collection; ``parentId`` moves it, ``null`` to the top."""

    name: ItemName = optional()
    parent_id: Id | None = optional()
    description: Description | None = optional()
    position: Position = optional()
    variables: Variables | None = optional(description="All of them: those left out are gone.")
    auth: SmallObject = optional()
    headers: Headers = optional()


class CollectionCopy(Body):
    """How to copy a collection: under which name, and into which project."""

    name: ItemName | None = None
    project_id: Id | None = Field(
        default=None,
        description="Another project, at whose top the copy goes. Default: beside the original.",
    )


class CollectionList(Query):
    """In which shape to list collections."""

    flat: bool = Field(default=False, description="One list instead of a tree.")


class CollectionView(TypedDict):
    """A collection.

    ``variables``, ``auth`` and ``headers`` are inherited by everything below; the nearest wins.
    ``endpointsCount`` counts the endpoints directly in it. It is derived from them: the
    collection's ``revision`` stays as they come and go. ``goneFromSource``: it was imported from a
    document whose last import no longer had it.
    """

    id: str
    projectId: str
    parentId: str | None
    name: str
    description: str | None
    variables: list[VariableView]
    auth: dict[str, Any] | None
    headers: dict[str, Any] | list[Any] | None
    position: int
    endpointsCount: int
    goneFromSource: NotRequired[bool]
    revision: int
    createdAt: str
    updatedAt: str


class CollectionNode(CollectionView):
    """A collection in a list; in a tree, with those below it."""

    subCollections: NotRequired["list[CollectionNode]"]


Node = TypeVar("Node", bound=CollectionView)


class CollectionAnswer(TypedDict):
    """One collection."""

    collection: CollectionView


class CollectionsAnswer(TypedDict):
    """A project's collections."""

    collections: list[CollectionNode]


def collection_view(row: CollectionRow) -> CollectionView:
    """Show a collection; what it hands down goes through as stored unless some of it is secret."""
    text = row["variables"] or "[]"
    is_secret = '"secret":true' in text
    return _view(row, masked(orjson.loads(text)) if is_secret else as_answered(text))


def revealed_view(row: CollectionRow, variables: list[Stored]) -> CollectionView:
    """Show a collection with variables that were opened."""
    return _view(row, variables)


def _view(row: CollectionRow, variables: object) -> CollectionView:
    view: CollectionView = {
        "id": row["id"],
        "projectId": row["project_id"],
        "parentId": row["parent_id"],
        "name": row["name"],
        "description": row["description"],
        "variables": variables,  # type: ignore[typeddict-item]  # JSON text, or of these keys
        "auth": as_answered(row["auth"]),
        "headers": as_answered(row["headers"]),
        "position": row["position"],
        "endpointsCount": row["endpoint_count"],
        "revision": row["revision"],
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }
    if row["is_gone"]:
        view["goneFromSource"] = True
    return view


def collection_list(rows: Iterable[CollectionRow]) -> list[CollectionNode]:
    """Show a project's collections in the order of the rows."""
    return [cast("CollectionNode", collection_view(row)) for row in rows]


def collection_tree(rows: Iterable[CollectionRow]) -> list[CollectionNode]:
    """Nest a project's collections, each level in the order of the rows."""
    nodes: dict[str, CollectionNode] = {
        row["id"]: {**collection_view(row), "subCollections": []} for row in rows
    }
    return nested(nodes, lambda node: node["subCollections"])


def nested(nodes: dict[str, Node], below: Callable[[Node], list[Node]]) -> list[Node]:
    """Put each of a project's collections, by id, below its parent; return the ones at the top."""
    top: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node["parentId"] or "")
        (top if parent is None else below(parent)).append(node)
    return top


RESOURCE = Resource(
    "collection", beside=("endpointsCount",)
)  # endpoints come and go without moving it
