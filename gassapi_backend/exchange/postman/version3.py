"""Converts collections of version 3.0, each a folder of YAML files, to version 2.1."""

from collections.abc import Iterator, Mapping

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.postman.items import Collection, Item, Node
from gassapi_backend.exchange.postman.values import listed, mapping, text_or_none
from gassapi_backend.exchange.postman.version2 import SCHEMA
from gassapi_backend.exchange.postman.version3_files import (
    REQUESTS,
    Files,
    definition_of,
    examples_of,
    order_of,
    roots_of,
    sorted_out_files,
    stem_of,
)
from gassapi_backend.exchange.postman.version3_nodes import (
    collection_node,
    example_node,
    folder_node,
    kept_by_kind,
    request_node,
)
from gassapi_backend.exchange.tree import Json, Note, What

VERSION = "3.0.0"


def is_version3(said: Json) -> bool:
    """Whether something is a collection of version 3.0 in one document."""
    return mapping(said).get("$kind") == "collection"


def collections_of(files: Mapping[str, str], name: str) -> Iterator[Collection]:
    """Yield the collections in a folder named ``name``."""
    for root in roots_of(files, name):
        yield _collection(sorted_out_files(files, root), root.rpartition("/")[2] or name)


def _collection(files: Files, name: str) -> Collection:
    at, said = definition_of(files, files.root)
    node, beyond = collection_node(said, name)
    root = Item(
        at, node, [], is_upgraded=True, beyond=beyond, source_id=text_or_none(said.get("id"))
    )
    collection = Collection(root, VERSION, files.notes)
    waiting = [(root, files.root)]
    while waiting:
        item, folder = waiting.pop()
        item.children = inside = []
        for _, _, child, path in sorted(_children(files, folder), key=lambda one: one[:2]):
            inside.append(child)
            if child.children is not None:
                waiting.append((child, path))
    return collection


Placed = tuple[float, str, Item, str]
"""An item with the order and name that it is sorted by, and the path of its folder."""


def _children(files: Files, folder: str) -> Iterator[Placed]:
    for path in files.inside.get(folder, ()):
        at, said = definition_of(files, path)
        node, beyond = folder_node(said, path.rpartition("/")[2])
        item = Item(
            at, node, [], is_upgraded=True, beyond=beyond, source_id=text_or_none(said.get("id"))
        )
        yield order_of(said), str(node["name"]), item, path
    for path in files.requests.get(folder, ()):
        if path not in files.said:
            continue
        said = files.said[path]
        examples = [example_node(one, name) for name, one in examples_of(files, path, said)]
        request = _request(said, path, stem_of(path, REQUESTS), examples, files.notes)
        if request is not None:
            yield order_of(said), str(request.data["name"]), request, path


def _request(
    said: Node, pointer: str, name: str, examples: list[Node], notes: list[Note]
) -> Item | None:
    if note := kept_by_kind(said, pointer):
        notes.append(note)
        return None
    node, beyond = request_node(said, name, examples)
    return Item(
        pointer, node, is_upgraded=True, beyond=beyond, source_id=text_or_none(said.get("id"))
    )


def collection_of(said: Node, pointer: str) -> Collection:
    """Return a collection in a single document, as Postman's API exports it."""
    node, beyond = collection_node(said, "Untitled")
    root = Item(
        pointer, node, [], is_upgraded=True, beyond=beyond, source_id=text_or_none(said.get("id"))
    )
    collection = Collection(root, VERSION)
    waiting: list[tuple[Item, Node]] = [(root, said)]
    while waiting:
        item, holder = waiting.pop()
        item.children = inside = []
        for place, one in enumerate(listed(holder.get("items"))):
            at = f"{item.pointer}/items/{place}"
            child = _item_of(one, at, collection.notes)
            if child is not None:
                inside.append(child)
                if child.children is not None:
                    waiting.append((child, one))
    return collection


def _item_of(said: Json, pointer: str, notes: list[Note]) -> Item | None:
    if not isinstance(said, dict):
        reason = "there is no object here, so there is nothing to import"
        notes.append(Note(What.SKIPPED, "endpoint", "", pointer, reason))
        return None
    if said.get("$kind") == "collection":
        node, beyond = folder_node(said, "Untitled")
        return Item(
            pointer,
            node,
            [],
            is_upgraded=True,
            beyond=beyond,
            source_id=text_or_none(said.get("id")),
        )
    examples = [example_node(mapping(one), "Response") for one in listed(said.get("examples"))]
    return _request(said, pointer, "", examples, notes)


def is_request(said: Json) -> bool:
    """Whether something is a single request of version 3.0."""
    return text_of(mapping(said).get("$kind")).endswith("-request")


def collection_of_request(said: Node, pointer: str, name: str) -> Collection:
    """Return a collection of one request, from a file of that name."""
    stem = stem_of(name, REQUESTS)
    root = Item("", {"info": {"name": stem or "Untitled", "schema": SCHEMA}}, [])
    collection = Collection(root, VERSION)
    request = _request(said, pointer, stem, [], collection.notes)
    root.children = [request] if request is not None else []
    return collection
