"""What is kept of a document, as the database keeps it: as JSON text."""

import json
from collections.abc import Iterator

from gassapi_backend.exchange.tree import Document, Environment, Folder, Request


def nodes_of(document: Document) -> Iterator[Folder | Request | Environment]:
    """Yield everything that has an origin of its own."""
    yield from document.environments
    for collection in document.collections:
        yield from collection.folders()
        yield from collection.requests()


def stored(document: Document) -> Document:
    """Return the document with its originals as they come back from the database."""
    for node in nodes_of(document):
        if node.origin:
            kept = json.dumps([node.origin.original, node.origin.base], allow_nan=False)
            node.origin.original, node.origin.base = json.loads(kept)
    return document
