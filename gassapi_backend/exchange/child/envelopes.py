"""How a document arrives over HTTP: in a JSON object beside its options, or as a file in a form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.loading import json_text
from gassapi_backend.exchange.loading.decoding import decoded
from gassapi_backend.exchange.loading.json_text import parse_json
from gassapi_backend.exchange.tree import Json, Unreadable

MAX_FIELDS = 10_000
"""The maximum length of all options together, as JSON text."""
_MAX_PARTS = 50
_TRUTH = {"true": True, "false": False}
_FLAGS = {"dryRun", "prune"}
_OPTIONAL = {"parentId", "collectionId", "format", "name"}


@dataclass(slots=True)
class Opened:
    """What an envelope holds: options by name, and the document with its file name, if any."""

    fields: dict[str, Json]
    document: bytes | None
    name: str = ""


def open_envelope(body: bytes, boundary: str | None) -> Opened:
    """Return what a body holds, a form if there is a ``boundary``; raise ``Unreadable``."""
    opened = _open_form(body, boundary) if boundary is not None else _open_json(body)
    if len(json_text(opened.fields)) > MAX_FIELDS:
        raise Unreadable("There is more beside the document than options.")
    return opened


def opened(options: Json, body: bytes) -> Iterator[Frame]:
    """Yield one frame: the options as ``fields``, the file's ``name``, the document as its blob.

    ``hasDocument`` says whether there is one.
    """
    found = open_envelope(body, options["boundary"])
    blobs = () if found.document is None else (found.document,)
    yield Frame({"fields": found.fields, "name": found.name, "hasDocument": bool(blobs)}, blobs)


def _open_json(body: bytes) -> Opened:
    value, _ = parse_json(decoded(body))
    if not isinstance(value, dict):
        raise Unreadable("The body has to be a JSON object.")
    data = value.pop("data", None)
    if data is None:
        return Opened(value, None)
    text = data if isinstance(data, str) else json_text(data)
    return Opened(value, text.encode(errors="replace"))


def _open_form(body: bytes, boundary: str) -> Opened:
    """Return what a form holds (RFC 7578); the file is the part that has a file name."""
    fields: dict[str, Json] = {}
    document, name = None, ""
    for said, content in _parts(body, boundary.encode()):
        key = said.get("name", "")
        if "filename" in said or key == "data":
            if document is not None:
                raise Unreadable("There are two files in the form. Send one, or one ZIP archive.")
            document, name = content, said.get("filename", "").replace("\\", "/").rpartition("/")[2]
        elif key in fields:
            raise Unreadable(f"The field {key[:100]} is given more than once.")
        else:
            text = content.decode(errors="replace")
            fields[key] = _said(key, text)
    return Opened(fields, document, name)


def _said(key: str, text: str) -> Json:
    """Return the value of a form field: a form holds only text, and spells null as a word."""
    if key in _FLAGS:
        return _TRUTH.get(text, text)
    return None if key in _OPTIONAL and text in ("", "null") else text


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    mark = b"\r\n--" + boundary
    pieces = (b"\r\n" + body).split(mark, _MAX_PARTS + 2)
    if len(pieces) > _MAX_PARTS + 2 or len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Unreadable("The form is cut off, or has more parts than a form of ours.")
    for piece in pieces[1:-1]:
        head, blank, content = piece.partition(b"\r\n\r\n")
        if not blank:
            raise Unreadable("A part of the form has no end of its headers.")
        yield _disposition(head), content


_DISPOSITION = re.compile(r"content-disposition\s*:\s*form-data\s*;([^\r\n]*)", re.IGNORECASE)
_SAID = re.compile(
    r'\s*(name|filename)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))\s*;?', re.IGNORECASE
)


def _disposition(head: bytes) -> dict[str, str]:
    found = _DISPOSITION.search(head.decode(errors="replace"))
    if found is None:
        raise Unreadable("A part of the form does not say its name.")
    return {
        match[1].lower(): (match[2] or match[3] or "").replace('\\"', '"')
        for match in _SAID.finditer(found[1])
    }
