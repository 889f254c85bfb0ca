"""The grammar of OpenAPI documents (2.0 to 3.2): what may occur where, and a walk along it.

Walking by the grammar, instead of through everything, keeps examples, defaults and extensions out:
a ``$ref`` in an example is data, not a reference.
"""

from collections.abc import Iterator, Mapping

from gassapi_backend.exchange.tree import Json

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""Methods that are keys of a path item in every version; 3.2 adds ``query``."""

QUERY = "query"

BACKPORT = "x-oai-"
"""The prefix of 3.2's fields in an older document (the OpenAPI Initiative's extension registry)."""

ADDITIONAL = "additionalOperations"

_ONE, _LIST, _MAP = "one", "list", "map"

_CONTENT = ("content", _MAP, "mediaType")
_PARAMETER = (
    ("schema", _ONE, "schema"),
    _CONTENT,
    ("examples", _MAP, "example"),
    ("items", _ONE, "schema"),
)
_BODIES = (
    ("schema", _ONE, "schema"),
    ("itemSchema", _ONE, "schema"),
    ("examples", _MAP, "example"),
    ("encoding", _MAP, "encoding"),
    ("prefixEncoding", _LIST, "encoding"),
    ("itemEncoding", _ONE, "encoding"),
)
_COMPONENTS = (
    ("schemas", _MAP, "schema"),
    ("responses", _MAP, "response"),
    ("parameters", _MAP, "parameter"),
    ("examples", _MAP, "example"),
    ("requestBodies", _MAP, "requestBody"),
    ("headers", _MAP, "header"),
    ("securitySchemes", _MAP, "securityScheme"),
    ("links", _MAP, "link"),
    ("callbacks", _MAP, "callback"),
    ("pathItems", _MAP, "pathItem"),
    ("mediaTypes", _MAP, "mediaType"),
)
SECTIONS = {kind: section for section, _, kind in _COMPONENTS}
"""The key in ``components`` under which each kind is kept."""

SWAGGER_SECTIONS = {"schema": "definitions", "parameter": "parameters", "response": "responses"}
"""The same for Swagger 2.0, whose sections are at the root."""

_SINCE = {"3.0": {"pathItem", "mediaType"}, "3.1": {"mediaType"}}
"""The kinds for which a version has no section yet."""


def sections_of(document: Mapping[str, Json]) -> dict[str, str]:
    """Return the key under which a document keeps its components of each kind, by kind."""
    if "swagger" in document:
        return SWAGGER_SECTIONS
    lacking = _SINCE.get(str(document.get("openapi"))[:3], set())
    return {kind: section for kind, section in SECTIONS.items() if kind not in lacking}


_GRAMMAR: dict[str, tuple[tuple[str, str, str], ...]] = {
    "document": (
        ("paths", _MAP, "pathItem"),
        ("webhooks", _MAP, "pathItem"),
        ("components", _ONE, "components"),
        ("definitions", _MAP, "schema"),
        ("parameters", _MAP, "parameter"),
        ("responses", _MAP, "response"),
    ),
    "components": _COMPONENTS,
    "pathItem": (
        ("parameters", _LIST, "parameter"),
        *((method, _ONE, "operation") for method in (*METHODS, QUERY)),
        (ADDITIONAL, _MAP, "operation"),
    ),
    "operation": (
        ("parameters", _LIST, "parameter"),
        ("requestBody", _ONE, "requestBody"),
        ("responses", _MAP, "response"),
        ("callbacks", _MAP, "callback"),
    ),
    "parameter": _PARAMETER,
    "header": _PARAMETER,
    "requestBody": (_CONTENT,),
    "response": (
        ("headers", _MAP, "header"),
        _CONTENT,
        ("links", _MAP, "link"),
        ("schema", _ONE, "schema"),
    ),
    "mediaType": _BODIES,
    "encoding": (("headers", _MAP, "header"), *_BODIES[3:]),
    "schema": (
        *((key, _MAP, "schema") for key in ("properties", "patternProperties", "$defs")),
        *((key, _MAP, "schema") for key in ("definitions", "dependentSchemas")),
        *((key, _ONE, "schema") for key in ("additionalProperties", "not", "if", "then", "else")),
        *((key, _ONE, "schema") for key in ("contains", "propertyNames", "contentSchema")),
        *((key, _ONE, "schema") for key in ("unevaluatedItems", "unevaluatedProperties")),
        *((key, _LIST, "schema") for key in ("allOf", "anyOf", "oneOf", "prefixItems")),
        ("items", _ONE, "schema"),
        ("items", _LIST, "schema"),
    ),
}


_NEWER = frozenset({ADDITIONAL, "itemSchema", "prefixEncoding", "itemEncoding", "encoding"})


def _by_key(rules: tuple[tuple[str, str, str], ...]) -> dict[str, tuple[frozenset[str], str]]:
    """Return for each key the shapes that its value may have, and the kind of its contents."""
    found: dict[str, tuple[frozenset[str], str]] = {}
    for key, shape, kind in rules:
        shapes = found.get(key, (frozenset(), kind))[0] | {shape}
        found[key] = shapes, kind
        if key in _NEWER:
            found[BACKPORT + key] = shapes, kind
    return found


_RULES = {kind: _by_key(rules) for kind, rules in _GRAMMAR.items()}

Where = tuple["Where", str | int] | None
"""A place as a chain of steps from the innermost outwards; ``pointer`` writes it out."""


def children(kind: str, node: dict[str, Json], where: Where) -> Iterator[tuple[str, Json, Where]]:
    """Yield kind, value and place of each direct child of a node, in order."""
    if kind == "callback":
        for key, value in node.items():
            if not key.startswith("x-"):
                yield "pathItem", value, (where, key)
        return
    rules = _RULES.get(kind)
    if rules is None:
        return
    for key, value in node.items():
        if key in rules:
            shapes, below = rules[key]
            yield from _of_shape(shapes, below, value, (where, key))


def _of_shape(
    shapes: frozenset[str], kind: str, value: Json, where: Where
) -> Iterator[tuple[str, Json, Where]]:
    if isinstance(value, dict):
        if _ONE in shapes:
            yield kind, value, where
        else:
            for name, item in value.items():
                yield kind, item, (where, name)
    elif isinstance(value, list) and _LIST in shapes:
        for index, item in enumerate(value):
            yield kind, item, (where, index)


def walk(
    kind: str, node: Json, where: Where = None
) -> Iterator[tuple[str, dict[str, Json], Where]]:
    """Yield each object of the document with its kind and place, parents first.

    An object that occurs in several places (through a YAML alias) is visited once. The children of
    a node are looked up only after it was yielded, so that they may be changed meanwhile.
    """
    seen: set[int] = set()
    waiting = [(kind, node, where)]
    while waiting:
        kind, node, where = waiting.pop()
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        yield kind, node, where
        below = list(children(kind, node, where))
        below.reverse()
        waiting.extend(below)


def escaped(step: str | int) -> str:
    """Write one step of a JSON pointer (RFC 6901, section 3)."""
    return str(step).replace("~", "~0").replace("/", "~1")


def pointer(where: Where) -> str:
    """Write a place as a JSON pointer."""
    steps = []
    while where is not None:
        where, step = where
        steps.append(escaped(step))
    return "".join(f"/{step}" for step in reversed(steps))
