"""What children do: read a document, fit it, and hand it over as prepared rows."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import count

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.concealing import conceal
from gassapi_backend.exchange.fitting import LIMITS, Limits, fit
from gassapi_backend.exchange.loading import MAX_BYTES, json_text, load
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Node,
    Note,
    Origin,
    base_of,
)
from gassapi_backend.folding import folded, name_hash, search_key

MAX_NOTES = 1_000
"""How many lines of a report are handed over at most; the contract's limit."""
_AS_TEXT = {
    *("headers", "params", "body", "auth", "examples"),
    *("request_params", "response_schema", "header_docs"),
}


def read_document(options: Json, data: bytes) -> Document:
    """Return the document that some bytes hold, fitted; raise ``Unreadable``.

    Options are the ``name`` of the file, its ``format`` if given, ``maxBytes``, and any ``limits``
    that differ from the defaults, by the names of ``Limits``.
    """
    source = load(data, options.get("name", ""), max_bytes=options.get("maxBytes", MAX_BYTES))
    document = formats.read(source, options.get("format"))
    fit(document, folded, Limits(**options.get("limits", {})))
    return document


def read(options: Json, data: bytes) -> Iterator[Frame]:
    """Yield a document in frames: first what it is, then its nodes, parents first, then notes.

    See ``node_frame()``; a frame of ``notes`` holds several hundred. The ``counts`` of the first
    frame are complete even where notes are left out.
    """
    document = read_document(options, data)
    yield from frames_of(document)


def frames_of(document: Document) -> Iterator[Frame]:
    """Yield the frames of a document that was read."""
    yield Frame({"document": described(document)})
    numbers = count()
    for environment in document.environments:
        yield node_frame(environment, next(numbers), None, 0)
    for place, collection in enumerate(document.collections):
        yield from _frames_of(collection, place, numbers)
    for start in range(0, min(len(document.notes), MAX_NOTES), 100):
        part = document.notes[start : start + 100][: MAX_NOTES - start]
        yield Frame({"notes": [said_of(note) for note in part]})


def described(document: Document, notes: Sequence[Note] | None = None) -> Json:
    """Return what a document is, how much is in it, and how many notes there are of each kind."""
    folders = [folder for one in document.collections for folder in one.folders()]
    requests = sum(len(list(one.requests())) for one in document.collections)
    variables = sum(len(one.variables) for one in folders)
    variables += sum(len(one.variables) for one in document.environments)
    return {
        "format": document.format,
        "version": document.version,
        "sourceId": document.source_id,
        "formats": [_format_of(document, one) for one in document.collections],
        "sourceIds": [_id_of(one) for one in document.collections],
        "counts": {
            "collections": len(folders),
            "endpoints": requests,
            "environments": len(document.environments),
            "variables": variables,
        },
        "noteCounts": Counter(
            str(note.what) for note in (document.notes if notes is None else notes)
        ),
    }


_BY_NAME = ("hoppscotch", "bruno", "opencollection")
"""Formats whose collections have no ids: their names tell them from others."""


def _format_of(document: Document, collection: Folder) -> str:
    return collection.origin.format if collection.origin else document.format


def _id_of(collection: Folder) -> str | None:
    """Return what names a collection between the versions of its document."""
    origin = collection.origin
    if origin is None:
        return None
    if origin.source_id or origin.format not in _BY_NAME:
        return origin.source_id
    name = origin.base.get("name")
    return name if isinstance(name, str) else None


def _frames_of(collection: Folder, place: int, numbers: Iterator[int]) -> Iterator[Frame]:
    top = next(numbers)
    yield node_frame(collection, top, None, place)
    waiting = [(collection, top)]
    while waiting:
        folder, number = waiting.pop()
        for position, item in enumerate(folder.items):
            own = next(numbers)
            yield node_frame(item, own, number, position)
            if isinstance(item, Folder):
                waiting.append((item, own))


def node_frame(node: Node, number: int, parent: int | None, position: int) -> Frame:
    """Return a node in the shape of its row.

    ``fields`` are those of the dataclass: JSON columns as JSON text, or null if empty; variables as
    a list. ``keys`` are what names and URLs are compared by. ``origin`` says where the node came
    from; its original and base are the frame's two blobs, as compressed JSON text, empty if there
    is no origin.
    """
    kinds = {Folder: "collection", Environment: "environment"}
    fields = {name: column(name, value) for name, value in base_of(node).items()}
    said = {
        "node": kinds.get(type(node), "endpoint"),
        "number": number,
        "parent": parent,
        "position": position,
        "fields": fields,
        "keys": keys_of(kinds.get(type(node), "endpoint"), fields),
        "origin": origin_said(node.origin),
    }
    if isinstance(node, Environment):
        said |= {"isDefault": node.is_default, "collection": node.collection}
    conceal(node)
    kept = node.origin and (packed(node.origin.original), packed(node.origin.base))
    return Frame(said, kept or (b"", b""))


def keys_of(kind: str, fields: dict[str, Json]) -> Json:
    """Return the columns by which names and URLs are compared, for the fields given."""
    keys = {}
    if "name" in fields:
        is_request = kind == "endpoint"
        key = search_key if is_request else name_hash
        keys["name_key" if is_request else "name_hash"] = key(fields["name"])
    if "url" in fields:
        keys["url_key"] = search_key(fields["url"], LIMITS.url)
    return keys


def column(name: str, value: Json) -> Json:
    """Return a field's value as its column stores it."""
    if name not in _AS_TEXT:
        return value
    return None if value is None or value == [] else json_text(value)


def origin_said(origin: Origin | None) -> Json:
    """Return what an origin says besides its original and its base."""
    if origin is None:
        return None
    names = ("format", "version", "pointer", "source_id", "operation_id")
    return {name: getattr(origin, name) for name in names}


def packed(value: Json) -> bytes:
    """Return a value as compressed JSON text; nothing for null."""
    return b"" if value is None else zlib.compress(json_text(value).encode(), 1)


def said_of(note: Note) -> Json:
    """Return a line of the report as plain data."""
    return asdict(note)
