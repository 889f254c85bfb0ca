"""Copies of a document that may be changed."""

from gassapi_backend.exchange.tree import Json


def unshared(value: Json) -> Json:
    """Return a deep copy in which no object is shared, even where YAML aliases shared it."""
    if isinstance(value, dict):
        return {key: unshared(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unshared(one) for one in value]
    return value
