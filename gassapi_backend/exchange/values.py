"""Reads values of unknown type from a document: texts, lists, objects, entries."""

from collections.abc import Callable, Iterator

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.tree import Entry, Json


def mapping(value: Json) -> dict[str, Json]:
    """Return an object; an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def listed(value: Json) -> list[Json]:
    """Return a list; an empty one for any other value."""
    return value if isinstance(value, list) else []


def objects(value: Json) -> Iterator[tuple[int, dict[str, Json]]]:
    """Yield the objects in a list, each with its index; nothing if it is not a list."""
    return ((at, one) for at, one in enumerate(listed(value)) if isinstance(one, dict))


def text_or_none(value: Json) -> str | None:
    """Return text as it is, a number or truth value as text, and ``None`` for anything else."""
    return None if value is None or isinstance(value, (dict, list)) else text_of(value)


def text_in(value: Json) -> str:
    """Return text, a number or truth value as text; empty for anything else."""
    return text_or_none(value) or ""


def is_on(entry: Entry) -> bool:
    """Whether an entry of ours is sent."""
    return entry.get("enabled", True) is not False


def value_of(headers: list[Entry], name: str) -> str:
    """Return the value of the last enabled header of a (lower-case) name; empty if none."""
    for entry in reversed(headers):
        if is_on(entry) and text_in(entry.get("key")).lower() == name:
            return text_in(entry.get("value"))
    return ""


def in_strings(value: Json, change: Callable[[str], str]) -> Json:
    """Return JSON data with each text in it changed; keys of objects stay as they are.

    The recursion is bounded by the depth of what was loaded (``loading.MAX_DEPTH``).
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: in_strings(one, change) for key, one in value.items()}
    return [in_strings(one, change) for one in value] if isinstance(value, list) else value
