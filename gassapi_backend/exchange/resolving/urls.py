"""The URL of a request with its path variables and query parameters in place."""

import re
from collections.abc import Callable, Container, Iterable
from urllib.parse import quote

from gassapi_backend.exchange.tree import Entry

_PATH_VARIABLE = re.compile(r"(?<=/):([^/]+)|(?<!\{)\{([^{}/]+)\}(?!\})")
_KEY = re.compile(r"(?<=/)[A-Za-z0-9_.-]+\([^()/]*:\w[^()/]*\)(?=/|$)")
_IN_KEY = re.compile(r"(?<=[(=,'\"]):(\w+)")
_AFTER_NAME = re.compile(r"\\?[:.]")
_PATH_SAFE = "/:@!$&'()*+,;=%-._~"
_REFERENCE = re.compile(r"(\{\{[^{}]*\}\})")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


_QUERY_SAFE = "!$'()*,/:;?@"


def quoted(text: str, safe: str = "") -> str:
    """Percent-encode text, except for references to variables that are still in it."""
    parts = _REFERENCE.split(text)
    return "".join(part if at % 2 else quote(part, safe=safe) for at, part in enumerate(parts))


def form_encoded(entries: Iterable[Entry], safe: str = "") -> str:
    """Return entries encoded as ``application/x-www-form-urlencoded``."""
    pairs = ((str(one.get("key") or ""), str(one.get("value") or "")) for one in entries)
    return "&".join(f"{quoted(key, safe)}={quoted(value, safe)}" for key, value in pairs)


def with_path(url: str, params: Iterable[Entry], fill: Callable[[str], str]) -> str:
    """Put path parameters into the path: at ``:name``, a whole segment, and at ``{name}``.

    ``.json`` or ``:cancel`` may follow ``:name``, which is also found in the key of an OData
    address: ``Books(':id')``. A name that has no parameter, or one without a value, stays as it is.
    Values keep their slashes and escapes.
    """
    values = {
        str(entry["key"]): value
        for entry in params
        if entry.get("in") == "path" and entry.get("key") and entry.get("enabled", True)
        if (value := path_quoted(fill(str(entry.get("value") or ""))))
    }
    if not values:
        return url
    start = path_start(url)
    path, mark, rest = _split(url[start:])
    replaced = _PATH_VARIABLE.sub(lambda found: _in_place(found, values), path)
    if "(" in path:
        replaced = _KEY.sub(lambda found: _in_key(found[0], values), replaced)
    return url[:start] + replaced + mark + rest


def _in_place(found: re.Match[str], values: dict[str, str]) -> str:
    if found[2]:
        return values.get(found[2], found[0])
    name = named(found[1], values)
    if name is None:
        return found[0]
    return values[name] + found[1][len(name) :].removeprefix("\\")


def _in_key(segment: str, values: dict[str, str]) -> str:
    return _IN_KEY.sub(lambda found: values.get(found[1], found[0]), segment)


def named(text: str, values: Container[str]) -> str | None:
    """Return the name of the parameter that text begins with, as the tools see it.

    It is all of the text (Postman, Bruno), or ends at a dot (Postman), a colon (Insomnia) or an
    escaped colon (Bruno).
    """
    if text in values:
        return text
    ends = (found.start() for found in _AFTER_NAME.finditer(text))
    return next((text[:end] for end in ends if text[:end] in values), None)


def path_quoted(value: str) -> str:
    """Percent-encode what a path cannot have in a value, except for its slashes and escapes."""
    return _BAD_ESCAPE.sub("%25", quoted(value, _PATH_SAFE))


def path_start(url: str) -> int:
    """Return where the path may begin: after ``scheme://``, if there is one."""
    scheme = url.find("://")
    return 0 if scheme < 0 else scheme + 3


def _split(url: str) -> tuple[str, str, str]:
    ends = [at for mark in "?#" if (at := url.find(mark)) >= 0]
    at = min(ends, default=len(url))
    return url[:at], url[at : at + 1], url[at + 1 :]


def name_of(url: str) -> str:
    """Return a name for a request that has none: its URL without scheme and query."""
    return re.split(r"[?#]", url.partition("://")[2] or url)[0] or url


def query_keys(url: str) -> set[str]:
    """Return the keys in a URL's query, as they are written."""
    query = url.partition("#")[0].partition("?")[2]
    return {pair.partition("=")[0] for pair in query.split("&") if pair}


def with_query(url: str, params: Iterable[Entry]) -> str:
    """Add query parameters that are enabled and whose key is not in the URL already."""
    there = query_keys(url)
    more = [
        entry
        for entry in params
        if entry.get("in", "query") == "query"
        and entry.get("enabled", True)
        and entry.get("key") is not None
        and not {str(entry["key"]), quoted(str(entry["key"]), _QUERY_SAFE)} & there
    ]
    if not more:
        return url
    front, mark, fragment = url.partition("#")
    _, has_query, query = front.partition("?")
    joint = "?" if not has_query else "" if query[-1:] in ("", "&") else "&"
    return f"{front}{joint}{form_encoded(more, _QUERY_SAFE)}{mark}{fragment}"
