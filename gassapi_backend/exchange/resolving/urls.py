"""The URL of a request with its path variables and query parameters in place."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from gassapi_backend.exchange.tree import Entry

_PATH_VARIABLE = re.compile(r"(?<=/):([^/?#:]+)(?=[/?#]|$)|(?<!\{)\{([^{}/?#]+)\}(?!\})")
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

    An ending like ``.json`` may follow ``:name``. A name that has no parameter, or one without a
    value, stays as it is. Values keep their slashes and escapes.
    """
    values = {
        str(entry["key"]): value
        for entry in params
        if entry.get("in") == "path" and entry.get("key") and entry.get("enabled", True)
        if (value := _path_quoted(fill(str(entry.get("value") or ""))))
    }
    if not values:
        return url
    start = _path_start(url)
    path, mark, rest = _split(url[start:])
    replaced = _PATH_VARIABLE.sub(lambda found: _in_place(found, values), path)
    return url[:start] + replaced + mark + rest


def _in_place(found: re.Match[str], values: dict[str, str]) -> str:
    name = found[1] or found[2]
    if name in values:
        return values[name]
    name, dot, ending = name.partition(".")
    return values[name] + dot + ending if found[1] and name in values else found[0]


def _path_quoted(value: str) -> str:
    return _BAD_ESCAPE.sub("%25", quoted(value, _PATH_SAFE))


def _path_start(url: str) -> int:
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
