"""Reads Bruno's collections as trees: a folder in its own language, one such file, or JSON."""

from gassapi_backend.exchange.bruno.files import environment_of, item_of
from gassapi_backend.exchange.bruno.json_items import (
    TYPES,
    folder_of,
    request_of,
    unsent_bodies,
    variables,
)
from gassapi_backend.exchange.bruno.settings import with_settings
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.opencollection.folders import (
    finish,
    folder_at,
    note_outside,
    put,
    top_of,
)
from gassapi_backend.exchange.opencollection.items import Collection, Item, in_sequence, not_read
from gassapi_backend.exchange.opencollection.reading import document_of, environments_alone
from gassapi_backend.exchange.sources import Source, Syntax
from gassapi_backend.exchange.tree import Document, Json, Note, Unreadable, What
from gassapi_backend.exchange.values import listed, mapping, objects, text_in, text_or_none

FORMAT = "bruno"
Node = dict[str, Json]

_ENDING = ".bru"


def read(source: Source) -> Document:
    """Return the tree of a collection, or of a file with a request or an environment."""
    if source.files:
        return _read_folder(source)
    if source.syntax is Syntax.JSON or isinstance(source.data, dict):
        return _read_json(source.data)
    return _read_file(source)


def _read_file(source: Source) -> Document:
    item = item_of(source.text)
    name = source.name.removesuffix(_ENDING) or "Bruno"
    request = item["request"]
    if item["type"] == "folder" and (request.get("variables") or request.get("secrets")):
        return environments_alone([(source.name, _environment(source.text, name))], FORMAT, "bru")
    root = Item({"info": {"name": name}}, "", children=[])
    if item["type"] == "folder":
        root.said = folder_of(name, _root(item))
    elif item["type"] in TYPES:
        made = _item(item, source.text, source.name, name)
        root.children = [made]
        root.said = {"info": {"name": mapping(made.said.get("info")).get("name") or name}}
    else:
        raise Unreadable("There is no HTTP request in this file.", source.name)
    return document_of(Collection(root, notes=_unsent(item, source.name)), FORMAT, "bru")


def _unsent(item: Node, pointer: str) -> list[Note]:
    """Return a note on bodies that a request has besides the one that it is sent with."""
    modes = unsent_bodies(mapping(item.get("request")).get("body"))
    if not modes:
        return []
    names = ", ".join(modes)[:100]
    reason = f"it has bodies of other kinds ({names}), which are kept and not sent"
    return [Note(What.KEPT, "endpoint", text_in(item.get("name")), pointer, reason)]


def _item(item: Node, text: str, path: str, name: str) -> Item:
    """Return the request in a file; it is named after the file if it has no name."""
    called = item | {"name": text_in(item.get("name")) or name}
    return Item(request_of(called), path, source=text)


def _root(item: Node) -> Node:
    """Return the defaults of a folder or collection in the form of Bruno's JSON."""
    request = mapping(item.get("request"))
    return {"request": request, "docs": request.get("docs"), "meta": item.get("meta")}


def _environment(text: str, name: str) -> Node:
    return _environment_of(environment_of(text) | {"name": name})


def _read_folder(source: Source) -> Document:
    top = top_of(source, ("bruno.json",)) if _has_config(source) else ""
    config, problems = _config(source, f"{top}bruno.json")
    name = text_in(config.get("name")) or source.name or "Bruno"
    root = Item({"info": {"name": name}}, f"{top}bruno.json", children=[])
    if config:
        root.source = config
    collection = Collection(root, notes=problems)
    folders = {top: root}
    for path in sorted(source.files):
        if path.startswith(top) and path.lower().endswith(_ENDING):
            try:
                _take(source.files[path], path, top, folders, collection)
            except Unreadable as problem:
                pointer = f"{path}#{problem.pointer}" if problem.pointer else path
                note = Note(What.SKIPPED, "document", path, pointer, problem.message)
                collection.notes.append(note)
    root.said = with_settings(root.said, config)
    note_outside(source, top, collection)
    finish(folders)
    return document_of(collection, FORMAT, "bru")


def _has_config(source: Source) -> bool:
    return any(path.rpartition("/")[2] == "bruno.json" for path in source.files)


def _config(source: Source, path: str) -> tuple[Node, list[Note]]:
    """Return the settings of a collection, and a note if they cannot be read."""
    if path not in source.files:
        return {}, []
    try:
        return mapping(load_text(source.files[path], "bruno.json").data), []
    except Unreadable as problem:
        return {}, [Note(What.SKIPPED, "document", path, path, problem.message)]


def _take(text: str, path: str, top: str, folders: dict[str, Item], collection: Collection) -> None:
    """Put the contents of a file where they belong."""
    inner, _, file = path.removeprefix(top).rpartition("/")
    name = file[: -len(_ENDING)]
    if inner == "environments":
        collection.environments.append((path, _environment(text, name)))
        return
    item = item_of(text)
    if not inner and name == "collection":
        said = folder_of(
            text_in(mapping(collection.root.said.get("info")).get("name")), _root(item)
        )
        said["info"] = mapping(collection.root.said.get("info"))
        collection.root.said = said
        config = collection.root.source
        collection.root.source = {"bruno.json": config, "collection.bru": text}
    elif name == "folder" and item["type"] == "folder":
        folder = folder_at(top + inner, top, folders)
        known = text_in(mapping(folder.said.get("info")).get("name"))
        folder.said, folder.pointer = folder_of(known, _root(item)), path
        folder.source = text
    elif item["type"] in ("http-request", "graphql-request"):
        collection.notes += _unsent(item, path)
        put(_item(item, text, path, name), inner, top, folders)
    else:
        called = item | {"info": {"name": text_in(mapping(item["meta"]).get("name")) or name}}
        collection.notes.append(not_read(called, path))
        parent = folder_at(top + inner, top, folders)
        parent.source = {**mapping(parent.source), path: text}


def _read_json(data: Json) -> Document:
    if not isinstance(data, dict):
        raise Unreadable("This is not an export of Bruno: it is not an object.")
    if "items" not in data:
        return _read_environments(data)
    config = mapping(data.get("brunoConfig"))
    name = text_in(data.get("name")) or text_in(config.get("name")) or "Bruno"
    root = Item(folder_of(name, data.get("root")), "", children=[])
    root.said = with_settings(root.said | {"info": {"name": name}}, config)
    root.source = {
        key: one for key, one in data.items() if key not in ("items", "environments", "root")
    }
    collection = Collection(root)
    waiting: list[tuple[Item, Json]] = [(root, data.get("items"))]
    while waiting:
        parent, children = waiting.pop()
        inside: list[Item] = []
        for at, child in enumerate(listed(children)):
            pointer = f"{parent.pointer}/items/{at}"
            item = _json_item(child, pointer)
            if item is None:
                parent.others.append((at, child))
                collection.notes.append(not_read(child, pointer))
                continue
            inside.append(item)
            collection.notes += _unsent(mapping(child), pointer)
            if item.children is not None:
                waiting.append((item, mapping(child).get("items")))
        inside.sort(key=lambda one: one.children is None)  # folders first, as Bruno shows them
        parent.children = in_sequence(inside)
        for at, one in enumerate(parent.children):
            one.at = at
    collection.environments = _environments(data)
    return document_of(collection, FORMAT, f"json-{text_or_none(data.get('version')) or '1'}")


def _read_environments(data: Node) -> Document:
    """Return the environments of an export of nothing else."""
    is_one = isinstance(data.get("variables"), list)
    found = [("", _environment_of(data))] if is_one else _environments(data)
    return environments_alone(found, FORMAT, "json-1")


def _environments(data: Node) -> list[tuple[str, Json]]:
    return [
        (f"/environments/{at}", _environment_of(one))
        for at, one in objects(data.get("environments"))
    ]


def _environment_of(said: Node) -> Node:
    made = {
        "name": text_in(said.get("name")) or "Environment",
        "variables": variables(said.get("variables")),
    }
    return made | ({"color": color} if (color := text_in(said.get("color"))) else {})


def _json_item(said: Json, pointer: str) -> Item | None:
    if not isinstance(said, dict):
        return None
    kind = TYPES.get(text_in(said.get("type")))
    if kind is None:
        kind = "folder" if isinstance(said.get("items"), list) else ""
    if kind == "folder":
        name = text_in(said.get("name"))
        own = {key: one for key, one in said.items() if key != "items"}
        node = folder_of(name, said.get("root"), said.get("seq"))
        if name:
            node["info"]["name"] = name
        return Item(node, pointer, children=[], source=own)
    if not kind:
        return None
    return Item(request_of(said), pointer, source=said)
