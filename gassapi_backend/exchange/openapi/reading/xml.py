"""Writes an example as XML, with the names from the schema ("XML Object")."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.reading.properties import merged
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
    lines += _element(references, name, _followed(references, schema), value, 0)
    return "\n".join(lines)


def _followed(references: References, schema: Json) -> dict[str, Json]:
    """Return a schema; what a reference itself says of XML wins, as tools read it."""
    said = mapping(schema)
    found = references.follow(said)
    if "$ref" in said and isinstance(said.get("xml"), dict):
        return {**found, "xml": {**mapping(found.get("xml")), **said["xml"]}}
    return found


def _xml(schema: dict[str, Json]) -> dict[str, Json]:
    return mapping(schema.get("xml"))


def _name(schema: dict[str, Json], fallback: str) -> str:
    name = text_or_none(_xml(schema).get("name")) or fallback
    prefix = text_or_none(_xml(schema).get("prefix"))
    return f"{prefix}:{name}" if prefix else name


def _namespace(schema: dict[str, Json]) -> str:
    """Return the declaration of the namespace that an element names, as an attribute."""
    namespace = text_or_none(_xml(schema).get("namespace"))
    if not namespace:
        return ""
    prefix = text_or_none(_xml(schema).get("prefix"))
    return f' xmlns{f":{prefix}" if prefix else ""}="{namespace.translate(_IN_QUOTES)}"'


def _node(schema: dict[str, Json]) -> str:
    """Return what a value becomes, in the words of ``nodeType`` (3.2); empty for an element."""
    xml = _xml(schema)
    if xml.get("attribute") is True:
        return "attribute"
    return text_or_none(xml.get("nodeType")) or ""


@dataclass(slots=True)
class _Content:
    """What stands in an element: attributes in its tag, its own text, and the lines below it."""

    attributes: str = ""
    text: str = ""
    below: list[str] = field(default_factory=list)


def _element(
    references: References, fallback: str, schema: dict[str, Json], value: Json, depth: int
) -> list[str]:
    """Return the lines of an element; a list becomes several, inside another one if ``wrapped``."""
    indent = "  " * depth
    if isinstance(value, list):
        return _elements(references, fallback, schema, value, depth)
    name = _name(schema, fallback)
    tag = name + _namespace(schema)
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return [f"{indent}<{tag}>{_text(schema, value)}</{name}>"]
    content = _content(references, schema, value, depth)
    tag += content.attributes
    if not content.below:
        end = f">{content.text}</{name}>" if content.text else "/>"
        return [f"{indent}<{tag}{end}"]
    return [f"{indent}<{tag}>{content.text}", *content.below, f"{indent}</{name}>"]


def _content(
    references: References, schema: dict[str, Json], value: dict[str, Json], depth: int
) -> _Content:
    properties = mapping(merged(references, schema).get("properties"))
    content = _Content()
    for key, one in value.items():
        below = _followed(references, properties.get(key))
        node = _node(below)
        if node == "attribute":
            namespace = _namespace(below) if _xml(below).get("prefix") else ""
            if namespace in content.attributes or namespace == _namespace(schema):
                namespace = ""
            quoted = plain_text(one).translate(_IN_QUOTES)
            content.attributes += f'{namespace} {_name(below, key)}="{quoted}"'
        elif node in ("text", "cdata") and not isinstance(one, dict | list):
            content.text += _text(below, one)
        else:
            content.below += _element(references, key, below, one, depth + 1)
    return content


def _text(schema: dict[str, Json], value: Json) -> str:
    text = plain_text(value)
    if _node(schema) == "cdata":
        return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
    return text.translate(_IN_TEXT)


def _elements(
    references: References, fallback: str, schema: dict[str, Json], values: list[Json], depth: int
) -> list[str]:
    items = _followed(references, schema.get("items"))
    wrapped = _xml(schema).get("wrapped") is True or _node(schema) == "element" or depth == 0
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
    return [f"{indent}<{outer}{_namespace(schema)}>", *lines, f"{indent}</{outer}>"]
