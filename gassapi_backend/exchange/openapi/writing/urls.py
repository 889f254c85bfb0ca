"""Writes URLs of saved requests as servers and path templates."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from gassapi_backend.exchange.openapi.texts import text_or_none
from gassapi_backend.exchange.resolving.urls import named
from gassapi_backend.exchange.tree import Entry

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_SERVER = re.compile(
    r"(?:(?:[A-Za-z][A-Za-z0-9+.-]*|\{\{[^{}]*\}\})://)?(?:\{\{[^{}]*\}\}|[^/?#])*"
)
_PIECE = re.compile(
    r"\{\{\s*([^{}]*?)\s*\}\}|(?<=/):([^/?#{}]+)(?=/|$)"
    r"|(?<=[(=,'\"]):(\w+)(?=[^()/]*\)(?:/|$))|\{([^{}/]+)\}|[{}]"
)
_NAME = re.compile(r"[\w.$~@+-]+")  # what undescribed braces may hold; anything else is text
_ENCODED = str.maketrans({"{": "%7B", "}": "%7D"})
_NOT_IN_NAMES = re.compile(r"[{}/?#:!]")


@dataclass(frozen=True, slots=True)
class SplitUrl:
    """A URL as written: server, path, query as pairs, and whether it has a fragment.

    ``is_odd`` says that its query has something that is no parameter with a name and a value:
    OpenAPI has no words for that.
    """

    server: str
    path: str
    query: tuple[tuple[str, str], ...]
    has_fragment: bool
    is_odd: bool = False


def split(url: str) -> SplitUrl:
    """Split a URL; each variable is kept in one piece, whatever is in it."""
    found = _SERVER.match(url)
    server = found[0] if found else ""
    rest, hash_, _ = _outside_variables(url[len(server) :], "#")
    path, _, query = _outside_variables(rest, "?")
    pieces = [piece.partition("=") for piece in query.split("&") if piece]
    pairs = [(unquote_plus(key), unquote_plus(value)) for key, _, value in pieces if key]
    is_odd = not all(key and sign for key, sign, _ in pieces)
    server = _VARIABLE.sub(r"{{\1}}", server)
    return SplitUrl(server, path, tuple(pairs), bool(hash_), is_odd)


def _outside_variables(text: str, sign: str) -> tuple[str, str, str]:
    masked = _VARIABLE.sub(lambda found: "x" * len(found[0]), text)
    at = masked.find(sign)
    return (text, "", "") if at < 0 else (text[:at], sign, text[at + 1 :])


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path with ``{names}``, and its parameters with their values, by name."""

    path: str
    parameters: tuple[Entry, ...]

    @property
    def shape(self) -> str:
        """The path without its names: OpenAPI treats two paths of the same shape as one."""
        return shape_of(self.path)


def shape_of(path: str) -> str:
    """Return a path template with its names erased."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def template(path: str, params: list[Entry], known: str | None = None) -> PathTemplate:
    """Return the template of a path; its parameters are path variables and ``{{variables}}``.

    ``known`` is a template of the same shape, whose names are used.
    """
    described = {str(one["key"]): one for one in params if one["key"] and one.get("in") == "path"}
    names = _names_in(known) if known else []
    found: list[Entry] = []

    def piece(match: re.Match[str]) -> str:
        entry = _parameter(match, described)
        if entry is None:
            return match[0].translate(_ENCODED)
        name = names[len(found)] if len(found) < len(names) else _free(str(entry["key"]), found)
        found.append(entry | {"key": name})
        return "{" + name + "}" + _ending(match, described)

    text = _PIECE.sub(piece, path if path.startswith("/") else f"/{path}")
    return PathTemplate(text, tuple(found))


def _names_in(path: str) -> list[str]:
    return re.findall(r"\{([^{}]*)\}", path)


def _parameter(match: re.Match[str], described: dict[str, Entry]) -> Entry | None:
    variable, colon, in_key, braces = match.groups()
    if variable is not None:
        name = _NOT_IN_NAMES.sub("", variable).lstrip("$") or "variable"
        return {"key": name, "value": match[0], "in": "path"}
    if colon is not None or in_key is not None:
        entry = described.get(in_key or named(colon or "", described) or "")
        return entry and entry | {"key": _NOT_IN_NAMES.sub("", entry["key"]) or "variable"}
    if braces in described or braces is None or not _NAME.fullmatch(braces):
        return described.get(braces)
    return {"key": braces, "value": "", "in": "path"}


def _ending(match: re.Match[str], described: dict[str, Entry]) -> str:
    """Return what follows a ``:name`` in its segment: an ending like ``.json`` or ``:cancel``."""
    colon = match[2]
    name = colon and named(colon, described)
    return colon[len(name) :].removeprefix("\\") if name else ""


def _free(name: str, taken: list[Entry]) -> str:
    names = {str(one["key"]) for one in taken}
    free, number = name, 1
    while free in names:
        number += 1
        free = f"{name}{number}"
    return free


def query_of(url: SplitUrl, params: list[Entry]) -> list[Entry]:
    """Return the query parameters of a request: those in its URL, then those that are only listed.

    A listed one whose key is in the URL describes that parameter; one without a name is left out.
    """
    listed = [one for one in params if one["key"] and one.get("in", "query") == "query"]
    told = {str(one["key"]): text_or_none(one.get("description")) for one in listed}
    entries: list[Entry] = []
    for key, value in url.query:
        entry: Entry = {"key": key, "value": value, "enabled": True, "in": "query"}
        if told.get(key):
            entry["description"] = told[key]
        entries.append(entry)
    in_url = {key for key, _ in url.query}
    for one in listed:
        if (
            not {one["key"], unquote_plus(str(one["key"]))} & in_url
            or one.get("enabled", True) is False
        ):
            entries.append({"enabled": True, **one, "in": "query"})
    return entries


def server_object(server: str, values: dict[str, str]) -> dict[str, object]:
    """Return a server for what precedes the path; its variables get their known values."""
    names: dict[str, str] = {}

    def piece(match: re.Match[str]) -> str:
        name = _NOT_IN_NAMES.sub("", match[1]).lstrip("$") or "variable"
        names[name] = filled(values.get(match[1], ""), values)
        return "{" + name + "}"

    url = _VARIABLE.sub(piece, server)
    if not url.startswith("{") and "://" not in url and url:
        url = f"http://{url}"
    found: dict[str, object] = {"url": url.rstrip("/") or "/"}
    if names:
        found["variables"] = {name: {"default": value} for name, value in names.items()}
    return found


def variables_in(text: str) -> list[str]:
    """Return the names of the variables in a text."""
    return _VARIABLE.findall(text)


def filled(text: str, values: dict[str, str]) -> str:
    """Fill the known variables into a text, a few levels deep; others become empty."""
    for _ in range(5):
        if "{{" not in text:
            return text
        text = _VARIABLE.sub(lambda found: values.get(found[1], ""), text)
    return _VARIABLE.sub("", text)
