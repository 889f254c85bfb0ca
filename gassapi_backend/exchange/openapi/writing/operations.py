"""Writes a saved request as an operation: its original with what was edited, or a new one."""

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.extensions import FIELDS as NAMES
from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.reading.operations import OperationRead
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.writing.bodies import write_body
from gassapi_backend.exchange.openapi.writing.homes import Home
from gassapi_backend.exchange.openapi.writing.parameters import write_parameters
from gassapi_backend.exchange.openapi.writing.responses import ensure_responses, write_examples
from gassapi_backend.exchange.openapi.writing.same import same_entries, same_example, same_text
from gassapi_backend.exchange.openapi.writing.schemes import is_same_scheme, shareable
from gassapi_backend.exchange.openapi.writing.urls import query_of, split
from gassapi_backend.exchange.openapi.writing.wanted import FIELDS, Wanted, atom_of, given
from gassapi_backend.exchange.tree import Entry, Json, Request

_FROM_DOCUMENT = ("purpose", "request_params", "response_schema", "header_docs")
"""Fields that are read from the rest of an operation if nobody has written them."""

ALL = frozenset(FIELDS)


def new_operation(home: Home, wanted: Wanted) -> dict[str, Json]:
    """Return an operation for a request that was not one before."""
    said: dict[str, Json] = {}
    apply(home, wanted, said, OperationRead(Request("")), ALL)
    ensure_responses(said)
    return complete(home, wanted, said, ALL)


def edited_operation(
    home: Home, wanted: Wanted, path: str, method: str, original: dict[str, Json], changed: set[str]
) -> dict[str, Json]:
    """Return an operation with what was edited; the rest is as it was imported."""
    said: dict[str, Json] = unshared(original)
    said.pop(OWN, None)
    before = home.read(path, method, said)
    apply(home, wanted, said, before, frozenset(changed))
    if OWN in original:
        said[OWN] = {
            name: value
            for name, value in mapping(original[OWN]).items()
            if name not in {NAMES[one] for one in changed}
        }
        if not said[OWN]:
            del said[OWN]
    return complete(home, wanted, said, frozenset(changed))


def apply(
    home: Home,
    wanted: Wanted,
    said: dict[str, Json],
    before: OperationRead,
    changed: frozenset[str],
) -> None:
    """Write the fields that changed, as OpenAPI expresses them."""
    request, references = wanted.request, home.references
    if "name" in changed:
        said["summary"] = request.name
    if "description" in changed:
        said.pop("description", None)
        if request.description:
            said["description"] = request.description
    if changed & {"url", "params", "headers"}:
        write_parameters(references, said, before, wanted.atoms())
    if changed & {"body", "body_type"} or (
        "headers" in changed and _has_other_type(wanted, before)
    ):
        kind = request.body_type
        write_body(references, said, before, kind, request.body, wanted.media_type)
    if "auth" in changed and not is_same_scheme(wanted.auth, before.request.auth):
        said.pop("security", None)
        if wanted.auth is not None:
            said["security"] = home.schemes.requirement(wanted.auth)
    if "examples" in changed:
        write_examples(references, said, before.examples, objects(request.examples))


def _has_other_type(wanted: Wanted, before: OperationRead) -> bool:
    """Whether the header Content-Type now names another media type than the body has."""
    has_body = wanted.request.body_type not in (None, "none")
    return has_body and wanted.media_type != before.body.media_type


def complete(
    home: Home, wanted: Wanted, said: dict[str, Json], changed: frozenset[str]
) -> dict[str, Json]:
    """Add to an operation those of the changed fields that reading it would not give back."""
    if "headers" in changed:
        changed |= {"body", "body_type"}  # a header names the media type
    path = wanted.template.path
    read = home.read(path, wanted.request.method, said)
    more = {
        NAMES[name]: _shown(wanted, name)
        for name in FIELDS
        if name in changed and not _is_same(wanted, read, name)
    }
    if "params" in more and "url" not in more:
        more["params"] = _all_params(wanted)  # including the URL's query: only its path is read
    if wanted.is_odd and changed & {"url", "params"}:
        more |= {"url": wanted.request.url, "params": wanted.request.params}
    if more:
        said[OWN] = {**mapping(said.get(OWN)), **more}
    return said


def _shown(wanted: Wanted, name: str) -> Json:
    value = getattr(wanted.request, name)
    if name == "auth":
        return None if value is None else shareable(value)
    return wanted.headers if name == "headers" else value


def _all_params(wanted: Wanted) -> list[Entry]:
    listed = query_of(wanted.url, wanted.request.params)
    return [*wanted.own_template.parameters, *listed]


def _is_same(wanted: Wanted, read: OperationRead, name: str) -> bool:
    ours, theirs = getattr(wanted.request, name), getattr(read.request, name)
    match name:
        case "url":
            return _same_url(wanted, read)
        case "params":
            return wanted_params(wanted) == wanted_params(Wanted.of(read.request, []))
        case "headers":
            return same_entries(_headers(wanted), read.request.headers)
        case "body" if isinstance(ours, list):
            return same_entries(ours, theirs)
        case "body":
            return same_text(ours, theirs)
        case "body_type":
            return (ours or "none") == (theirs or "none")
        case "auth":
            return _same_auth(wanted, theirs)
        case "examples":
            return _same_examples(objects(ours), objects(theirs))
        case _ if name in _FROM_DOCUMENT:
            return ours is None or ours == theirs
        case _:
            return ours == theirs or (not ours and not theirs)


def _same_url(wanted: Wanted, read: OperationRead) -> bool:
    """Whether reading gives back a URL, apart from its host (which is in servers) and query."""
    if wanted.url.has_fragment or not wanted.url.path.startswith("/"):
        return False
    own = split(read.request.url)
    if own.server != "{{baseUrl}}" and own.server != wanted.url.server:
        return False
    return Wanted.of(read.request, []).template.path == wanted.own_template.path


def wanted_params(wanted: Wanted) -> list[Json]:
    """Return all of a request's parameters, wherever they were written."""
    entries = wanted.own_template.parameters
    atoms = [atom_of("path", one) for one in entries]
    atoms += [one for one in wanted.atoms() if one.place == "query"]
    return [*atoms]


def _headers(wanted: Wanted) -> list[Entry]:
    """Return the headers of a request without the one implied by its media type."""
    return [
        one
        for one in wanted.headers
        if str(one["key"]).lower() != "content-type"
        or one.get("enabled", True) is False
        or not _is_default_type(wanted, one)
    ]


def _is_default_type(wanted: Wanted, entry: Entry) -> bool:
    from_type = Wanted.of(Request("", body_type=wanted.request.body_type), [])
    return entry.get("value") == from_type.media_type and wanted.request.body_type is not None


def _same_auth(wanted: Wanted, read: dict[str, Json] | None) -> bool:
    """Whether reading gives back an authentication; an inherited one is not compared."""
    own = given(wanted.request.auth)
    return own is None or shareable(own) == read


def _same_examples(ours: list[dict[str, Json]], theirs: list[dict[str, Json]]) -> bool:
    return len(ours) == len(theirs) and all(
        any(_same_example(one, other) for other in theirs) for one in ours
    )


def _same_example(one: dict[str, Json], other: dict[str, Json]) -> bool:
    names = {**one, **other}
    return all(same_example(name, one.get(name), other.get(name)) for name in names)
