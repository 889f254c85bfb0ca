"""JSON that is checked as it comes in, and kept and answered as text."""

from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, WithJsonSchema

from gassapi_backend.server.web.bodies import printable

KB = 1000
MAX_HEADERS = 50

_OBJECT = {"type": "object"}
_ARRAY: dict[str, Any] = {"type": "array", "items": {}}
_NULL = {"type": "null"}
_KINDS: dict[type, str] = {dict: "an object", list: "an array"}


class JsonText:
    """Turns a value of certain types into JSON text of at most so many KB; leaves null alone.

    orjson writes keys in their order, numbers as they were parsed, and text as UTF-8; sizes count
    those bytes.
    """

    def __init__(self, kilobytes: int, *types: type) -> None:
        self._limit = kilobytes * KB
        self._types = types or (object,)
        self._kinds = " or ".join(_KINDS[kind] for kind in types)

    def __call__(self, value: Any) -> str | None:
        """Return the text; raise ``ValueError`` for another type and for one that is too large."""
        if value is None:
            return None
        if not isinstance(value, self._types):
            raise ValueError(f"It has to be {self._kinds}.")
        text = orjson.dumps(value)
        if len(text) > self._limit:
            raise ValueError(f"It is larger than {self._limit // KB} KB.")
        return text.decode()


def _check_headers(headers: Any) -> Any:
    if not isinstance(headers, (dict, list)):
        return headers
    if len(headers) > MAX_HEADERS:
        raise ValueError(f"There are more than {MAX_HEADERS} of them.")
    for name in headers if isinstance(headers, dict) else map(_key_of, headers):
        if not name.isprintable():  # a line break would begin another header
            raise ValueError(f"The name {printable(ascii(name), 50)} cannot be printed.")
    return headers


def _key_of(entry: Any) -> str:
    key = entry.get("key") if isinstance(entry, dict) else None
    if not isinstance(key, str):
        raise ValueError("Each entry of a list has to be an object with a `key`.")
    return key


def as_answered(text: str | None) -> Any:
    """Return stored JSON text as a part of an answer, without reading it."""
    return None if text is None else orjson.Fragment(text)


def _or_null(*schemas: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [*schemas, _NULL]})


AnyJson = Annotated[Any, AfterValidator(JsonText(500))]
ObjectOrArray = Annotated[Any, AfterValidator(JsonText(100, dict, list)), _or_null(_OBJECT, _ARRAY)]
Object = Annotated[Any, AfterValidator(JsonText(100, dict)), _or_null(_OBJECT)]
SmallObject = Annotated[Any, AfterValidator(JsonText(10, dict)), _or_null(_OBJECT)]
Array = Annotated[Any, AfterValidator(JsonText(500, list)), _or_null(_ARRAY)]
Headers = Annotated[
    Any,
    AfterValidator(_check_headers),
    AfterValidator(JsonText(10, dict, list)),
    _or_null(
        _OBJECT | {"maxProperties": MAX_HEADERS},
        {
            "type": "array",
            "maxItems": MAX_HEADERS,
            "items": {
                "type": "object",
                "required": ["key"],
                "properties": {
                    "key": {"type": "string"},
                    "value": {},
                    "enabled": {"type": "boolean", "default": True},
                    "description": {},
                },
            },
        },
    ),
]
"""By name, or a list of entries, which keeps repeats, order and those that are disabled."""
