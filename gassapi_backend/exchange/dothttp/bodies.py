"""Reads the bodies of an .http file."""

import re
from urllib.parse import unquote_plus

from gassapi_backend.exchange.tree import Entry, Json

Body = tuple[str | None, Json]

_INPUT = re.compile(r"<@?\w*[ \t]+(\S.*)")
_FORM = "application/x-www-form-urlencoded"
_VARIABLES = re.compile(r"\n[ \t]*\n(?=[ \t]*\{)")


def read_body(text: str, content_type: str, *, is_graphql: bool) -> Body:
    """Return a body by its type; what cannot be parsed stays text."""
    if not text.strip():
        return (None, None) if not is_graphql else ("graphql", {"query": "", "variables": ""})
    if found := _INPUT.fullmatch(text.strip()):
        return "binary", {"src": found[1].strip()}
    if is_graphql:
        return "graphql", _graphql(text)
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _FORM:
        if _is_json(text):
            return "json", text
        if "=" in text or "\n" not in text:
            return "x-www-form-urlencoded", form_fields(text)
    if kind == "multipart/form-data":
        fields = multipart_fields(text, content_type)
        return ("form-data", fields) if fields is not None else ("text", text)
    return language_of(kind, text), text


def language_of(kind: str, text: str) -> str:
    """Return the kind of text that a media type is; without one, JSON is recognised by content."""
    for language in ("json", "xml", "html", "javascript"):
        if kind.endswith((f"/{language}", f"+{language}")):
            return language
    return "json" if not kind and text.lstrip()[:1] in ("{", "[") else "text"


def _is_json(text: str) -> bool:
    """Whether text is meant as JSON, whatever its headers say; references may stand in it."""
    said = text.strip()
    return not said.startswith("{{") and said[:1] + said[-1:] in ("{}", "[]")


def _graphql(text: str) -> dict[str, Json]:
    """Return query and variables, which follow a blank line."""
    parts = _VARIABLES.split(text)
    if len(parts) > 1 and parts[-1].rstrip().endswith("}"):
        query = text[: len(text) - len(parts[-1])].rstrip()
        if query.count("{") == query.count("}"):
            return {"query": query, "variables": parts[-1].strip()}
    return {"query": text, "variables": ""}


def form_fields(text: str) -> list[Entry]:
    """Return the fields of a form, which may span several lines."""
    joined = "".join(line.strip() for line in text.splitlines())
    fields: list[Entry] = []
    for piece in joined.split("&"):
        key, _, value = piece.partition("=")
        if piece.strip("= "):
            fields.append({"key": _decoded(key), "value": _decoded(value), "enabled": True})
    return fields


def _decoded(text: str) -> str:
    text = text.strip()
    return text if "{{" in text and "%" not in text else unquote_plus(text)


def multipart_fields(text: str, content_type: str) -> list[Entry] | None:
    """Return the parts of a form, with files as paths; ``None`` if there is no boundary."""
    boundary = _parameter(content_type, "boundary")
    if not boundary:
        return None
    fields: list[Entry] = []
    parts = re.split(rf"(?m)^--{re.escape(boundary)}(?:--)?[ \t]*$", text)
    if len(parts) < 2:
        return None
    for part in parts[1:]:
        if (entry := _field(part.removeprefix("\n"))) is not None:
            fields.append(entry)
    return fields


def _ends_headers(line: str) -> bool:
    """Whether the content of a part begins; a file may stand right below the headers."""
    return not line.strip() or _INPUT.fullmatch(line.strip()) is not None


def _field(part: str) -> Entry | None:
    lines = part.split("\n")
    at = next((n for n, line in enumerate(lines) if _ends_headers(line)), len(lines))
    headers: dict[str, str] = {}
    for line in lines[:at]:
        key, _, value = line.partition(":")
        headers[key.strip().lower()] = value.strip()
    disposition = headers.get("content-disposition", "")
    name = _parameter(disposition, "name")
    if name is None:
        return None
    is_blank = at < len(lines) and not lines[at].strip()
    text = "\n".join(lines[at + is_blank :]).removesuffix("\n")
    entry: Entry = {"key": name, "value": text, "enabled": True, "type": "text"}
    found = _INPUT.fullmatch(text.strip())
    if found:
        entry |= {"type": "file", "value": "", "src": found[1].strip()}
    elif text.strip() == "<":  # a file that was not chosen yet
        entry |= {"type": "file", "value": ""}
    if filename := _parameter(disposition, "filename"):
        entry["fileName"] = filename
    if headers.get("content-type"):
        entry["contentType"] = headers["content-type"]
    return entry


_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s"]*))')


def _parameter(header: str, name: str) -> str | None:
    """Return a parameter of a header (RFC 2045), without its quotes."""
    for found in _PARAMETER.finditer(header[:8_000]):
        if found[1].lower() == name:
            return found[3] if found[2] is None else re.sub(r"\\(.)", r"\1", found[2])
    return None
