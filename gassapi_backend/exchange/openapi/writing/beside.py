"""Keeps requests that cannot be operations of their own, beside one or in the document."""

from gassapi_backend.exchange.openapi.extensions import FIELDS as NAMES
from gassapi_backend.exchange.openapi.extensions import FOLDER, MORE
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.openapi.writing.assembly import Assembly, Placed, note
from gassapi_backend.exchange.openapi.writing.bodies import example_of
from gassapi_backend.exchange.openapi.writing.homes import (
    put_operation,
)
from gassapi_backend.exchange.openapi.writing.responses import free_key
from gassapi_backend.exchange.openapi.writing.schemes import shareable
from gassapi_backend.exchange.openapi.writing.wanted import FIELDS, Wanted
from gassapi_backend.exchange.tree import Json, Request

_ONE_OPERATION = (
    "OpenAPI has one operation for each method and path: this request is kept beside the one of "
    f"the same path, in its extension {MORE}."
)
_NO_OPERATION = (
    "OpenAPI has no operation for a request without a path: it is kept in the document's "
    f"extension {MORE}."
)


def add_beside(assembly: Assembly, wanted: Wanted, path: str, method: str) -> None:
    """Keep a request beside the operation that has its place, as the differences between them."""
    placed = assembly.placed.get((path, method))
    if placed is None:
        keep_aside(assembly, wanted)
        return
    said = _kept_as_it_was(wanted) or _difference(placed.wanted, wanted)
    _add_named_example(placed, wanted)
    if not placed.beside:
        placed.said = {**placed.said, MORE: placed.beside}
        put_operation(assembly.paths[path], method, placed.said, assembly.version)
    placed.beside.append(said)
    note(assembly, wanted, _ONE_OPERATION)


def _kept_as_it_was(wanted: Wanted) -> dict[str, Json] | None:
    """Return how our own export kept a request beside an operation, if nobody has edited it."""
    origin = wanted.request.origin
    more = mapping(origin.original).get("more") if origin and origin.format == "openapi" else None
    if origin is None or not isinstance(more, dict):
        return None
    same = all(origin.is_unchanged(one, getattr(wanted.request, one)) for one in FIELDS)
    return more if same else None


_URL = frozenset({"url", "params"})
_BODY = frozenset({"body", "body_type", "headers"})


def _difference(main: Wanted, other: Wanted) -> dict[str, Json]:
    """Return what is another in a request than in the one that is the operation.

    What belongs together is given whole: an operation says the query of a URL in its parameters,
    and a header Content-Type in its body.
    """
    names = {one for one in FIELDS if _shown(other, one) != _shown(main, one)}
    for whole, parts in ((_URL, _URL), (_BODY, _BODY - {"headers"})):
        names |= whole if names & parts else set()
    found = {NAMES[one]: _shown(other, one) for one in FIELDS if one in names}
    if other.folders[1:] != main.folders[1:]:
        found[FOLDER] = [one.name for one in other.folders[1:]]
    return found


def _shown(wanted: Wanted, name: str) -> Json:
    """Return a field of a request, with what it inherits from folders."""
    if name == "headers":
        return wanted.headers
    if name == "auth":
        return None if wanted.auth is None else shareable(wanted.auth)
    return getattr(wanted.request, name)


def _add_named_example(placed: Placed, wanted: Wanted) -> None:
    """Add a body of the same kind to the examples of a new operation, for everybody to see."""
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
    examples = media.setdefault("examples", {})
    key = free_key(examples, wanted.request.name, placed.keys)
    value = example_of(str(kind), wanted.request.body)
    examples[key] = {"summary": wanted.request.name, "value": value}


def keep_aside(assembly: Assembly, wanted: Wanted) -> None:
    """Keep a request that cannot be an operation in the document itself."""
    said = _kept_as_it_was(wanted)
    if said is None:
        empty = Request("")
        said = {
            NAMES[name]: _shown(wanted, name)
            for name in FIELDS
            if name in ("name", "method", "url") or _shown(wanted, name) != getattr(empty, name)
        }
        if wanted.folders[1:]:
            said[FOLDER] = [one.name for one in wanted.folders[1:]]
    assembly.aside.append(said)
    note(assembly, wanted, _NO_OPERATION)
