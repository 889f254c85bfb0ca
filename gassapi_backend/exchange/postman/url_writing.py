"""Writes a URL and its parameters as Postman's object of parts."""

import re
from urllib.parse import quote

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.path_variables import respelled
from gassapi_backend.exchange.postman.urls import (
    Parts,
    masked,
    names_in,
    pair_of,
    parts_of,
    pieces_of,
    query_items,
    variable_items,
)
from gassapi_backend.exchange.postman.values import is_on, key_of, rewritten
from gassapi_backend.exchange.tree import Entry, Json

_OWN = ("raw", "protocol", "auth", "host", "port", "path", "hash")


def write_url(
    url: str, params: list[Entry], base: tuple[str, list[Entry]] | None, said: Json
) -> Json:
    """Return a URL for Postman: ``said``, with the parts that were edited.

    ``base`` holds URL and parameters as they were read from ``said``.
    """
    url = respelled(url, params, _fits)
    if isinstance(said, str) and not params:
        return url
    original = said if isinstance(said, dict) else {}
    before = base if base is not None and original else ("", [])
    sent = with_query(url, params)
    kept = bool(original) and sent == with_query(*before)
    written = original if kept else {**_without(original), **parts_object(sent)}
    query = _query(url, params, before, query_items(original.get("query")))
    variable = written_entries(
        _in(params, "path"),
        _in(before[1], "path"),
        variable_items(original.get("variable")),
        rewritten,
        theirs=key_of,
    )
    return {**written, **_lists(original, query=query, variable=variable)}


def _without(original: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in original.items() if name not in _OWN}


def _lists(original: dict[str, Json], **lists: list[Json]) -> dict[str, Json]:
    return {name: found for name, found in lists.items() if found or name in original}


def _in(params: list[Entry], place: str) -> list[Entry]:
    return [entry for entry in params if entry.get("in", "query") == place]


def _fits(name: str, rest: str) -> bool:
    """Whether Postman finds a path variable: in a segment, with a name that ends at a dot."""
    return "." not in name and rest[:1] in ("", ".")


def with_query(url: str, params: list[Entry]) -> str:
    """Return a URL with the query parameters that are sent and are not in it already."""
    parts = parts_of(url)
    names = names_in(parts.query)
    more = [
        f"{_escaped(entry.get('key'), '%&#+=')}={_escaped(entry.get('value'), '%&#+')}"
        for entry in _in(params, "query")
        if is_on(entry) and entry.get("key", "") not in names
    ]
    if not more:
        return url
    query = "&".join([parts.query, *more] if parts.query else more)
    return str(Parts(parts.start, query, parts.fragment))


def _escaped(value: Json, marks: str) -> str:
    """Return text with the characters encoded that have a meaning in a query, or that get lost.

    A blank at the end would count as the end of the URL, and control characters as a slip.
    """
    text = text_of(value)
    hidden = masked(text)
    end = len(hidden.rstrip())
    lost = {at for at, mark in enumerate(hidden) if mark in marks or not mark.isprintable()}
    return "".join(
        quote(one, errors="replace") if at in lost or at >= end else one
        for at, one in enumerate(text)
    )


def parts_object(url: str) -> dict[str, Json]:
    """Return the parts into which Postman splits a URL, without query and path variables."""
    parts = parts_of(url)
    start = parts.start
    found: dict[str, Json] = {"raw": url}
    at = masked(start).find("://")
    if at >= 0:
        found["protocol"], start = start[:at], start[at + 3 :]
    end = masked(start).find("/")
    authority, path = (start, None) if end < 0 else (start[:end], start[end + 1 :])
    at = masked(authority).rfind("@")
    if at >= 0:
        user, colon, password = authority[:at].partition(":")
        found["auth"] = {"user": user, "password": password} if colon else {"user": user}
        authority = authority[at + 1 :]
    if port := re.search(r":([^:\]]*)$", masked(authority)):
        found["port"] = authority[port.start() + 1 :]
        authority = authority[: port.start()]
    if authority:
        found["host"] = _split(authority, ".")
    if path is not None:
        found["path"] = _split(path, "/")
    if parts.fragment is not None:
        found["hash"] = parts.fragment
    return found


def _split(text: str, separator: str) -> list[str]:
    """Return the pieces of text between separators, ignoring separators inside variables."""
    pieces, start, hidden = [], 0, masked(text)
    while (at := hidden.find(separator, start)) >= 0:
        pieces.append(text[start:at])
        start = at + 1
    return [*pieces, text[start:]]


def _query(
    url: str, params: list[Entry], base: tuple[str, list[Entry]], originals: list[dict[str, Json]]
) -> list[Json]:
    """Return the query as a list of enabled and disabled parameters, with their descriptions."""
    now, before = _told(with_query(url, params), params), _told(with_query(*base), base[1])
    if now == before:
        return [*originals]
    return written_entries(now, before, originals, rewritten, theirs=key_of)


def _told(url: str, params: list[Entry]) -> list[Entry]:
    """Return all query parameters as entries with their descriptions, those of the URL first."""
    said = _in(params, "query")
    told: list[Entry] = []
    for piece in pieces_of(parts_of(url).query):
        name, value = pair_of(piece)
        about = next((one for one in said if is_on(one) and _names(one, name)), {})
        told.append({**about, "key": name, "value": value, "in": "query", "enabled": True})
        said = [one for one in said if one is not about]
    names = names_in(parts_of(url).query)
    return told + [one for one in said if not is_on(one) or one.get("key", "") not in names]


def _names(entry: Entry, name: str) -> bool:
    return entry.get("key") in names_in(name)
