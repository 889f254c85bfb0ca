"""Converts bodies to ours by media type: text, forms, files."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from gassapi_backend.exchange.hoppscotch.values import (
    listed,
    mapping,
    our_text,
    text_or_none,
    with_our_variables,
)
from gassapi_backend.exchange.tree import Entry, Json

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_FILES = ("application/octet-stream", "binary")
_USUAL = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
    "text": "text/plain",
}


@dataclass(slots=True)
class BodyRead:
    """A body, the media type it has to be sent with, and what the report says about it."""

    body_type: str | None = None
    body: Json = None
    media_type: str | None = None
    said: str | None = None


def read_body(said: Json) -> BodyRead:
    """Return a body; ``media_type`` is set if the kind of our body does not imply it."""
    media_type = text_or_none(mapping(said).get("contentType"))
    content = mapping(said).get("body")
    if not media_type:
        return BodyRead()
    if media_type == _FORM:
        return BodyRead("x-www-form-urlencoded", _pairs(content))
    if media_type == _MULTIPART:
        return _multipart(content)
    if media_type in _FILES and not isinstance(content, str):
        return BodyRead("binary", {"src": ""}, said=_NO_FILE)
    kind = _kind(media_type)
    usual = media_type in (_USUAL[kind], "binary")
    return BodyRead(kind, our_text(content), None if usual else media_type)


def read_old_body(said: dict[str, Json]) -> BodyRead:
    """Return the body of a request of version 0, which is a text or a list of fields.

    It sent none with ``GET`` and ``HEAD``.
    """
    media_type = text_or_none(said.get("contentType"))
    fields: Json = listed(said.get("bodyParams"))
    raw = said.get("rawParams") or said.get("body")
    if not media_type or not (raw or fields):
        return BodyRead()
    if said.get("method") in ("GET", "HEAD"):
        return BodyRead(said=_NOT_SENT)
    is_form = media_type in (_FORM, _MULTIPART)
    if raw and (said.get("rawInput") or not (is_form and fields)):
        return read_body({"contentType": media_type, "body": raw})
    if not is_form:  # the fields were sent as an object
        fields = {text_or_none(one.get("key")): one.get("value") for one in map(mapping, fields)}
    return read_body({"contentType": media_type, "body": fields})


_NOT_SENT = "old versions of Hoppscotch sent no body with this method: it is kept and not sent"
_NO_FILE = "files are not part of a Hoppscotch export: choose the file again"


def _kind(media_type: str) -> str:
    name = media_type.partition(";")[0].strip().lower()
    for kind in ("json", "xml", "html", "javascript"):
        if name.endswith((f"/{kind}", f"+{kind}")):
            return kind
    return "text"


def _multipart(said: Json) -> BodyRead:
    fields: list[Entry] = []
    has_file = False
    for one in map(mapping, listed(said)):
        key = text_or_none(one.get("key")) or ""
        if not key and not one.get("value"):
            continue
        field: Entry = {
            "key": with_our_variables(key),
            "value": "",
            "enabled": one.get("active") is not False,
            "type": "file" if one.get("isFile") is True else "text",
        }
        if field["type"] == "file":
            has_file = True
        else:
            field["value"] = our_text(one.get("value"))
        if media_type := text_or_none(one.get("contentType")):
            field["contentType"] = media_type
        fields.append(field)
    return BodyRead("form-data", fields, said=_NO_FILE if has_file else None)


def _pairs(said: Json) -> list[Entry]:
    """Return the fields of a form: lines ``name: value``, or entries as in newer versions.

    A line that begins with ``#`` is disabled; names and values may be quoted, as in JSON.
    """
    if isinstance(said, list):
        return [
            {"key": with_our_variables(key), "value": our_text(one.get("value"))}
            | {"enabled": one.get("active") is not False}
            for one in map(mapping, said)
            if (key := text_or_none(one.get("key")) or "") or one.get("value")
        ]
    found: list[Entry] = []
    text = our_text(said)
    if ":" not in text and "=" in text:  # as it is sent
        pairs = parse_qsl(text, keep_blank_values=True)
        return [{"key": key, "value": value, "enabled": True} for key, value in pairs]
    for line in text.splitlines():
        off = line.lstrip().startswith("#")
        key, value = _pair(line.strip().removeprefix("#").strip())
        if key:
            found.append({"key": key, "value": value, "enabled": not off})
    return found


_QUOTED = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*:')


def _pair(line: str) -> tuple[str, str]:
    if quoted := _QUOTED.match(line):
        return _unquoted(quoted[1]), _unquoted(line[quoted.end() :].strip())
    key, _, value = line.partition(":")
    return key.strip(), _unquoted(value.strip())


def _unquoted(text: str) -> str:
    if not (len(text) > 1 and text[0] == text[-1] == '"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text
