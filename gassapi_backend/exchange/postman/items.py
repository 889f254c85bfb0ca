"""The items of a collection of any version, each in the form of Postman 2.1."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gassapi_backend.exchange.postman.values import listed, mapping, text_or_none
from gassapi_backend.exchange.tree import Json, Note, What

Node = dict[str, Json]


@dataclass(slots=True)
class Item:
    """A collection, folder or request.

    ``data`` is the item in the form of Postman 2.1, without what is below it; ``children`` is
    ``None`` for a request. ``others`` holds entries in the list of items that are not items, with
    their places; ``beyond`` is what an older or newer version says that has no place in 2.1.
    """

    pointer: str
    data: Node
    children: "list[Item] | None" = None
    others: list[tuple[int, Json]] = field(default_factory=list)
    beyond: Node = field(default_factory=dict)
    source_id: str | None = None
    is_upgraded: bool = False

    def at(self, place: str) -> str:
        """Return the pointer to a place in ``data``, or to the item if its source differs."""
        return self.pointer if self.is_upgraded else self.pointer + place


@dataclass(slots=True)
class Collection:
    """A whole collection, the version it was written in, and the notes from parsing it."""

    root: Item
    version: str
    notes: list[Note] = field(default_factory=list)


def source_id_of(said: Node) -> str | None:
    """Return Postman's id of a thing."""
    names = ("_postman_id", "id", "uid")
    return next((found for name in names if (found := text_or_none(said.get(name)))), None)


def items_of(said: Node, pointer: str, upgrade: Callable[[Node], Node]) -> tuple[Item, list[Note]]:
    """Return a collection of version 2 with all its contents, and notes on what is not an item."""
    root = Item(pointer, upgrade(_without_items(said)), [])
    root.source_id = source_id_of(mapping(said.get("info"))) or source_id_of(said)
    notes: list[Note] = []
    waiting = [(root, listed(said.get("item")))]
    while waiting:
        folder, children = waiting.pop()
        folder.children = inside = []
        for place, child in enumerate(children):
            item = _item(child, f"{folder.pointer}/item/{place}", upgrade)
            if item is None:
                folder.others.append((place, child))
                notes.append(_skipped(child, f"{folder.pointer}/item/{place}"))
                continue
            inside.append(item)
            if item.children is not None:
                waiting.append((item, child["item"]))
    return root, notes


def _item(said: Json, pointer: str, upgrade: Callable[[Node], Node]) -> Item | None:
    if not isinstance(said, dict):
        return None
    is_folder = isinstance(said.get("item"), list)
    request = said.get("request")
    if not is_folder and not (isinstance(request, dict) or (request and isinstance(request, str))):
        return None
    data = upgrade(_without_items(said) if is_folder else said)
    return Item(pointer, data, [] if is_folder else None, source_id=source_id_of(said))


def _without_items(said: Node) -> Node:
    """Return a collection or folder without its list of items; any other ``item`` stays."""
    return {
        name: value for name, value in said.items() if name != "item" or not isinstance(value, list)
    }


def _skipped(said: Json, pointer: str) -> Note:
    name = text_or_none(mapping(said).get("name")) or ""
    reason = (
        "it has neither a request nor items, so there is nothing to import; "
        "it is kept, and comes back when exporting to Postman"
    )
    return Note(What.SKIPPED, "endpoint", name, pointer, reason)
