"""Writes an example as XML, with the names from the schema ("XML Object")."""

from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, plain_text, text_or_none
from gassapi_backend.exchange.tree import Json

_MAX_DEPTH = 20
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_QUOTES = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def xml_text(references: References, schema: Json, value: Json) -> str:
    """Return a document with one root element, indented by two spaces."""
    name = "root"
    ref = mapping(schema).get("$ref")
    if isinstance(ref, str):
        name = ref.rsplit("/", 1)[-1]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines += _element(references, name, references.follow(schema), value, 0)
    return "\n".join(lines)


def _xml(schema: dict[str, Json]) -> dict[str, Json]:
    return mapping(schema.get("xml"))


def _name(schema: dict[str, Json], fallback: str) -> str:
    name = text_or_none(_xml(schema).get("name")) or fallback
    prefix = text_or_none(_xml(schema).get("prefix"))
    return f"{prefix}:{name}" if prefix else name


def _element(
    references: References, fallback: str, schema: dict[str, Json], value: Json, depth: int
) -> list[str]:
    """Return the lines of an element; a list becomes several, inside another one if ``wrapped``."""
    indent = "  " * depth
    if isinstance(value, list):
        return _elements(references, fallback, schema, value, depth)
    name = _name(schema, fallback)
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return [f"{indent}<{name}>{plain_text(value).translate(_IN_TEXT)}</{name}>"]
    properties = mapping(schema.get("properties"))
    attributes, below = "", list[str]()
    for key, one in value.items():
        one_schema = references.follow(properties.get(key))
        if _xml(one_schema).get("attribute") is True:
            attributes += f' {_name(one_schema, key)}="{plain_text(one).translate(_IN_QUOTES)}"'
        else:
            below += _element(references, key, one_schema, one, depth + 1)
    if not below:
        return [f"{indent}<{name}{attributes}/>"]
    return [f"{indent}<{name}{attributes}>", *below, f"{indent}</{name}>"]


def _elements(
    references: References, fallback: str, schema: dict[str, Json], values: list[Json], depth: int
) -> list[str]:
    items = references.follow(schema.get("items"))
    wrapped = _xml(schema).get("wrapped") is True or depth == 0
    name = _name(items, fallback if "name" in _xml(items) or depth else "item")
    inner = depth + 1 if wrapped else depth
    lines = []
    for value in values:
        lines += _element(
            references, name, items, plain_text(value) if isinstance(value, list) else value, inner
        )
    if not wrapped:
        return lines
    indent, outer = "  " * depth, _name(schema, fallback)
    return [f"{indent}<{outer}>", *lines, f"{indent}</{outer}>"]
