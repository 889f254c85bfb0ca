"""Converts collections of version 1.0, lists of folders and of requests, to version 2.1."""

from gassapi_backend.exchange.postman.items import Collection, Item, Node
from gassapi_backend.exchange.postman.values import listed, mapping, text_or_none
from gassapi_backend.exchange.postman.version1_requests import parts_of_any, request_node, unused
from gassapi_backend.exchange.postman.version2 import SCHEMA
from gassapi_backend.exchange.tree import Json, Note, What

VERSION = "1.0.0"
_ROOT = ""
_LISTS = {"requests", "folders", "order", "folders_order"}
_SAID = _LISTS | {"id", "name", "description"}


def is_version1(said: Json) -> bool:
    """Whether something is a collection of version 1.0."""
    said = mapping(said)
    has_lists = isinstance(said.get("requests"), list) and "info" not in said and "v" not in said
    return has_lists and any(name in said for name in ("order", "folders", "id"))


def collection_of(said: Node, pointer: str) -> Collection:
    """Return a collection with its folders and requests where the lists of ids put them.

    A folder or request that is in no list goes, after those that are, into the folder that it
    names, else into the collection; one that is in two lists goes where the first puts it.
    """
    root = Item(pointer, _collection_node(said), [], is_upgraded=True, beyond=unused(said, _SAID))
    root.source_id = text_or_none(said.get("id"))
    collection = Collection(root, VERSION)
    folders = _things(said, "folders", "collection", collection)
    requests = _things(said, "requests", "endpoint", collection)
    items = {_ROOT: root} | {key: _folder(one, at) for key, (at, one) in folders.items()}
    holders = {_ROOT: said} | {key: one for key, (_, one) in folders.items()}
    for key, parent in _without_cycles(_parents(holders, "folders_order", folders)).items():
        _inside(items[parent]).append(items[key])
    saved = {key: one for key, (_, one) in requests.items()}
    for key, parent in _parents(holders, "order", requests).items():
        at, one = requests[key]
        node, beyond = request_node(one, saved)
        request = Item(
            at, node, is_upgraded=True, beyond=beyond, source_id=text_or_none(one.get("id"))
        )
        _inside(items[parent]).append(request)
    return collection


Things = dict[str, tuple[str, Node]]
"""Folders or requests by id: their place in the document, and what they say."""


def _things(said: Node, name: str, kind: str, collection: Collection) -> Things:
    found: Things = {}
    for place, one in enumerate(listed(said.get(name))):
        pointer = f"{collection.root.pointer}/{name}/{place}"
        if not isinstance(one, dict):
            reason = "there is no object here, so there is nothing to import"
            collection.notes.append(Note(What.SKIPPED, kind, "", pointer, reason))
            continue
        key = text_or_none(one.get("id")) or pointer
        found[pointer if key in found else key] = pointer, one
    return found


def _parents(holders: dict[str, Node], name: str, things: Things) -> dict[str, str]:
    """Return the folder of each thing, with the things of a folder in their order."""
    parents: dict[str, str] = {}
    for holder, said in holders.items():
        for key in map(text_or_none, listed(said.get(name))):
            if key in things:
                parents.setdefault(key, holder)
    for key, (_, one) in things.items():
        named = text_or_none(one.get("folder")) or _ROOT
        parents.setdefault(key, named if named in holders else _ROOT)
    return parents


def _without_cycles(parents: dict[str, str]) -> dict[str, str]:
    """Return the parents of folders; a cycle is broken by moving one of its folders to the top."""
    parents, safe = dict(parents), {_ROOT}
    for start in parents:
        path: dict[str, None] = {}
        key = start
        while key not in safe:
            path[key] = None
            if parents[key] in path:
                parents[key] = _ROOT
            key = parents[key]
        safe.update(path)
    return parents


def _inside(folder: Item) -> list[Item]:
    if folder.children is None:
        folder.children = []
    return folder.children


def _collection_node(said: Node) -> Node:
    info: Node = {"name": said.get("name"), "schema": SCHEMA}
    if said.get("id"):
        info["_postman_id"] = said["id"]
    if said.get("description"):
        info["description"] = said["description"]
    return {"info": info, **parts_of_any(said)}


def _folder(said: Node, pointer: str) -> Item:
    node = {name: said[name] for name in ("id", "name", "description") if said.get(name)}
    node |= parts_of_any(said)
    source_id = text_or_none(said.get("id"))
    return Item(
        pointer, node, [], is_upgraded=True, beyond=unused(said, _SAID), source_id=source_id
    )
