"""Reads headers in Postman's forms (a list, an object or lines of text), and writes them."""

from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.postman.values import entry_of, key_of, rewritten
from gassapi_backend.exchange.tree import Entry, Json

_OFF = "//"


def header_items(said: Json) -> list[Json]:
    """Return headers as a list of objects, however they are written."""
    if isinstance(said, str):
        return _of_text(said)
    if isinstance(said, dict):
        return [{"key": key, "value": value} for key, value in said.items()]
    if not isinstance(said, list):
        return []
    items: list[Json] = []
    for one in said:
        items.extend(_of_text(one) if isinstance(one, str) else [one])
    return items


def _of_text(text: str) -> list[Json]:
    """Return the headers in lines ``Name: value``; a line starting with ``//`` is disabled.

    A line that begins with a blank continues the one before it (RFC 9112, section 5.2).
    """
    items: list[Json] = []
    for line in text.splitlines():
        if line[:1] in (" ", "\t") and items:
            items[-1]["value"] = f"{items[-1]['value']} {line.strip()}".strip()
            continue
        off = line.lstrip().startswith(_OFF)
        key, colon, value = line.strip().removeprefix(_OFF).partition(":")
        if colon and key.strip():
            item = {"key": key.strip(), "value": value.strip()}
            items.append(item | {"disabled": True} if off else item)
    return items


def read_headers(said: Json) -> list[Entry]:
    """Return the headers that have a name, in order; Postman 4 put ``//`` before disabled ones."""
    entries = []
    for one in header_items(said):
        if name := _name_of(one):
            off = {"enabled": False} if _is_commented_out(one) else {}
            entries.append(entry_of(one, name) | off)
    return entries


def _is_commented_out(item: Json) -> bool:
    return (key_of(item) or "").startswith(_OFF)


def _name_of(item: Json) -> str | None:
    return (
        (key_of(item) or "").removeprefix(_OFF).strip() if _is_commented_out(item) else key_of(item)
    )


def write_headers(headers: list[Entry], base: list[Entry] | None, said: Json) -> list[Json]:
    """Return headers as a list; what was not edited stays as it was."""
    return written_entries(headers, base, header_items(said), _rewritten, theirs=_name_of)


def _rewritten(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    written = rewritten(entry, before, original)
    if _is_commented_out(original):
        written["key"] = entry.get("key", "")
    return written


def value_of(headers: list[Entry], name: str) -> str:
    """Return the value of the last enabled header of that name; empty if there is none."""
    for entry in reversed(headers):
        if entry.get("enabled", True) and str(entry.get("key", "")).lower() == name:
            return text_of(entry.get("value"))
    return ""
