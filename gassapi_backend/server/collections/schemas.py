"""What goes in and out about collections."""

from collections.abc import Callable, Iterable
from typing import Annotated, NotRequired, TypeVar, cast

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.database import Row
from gassapi_backend.server.items import ItemName, Position
from gassapi_backend.server.web.bodies import Body, Id, Query, optional
from gassapi_backend.server.web.etags import Resource

Description = Annotated[str, StringConstraints(max_length=10_000)]


class NewCollection(Body):
    """A collection to create: at the top without ``parentId``, at the end without ``position``."""

    name: ItemName
    parent_id: Id | None = None
    description: Description | None = None
    position: Position | None = None


class CollectionChanges(Body):
    """What to change about a collection; ``parentId`` moves it, ``null`` to the top."""

    name: ItemName = optional()
    parent_id: Id | None = optional()
    description: Description | None = optional()
    position: Position = optional()


class CollectionCopy(Body):
    """How to copy a collection: under which name, and into which project."""

    name: ItemName | None = None
    project_id: Id | None = Field(
        default=None,
        description="Another project, at whose top the copy lands. Default: beside the original.",
    )


class CollectionList(Query):
    """In which shape to list collections."""

    flat: bool = Field(default=False, description="One list instead of a tree.")


class CollectionView(TypedDict):
    """A collection.

    ``endpointsCount`` counts the endpoints directly in it. It is derived from them: the
    collection's ``revision`` stays as they come and go.
    """

    id: str
    projectId: str
    parentId: str | None
    name: str
    description: str | None
    position: int
    endpointsCount: int
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


def collection_view(row: Row) -> CollectionView:
    """Show a collection."""
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "parentId": row["parent_id"],
        "name": row["name"],
        "description": row["description"],
        "position": row["position"],
        "endpointsCount": row["endpoint_count"],
        "revision": row["revision"],
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }


def collection_list(rows: Iterable[Row]) -> list[CollectionNode]:
    """Show a project's collections in the order of the rows."""
    return [cast("CollectionNode", collection_view(row)) for row in rows]


def collection_tree(rows: Iterable[Row]) -> list[CollectionNode]:
    """Nest a project's collections, each level in the order of the rows."""
    nodes: dict[str, CollectionNode] = {
        row["id"]: {**collection_view(row), "subCollections": []} for row in rows
    }
    return nested(nodes, lambda node: node["subCollections"])


def nested(nodes: dict[str, Node], below: Callable[[Node], list[Node]]) -> list[Node]:
    """Put each of a project's collections, by id, below its parent; return those at the top."""
    top: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node["parentId"] or "")
        (top if parent is None else below(parent)).append(node)
    return top


RESOURCE = Resource(
    "collection", beside=("endpointsCount",)
)  # endpoints come and go without moving it
