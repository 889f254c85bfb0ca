"""Tells which kind of body a media type is, and which of several media types is used."""

import re

_BY_NAME = {
    "application/x-www-form-urlencoded": "x-www-form-urlencoded",
    "application/xml": "xml",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/javascript": "javascript",
    "text/javascript": "javascript",
    "application/ecmascript": "javascript",
    "application/json": "json",
    "text/json": "json",
    "text/xml": "xml",
    "application/graphql": "text",
}
DEFAULTS = {
    "json": "application/json",
    "text": "text/plain",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
    "graphql": "application/json",
    "x-www-form-urlencoded": "application/x-www-form-urlencoded",
    "form-data": "multipart/form-data",
    "binary": "application/octet-stream",
}
"""The media type of each kind of body, unless a header overrides it."""

LINES = frozenset(
    {
        "application/jsonl",
        "application/x-ndjson",
        "application/ndjson",
        "application/json-seq",
        "application/geo+json-seq",
    }
)
"""Sequential media types with one JSON value per line (3.2, "Sequential Media Types")."""

_TEXTUAL = re.compile(r"(?:^text/|[/+.-](?:ya?ml|csv|toml|sql|text|jsonl|ndjson|json-seq)$)")


def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.split(";", 1)[0].strip().lower()


def body_type_of(media_type: str) -> str:
    """Return our kind of body for a media type; ``json`` for a range, ``binary`` if in doubt."""
    name = essence(media_type)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.endswith("+json") or name in ("*/*", "application/*", ""):
        return "json"
    if name.endswith("+xml"):
        return "xml"
    if name.startswith("multipart/"):
        return "form-data"
    return "text" if _TEXTUAL.search(name) else "binary"


def is_range(media_type: str) -> bool:
    """Whether a media type is a range."""
    return "*" in media_type or not media_type


def preferred(media_types: list[str]) -> str:
    """Return the media type to make a request from: JSON if there is one, else the first."""
    for wanted in (lambda one: essence(one) == "application/json", _is_json):
        for media_type in media_types:
            if wanted(media_type):
                return media_type
    return media_types[0]


def _is_json(media_type: str) -> bool:
    return body_type_of(media_type) == "json" and not is_range(media_type)
