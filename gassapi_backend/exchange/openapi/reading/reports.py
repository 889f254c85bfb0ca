"""Reports what a document has besides its tree: what is kept but has no effect here."""

from collections.abc import Iterator

from gassapi_backend.exchange.openapi.grammar import METHODS, QUERY, children, escaped, pointer
from gassapi_backend.exchange.openapi.reading.operations import (
    Context,
    Operation,
    OperationRead,
    bare_path,
    fits,
)
from gassapi_backend.exchange.openapi.reading.parameters import (
    PLACES,
    Parameter,
    is_ignored,
    parameters_of,
)
from gassapi_backend.exchange.openapi.reading.servers import base_of_operation, is_relative
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.tree import Note, What

_COMES_BACK = "it is kept, and comes back when exporting to OpenAPI"


def said_of_document(context: Context) -> list[Note]:
    """Report what the document itself has that has no effect here."""
    notes = [*_skipped(context), *_webhooks(context)]
    if not context.document.get("servers") and context.document.get("paths"):
        reason = "The document names no server: set the variable baseUrl in an environment."
        notes.append(Note(What.KEPT, "environment", "baseUrl", "", reason))
    for name, scheme in context.schemes.items():
        kind = scheme.get("type")
        if kind in ("openIdConnect", "mutualTLS"):
            at = f"/components/securitySchemes/{escaped(name)}"
            notes.append(Note(What.KEPT, "document", name, at, _SCHEMES[kind]))
    return notes


_SCHEMES = {
    "openIdConnect": "OpenID Connect is sent as a bearer token; the address of the provider is "
    "kept, and comes back when exporting to OpenAPI.",
    "mutualTLS": f"A client certificate is not part of a saved request; {_COMES_BACK}.",
}


def _skipped(context: Context) -> Iterator[Note]:
    """Report what is in the place of a path or an operation but is not one."""
    paths = context.document.get("paths", {})
    if not isinstance(paths, dict):
        yield Note(What.SKIPPED, "document", "paths", "/paths", "It is not an object of paths.")
    for path, item in mapping(paths).items():
        at = f"/paths/{escaped(path)}"
        if path.startswith("x-"):
            continue
        if not isinstance(item, dict):
            yield Note(What.SKIPPED, "endpoint", path, at, "It is not an object of operations.")
        for method in (*METHODS, QUERY):
            if not isinstance(mapping(item).get(method, {}), dict):
                name = f"{method.upper()} {path}"
                reason = "It is not an object that describes an operation."
                yield Note(What.SKIPPED, "endpoint", name, f"{at}/{method}", reason)
        for key in mapping(item):
            if key not in METHODS and key.lower() in METHODS:
                reason = f"OpenAPI writes methods in lower case, so this is none; {_COMES_BACK}."
                yield Note(What.KEPT, "endpoint", f"{key} {path}", f"{at}/{escaped(key)}", reason)


def _webhooks(context: Context) -> Iterator[Note]:
    for name, raw in mapping(context.document.get("webhooks")).items():
        item = context.references.follow(raw)
        for kind, _, where in children("pathItem", item, ((None, "webhooks"), name)):
            if kind == "operation" and where:
                title = f"{name} {str(where[1]).upper()}"
                reason = f"A webhook is a request that the server sends; {_COMES_BACK}."
                yield Note(What.KEPT, "endpoint", title, pointer(where), reason)


_IGNORED = (
    "OpenAPI gives this header a meaning of its own, so that no parameter is sent as it; "
    f"{_COMES_BACK}."
)
_NOWHERE = f"OpenAPI has no parameters in such a place; {_COMES_BACK}."
_NO_VARIABLE = f"The path has no variable of this name; {_COMES_BACK}."
_RELATIVE = (
    "The server's address is relative to where the document was, which is not known. "
    "Write the whole address into the URL."
)


def said_of_operation(
    context: Context, operation: Operation, read: OperationRead
) -> Iterator[Note]:
    """Report what is kept of an operation but not used."""
    name = read.request.name
    for callback in mapping(operation.said.get("callbacks")):
        at = f"{operation.pointer}/callbacks/{escaped(callback)}"
        reason = f"A callback is a request that the server sends; {_COMES_BACK}."
        yield Note(What.KEPT, "endpoint", f"{name}: {callback}", at, reason)
    if is_relative(base_of_operation(context.document, operation.item, operation.said)):
        at = operation.pointer + ("/servers/0" if operation.said.get("servers") else "")
        yield Note(What.KEPT, "endpoint", name, at, _RELATIVE)
    for pointer_, reason in _kept(context, operation, read):
        yield Note(What.KEPT, "endpoint", name, operation.pointer + pointer_, reason)


def _reason(parameter: Parameter, path: str) -> str | None:
    """Return why a parameter is not sent; ``None`` if it may be."""
    if is_ignored(parameter):
        return _IGNORED
    if parameter.place not in PLACES:
        return _NOWHERE
    return None if fits(parameter, path) else _NO_VARIABLE


def _kept(context: Context, operation: Operation, read: OperationRead) -> Iterator[tuple[str, str]]:
    found = parameters_of(context.references, operation.item, operation.said)
    path = bare_path(operation, found)
    for one in found:
        if (reason := _reason(one, path)) and not one.of_path:
            yield f"/parameters/{one.index}", reason
    if read.body.others:
        listed = ", ".join(read.body.others)
        yield "/requestBody", f"The body is {read.body.media_type}; it may also be {listed}."
    security = read.security
    if operation.said.get("security") is None:
        return
    if security.optional:
        yield "/security", "It works without authentication as well."
    if security.others:
        yield "/security", "There are other ways to authenticate; the first one is used."
    if security.unsent:
        listed = ", ".join(security.unsent)
        yield "/security", f"A request has one authentication; {listed} is kept and not sent."
