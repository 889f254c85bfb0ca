"""Puts the requests of a tree into one document: each as an operation, or beside one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.extensions import FIELDS as NAMES
from gassapi_backend.exchange.openapi.extensions import FOLDER, MORE, OWN
from gassapi_backend.exchange.openapi.homes import (
    Home,
    has_operation,
    operation_of,
    put_operation,
    with_moved_references,
    with_path_level,
)
from gassapi_backend.exchange.openapi.naming import OperationIds
from gassapi_backend.exchange.openapi.operations import TEMPLATE, Operation, name_of
from gassapi_backend.exchange.openapi.schemes import has_secrets, shareable
from gassapi_backend.exchange.openapi.servers import server_url
from gassapi_backend.exchange.openapi.tags import Tags
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.urls import server_object, shape_of
from gassapi_backend.exchange.openapi.wanted import FIELDS, Wanted
from gassapi_backend.exchange.openapi.written_bodies import example_of
from gassapi_backend.exchange.openapi.written_operations import edited_operation, new_operation
from gassapi_backend.exchange.openapi.written_parameters import path_parameter
from gassapi_backend.exchange.openapi.written_responses import free_key
from gassapi_backend.exchange.openapi.written_servers import is_server_of
from gassapi_backend.exchange.tree import Folder, Json, Note, Request, What

_ONE_OPERATION = (
    "OpenAPI has one operation for each method and path: this request is kept beside the one of "
    f"the same path, in its extension {MORE}."
)
_NO_OPERATION = (
    "OpenAPI has no operation for a request without a path: it is kept in the document's "
    f"extension {MORE}."
)
_NO_METHOD = (
    "OpenAPI before 3.2 has no such method: the operation is in the path's extension "
    "x-oai-additionalOperations."
)


@dataclass(slots=True)
class Placed:
    """The request that became an operation, and whether it was one before."""

    wanted: Wanted
    said: dict[str, Json]
    is_new: bool


@dataclass(slots=True)
class Assembly:
    """A document in the making."""

    home: Home
    version: str
    tags: Tags
    values: dict[str, str]
    usual: str | None
    ids: OperationIds
    with_examples: bool = True
    originals: dict[int, dict[str, Json]] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    placed: dict[tuple[str, str], Placed] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def paths(self) -> dict[str, Json]:
        """The paths of the document."""
        found: dict[str, Json] = self.home.document["paths"]
        return found

    def __post_init__(self) -> None:
        for path in self.paths:
            self.shapes.setdefault(shape_of(path), path)


def walk(folder: Folder) -> Iterator[tuple[list[Folder], Request | Folder]]:
    """Yield folders and requests in their order, with the folders above them."""
    waiting: list[tuple[list[Folder], Request | Folder]] = [([], folder)]
    while waiting:
        above, item = waiting.pop()
        if above or isinstance(item, Request):
            yield above, item
        if isinstance(item, Folder):
            waiting += reversed([([*above, item], below) for below in item.items])


def is_where_it_was(assembly: Assembly, wanted: Wanted) -> bool:
    """Whether a request has the method and path that it was imported with."""
    origin = wanted.request.origin
    return (
        id(wanted.request) in assembly.originals
        and origin is not None
        and all(origin.is_unchanged(one, getattr(wanted.request, one)) for one in ("url", "method"))
    )


def add_request(assembly: Assembly, home: Home, wanted: Wanted) -> None:
    """Put a request into the document, and note where it could not be an operation."""
    request, known = wanted.request, operation_of(wanted.request)
    original = assembly.originals.get(id(request))
    if original is not None and known and is_where_it_was(assembly, wanted):
        changed = _changed(assembly, wanted)
        said = _original_of(assembly, home, wanted, known[1], original)
        if changed:
            said = edited_operation(home, wanted, known[1], known[2], said, changed)
        _place(assembly, home, wanted, known[1], known[2], said, is_new=False)
    elif not wanted.url.server and not wanted.url.path.startswith("/"):
        _keep_aside(assembly, wanted)
    else:
        _add_elsewhere(assembly, home, wanted, original)


def _add_elsewhere(
    assembly: Assembly, home: Home, wanted: Wanted, original: dict[str, Json] | None
) -> None:
    """Put a request in a place where it was not: a new one, or one that moved."""
    request, known = wanted.request, operation_of(wanted.request)
    path = _path(assembly, wanted)
    if _is_taken(assembly, path, request.method):
        _add_beside(assembly, wanted, path, request.method)
    elif original is not None and known:
        said = with_path_level(home, known[1], original)
        changed = _changed(assembly, wanted) | {"url", "params"}
        if request.name != name_of(Operation(path, request.method, said, {}, "")):
            changed.add("name")  # it was called by the method and path that it had
        said = edited_operation(home, wanted, known[1], known[2], said, changed)
        _place(assembly, home, wanted, path, request.method, said, is_new=False)
    else:
        said = new_operation(home, wanted)
        _place(assembly, home, wanted, path, request.method, said, is_new=True)


def _original_of(
    assembly: Assembly, home: Home, wanted: Wanted, path: str, original: dict[str, Json]
) -> dict[str, Json]:
    """Return an operation as it was imported; one of another document says all of it itself."""
    if home is assembly.home and not home.is_new:
        return original
    return with_path_parameters(wanted, path, with_path_level(home, path, original))


def with_path_parameters(wanted: Wanted, path: str, said: dict[str, Json]) -> dict[str, Json]:
    """Return an operation that describes all parameters of its path, if its document is gone."""
    listed = [one for one in objects(said.get("parameters")) if one.get("in") == "path"]
    known = {one.get("name") for one in listed}
    entries = {str(one["key"]): one for one in wanted.own_template.parameters}
    missing = [
        path_parameter(entries.get(name, {"key": name}))
        for name in TEMPLATE.findall(path)
        if name not in known
    ]
    return {**said, "parameters": [*objects(said.get("parameters")), *missing]} if missing else said


def _changed(assembly: Assembly, wanted: Wanted) -> set[str]:
    """Return the fields that are not as they were imported."""
    request, origin = wanted.request, wanted.request.origin
    if origin is None or id(request) not in assembly.originals:
        return set(FIELDS)
    changed = {one for one in FIELDS if not origin.is_unchanged(one, getattr(request, one))}
    if wanted.headers != request.headers:
        changed.add("headers")
    if wanted.auth != request.auth:
        changed.add("auth")
    return changed if assembly.with_examples else changed - {"examples"}


def _path(assembly: Assembly, wanted: Wanted) -> str:
    """Return the path of a request, with the names of one that is there and has its shape."""
    known = assembly.shapes.get(wanted.template.shape)
    if known is not None:
        wanted.rename(known)
    return wanted.template.path


def _is_taken(assembly: Assembly, path: str, method: str) -> bool:
    return has_operation(mapping(assembly.paths.get(path)), method)


def _place(
    assembly: Assembly,
    home: Home,
    wanted: Wanted,
    path: str,
    method: str,
    said: dict[str, Json],
    *,
    is_new: bool,
) -> None:
    if _is_taken(assembly, path, method):
        _add_beside(assembly, wanted, path, method)
        return
    said = _finished(assembly, home, wanted, said)
    if not isinstance(assembly.paths.get(path), dict):
        assembly.paths[path] = {}
    item = assembly.paths[path]
    if isinstance(item.get("$ref"), str) and _is_referred(home, item, method, said):
        assembly.placed[path, method] = Placed(wanted, said, is_new)
        return
    if not put_operation(item, method, said, assembly.version) and is_new:
        _note(assembly, wanted, _NO_METHOD)
    assembly.shapes.setdefault(shape_of(path), path)
    assembly.placed[path, method] = Placed(wanted, said, is_new)


def _is_referred(home: Home, item: dict[str, Json], method: str, said: dict[str, Json]) -> bool:
    """Whether the path item that a path refers to says this operation already."""
    referred = home.references.follow({"$ref": item["$ref"]})
    return mapping(referred.get(method.lower())) == said


_NO_CREDENTIALS = "An OpenAPI document holds no credentials: variables stand in their place."


def _finished(
    assembly: Assembly, home: Home, wanted: Wanted, said: dict[str, Json]
) -> dict[str, Json]:
    """Return an operation with its id, tags and servers; one that stays as it was is not copied."""
    more: dict[str, Json] = {}
    if has_secrets(wanted.request.auth) and "auth" in _changed(assembly, wanted):
        _note(assembly, wanted, _NO_CREDENTIALS)
    tags = assembly.tags.of_operation(said.get("tags"), wanted.folders)
    if tags != said.get("tags"):
        more["tags"] = tags
    if id(wanted.request) in assembly.originals and (
        is_where_it_was(assembly, wanted) or "operationId" not in said
    ):
        operation_id = assembly.ids.keep(said)
    else:
        operation_id = assembly.ids.of(said, wanted.request.name)
    if operation_id != said.get("operationId"):
        more["operationId"] = operation_id
    if _needs_server(assembly, home, wanted):
        more |= _server(assembly, wanted, said)
    elif home is not assembly.home and "servers" not in said and home.document.get("servers"):
        more["servers"] = home.document["servers"]
    if home is not assembly.home and "security" not in said:
        more["security"] = home.document.get("security", [])
    finished = with_moved_references({**said, **more} if more else said, home.moved)
    if "tags" in more and not tags:
        del finished["tags"]
    return finished


def _needs_server(assembly: Assembly, home: Home, wanted: Wanted) -> bool:
    """Whether the host of a request is none that the document says already."""
    server, origin = wanted.url.server, wanted.request.origin
    if not server or server == assembly.usual:
        return False
    if not home.is_new and is_server_of(home.document, server):
        return False
    return origin is None or not origin.is_unchanged("url", wanted.request.url)


def _server(assembly: Assembly, wanted: Wanted, said: dict[str, Json]) -> dict[str, Json]:
    """Return the server of one operation, and its URL as written where that says more."""
    server = server_object(wanted.url.server, assembly.values)
    found: dict[str, Json] = {"servers": [server]}
    if server_url(server).filled != wanted.url.server:
        found[OWN] = {**mapping(said.get(OWN)), "url": wanted.request.url}
    return found


def _add_beside(assembly: Assembly, wanted: Wanted, path: str, method: str) -> None:
    """Keep a request beside the operation that has its place, with what differs from it."""
    placed = assembly.placed.get((path, method))
    if placed is None:
        _keep_aside(assembly, wanted)
        return
    said = _kept_as_it_was(wanted) or _difference(placed.wanted, wanted)
    item = assembly.paths[path]
    _add_named_example(placed, wanted)
    operation = {**placed.said, MORE: [*placed.said.get(MORE, []), said]}
    placed.said = operation
    put_operation(item, method, operation, assembly.version)
    _note(assembly, wanted, _ONE_OPERATION)


def _kept_as_it_was(wanted: Wanted) -> dict[str, Json] | None:
    """Return what our own export said of a request that it kept beside, if nobody edited it."""
    origin = wanted.request.origin
    more = mapping(origin.original).get("more") if origin and origin.format == "openapi" else None
    if origin is None or not isinstance(more, dict):
        return None
    same = all(origin.is_unchanged(one, getattr(wanted.request, one)) for one in FIELDS)
    return more if same else None


def _difference(main: Wanted, other: Wanted) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name in FIELDS:
        ours, theirs = _shown(other.request, name), _shown(main.request, name)
        if ours != theirs:
            found[NAMES[name]] = ours
    if other.folders[1:] != main.folders[1:]:
        found[FOLDER] = [one.name for one in other.folders[1:]]
    return found


def _shown(request: Request, name: str) -> Json:
    value = getattr(request, name)
    return shareable(value) if name == "auth" and value is not None else value


def _add_named_example(placed: Placed, wanted: Wanted) -> None:
    """Name a body of the same kind beside that of a new operation, for everybody to see."""
    main = placed.wanted
    content = mapping(mapping(placed.said.get("requestBody")).get("content"))
    media = content.get(main.media_type)
    kind = wanted.request.body_type
    same = kind == main.request.body_type and wanted.media_type == main.media_type
    if not placed.is_new or not isinstance(media, dict) or not same or not wanted.request.body:
        return
    if kind in ("binary", "form-data", "x-www-form-urlencoded") or wanted.url != main.url:
        return
    if "example" in media:
        key = free_key({}, main.request.name)
        first = {"summary": main.request.name, "value": media.pop("example")}
        media["examples"] = {key: first}
    examples = mapping(media.get("examples"))
    key = free_key(examples, wanted.request.name)
    value = example_of(str(kind), wanted.request.body)
    media["examples"] = {**examples, key: {"summary": wanted.request.name, "value": value}}


def _keep_aside(assembly: Assembly, wanted: Wanted) -> None:
    """Keep a request that can be no operation in the document itself."""
    said = _kept_as_it_was(wanted)
    if said is None:
        empty = Request("")
        said = {
            NAMES[name]: _shown(wanted.request, name)
            for name in FIELDS
            if name in ("name", "method", "url")
            or _shown(wanted.request, name) != getattr(empty, name)
        }
        if wanted.folders[1:]:
            said[FOLDER] = [one.name for one in wanted.folders[1:]]
    document = assembly.home.document
    document[MORE] = [*document.get(MORE, []), said]
    _note(assembly, wanted, _NO_OPERATION)


def _note(assembly: Assembly, wanted: Wanted, reason: str) -> None:
    request = wanted.request
    pointer = request.origin.pointer if request.origin else ""
    assembly.notes.append(Note(What.KEPT, "endpoint", request.name, pointer, reason, request.id))
