"""Items of a collection in the form of OpenCollection, whichever format they come from."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gassapi_backend.exchange.tree import Json, Note, What
from gassapi_backend.exchange.values import listed, mapping, text_in, text_or_none

Node = dict[str, Json]


@dataclass(slots=True)
class Item:
    """A collection, folder or request.

    ``said`` is its form in OpenCollection, without what is in it; ``at`` is its place in its list.
    ``others`` are the items in it that are not read, with their places. ``source`` is its form in
    another format, if it is not from OpenCollection. A childless item has no list of items.
    """

    said: Node
    pointer: str
    at: int = 0
    children: "list[Item] | None" = None
    others: list[tuple[int, Json]] = field(default_factory=list)
    source: Json = None
    is_childless: bool = False


@dataclass(slots=True)
class Collection:
    """A collection and its environments, each with its place in the document."""

    root: Item
    environments: list[tuple[str, Json]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


_OTHERS = {
    "grpc": "a gRPC request",
    "grpc-request": "a gRPC request",
    "websocket": "a WebSocket request",
    "ws": "a WebSocket request",
    "ws-request": "a WebSocket request",
    "graphql-subscription": "a GraphQL subscription",
    "script": "a file of scripts",
    "js": "a file of scripts",
    "app": "an app",
}


def kind_of(said: Json) -> str:
    """Return what an item is: ``folder``, ``http``, ``graphql`` or something else."""
    said = mapping(said)
    kind = text_in(mapping(said.get("info")).get("type")) or text_in(said.get("type"))
    if kind:
        return kind
    if isinstance(said.get("items"), list):
        return "folder"
    return next((name for name in ("http", "graphql", "grpc", "websocket") if name in said), "")


def name_of(said: Json) -> str:
    """Return the name of an item."""
    said = mapping(said)
    return text_in(mapping(said.get("info")).get("name")) or text_in(said.get("name"))


def not_read(said: Json, pointer: str, back: str = "; it is kept") -> Note:
    """Return the note on an item that is not an HTTP request."""
    kind = kind_of(said)
    what = _OTHERS.get(kind, f"an item of the type “{kind[:40]}”" if kind else "no known item")
    reason = f"this is {what}, which is not used here{back}"
    return Note(What.SKIPPED, "endpoint", name_of(said), pointer, reason)


def sequence_of(said: Json) -> float | None:
    """Return the number by which an item is sorted among its siblings of the same kind."""
    value = mapping(mapping(said).get("info")).get("seq", mapping(said).get("seq"))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        text = text_or_none(value) or ""
        return float(text) if text.isdecimal() and len(text) < 16 else None
    return float(max(-1e300, min(1e300, value)))


def in_sequence(items: Iterable[Item]) -> list[Item]:
    """Return items in the order of their numbers, which are separate for folders and requests.

    The places of folders go to folders, and those of requests to requests.
    """
    items = [*items]
    sorted_by_kind = {
        is_folder: iter(
            sorted(
                (one for one in items if (one.children is not None) is is_folder),
                key=lambda one: _sort_key(one.said),
            )
        )
        for is_folder in (True, False)
    }
    return [next(sorted_by_kind[one.children is not None]) for one in items]


def _sort_key(said: Json) -> float:
    number = sequence_of(said)
    return float("inf") if number is None else number


def items_of(said: Node, pointer: str) -> tuple[Item, list[Note]]:
    """Return the items of a whole document, and notes on those that are not read."""
    root = _folder(said, pointer, 0)
    notes: list[Note] = []
    waiting: list[tuple[Item, Json]] = [(root, said.get("items"))]
    while waiting:
        parent, children = waiting.pop()
        inside: list[Item] = []
        for at, child in enumerate(listed(children)):
            place = f"{parent.pointer}/items/{at}"
            kind = kind_of(child)
            if kind == "folder":
                item = _folder(child, place, at)
                waiting.append((item, child.get("items")))
                inside.append(item)
            elif kind in ("http", "graphql"):
                inside.append(Item(child, place, at))
            else:
                parent.others.append((at, child))
                back = "; it is kept, and comes back when exporting to OpenCollection"
                notes.append(not_read(child, place, back))
        parent.children = in_sequence(inside)
    return root, notes


def _folder(said: Node, pointer: str, at: int) -> Item:
    is_childless = not isinstance(said.get("items"), list)
    own = {name: one for name, one in said.items() if name != "items" or is_childless}
    return Item(own, pointer, at, children=[], is_childless=is_childless)
