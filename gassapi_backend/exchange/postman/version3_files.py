"""Sorts the files of collections of version 3.0: roots, folders, requests, examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from posixpath import normpath

from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.postman.items import Node
from gassapi_backend.exchange.postman.values import text_or_none
from gassapi_backend.exchange.tree import Json, Note, Unreadable, What

_DEFINITIONS = tuple(f".resources/definition.{ending}" for ending in ("yaml", "yml", "json"))
REQUESTS = (".request.yaml", ".request.yml", ".request.json")
_EXAMPLES = (".example.yaml", ".example.yml", ".example.json")


def has_version3(files: Mapping[str, str]) -> bool:
    """Whether the files of a folder are a collection of version 3.0."""
    return any(path.endswith((*REQUESTS, *_DEFINITIONS)) for path in files)


@dataclass(slots=True)
class Files:
    """The files of one collection: their parsed contents by path, and the folders they are in."""

    root: str
    said: dict[str, Node] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    inside: dict[str, list[str]] = field(default_factory=dict)
    requests: dict[str, list[str]] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)


def roots_of(files: Mapping[str, str], name: str) -> list[str]:
    """Return the folders that are collections.

    In a workspace, they are in ``collections/``. Otherwise it is the folder itself, unless all it
    has of a collection is folders without ``order``, each of which could be a collection.
    """
    ours = [path for path in sorted(files) if path.endswith((*REQUESTS, *_DEFINITIONS))]
    split = [path.split("/") for path in ours if not _is_resource(path)]
    tops = {parts[0] for parts in split}
    if any(len(parts) == 1 for parts in split) or ".resources" in tops:
        return [""]
    if workspace := {root for parts in split if (root := _in_workspace(parts))}:
        return sorted(workspace)
    said = [_parsed(files, f"{top}/{one}") for top in tops for one in _DEFINITIONS]
    found = [one for one in said if isinstance(one, dict)]
    alone = bool(found) and not any("order" in one for one in found)
    return sorted(tops) if alone or name == "collections" else [""]


def _in_workspace(parts: list[str]) -> str:
    """Return the folder of a collection in ``collections/``, which may itself be in a folder."""
    if "collections" not in parts[:2]:
        return ""
    end = parts.index("collections") + 2
    return "/".join(parts[:end]) if len(parts) > end else ""


def _is_resource(path: str) -> bool:
    """Whether a file is in a ``.resources`` folder, other than a definition right in it."""
    *folders, _ = path.split("/")
    if path.endswith(_DEFINITIONS):
        folders = folders[:-1]
    return any(folder.endswith(".resources") for folder in folders)


def _parsed(files: Mapping[str, str], path: str) -> Json:
    try:
        return load_text(files[path], path).data if path in files else None
    except Unreadable:
        return None


def sorted_out_files(files: Mapping[str, str], root: str) -> Files:
    """Return the contents of the folder of one collection, with each file parsed."""
    found = Files(root, folders={root})
    for path in sorted(files):
        if root and not path.startswith(f"{root}/"):
            continue
        folder = path.rpartition("/")[0]
        if path.endswith(_EXAMPLES):
            found.examples.setdefault(folder, []).append(path)
        elif _is_resource(path):
            continue
        elif path.endswith(_DEFINITIONS):
            _add_folder(found, folder.rpartition("/")[0])
        elif path.endswith(REQUESTS):
            _add_folder(found, folder)
            found.requests.setdefault(folder, []).append(path)
        else:
            continue
        _read(found, path, files[path])
    return found


def _add_folder(files: Files, path: str) -> None:
    while path not in files.folders:
        files.folders.add(path)
        parent = path.rpartition("/")[0]
        files.inside.setdefault(parent, []).append(path)
        path = parent


def _read(files: Files, path: str, text: str) -> None:
    reason = "there is no object in the file, so there is nothing to import"
    try:
        source = load_text(text, path)
    except Unreadable as problem:
        reason = problem.message
    else:
        if isinstance(source.data, dict):
            files.said[path] = source.data
            return
        reason = source.problem.message if source.problem else reason
    files.notes.append(Note(What.SKIPPED, "document", path, path, reason))


def examples_of(files: Files, path: str, said: Node) -> list[tuple[str, Node]]:
    """Return the examples of a request, from where it says or else from their usual place."""
    folder, stem = path.rpartition("/")[0], stem_of(path, REQUESTS)
    given = text_or_none(said.get("examples"))
    places = [given] if given else []
    places += [f".resources/{stem}.resources/examples", f"{stem}.resources/examples"]
    for place in places:
        paths = files.examples.get(normpath(f"{folder}/{place}" if folder else place))
        if paths:
            found = [
                (stem_of(one, _EXAMPLES), files.said[one]) for one in paths if one in files.said
            ]
            return sorted(found, key=lambda one: (order_of(one[1]), one[0]))
    return []


def order_of(said: Node) -> float:
    """Return the position of a thing among its siblings; those without one come last."""
    order = said.get("order")
    return order if isinstance(order, (int, float)) and not isinstance(order, bool) else inf


def stem_of(path: str, endings: tuple[str, ...]) -> str:
    """Return the name of a file without its folder and its extension."""
    name = path.rpartition("/")[2]
    return next((name.removesuffix(one) for one in endings if name.endswith(one)), name)


def definition_of(files: Files, folder: str) -> tuple[str, Node]:
    """Return the place of a folder's definition, and what it says, if it has one."""
    for name in _DEFINITIONS:
        path = f"{folder}/{name}" if folder else name
        if path in files.said:
            return path, files.said[path]
    return folder, {}
