"""Reads objects that are sent in parts: their properties, and the keys of what is nested."""

from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, plain_text
from gassapi_backend.exchange.tree import Json


def merged(references: References, schema: Json) -> dict[str, Json]:
    """Return an object schema that includes the properties of its ``allOf`` (and first option)."""
    properties: dict[str, Json] = {}
    required: list[Json] = []
    found: dict[str, Json] = {}
    waiting, seen = [schema], set[int]()
    while waiting and len(seen) < 100:
        one = references.follow(waiting.pop())
        if id(one) in seen:
            continue
        seen.add(id(one))
        found = {**one, **found}
        properties = {**properties, **mapping(one.get("properties"))}
        listed = one.get("required")
        required += listed if isinstance(listed, list) else []
        for key, taken in (("allOf", None), ("oneOf", 1), ("anyOf", 1)):
            parts = one.get(key)
            waiting += reversed(parts[:taken]) if isinstance(parts, list) else []
    return found | {"properties": properties, "required": required}


def nested_pairs(key: str, value: dict[str, Json]) -> list[tuple[str, str]]:
    """Write an object as ``a[b][c]``, to any depth."""
    pairs: list[tuple[str, str]] = []
    waiting: list[tuple[str, Json]] = [(key, value)]
    while waiting:
        name, one = waiting.pop()
        if isinstance(one, dict) and one:
            waiting += reversed([(f"{name}[{below}]", item) for below, item in one.items()])
        elif isinstance(one, list) and one:
            waiting += reversed([(f"{name}[{n}]", item) for n, item in enumerate(one)])
        else:
            pairs.append((name, plain_text(one) if one not in ({}, []) else ""))
    return pairs
