"""Writes trees as the product does, as stored rows would give them; compares what comes back."""

import json
from collections.abc import Iterator

from openapi_spec_validator import validate

from gassapi_backend.exchange.openapi import write
from gassapi_backend.exchange.tree import Document, Entry, Folder, Json, Request
from gassapi_backend.exchange.writing import WriteOptions, Written


def stored(document: Document) -> Document:
    """Return a document whose originals went through JSON text, as in the database."""
    for root in document.collections:
        for node in [*root.folders(), *root.requests()]:
            if node.origin:
                node.origin.original = json.loads(json.dumps(node.origin.original))
                node.origin.base = json.loads(json.dumps(node.origin.base))
    return document


def written(document: Document | Folder, version: str = "", *, examples: bool = True) -> Written:
    """Write a document, or a collection as one that came from nowhere."""
    if isinstance(document, Folder):
        document = Document("gassapi", "1", [document])
    return write(document, WriteOptions(include_examples=examples, version=version))


def said(document: Document | Folder, version: str = "", *, examples: bool = True) -> Json:
    """Return what is written, checked against the specification."""
    found = json.loads(written(document, version, examples=examples).content())
    validate(found)
    return found


def places_that_differ(one: Json, other: Json, at: str = "") -> Iterator[str]:
    """Yield the pointers at which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if key in one and key in other:
                yield from places_that_differ(one[key], other[key], f"{at}/{key}")
            else:
                yield f"{at}/{key}"
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from places_that_differ(*pair, f"{at}/{index}")
    elif one != other:
        yield at


def entry(key: str, value: str = "", **more: Json) -> Entry:
    """Return a header, parameter or form field."""
    return {"key": key, "value": value, **more}


def collection(*items: Folder | Request, **more: Json) -> Folder:
    """Return a collection."""
    return Folder("Mine", items=list(items), **more)
