"""Reads Hoppscotch's collections, requests and environments as trees."""

from gassapi_backend.exchange.hoppscotch.auth import read_auth
from gassapi_backend.exchange.hoppscotch.requests import is_request, kept_scripts, read_request
from gassapi_backend.exchange.hoppscotch.values import (
    entries,
    listed,
    mapping,
    our_text,
    source_id_of,
    text_or_none,
)
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.own_authorization import prefer_headers
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Node,
    Note,
    Origin,
    Request,
    Unreadable,
    Variable,
    What,
    base_of,
)

FORMAT = "hoppscotch"
ENVIRONMENT = "hoppscotch-environment"
_NOT_HOPPSCOTCH = (
    "This is not a Hoppscotch document: a collection has folders and requests, an environment has "
    "variables. Export it from Hoppscotch again."
)
_BELOW = ("folders", "requests")


def read(source: Source) -> Document:
    """Return what a document of Hoppscotch holds; raise ``Unreadable`` if it is not one."""
    document = Document(FORMAT, "")
    if isinstance(source.data, list):
        for place, one in enumerate(source.data):
            if not _add(document, one, f"/{place}", source.name):
                document.notes.append(_nothing("document", f"/{place}"))
    else:
        _add(document, source.data, "", source.name)
    if not document.collections and not document.environments:
        raise Unreadable(_NOT_HOPPSCOTCH)
    for collection in document.collections:
        document.notes += prefer_headers(collection)
    nodes: list[Folder | Environment] = [*document.collections, *document.environments]
    origins = [one.origin for one in nodes if one.origin]
    document.version = origins[0].version
    if not document.collections:
        document.format = ENVIRONMENT
    if len(origins) == 1:
        document.source_id = origins[0].source_id or nodes[0].name
    return document


def _nothing(kind: str, pointer: str) -> Note:
    reason = "it is neither a collection nor a request nor an environment: there is nothing to read"
    return Note(What.SKIPPED, kind, "", pointer, reason)


def _add(document: Document, said: Json, pointer: str, name: str) -> bool:
    """Add what a document, or an entry of its list, holds; return whether there was anything."""
    said = mapping(said)
    if any(isinstance(said.get(one), list) for one in _BELOW):
        document.collections.append(_collection(document, said, pointer))
    elif isinstance(said.get("variables"), list):
        document.environments.append(_environment(document, said, pointer))
    elif is_request(said):
        title = name.rpartition(".")[0] or text_or_none(said.get("name")) or "Hoppscotch"
        folder = Folder(title)
        folder.origin = Origin(FORMAT, _version(said), pointer, base=base_of(folder))
        folder.items.append(_request(document, said, pointer))
        document.collections.append(folder)
    else:
        return False
    return True


def _version(said: dict[str, Json]) -> str:
    old = "0" if "variables" in said or "path" in said else "1"
    return text_or_none(said.get("v")) or old


def _collection(document: Document, said: dict[str, Json], pointer: str) -> Folder:
    root = _folder(document, said, pointer)
    waiting = [(root, said, pointer)]
    while waiting:
        folder, holder, at = waiting.pop()
        for place, one in enumerate(listed(holder.get("folders"))):
            below = f"{at}/folders/{place}"
            if not isinstance(one, dict):
                document.notes.append(_nothing("collection", below))
                continue
            child = _folder(document, one, below)
            folder.items.append(child)
            waiting.append((child, one, below))
        for place, one in enumerate(listed(holder.get("requests"))):
            below = f"{at}/requests/{place}"
            if is_request(one):
                folder.items.append(_request(document, one, below))
            else:
                document.notes.append(_nothing("endpoint", below))
    return root


def _with_data(said: dict[str, Json]) -> dict[str, Json]:
    """Return a folder of a team's export with what its ``data`` says, which is JSON in a text."""
    data = said.get("data")
    if isinstance(data, str):
        try:
            data = load_text(data, "data.json").data
        except Unreadable:
            return said
    return {**mapping(data), **{name: one for name, one in said.items() if one is not None}}


def _folder(document: Document, own: dict[str, Json], pointer: str) -> Folder:
    said = _with_data(own)
    folder = Folder(
        name=text_or_none(said.get("name")) or text_or_none(said.get("title")) or "Untitled",
        description=text_or_none(said.get("description")) or None,
        variables=_variables(document, said.get("variables"), f"{pointer}/variables"),
        headers=entries(said.get("headers")),
        auth=read_auth(said.get("auth")),
    )
    for name, reason in kept_scripts(said):
        at = f"{pointer}/{name}"
        document.notes.append(Note(What.KEPT, "collection", folder.name, at, reason))
    kept = {name: value for name, value in own.items() if name not in _BELOW}
    folder.origin = _origin(folder, own, pointer, kept)
    return folder


def _request(document: Document, said: dict[str, Json], pointer: str) -> Request:
    request, notes = read_request(said, pointer)
    request.origin = _origin(request, said, pointer, said)
    document.notes += notes
    return request


def _environment(document: Document, said: dict[str, Json], pointer: str) -> Environment:
    environment = Environment(
        name=text_or_none(said.get("name")) or "Global",
        variables=_variables(document, said["variables"], f"{pointer}/variables"),
    )
    environment.origin = _origin(environment, said, pointer, said)
    environment.origin.format = ENVIRONMENT
    return environment


def _origin(node: Node, said: dict[str, Json], pointer: str, kept: Json) -> Origin:
    return Origin(
        format=FORMAT,
        version=_version(said),
        pointer=pointer,
        source_id=source_id_of(said),
        original={"node": kept},
        base=base_of(node),
    )


def _variables(document: Document, said: Json, pointer: str) -> list[Variable]:
    """Return variables; of several with the same key, the first wins, as in Hoppscotch."""
    found: dict[str, Variable] = {}
    for place, one in enumerate(map(mapping, listed(said))):
        key = text_or_none(one.get("key"))
        if not key:
            continue
        if key in found:
            reason = "the variable is there more than once; the first one is used"
            note = Note(What.SKIPPED, "variable", key, f"{pointer}/{place}", reason)
            document.notes.append(note)
            continue
        value = one.get("currentValue") or one.get("initialValue") or one.get("value")
        secret = one.get("secret") is True
        found[key] = {"key": key, "value": our_text(value), "enabled": True, "secret": secret}
        if one.get("isFile") is True:
            reason = "the variable is a file, which is no part of the export: its value is empty"
            document.notes.append(Note(What.KEPT, "variable", key, f"{pointer}/{place}", reason))
    return [*found.values()]
