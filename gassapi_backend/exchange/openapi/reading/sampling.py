"""Makes up a value that fits a schema: finite, and with the examples that the schema gives."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.reading.discriminators import named, owners
from gassapi_backend.exchange.openapi.reading.plain_values import is_finite, plain_value
from gassapi_backend.exchange.openapi.references import References, Unresolved
from gassapi_backend.exchange.openapi.texts import plain_text
from gassapi_backend.exchange.tree import Json

MAX_VALUES = 300
"""How many values a sample holds at most; optional properties beyond that are left out."""

MAX_DEPTH = 16
"""How deeply a sample nests objects and lists at most."""

_MOST_ITEMS = 10
_ONLY_LEADS_ON = frozenset({"$ref", "description", "summary", "title"})

NOTHING = object()
"""The sample of a schema that can only repeat itself."""


def said_value(schema: dict[str, Json]) -> Json:
    """Return the value that a schema itself gives; ``NOTHING`` if it gives none."""
    for key in ("example", "x-example"):
        if key in schema:
            return schema[key]
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    for key in ("default", "const"):
        if key in schema:
            return schema[key]
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return next((choice for choice in choices if choice is not None), None)
    return NOTHING


def sample(references: References, schema: Json, *, writing: bool = True) -> Json:
    """Return a value for a schema; ``NOTHING`` if there is none.

    ``writing`` leaves out what only the server sends (``readOnly``); otherwise, what only the
    client sends is left out (``writeOnly``).
    """
    hidden = "readOnly" if writing else "writeOnly"
    return _Sampling(references, hidden).value(schema, 0)


@dataclass(slots=True)
class _Sampling:
    """A sample in the making: the references that are open, and how much room is left."""

    references: References
    hidden: str
    left: int = MAX_VALUES
    open: list[Json] = field(default_factory=list)

    def value(self, schema: Json, depth: int) -> Json:
        if not isinstance(schema, dict):
            return None if schema is True else NOTHING
        self.left -= 1
        if self.left < 0 or depth > 3 * MAX_DEPTH:
            return NOTHING
        ref = schema.get("$ref", schema.get("$dynamicRef"))
        if isinstance(ref, str):
            return self._referred(ref, schema, depth)
        said = said_value(schema)
        if said is not NOTHING and is_finite(said):
            return _as_said(said, schema)
        return self._built(schema, depth)

    def _referred(self, ref: str, schema: dict[str, Json], depth: int) -> Json:
        said = said_value(schema)
        try:
            target = self._target(ref, is_dynamic="$ref" not in schema)
        except Unresolved as failed:
            missing = None if failed.at is None else NOTHING  # or it leads to itself
            return missing if said is NOTHING else said
        if any(one is target for one in self.open):
            return NOTHING
        if said is not NOTHING:
            return said
        self.open.append(target)
        try:
            found = self.value(target, depth + 1)
        finally:
            self.open.pop()
        if isinstance(found, dict) and isinstance(schema.get("properties"), dict):
            found = {**found, **self._object(schema, depth)}  # since 3.1, siblings of $ref count
        for owner in owners(self.references, target):
            found = named(found, owner, ref)
        return found

    def _target(self, ref: str, *, is_dynamic: bool) -> Json:
        """Return what a reference leads to; a dynamic one, to the outermost schema that is open."""
        for one in self.open if is_dynamic else ():
            if isinstance(one, dict) and f"#{one.get('$dynamicAnchor')}" == ref:
                return one
        target = self.references.find(ref)
        if isinstance(target, dict) and target.keys() <= _ONLY_LEADS_ON and "$ref" in target:
            return self.references.resolve(ref)
        return target

    def _built(self, schema: dict[str, Json], depth: int) -> Json:
        parts = schema.get("allOf")
        if isinstance(parts, list) and parts:
            return self._all(parts, schema, depth)
        for key in ("oneOf", "anyOf"):
            options = schema.get(key)
            if isinstance(options, list) and options:
                return self._one(options, schema, depth)
        match kind_of(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._list(schema, depth)
            case kind:
                return plain_value(kind, schema)

    def _all(self, parts: list[Json], schema: dict[str, Json], depth: int) -> Json:
        own = {key: value for key, value in schema.items() if key != "allOf"}
        merged: dict[str, Json] = {}
        single: Json = NOTHING
        for part in (*parts, *([own] if _says_more(own) else ())):
            value = self.value(part, depth + 1)
            if isinstance(value, dict):
                merged.update(value)
            elif value is not NOTHING and value is not None:
                single = value
        if merged or kind_of(schema) == "object":
            return merged
        return single

    def _one(self, options: list[Json], schema: dict[str, Json], depth: int) -> Json:
        own = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf")}
        rest = self._built(own, depth) if isinstance(own.get("properties"), dict) else None
        for option in options:
            if isinstance(option, dict) and option.get("type") == "null":
                continue
            value = self.value(option, depth + 1)
            if value is not NOTHING and value is not None:
                value = {**rest, **value} if rest and isinstance(value, dict) else value
                ref = option.get("$ref") if isinstance(option, dict) else None
                return named(value, schema, ref) if isinstance(ref, str) else value
        return rest if rest is not None else NOTHING

    def _object(self, schema: dict[str, Json], depth: int) -> Json:
        if depth > MAX_DEPTH:
            return NOTHING
        made: dict[str, Json] = {}
        for name, below in self._wanted(schema):
            value = self.value(below, depth + 1)
            if value is not NOTHING:
                made[name] = value
        return made

    def _wanted(self, schema: dict[str, Json]) -> Iterator[tuple[str, Json]]:
        """Yield properties, required ones first in case room runs out."""
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            return
        listed = schema.get("required")
        required = (
            {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else ()
        )
        for name, below in properties.items():
            if self.left <= 0 and name not in required:
                continue
            shown = self.references.follow(below)
            if shown.get(self.hidden) is True:
                continue
            if shown.get("deprecated") is True and name not in required:
                continue
            yield name, below

    def _list(self, schema: dict[str, Json], depth: int) -> Json:
        if depth > MAX_DEPTH:
            return NOTHING
        first = schema.get("prefixItems")
        items = list(first) if isinstance(first, list) else []
        if not items:
            items = [schema.get("items", {})]
        values = [self.value(item, depth + 1) for item in items]
        found = [value for value in values if value is not NOTHING]
        return found * self._times(found, schema)

    def _times(self, found: list[Json], schema: dict[str, Json]) -> int:
        """Return how often a list says its only item, so that it has as many as it needs."""
        fewest = schema.get("minItems")
        if not isinstance(fewest, int) or len(found) != 1 or schema.get("uniqueItems") is True:
            return 1
        size = _size(found[0])
        times = max(1, min(fewest, _MOST_ITEMS, self.left // size))
        self.left -= size * (times - 1)
        return times


def _as_said(value: Json, schema: dict[str, Json]) -> Json:
    """Return a value; where text is wanted, a number is text that YAML has without quotes."""
    is_text = isinstance(value, int | float) and kind_of(schema) == "string"
    return plain_text(value) if is_text else value


def _size(value: Json) -> int:
    """Return how many values a value consists of."""
    size, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        size += 1
        if isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one
    return size


def _says_more(schema: dict[str, Json]) -> bool:
    return any(key in schema for key in ("properties", "oneOf", "anyOf"))


def kind_of(schema: dict[str, Json]) -> str | None:
    """Return the type of a schema, guessed from its keywords if it names none."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if isinstance(kind, str):
        return kind
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    if any(key in schema for key in ("format", "pattern", "minLength", "maxLength")):
        return "string"
    if any(key in schema for key in ("minimum", "maximum", "multipleOf")):
        return "number"
    return None
