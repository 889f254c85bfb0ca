"""Reads a folder of OpenCollection files: one for each request, folder and environment."""

from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.opencollection.items import (
    Collection,
    Item,
    in_sequence,
    kind_of,
    not_read,
    sequence_of,
)
from gassapi_backend.exchange.opencollection.texts import TEXTS
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.spelling import as_spelled
from gassapi_backend.exchange.tree import Json, Note, Unreadable, What
from gassapi_backend.exchange.values import mapping, text_in

_ENDINGS = (".yml", ".yaml")
_ROOTS = tuple(f"opencollection{ending}" for ending in _ENDINGS)
_FOLDERS = tuple(f"folder{ending}" for ending in _ENDINGS)
_WORKSPACES = tuple(f"workspace{ending}" for ending in _ENDINGS)


def collection_of_files(source: Source) -> tuple[Collection, str]:
    """Return the collection whose files are below its ``opencollection.yml``, and its version.

    Of several collections, the topmost one is read.
    """
    top = top_of(source, _ROOTS)
    paths = sorted(path for path in source.files if path.lower().endswith(_ENDINGS))
    collection = Collection(Item({}, "", children=[]))
    folders = {top: collection.root}
    said = loaded(source, next(top + name for name in _ROOTS if top + name in source.files))
    if not isinstance(said, dict):
        raise Unreadable("It says nothing.", f"{top}{_ROOTS[0]}")
    collection.root.said = said
    collection.root.pointer = f"{top}{_ROOTS[0]}"
    for path in paths:
        if path.startswith(top):
            _take(source, path, top, folders, collection)
    note_outside(source, top, collection)
    finish(folders)
    return collection, text_in(said.get("opencollection"))


def top_of(source: Source, names: tuple[str, ...]) -> str:
    """Return the folder of the topmost of some files, with a slash at its end."""
    found = [path for path in source.files if path.rpartition("/")[2] in names]
    highest = min(found, key=lambda path: (path.count("/"), path), default="")
    return highest[: highest.rfind("/") + 1]


_DOTENV = (
    "it is not read: what is in it may be secret; "
    "set the variables that requests name {{process.env.…}} in an environment"
)


def note_outside(source: Source, top: str, collection: Collection) -> None:
    """Note what is not read: collections besides this one, and its file of secrets."""
    if f"{top}.env" in source.files:
        path = f"{top}.env"
        collection.notes.append(Note(What.SKIPPED, "document", ".env", path, _DOTENV))
    others = {
        path.rpartition("/")[0]
        for path in source.files
        if path.rpartition("/")[2] in (*_ROOTS, "bruno.json")
        and path.rpartition("/")[0] + "/" != top
        and path.rpartition("/")[0] != top
    }
    for path in sorted(others)[:100]:
        reason = "this is another collection; import its folder by itself"
        collection.notes.append(Note(What.SKIPPED, "collection", path, path, reason))


def loaded(source: Source, path: str) -> Json:
    """Return the data of a YAML file, with text where text is wanted."""
    return as_spelled(load_text(source.files[path], path.rpartition("/")[2]), TEXTS)


def _take(
    source: Source, path: str, top: str, folders: dict[str, Item], collection: Collection
) -> None:
    """Put the contents of a file where they belong; note it if they belong nowhere."""
    inner, _, name = path.removeprefix(top).rpartition("/")
    if path.removeprefix(top) in _ROOTS or name in _WORKSPACES:
        return
    try:
        said = loaded(source, path)
    except Unreadable as problem:
        pointer = f"{path}#{problem.pointer}" if problem.pointer else path
        note = Note(What.SKIPPED, "document", name, pointer, problem.message)
        collection.notes.append(note)
        return
    if not isinstance(said, dict):
        reason = "there is nothing in it that OpenCollection knows"
        collection.notes.append(Note(What.SKIPPED, "document", name, path, reason))
    elif inner == "environments":
        called = {"name": name.rpartition(".")[0]} | said
        collection.environments.append((path, called))
    elif name in _FOLDERS:
        folder = folder_at(top + inner, top, folders)
        info = mapping(folder.said.get("info")) | mapping(said.get("info"))
        folder.said, folder.pointer = folder.said | said | {"info": info}, path
    elif kind_of(said) in ("http", "graphql"):
        info = {"name": name.rpartition(".")[0]} | mapping(said.get("info"))
        put(Item(said | {"info": info}, path), inner, top, folders)
    else:
        parent = folder_at(top + inner, top, folders)
        parent.others.append((len(parent.others), said))
        collection.notes.append(not_read(said, path))


def put(item: Item, inner: str, top: str, folders: dict[str, Item]) -> None:
    """Put an item into the folder of its file."""
    children = folder_at(top + inner, top, folders).children
    if children is not None:
        children.append(item)


def folder_at(path: str, top: str, folders: dict[str, Item]) -> Item:
    """Return the item of a folder of files; if it is new, create it and those above it."""
    path = path.rstrip("/") + "/" if path.strip("/") else ""
    if path in folders:
        return folders[path]
    missing = []
    while path not in folders and path not in ("", top):
        missing.append(path)
        above = path.rstrip("/").rpartition("/")[0]
        path = above + "/" if above else ""
    parent = folders.get(path, folders[top])
    for one in reversed(missing):
        name = one.rstrip("/").rpartition("/")[2]
        item = Item({"info": {"name": name, "type": "folder"}}, one.rstrip("/"), children=[])
        if parent.children is not None:
            parent.children.append(item)
        folders[one] = parent = item
    return parent


def finish(folders: dict[str, Item]) -> None:
    """Put everything in order: folders first, as Bruno shows them, each kind by its numbers."""
    for folder in folders.values():
        children = folder.children or []
        children.sort(key=lambda one: (one.children is None, sequence_of(one.said) is None))
        folder.children = in_sequence(children)
        for at, child in enumerate(folder.children):
            child.at = at
