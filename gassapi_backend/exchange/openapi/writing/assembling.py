"""Puts the requests of a tree into one document, each as an operation or beside one."""

from collections import defaultdict

from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.reading.operations import (
    TEMPLATE,
    Operation,
    name_of,
    operations_of,
)
from gassapi_backend.exchange.openapi.reading.servers import server_url
from gassapi_backend.exchange.openapi.reading.trees import OPERATIONS
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.writing.assembly import Assembly, Placed, note
from gassapi_backend.exchange.openapi.writing.beside import add_beside, keep_aside
from gassapi_backend.exchange.openapi.writing.homes import (
    Home,
    has_operation,
    operation_of,
    put_operation,
    with_moved_references,
    with_path_level,
)
from gassapi_backend.exchange.openapi.writing.operations import edited_operation, new_operation
from gassapi_backend.exchange.openapi.writing.parameters import path_parameter
from gassapi_backend.exchange.openapi.writing.schemes import has_secrets
from gassapi_backend.exchange.openapi.writing.servers import (
    at_usual_server,
    is_server_of,
    pinned_server,
)
from gassapi_backend.exchange.openapi.writing.urls import server_object, shape_of
from gassapi_backend.exchange.openapi.writing.wanted import FIELDS, Wanted
from gassapi_backend.exchange.tree import Json

_NO_METHOD = (
    "OpenAPI before 3.2 has no such method: the operation is in the path's extension "
    "x-oai-additionalOperations."
)


def is_where_it_was(assembly: Assembly, wanted: Wanted) -> bool:
    """Whether a request has the method and path that it was imported with."""
    origin = wanted.request.origin
    return (
        id(wanted.request) in assembly.originals
        and origin is not None
        and all(origin.is_unchanged(one, getattr(wanted.request, one)) for one in ("url", "method"))
    )


def add_request(assembly: Assembly, home: Home, wanted: Wanted) -> None:
    """Put a request into the document, and note it if it could not be an operation."""
    request, known = wanted.request, operation_of(wanted.request)
    original = assembly.originals.get(id(request))
    if original is not None and known and is_where_it_was(assembly, wanted):
        changed = _changed(assembly, wanted)
        said = _original_of(assembly, home, wanted, known[1], original)
        if changed:
            said = edited_operation(home, wanted, known[1], known[2], said, changed)
        _place(assembly, home, wanted, known[1], known[2], said, is_new=False)
    elif not wanted.url.server and not wanted.url.path.startswith("/"):
        keep_aside(assembly, wanted)
    else:
        _add_elsewhere(assembly, home, wanted, original)


def _add_elsewhere(
    assembly: Assembly, home: Home, wanted: Wanted, original: dict[str, Json] | None
) -> None:
    """Put a request in a place where it was not before: it is new, or has moved."""
    request, known = wanted.request, operation_of(wanted.request)
    path = _path(assembly, wanted)
    if _is_taken(assembly, path, request.method):
        add_beside(assembly, wanted, path, request.method)
    elif original is not None and known:
        said = with_path_level(home, known[1], original)
        said = at_usual_server(home.document, path, wanted.url.server, said)
        changed = _changed(assembly, wanted) | {"url", "params"}
        if request.name != name_of(Operation(path, request.method, said, {}, "")):
            changed.add("name")  # it was named after its former method and path
        said = edited_operation(home, wanted, known[1], known[2], said, changed)
        _place(assembly, home, wanted, path, request.method, said, is_new=False)
    else:
        said = new_operation(home, wanted)
        _place(assembly, home, wanted, path, request.method, said, is_new=True)


def _original_of(
    assembly: Assembly, home: Home, wanted: Wanted, path: str, original: dict[str, Json]
) -> dict[str, Json]:
    """Return an operation as it was imported; one from another document is made self-contained."""
    if home is assembly.home and not home.is_new:
        return original
    return with_path_parameters(wanted, path, with_path_level(home, path, original))


def with_path_parameters(wanted: Wanted, path: str, said: dict[str, Json]) -> dict[str, Json]:
    """Return an operation that describes all parameters of its path."""
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
    """Return the fields that differ from what was imported."""
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
    """Return the path of a request, with the names of an existing path of the same shape."""
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
        add_beside(assembly, wanted, path, method)
        return
    said = _finished(assembly, home, wanted, path, said)
    if not isinstance(assembly.paths.get(path), dict):
        assembly.paths[path] = {}
    item = assembly.paths[path]
    if isinstance(item.get("$ref"), str) and _is_referred(home, item, method, said):
        assembly.placed[path, method] = Placed(wanted, said, is_new)
        return
    if not put_operation(item, method, said, assembly.version) and is_new:
        note(assembly, wanted, _NO_METHOD)
    assembly.shapes.setdefault(shape_of(path), path)
    assembly.placed[path, method] = Placed(wanted, said, is_new)


def _is_referred(home: Home, item: dict[str, Json], method: str, said: dict[str, Json]) -> bool:
    """Whether the path item that a path refers to contains this operation already."""
    referred = home.references.follow({"$ref": item["$ref"]})
    return mapping(referred.get(method.lower())) == said


def unfold_references(assembly: Assembly) -> None:
    """Write out the path items that refer to one with operations that are no longer wanted."""
    placed = defaultdict[str, dict[str, Placed]](dict)
    for (path, method), one in assembly.placed.items():
        placed[path][method] = one
    for path, item in assembly.paths.items():
        if not isinstance(item, dict) or not isinstance(item.get("$ref"), str):
            continue
        referred = assembly.home.references.follow(item)
        there = {one.method for one in operations_of(path, referred, "")}
        wanted = placed[path]
        if there <= wanted.keys():
            continue
        rest = {key: one for key, one in {**referred, **item}.items() if key != "$ref"}
        assembly.paths[path] = {key: rest[key] for key in rest if key not in OPERATIONS}
        for method, one in wanted.items():
            put_operation(assembly.paths[path], method, one.said, assembly.version)


_NO_CREDENTIALS = "An OpenAPI document holds no credentials: they are replaced by variables."


_ODD_QUERY = (
    "OpenAPI has no query parameter without a name, and none without a value: its URL is kept in "
    f"the operation's extension {OWN}, which other tools do not read."
)


def _finished(
    assembly: Assembly, home: Home, wanted: Wanted, path: str, said: dict[str, Json]
) -> dict[str, Json]:
    """Return an operation with its id, tags and servers; an unchanged one is not copied."""
    more: dict[str, Json] = {}
    if has_secrets(wanted.request.auth) and "auth" in _changed(assembly, wanted):
        note(assembly, wanted, _NO_CREDENTIALS)
    if wanted.is_odd and _changed(assembly, wanted) & {"url", "params"}:
        note(assembly, wanted, _ODD_QUERY)
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
    elif not wanted.url.server and assembly.usual and "url" in _changed(assembly, wanted):
        more[OWN] = {**mapping(said.get(OWN)), "url": wanted.request.url}
    elif home is not assembly.home and "servers" not in said and home.document.get("servers"):
        more["servers"] = home.document["servers"]
    elif is_where_it_was(assembly, wanted):
        more |= pinned_server(assembly.home.document, path, wanted.request.url, said)
    if home is not assembly.home and "security" not in said:
        more["security"] = home.document.get("security", [])
    finished = with_moved_references({**said, **more} if more else said, home.moved)
    if "tags" in more and not tags:
        del finished["tags"]
    return finished


def _needs_server(assembly: Assembly, home: Home, wanted: Wanted) -> bool:
    """Whether the host of a request is missing from the document."""
    server, origin = wanted.url.server, wanted.request.origin
    if not server or server == assembly.usual:
        return False
    if not home.is_new and is_server_of(home.document, server):
        return False
    is_operation = id(wanted.request) in assembly.originals  # its servers come back with it
    return not is_operation or origin is None or not origin.is_unchanged("url", wanted.request.url)


def _server(assembly: Assembly, wanted: Wanted, said: dict[str, Json]) -> dict[str, Json]:
    """Return the server of one operation, and its URL as written if that says more."""
    server = server_object(wanted.url.server, assembly.values)
    found: dict[str, Json] = {"servers": [server]}
    if server_url(server).filled != wanted.url.server:
        found[OWN] = {**mapping(said.get(OWN)), "url": wanted.request.url}
    return found
