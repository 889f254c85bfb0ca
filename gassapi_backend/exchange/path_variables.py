"""Path variables as a tool writes them: ``:id``, where others have ``{id}`` in a path."""

import re
from collections.abc import Callable

from gassapi_backend.exchange.resolving.urls import named, path_quoted, path_start
from gassapi_backend.exchange.tree import Entry

Fits = Callable[[str, str], bool]
"""Whether a tool takes a segment as the variable of a name, with more after it."""

_BRACED = re.compile(r"\{([^{}]+)\}([^{}]*)")
_REFERENCE = re.compile(r"\{\{[^{}]*\}\}")
_ANY = re.compile(r"(?<!\{)\{([^{}]+)\}(?!\})")
_KEY = re.compile(r"[A-Za-z0-9_.-]+\([^()]*\)")
_IN_KEY = re.compile(r"(?<=[(=,'\"]):(\w+)")


def respelled(url: str, params: list[Entry], fits: Fits, *, in_keys: bool = False) -> str:
    """Return a URL in which a tool finds the path variables that it can.

    Others are replaced by their value, or left as they are if they have none. ``in_keys`` says that
    the tool also finds those in the key of an OData address (``Books(':id')``).
    """
    values = {
        str(one["key"]): path_quoted(str(one.get("value") or ""))
        for one in params
        if one.get("in") == "path" and one.get("key")
    }
    start = path_start(url)
    hidden = _REFERENCE.sub(lambda found: "x" * len(found[0]), url)
    end = min((at for mark in "?#" if (at := hidden.find(mark)) >= 0), default=len(url))
    if not values or end < start:
        return url
    segments = _segments(url[start:end], hidden[start:end])
    made = [segments[0], *(_segment(one, values, fits, in_keys) for one in segments[1:])]
    return url[:start] + "/".join(made) + url[end:]


def _segments(path: str, hidden: str) -> list[str]:
    """Return the pieces between slashes, ignoring those inside references."""
    pieces, start = [], 0
    while (at := hidden.find("/", start)) >= 0:
        pieces.append(path[start:at])
        start = at + 1
    return [*pieces, path[start:]]


def _segment(segment: str, values: dict[str, str], fits: Fits, in_keys: bool) -> str:
    if found := _variable(segment, values):
        name, rest = found
        if fits(name, rest):
            return f":{name}{rest}"
        return values[name] + rest.removeprefix("\\") if values[name] else segment
    if _KEY.fullmatch(segment):
        if in_keys:
            return _ANY.sub(lambda one: f":{one[1]}" if _is_word(one[1]) else one[0], segment)
        segment = _IN_KEY.sub(lambda one: values.get(one[1]) or one[0], segment)
    return _ANY.sub(lambda one: values.get(one[1]) or one[0], segment)


def _variable(segment: str, values: dict[str, str]) -> tuple[str, str] | None:
    """Return the name of the variable that a segment begins with, and what follows it."""
    if segment[:1] == ":":
        name = named(segment[1:], values)
        return None if name is None else (name, segment[1 + len(name) :])
    braced = _BRACED.fullmatch(segment)
    return (braced[1], braced[2]) if braced and braced[1] in values else None


def _is_word(name: str) -> bool:
    return re.fullmatch(r"\w+", name) is not None
