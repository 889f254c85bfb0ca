"""Infers a schema from a value, for bodies that nobody has described."""

from gassapi_backend.exchange.tree import Json

_MAX_DEPTH = 12
_MAX_PROPERTIES = 200


def schema_of_value(value: Json, depth: int = 0) -> dict[str, Json]:
    """Return a schema that a value fits, valid in both 3.0 and 3.1."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case dict() if depth < _MAX_DEPTH and len(value) <= _MAX_PROPERTIES:
            properties = {key: schema_of_value(one, depth + 1) for key, one in value.items()}
            return {"type": "object", "properties": properties}
        case dict():
            return {"type": "object"}
        case list():
            first = value[0] if value and depth < _MAX_DEPTH else None
            same = all(type(one) is type(first) for one in value)
            items = (
                schema_of_value(first, depth + 1) if same and not isinstance(first, dict) else {}
            )
            if same and isinstance(first, dict) and len(value) == 1:
                items = schema_of_value(first, depth + 1)
            elif same and isinstance(first, dict):
                items = {"type": "object"}
            return {"type": "array", "items": items}
        case _:
            return {}
