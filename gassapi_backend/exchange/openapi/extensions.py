"""Our own extensions: what a saved request says but an OpenAPI document cannot express."""

from collections.abc import Callable

from gassapi_backend.exchange.tree import Json

OWN = "x-gassapi"
"""On the document, an operation, a tag, a parameter, a response or an example: fields that override
what is read there."""

MORE = "x-gassapi-requests"
"""On an operation: further requests with the same method and path, each with the fields in which it
differs from the operation. At the root: requests that cannot be operations, each in full."""

OFF = "off"
"""On a parameter that is an object, beside ``enabled``: the keys of its parts that are disabled."""

FOLDER = "folder"
"""In a further request: the names of the folders it is in, outermost first."""


def _entries(value: Json) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and isinstance(one.get("key"), str) for one in value
    )


def _text(value: Json) -> bool:
    return isinstance(value, str)


def _object(value: Json) -> bool:
    return isinstance(value, dict)


def _objects(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


_FIELDS: dict[str, tuple[str, Callable[[Json], bool]]] = {
    "name": ("name", _text),
    "method": ("method", _text),
    "url": ("url", _text),
    "headers": ("headers", _entries),
    "params": ("params", _entries),
    "bodyType": ("body_type", _text),
    "body": ("body", lambda value: True),
    "auth": ("auth", _object),
    "description": ("description", _text),
    "examples": ("examples", _objects),
    "purpose": ("purpose", _text),
    "requestParams": ("request_params", lambda value: isinstance(value, dict | list)),
    "responseSchema": ("response_schema", _object),
    "headerDocs": ("header_docs", lambda value: isinstance(value, dict | list)),
}
FIELDS = {ours: name for name, (ours, _) in _FIELDS.items()}
"""The fields of a request and what they are called in an extension."""

_REQUIRED = frozenset({"name", "method", "url", "headers", "params", "examples"})


def own_fields(said: Json) -> dict[str, Json]:
    """Return the request fields in an extension; those with a wrong type are ignored."""
    if not isinstance(said, dict):
        return {}
    found = {}
    for name, (ours, fits) in _FIELDS.items():
        if name not in said:
            continue
        value = said[name]
        if fits(value) or (value is None and ours not in _REQUIRED):
            found[ours] = value
    return found


def folder_of(said: dict[str, Json]) -> list[str]:
    """Return the folders that a further request is in."""
    names = said.get(FOLDER)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
