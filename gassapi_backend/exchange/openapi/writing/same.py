"""Tells when two spellings of a request or response mean the same."""

import re

from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.tree import Entry, Json

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\s+|[^"\s]+|"')


def same_text(one: Json, other: Json) -> bool:
    """Whether two bodies are the same, or the same JSON apart from white space."""
    if one == other:
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return not one and not other
    if one.lstrip()[:1] not in ("{", "["):
        return False
    return _parts(one) == _parts(other)


def _parts(text: str) -> str:
    return "".join(part for part in _TOKEN.findall(text) if not part.isspace())


def same_entries(one: Json, other: Json) -> bool:
    """Whether two lists of entries say the same, with or without defaults."""
    if not isinstance(one, list) or not isinstance(other, list):
        return not one and not other
    return [plain(entry) for entry in one] == [plain(entry) for entry in other]


def plain(entry: Json) -> Entry:
    """Return an entry without its defaults."""
    said = {key: value for key, value in mapping(entry).items() if value not in (None, "")}
    if said.get("enabled") is True:
        del said["enabled"]
    if said.get("type") == "text":
        del said["type"]
    return said


def same_example(name: str, one: Json, other: Json) -> bool:
    """Whether a field of a saved response is the same in both."""
    if name == "body":
        return same_text(one, other)
    if name == "headers":
        return same_entries(one, other)
    return one == other or (not one and not other)
