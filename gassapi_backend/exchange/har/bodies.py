"""Reads the body of a recorded request: form fields, text by its type, parts with files by name."""

import re
from base64 import b64decode
from urllib.parse import unquote

from gassapi_backend.exchange.curl.fields import form_of, kind_of
from gassapi_backend.exchange.har.shapes import a_text, an_object, objects
from gassapi_backend.exchange.multipart import parts_of
from gassapi_backend.exchange.resolving.bodies import FORM, MULTIPART
from gassapi_backend.exchange.tree import Entry, Json

_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


def body_of(request: dict[str, Json]) -> tuple[str | None, Json]:
    """Return type and body of a recorded request."""
    data = an_object(request.get("postData"))
    kind, params, text = a_text(data.get("mimeType")), objects(data.get("params")), _text(data)
    if src := _file(data, text):
        return "binary", {"src": src}
    if MULTIPART in kind:
        parts = [_part(one) for one in params] or parts_of(text, kind)
        if parts:
            return MULTIPART, parts
    if is_binary(data):
        return "binary", {"src": ""}
    if FORM in kind or (not kind and params):
        entries = form_of(text) if text else [_field(one) for one in params]
        return (FORM, entries) if entries else _plain(text, kind)
    return _plain(text, kind)


def _file(data: dict[str, Json], text: str) -> str:
    """Return the path of a file that is sent, as our own archives give it."""
    said = a_text(data.get("comment"))
    return said[1:] if said.startswith("@") and not text else ""


def _text(data: dict[str, Json]) -> str:
    found = _bytes(data)
    return a_text(data.get("text")) if found is None else found.decode(errors="replace")


def _bytes(data: dict[str, Json]) -> bytes | None:
    """Return the bytes of a body that is recorded in base64."""
    if data.get("encoding") != "base64":
        return None
    try:
        return b64decode(a_text(data.get("text")), validate=True)
    except ValueError:
        return None


def is_binary(data: dict[str, Json]) -> bool:
    """Whether a recorded body is bytes that are no text: it can only be sent from a file."""
    try:
        (_bytes(data) or b"").decode()
    except UnicodeDecodeError:
        return True
    return False


def _plain(text: str, kind: str) -> tuple[str | None, Json]:
    return (kind_of(kind), text) if text else (None, None)


def _field(param: dict[str, Json]) -> Entry:
    """Read a form field; some browsers leave it encoded, others do not."""
    key, value = a_text(param.get("name")), a_text(param.get("value"))
    return {"key": _decoded(key), "value": _decoded(value)}


def _decoded(text: str) -> str:
    return unquote(text, errors="replace") if _ESCAPE.search(text) else text


def _part(param: dict[str, Json]) -> Entry:
    entry: Entry = {"key": a_text(param.get("name")), "value": a_text(param.get("value"))}
    if name := a_text(param.get("fileName")):
        entry |= {"value": "", "type": "file", "src": name}
        if src := _file(param, ""):
            entry |= {"src": src, "fileName": name}
    else:
        is_file = param.get("fileName") == "" and not entry["value"]
        entry["type"] = "file" if is_file else "text"  # a file that was not chosen yet
    if kind := a_text(param.get("contentType")):
        entry["contentType"] = kind
    return entry
