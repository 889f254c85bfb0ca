"""Reads a multipart form that stands as text in a recorded or copied request (RFC 7578)."""

import re

from gassapi_backend.exchange.tree import Entry

_PARAMETER = re.compile(r';\s*(\w+\*?)=("(?:[^"\\]|\\.)*"|[^;]*)')
_BREAK = re.compile(r"\r?\n")
_HEADERS_END = re.compile(r"\r?\n\r?\n")


def parts_of(text: str, content_type: str) -> list[Entry]:
    """Return the parts of a form as entries; files by their names, without their content.

    Empty if the content type says no boundary, or the text has no part.
    """
    return [entry for entry, _ in _parts(text, content_type)]


def whole_parts_of(text: str, content_type: str) -> list[Entry] | None:
    """Return the parts of a form; ``None`` if it has none, or a file whose content is in it."""
    found = _parts(text, content_type)
    if not found or any(entry["type"] == "file" and content for entry, content in found):
        return None
    return [entry for entry, _ in found]


def _parts(text: str, content_type: str) -> list[tuple[Entry, str]]:
    boundary = _parameters(content_type).get("boundary")
    if not boundary:
        return []
    pieces = re.split(rf"(?:\A|\r?\n)--{re.escape(boundary)}(?=--|[ \t]*\r?\n)", text)[1:]
    found = (_part(_BREAK.sub("", piece, count=1)) for piece in pieces if piece[:2] != "--")
    return [one for one in found if one]


def _part(piece: str) -> tuple[Entry, str] | None:
    head, *rest = _HEADERS_END.split(piece, maxsplit=1)
    content = rest[0] if rest else ""
    headers: dict[str, str] = {}
    for line in _BREAK.split(head):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    said = _parameters(headers.get("content-disposition", ""))
    if "name" not in said:
        return None
    entry: Entry = {"key": said["name"], "value": content, "type": "text"}
    if "filename" in said:
        entry |= {"value": "", "type": "file", "src": said["filename"]}
    if kind := headers.get("content-type"):
        entry["contentType"] = kind
    return entry, content


def _parameters(header: str) -> dict[str, str]:
    return {
        name.lower(): re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value.strip()
        for name, value in _PARAMETER.findall(header)
    }
