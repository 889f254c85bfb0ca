"""Converts path parameters between Insomnia's form, which is sent encoded, and ours."""

import re
from urllib.parse import quote, unquote

from gassapi_backend.exchange.insomnia.entries import read_entry, rewritten
from gassapi_backend.exchange.insomnia.templates import write_text
from gassapi_backend.exchange.path_variables import Fits
from gassapi_backend.exchange.tree import Entry, Json
from gassapi_backend.exchange.values import text_in

_TEMPLATE = re.compile(r"(\{\{[^{}]*\}\}|\{%.*?%\})", re.S)
_ENCODED = re.compile(r"/|%(?=[0-9A-Fa-f]{2})")


def read_path_parameter(said: dict[str, Json]) -> Entry:
    """Return a path parameter; slashes and escapes in it are no part of the path for Insomnia."""
    entry = read_entry(said) | {"in": "path"}
    parts = _TEMPLATE.split(entry["value"])
    parts[::2] = [_ENCODED.sub(lambda found: quote(found[0], safe=""), one) for one in parts[::2]]
    return entry | {"value": "".join(parts)}


def write_path_parameter(entry: Entry, before: Entry, original: Json) -> dict[str, Json]:
    """Return a path parameter for Insomnia, which encodes its value."""
    written = rewritten(entry, before, original)
    written.pop("disabled", None)
    if original is None or entry.get("value") != before.get("value"):
        written["value"] = write_text(unquote(text_in(entry.get("value"))))
    return written


def fits_in(parameters: list[Entry]) -> Fits:
    """Return what tells whether Insomnia takes a segment as a parameter, and sends it as we do.

    Its names end at a colon. We send the slashes of a value as they are, Insomnia does not.
    """
    split = {text_in(one.get("key")) for one in parameters if "/" in _plain(one)}

    def fits(name: str, rest: str) -> bool:
        return ":" not in name and rest[:1] in ("", ":") and name not in split

    return fits


def _plain(entry: Entry) -> str:
    return _TEMPLATE.sub("", text_in(entry.get("value")))
