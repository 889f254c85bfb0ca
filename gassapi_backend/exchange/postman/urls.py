"""Reads URLs given as text or as Postman's object of parts; variables are left as they are."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.postman.values import (
    entry_of,
    is_off,
    key_of,
    listed,
    mapping,
    text_or_none,
)
from gassapi_backend.exchange.tree import Entry, Json

_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")


def masked(text: str) -> str:
    """Return text of the same length with the separators inside ``{{variables}}`` masked."""
    return _VARIABLE.sub(lambda found: "x" * len(found[0]), text)


@dataclass(frozen=True, slots=True)
class Parts:
    """A URL in three parts: what precedes the query, the query, and the fragment."""

    start: str
    query: str | None = None
    fragment: str | None = None

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        return self.start + query + ("" if self.fragment is None else f"#{self.fragment}")


def parts_of(url: str) -> Parts:
    """Return a URL in three parts."""
    hidden = masked(url)
    end = hidden.find("#")
    fragment = None if end < 0 else url[end + 1 :]
    end = len(url) if end < 0 else end
    at = hidden.find("?", 0, end)
    if at < 0:
        return Parts(url[:end], None, fragment)
    return Parts(url[:at], url[at + 1 : end], fragment)


def pieces_of(query: str | None) -> list[str]:
    """Return the ``name=value`` pieces of a query as they are written."""
    if not query:
        return []
    hidden, pieces, start = masked(query), [], 0
    for found in re.finditer("&|$", hidden):
        pieces.append(query[start : found.start()])
        start = found.end()
    return pieces


def pair_of(piece: str) -> tuple[str, str | None]:
    """Return name and value of a piece; the value is ``None`` if there is no ``=``."""
    at = masked(piece).find("=")
    return (piece, None) if at < 0 else (piece[:at], piece[at + 1 :])


def names_in(query: str | None) -> set[str]:
    """Return the names in a query, both as they are written and decoded."""
    names = {pair_of(piece)[0] for piece in pieces_of(query) if piece}
    return names | {unquote(name.replace("+", " ")) for name in names}


@dataclass(slots=True)
class UrlRead:
    """A URL as text, and what Postman says about its parameters separately."""

    url: str = ""
    params: list[Entry] = field(default_factory=list)


def read_url(said: Json) -> UrlRead:
    """Return the text of a URL without disabled parameters, and what the text cannot express."""
    if not isinstance(said, dict):
        return UrlRead(text_or_none(said) or "")
    url = _text(said)
    params = _unsaid(query_items(said.get("query")), parts_of(url).query)
    for one in variable_items(said.get("variable", said.get("variables"))):
        if key := key_of(one):
            params.append({**entry_of(one, key), "in": "path"})
    return UrlRead(url, params)


def parts_differ(said: Json) -> bool:
    """Whether the text of a URL says something else than its parts, which are what Postman sends.

    It may have another path, or other values of a parameter.
    """
    return _path_differs(said) or _values_differ(said)


def _values_differ(said: Json) -> bool:
    """Whether a parameter in the text of a URL has other values than in its list of parameters."""
    query = parts_of(text_or_none(mapping(said).get("raw")) or "").query
    if not query:
        return False
    in_text, listed_ones = [pair_of(one) for one in pieces_of(query) if one], []
    for one in query_items(mapping(said).get("query")):
        listed_ones.append((text_of(one.get("key")), text_of(one.get("value")), is_off(one)))
    for name in {name for name, _, off in listed_ones if name and not off}:
        told = sorted(value or "" for key, value in in_text if key == name)
        given = sorted(value for key, value, _ in listed_ones if key == name)
        live = sorted(value for key, value, off in listed_ones if key == name and not off)
        if told and told not in (given, live):
            return True
    return False


def _path_differs(said: Json) -> bool:
    raw, path = mapping(said).get("raw"), mapping(said).get("path")
    if not raw or not isinstance(raw, str) or not isinstance(path, list):
        return False
    start = parts_of(raw).start
    hidden = masked(start)
    scheme = hidden.find("://")
    at = hidden.find("/", 0 if scheme < 0 else scheme + 3)
    return (start[at + 1 :] if at >= 0 else "").strip("/") != (_path(path) or "").strip("/")


def _unsaid(items: list[dict[str, Json]], query: str | None) -> list[Entry]:
    """Return the query parameters that the query of the URL does not fully express."""
    names, pieces = names_in(query), pieces_of(query)
    params: list[Entry] = []
    for one in items:
        entry = {**entry_of(one, text_or_none(one.get("key")) or ""), "in": "query"}
        stands = entry["key"] in names if entry["key"] else _piece(one) in pieces
        more = not stands or not entry["enabled"] or "description" in entry
        if more and (entry["key"] or entry["value"]):
            params.append(entry)
    return params


def query_items(said: Json) -> list[dict[str, Json]]:
    """Return query parameters as a list of objects, however they are written."""
    if isinstance(said, str):
        return [_item(piece) for piece in pieces_of(said.removeprefix("?"))]
    if isinstance(said, dict):
        return [{"key": key, "value": value} for key, value in said.items()]
    items = [_item(one) if isinstance(one, str) else one for one in listed(said)]
    return [one for one in items if isinstance(one, dict)]


def variable_items(said: Json) -> list[Json]:
    """Return path variables as a list of objects."""
    if isinstance(said, dict):
        return [{"key": key, "value": value} for key, value in said.items()]
    return listed(said)


def _item(piece: str) -> dict[str, Json]:
    name, value = pair_of(piece)
    return {"key": name, "value": value}


def _text(said: dict[str, Json]) -> str:
    raw = text_or_none(said.get("raw"))
    if not raw:
        return _joined(said)
    parts = parts_of(raw)
    items = query_items(said.get("query"))
    if parts.query is None or not any(is_off(one) for one in items):
        return raw
    return str(Parts(parts.start, _without(parts.query, items), parts.fragment))


def _without(query: str, items: list[dict[str, Json]]) -> str | None:
    """Return a query without the pieces of disabled parameters."""
    live = [_piece(one) for one in items if not is_off(one)]
    dead = [_piece(one) for one in items if is_off(one)]
    left = []
    for piece in pieces_of(query):
        if piece in live:
            live.remove(piece)
        elif piece in dead:
            dead.remove(piece)
            continue
        left.append(piece)
    return "&".join(left) if left else None


def _piece(item: dict[str, Json]) -> str:
    key = text_of(item.get("key"))
    value = item.get("value")
    is_name = value is None or (value == "" and item.get("equals") is False)
    return key if is_name else f"{key}={text_of(value)}"


def _joined(said: dict[str, Json]) -> str:
    """Return the text of a URL that is given only in parts."""
    host = said.get("host")
    start = ".".join(text_of(one) for one in host) if isinstance(host, list) else text_of(host)
    auth = mapping(said.get("auth"))
    if auth:
        password = text_or_none(auth.get("password"))
        user = text_of(auth.get("user"))
        start = (user if password is None else f"{user}:{password}") + "@" + start
    if port := text_or_none(said.get("port")):
        start += f":{port}"
    if protocol := text_or_none(said.get("protocol")):
        start = protocol.removesuffix("//").removesuffix(":") + "://" + start
    path = _path(said.get("path"))
    if path is not None:
        start = f"{start}/{path}"
    named = [one for one in query_items(said.get("query")) if not is_off(one) and one.get("key")]
    query = "&".join(map(_piece, named)) if named else None
    return str(Parts(start, query, text_or_none(said.get("hash"))))


def _path(said: Json) -> str | None:
    if isinstance(said, list):
        texts = [
            text_of(one.get("value")) if isinstance(one, dict) else text_of(one) for one in said
        ]
        return "/".join(texts) if texts else None
    text = text_or_none(said)
    return text.removeprefix("/") if text else None
