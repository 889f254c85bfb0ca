"""Reads OpenAPI 3.0 to 3.2: a collection, a folder per tag, an environment per server."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.extensions import MORE, OWN, folder_of, own_fields
from gassapi_backend.exchange.openapi.grammar import ADDITIONAL, BACKPORT, METHODS, QUERY, escaped
from gassapi_backend.exchange.openapi.reading.operations import (
    Context,
    Operation,
    further_requests,
    operations_of,
    read_operation,
)
from gassapi_backend.exchange.openapi.reading.reports import said_of_document, said_of_operation
from gassapi_backend.exchange.openapi.reading.servers import read_environments
from gassapi_backend.exchange.openapi.references import report_unresolved, with_paths
from gassapi_backend.exchange.openapi.texts import mapping, objects, text_or_none
from gassapi_backend.exchange.tree import (
    Document,
    Folder,
    Json,
    Note,
    Origin,
    Request,
    Variable,
    base_of,
)

FORMAT = "openapi"

OPERATIONS = frozenset({*METHODS, QUERY, ADDITIONAL, BACKPORT + ADDITIONAL})
"""The keys of a path item that hold operations."""


@dataclass(slots=True)
class _Reading:
    """A collection in the making: its folders by their names, and the notes on it."""

    context: Context
    version: str
    root: Folder
    tags: dict[str, dict[str, Json]]
    folders: dict[tuple[str, ...], Folder] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def read_document(document: dict[str, Json], version: str) -> Document:
    """Return what a document holds; ``version`` is its original one."""
    document = with_paths(document)
    context = Context.of(document)
    title = title_of(document)
    root = Folder(title, _about(mapping(document.get("info"))), auth=_auth(context))
    root.variables = _variables(document)
    reading = _Reading(context, version, root, _tags(document))
    reading.notes += report_unresolved(context.references)
    for operation in document_operations(context):
        _add_operation(reading, operation)
    _add_further(reading)
    _order(reading)
    root.origin = Origin(FORMAT, version, "", title, original=skeleton_of(document))
    root.origin.base = base_of(root)
    environments, said = read_environments(document, FORMAT, version)
    reading.notes += said_of_document(context) + said
    return Document(FORMAT, version, [root], environments, reading.notes, title)


def title_of(document: dict[str, Json]) -> str:
    """Return the title of a document."""
    title = text_or_none(mapping(document.get("info")).get("title")) or ""
    return " ".join(title.split()) or "API"


def _about(said: dict[str, Json]) -> str | None:
    return text_or_none(said.get("description")) or text_or_none(said.get("summary")) or None


def _auth(context: Context) -> dict[str, Json] | None:
    """Return the document's auth; ``None`` if it demands nothing, as at the top of a project."""
    auth = own_fields(context.document.get(OWN)).get("auth", context.security.auth)
    return None if auth is None or auth.get("type") == "none" else auth


def _variables(said: dict[str, Json]) -> list[Variable]:
    """Return the variables that our own export kept of a document or of a tag."""
    listed = objects(mapping(said.get(OWN)).get("variables"))
    return [
        {"enabled": True, "secret": False, **one}
        for one in listed
        if isinstance(one.get("key"), str) and isinstance(one.get("value"), str)
    ]


def _tags(document: dict[str, Json]) -> dict[str, dict[str, Json]]:
    named = ((text_or_none(tag.get("name")), tag) for tag in objects(document.get("tags")))
    return {name: tag for name, tag in named if name is not None}


def document_operations(context: Context) -> Iterator[Operation]:
    """Yield the operations of a document in their order."""
    for path, raw in mapping(context.document.get("paths")).items():
        if not path.startswith("x-") and isinstance(raw, dict):
            item = context.references.follow(raw)
            own = {key: value for key, value in raw.items() if key != "$ref"}
            yield from operations_of(path, {**item, **own}, f"/paths/{escaped(path)}")


def skeleton_of(document: dict[str, Json]) -> dict[str, Json]:
    """Return a document without its operations, and without requests that cannot be operations."""
    skeleton = {key: value for key, value in document.items() if key != MORE}
    if isinstance(document.get("paths"), dict):
        skeleton["paths"] = {
            path: _without_operations(item) if not path.startswith("x-") else item
            for path, item in document["paths"].items()
        }
    return skeleton


def _without_operations(item: Json) -> Json:
    if not isinstance(item, dict):
        return item
    return {
        key: value
        for key, value in item.items()
        if key not in OPERATIONS or not isinstance(value, dict)
    }


def _add_operation(reading: _Reading, operation: Operation) -> None:
    read = read_operation(reading.context, operation)
    said = {key: value for key, value in operation.said.items() if key != MORE}
    _own(reading, read.request, operation.pointer, _original(operation, {"operation": said}))
    if read.request.origin:
        read.request.origin.operation_id = text_or_none(operation.said.get("operationId"))
    names = _folders_of(reading, operation)
    _folder(reading, names).items.append(read.request)
    for index, request in further_requests(operation, read.request):
        more = operation.said[MORE][index]
        at = f"{operation.pointer}/{MORE}/{index}"
        _own(reading, request, at, _original(operation, {"more": more}))
        _folder(reading, folder_of(more) or names).items.append(request)
    reading.notes += said_of_operation(reading.context, operation, read)


def _original(operation: Operation, said: dict[str, Json]) -> dict[str, Json]:
    return {"path": operation.path, "method": operation.method, **said}


def _own(reading: _Reading, request: Request, pointer: str, original: Json) -> None:
    request.origin = Origin(FORMAT, reading.version, pointer, original=original)
    request.origin.base = base_of(request)


def _folders_of(reading: _Reading, operation: Operation) -> list[str]:
    """Return the names of the tags above an operation: its first tag, and those it is part of."""
    tags = operation.said.get("tags")
    first = tags[0] if isinstance(tags, list) and tags else None
    name = first if isinstance(first, str) and first else None
    names: list[str] = []
    while name and name not in names and len(names) < 10:
        names.insert(0, name)
        tag = reading.tags.get(name, {})
        name = text_or_none(tag.get("parent", tag.get(BACKPORT + "parent")))
    return names


def _folder(reading: _Reading, names: list[str]) -> Folder:
    """Return the folder with this path of names, created if it does not exist yet."""
    folder = reading.root
    for depth, name in enumerate(names):
        key = tuple(names[: depth + 1])
        if key not in reading.folders:
            reading.folders[key] = _new_folder(reading, name)
            folder.items.append(reading.folders[key])
        folder = reading.folders[key]
    return folder


def _new_folder(reading: _Reading, name: str) -> Folder:
    tag = reading.tags.get(name)
    said = mapping(tag)
    own = own_fields(said.get(OWN))
    about = _about({"description": said.get("description")})
    folder = Folder(str(own.get("name", name)), about, _variables(said))
    index = next((n for n, one in enumerate(_listed(reading)) if one is tag), None)
    pointer = "" if index is None else f"/tags/{index}"
    folder.origin = Origin(FORMAT, reading.version, pointer, name, original=tag or {"name": name})
    folder.origin.base = base_of(folder)
    return folder


def _listed(reading: _Reading) -> list[Json]:
    tags = reading.context.document.get("tags")
    return tags if isinstance(tags, list) else []


def _add_further(reading: _Reading) -> None:
    """Add the requests that our own export could not make operations of."""
    for index, said in enumerate(objects(reading.context.document.get(MORE))):
        request = Request("Request")
        for name, value in own_fields(said).items():
            setattr(request, name, value)
        _own(reading, request, f"/{MORE}/{index}", {"more": said})
        _folder(reading, folder_of(said)).items.append(request)


def _order(reading: _Reading) -> None:
    """Put requests without a tag first, then folders in the order of the document's tags."""
    places = {name: place for place, name in enumerate(reading.tags)}
    for folder in reading.root.folders():
        folder.items.sort(key=lambda item: _place(item, places))


def _place(item: Folder | Request, places: dict[str, int]) -> int:
    if isinstance(item, Request):
        return -1
    name = item.origin.source_id if item.origin else None
    return places.get(name or "", len(places))
