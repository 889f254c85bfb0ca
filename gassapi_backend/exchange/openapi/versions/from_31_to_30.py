"""Converts OpenAPI 3.1 to 3.0: schemas lose what JSON Schema has but 3.0 does not."""

from gassapi_backend.exchange.openapi.grammar import Where, walk
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.openapi.versions.changes import Changes
from gassapi_backend.exchange.tree import Json

_BACKPORT = "x-jsonschema-"
"""The prefix of JSON Schema's keywords in 3.0 (the OpenAPI Initiative's extension registry)."""

_KEYWORDS = frozenset(
    {"title", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"}
    | {"maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems"}
    | {"maxProperties", "minProperties", "required", "enum", "type", "not", "allOf", "oneOf"}
    | {"anyOf", "items", "properties", "additionalProperties", "description", "format"}
    | {"default", "nullable", "discriminator", "readOnly", "writeOnly", "example"}
    | {"externalDocs", "deprecated", "xml", "$ref"}
)
_NO_WORD = "OpenAPI 3.0 does not have it; it is written as an extension."


def to_30(changes: Changes) -> None:
    """Convert a document from 3.1 to 3.0."""
    _root(changes)
    _path_items(changes)
    _without_mutual_tls(changes)
    for kind, node, where in walk("document", changes.document):
        if kind == "schema":
            _schema(changes, node, where)
        elif kind == "operation":
            node.setdefault("responses", {"default": {"description": ""}})
        elif kind in ("parameter", "header") and not {"schema", "content", "$ref"} & node.keys():
            node["schema"] = {}
        if isinstance(node.get("$ref"), str) and "/$defs/" in node["$ref"]:
            node["$ref"] = node["$ref"].replace("/$defs/", f"/{_BACKPORT}$defs/")


def _root(changes: Changes) -> None:
    document = changes.document
    document.setdefault("paths", {})
    changes.rename(document, "webhooks", "x-webhooks", _NO_WORD, None)
    changes.rename(document, "jsonSchemaDialect", "x-jsonSchemaDialect", _NO_WORD, None)
    info = mapping(document.get("info"))
    changes.rename(info, "summary", "x-summary", _NO_WORD, (None, "info"))
    license_ = mapping(info.get("license"))
    changes.rename(license_, "identifier", "x-identifier", _NO_WORD, ((None, "info"), "license"))


def _path_items(changes: Changes) -> None:
    """Inline path items that are kept among the components."""
    components = mapping(changes.document.get("components"))
    if "pathItems" not in components:
        return
    references = References(changes.document)
    paths = mapping(changes.document.get("paths"))
    for path, item in paths.items():
        ref = mapping(item).get("$ref")
        if isinstance(ref, str) and ref.startswith("#/components/pathItems/"):
            own = {key: value for key, value in item.items() if key != "$ref"}
            paths[path] = {**references.follow({"$ref": ref}), **own}
    changes.rename(components, "pathItems", "x-pathItems", _NO_WORD, (None, "components"))


def _without_mutual_tls(changes: Changes) -> None:
    """Keep schemes of types that 3.0 does not have as an extension, and require them nowhere."""
    components = mapping(changes.document.get("components"))
    schemes = mapping(components.get("securitySchemes"))
    unknown = {
        name: scheme
        for name, scheme in schemes.items()
        if mapping(scheme).get("type") == "mutualTLS"
    }
    if not unknown:
        return
    for name in unknown:
        del schemes[name]
        where = ((None, "components"), "securitySchemes")
        changes.say(name, "OpenAPI 3.0 has no client certificates; " + _AS_EXTENSION, where)
    components["x-securitySchemes"] = unknown
    if not schemes:
        del components["securitySchemes"]
    _ask_without(changes.document, unknown)
    for kind, node, _ in walk("document", changes.document):
        if kind == "operation":
            _ask_without(node, unknown)


_AS_EXTENSION = "the scheme is written as an extension, and no operation asks for it."


def _ask_without(owner: dict[str, Json], unknown: dict[str, Json]) -> None:
    wanted = owner.get("security")
    if not isinstance(wanted, list):
        return
    left = [
        {name: scopes for name, scopes in one.items() if name not in unknown}
        for one in wanted
        if isinstance(one, dict)
    ]
    owner["security"] = [one for one, was in zip(left, wanted, strict=False) if one or not was]


def _schema(changes: Changes, node: dict[str, Json], where: Where) -> None:
    _boolean_schemas(node)
    _beside_reference(node)
    _type(node)
    _null_options(node)
    for key in ("minimum", "maximum"):
        _exclusive(node, key, "exclusive" + key.capitalize())
    if "const" in node:
        node["enum"] = [node.pop("const")]
    _examples(changes, node, where)
    if node.get("contentEncoding") == "base64" and "format" not in node:
        del node["contentEncoding"]
        node["format"] = "byte"
    if "contentMediaType" in node and "format" not in node and node.get("type") == "string":
        node["format"] = "binary"
    if node.get("type") == "array":
        node.setdefault("items", {})
    for key in [key for key in node if key not in _KEYWORDS and not key.startswith("x-")]:
        changes.rename(node, key, _BACKPORT + key, _NO_WORD, where)


def _boolean_schemas(node: dict[str, Json]) -> None:
    for key in ("properties", "patternProperties"):
        for name, below in mapping(node.get(key)).items():
            if isinstance(below, bool):
                node[key][name] = {} if below else {"not": {}}
    for key in ("items", "not"):
        if isinstance(node.get(key), bool):
            node[key] = {} if node[key] else {"not": {}}
    for key in ("allOf", "anyOf", "oneOf"):
        if isinstance(node.get(key), list):
            node[key] = [
                ({} if one else {"not": {}}) if isinstance(one, bool) else one for one in node[key]
            ]


def _beside_reference(node: dict[str, Json]) -> None:
    """Write a reference with siblings as ``allOf``: 3.0 would ignore the siblings."""
    if isinstance(node.get("$ref"), str) and len(node) > 1:
        parts = node.get("allOf")
        node["allOf"] = [{"$ref": node.pop("$ref")}, *(parts if isinstance(parts, list) else [])]


def _type(node: dict[str, Json]) -> None:
    kinds = node.get("type")
    if isinstance(kinds, str):
        kinds = [kinds]
    if not isinstance(kinds, list):
        return
    named = [kind for kind in kinds if kind != "null"]
    if "null" in kinds:
        node["nullable"] = True
    if not named:
        del node["type"]
        node["enum"] = [None]
    elif len(named) == 1:
        node["type"] = named[0]
    else:
        del node["type"]
        _any_of(node, [{"type": kind} | _items(node, kind) for kind in named])


def _items(node: dict[str, Json], kind: Json) -> dict[str, Json]:
    return {"items": node.pop("items", {})} if kind == "array" else {}


def _any_of(node: dict[str, Json], options: list[Json]) -> None:
    if "anyOf" not in node:
        node["anyOf"] = options
    else:
        parts = node.get("allOf")
        node["allOf"] = [*(parts if isinstance(parts, list) else []), {"anyOf": options}]


def _null_options(node: dict[str, Json]) -> None:
    for key in ("anyOf", "oneOf"):
        options = node.get(key)
        if not isinstance(options, list):
            continue
        left = [one for one in options if mapping(one).get("type") != "null"]
        if len(left) == len(options):
            continue
        node["nullable"] = True
        if len(left) == 1 and "allOf" not in node:
            del node[key]
            node["allOf"] = left
        elif left:
            node[key] = left
        else:
            del node[key]


def _exclusive(node: dict[str, Json], key: str, exclusive: str) -> None:
    strict = node.get(exclusive)
    if isinstance(strict, bool) or not isinstance(strict, int | float):
        return
    limit = node.get(key)
    beyond = isinstance(limit, int | float) and (
        limit > strict if key == "minimum" else limit < strict
    )
    if beyond:
        del node[exclusive]
    else:
        node[key], node[exclusive] = strict, True


def _examples(changes: Changes, node: dict[str, Json], where: Where) -> None:
    examples = node.get("examples")
    if not isinstance(examples, list):
        return
    if "example" not in node and examples:
        node["example"] = examples[0]
        if len(examples) == 1:
            del node["examples"]
    if "examples" in node and not examples:
        del node["examples"]
