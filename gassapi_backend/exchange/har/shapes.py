"""Reads values of unknown type from a recording as the type that is wanted."""

from gassapi_backend.exchange.tree import Json


def an_object(value: Json) -> dict[str, Json]:
    """Return an object; an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def objects(value: Json) -> list[dict[str, Json]]:
    """Return the objects in a list; none for any other value."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def a_text(value: Json) -> str:
    """Return text, and numbers as text; empty for any other value."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
