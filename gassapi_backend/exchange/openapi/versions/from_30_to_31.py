"""Converts OpenAPI 3.0 to 3.1: schemas become those of JSON Schema 2020-12."""

from gassapi_backend.exchange.openapi.grammar import walk
from gassapi_backend.exchange.openapi.versions.changes import Changes
from gassapi_backend.exchange.tree import Json

_COMBINING = ("anyOf", "oneOf")
_BESIDE_REF = frozenset(
    {"$ref", "title", "description", "summary", "default", "example", "examples"}
    | {"deprecated", "readOnly", "writeOnly", "externalDocs"}
)


def to_31(changes: Changes) -> None:
    """Convert a document from 3.0 to 3.1."""
    document = changes.document
    if "webhooks" not in document and isinstance(document.get("x-webhooks"), dict):
        document["webhooks"] = document.pop("x-webhooks")
    for kind, node, _ in walk("document", document):
        if kind == "schema":
            _schema(node)


def _schema(node: dict[str, Json]) -> None:
    if isinstance(node.get("$ref"), str):
        for key in [key for key in node if key not in _BESIDE_REF and not key.startswith("x-")]:
            del node[key]  # 3.0 ignores what is beside a reference, 3.1 would not
    for key in ("minimum", "maximum"):
        _exclusive(node, key, "exclusive" + key.capitalize())
    if "example" in node and "examples" not in node:
        node["examples"] = [node.pop("example")]
    if node.get("format") in ("byte", "base64") and node.get("type") == "string":
        del node["format"]
        node["contentEncoding"] = "base64"
    for key in [key for key in node if key.startswith("x-jsonschema-")]:
        node.setdefault(key.removeprefix("x-jsonschema-"), node.pop(key))
    nullable = node.pop("nullable", None) if isinstance(node.get("nullable"), bool) else None
    if nullable is True:
        _allow_null(node)


def _exclusive(node: dict[str, Json], key: str, exclusive: str) -> None:
    strict = node.get(exclusive)
    if not isinstance(strict, bool):
        return
    del node[exclusive]
    if strict and key in node:
        node[exclusive] = node.pop(key)


def _allow_null(node: dict[str, Json]) -> None:
    """Express ``nullable`` as 3.1 does; a schema without a type allows null anyway."""
    kind = node.get("type")
    if isinstance(kind, str):
        node["type"] = [kind, "null"]
        choices = node.get("enum")
        if isinstance(choices, list) and None not in choices:
            node["enum"] = [*choices, None]
        return
    for key in _COMBINING:
        options = node.get(key)
        if isinstance(options, list) and options:
            node[key] = [*options, {"type": "null"}]
            return
    if isinstance(node.get("allOf"), list):
        node["anyOf"] = [{"allOf": node.pop("allOf")}, {"type": "null"}]
