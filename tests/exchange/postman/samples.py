"""Documents for the tests of Postman, read as the product reads them, and written as it writes."""

import json
from pathlib import Path

from gassapi_backend.exchange import loading, postman
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json, Request
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.documents import source_of

FOLDER = Path(__file__).parent.parent / "samples" / "postman"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def sample(name: str) -> Document:
    """Read a file or folder of the samples; what is kept of it has been through JSON text."""
    return stored(postman.read(source_of(FOLDER / name)))


def said(name: str) -> Json:
    """Return what a file of the samples says."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def collection(*items: Json, **more: Json) -> Document:
    """Read a collection of these items."""
    data = {"info": {"name": "Sample", "schema": SCHEMA}, "item": [*items], **more}
    return stored(postman.read(Source(data=data)))


def request(**fields: Json) -> Request:
    """Read a collection with one request, and return that."""
    document = collection({"name": "One", "request": fields})
    return next(document.collections[0].requests())


def by_name(document: Document) -> dict[str, Request]:
    """Return the requests of a document by name; of several, the last."""
    return {one.name: one for folder in document.collections for one in folder.requests()}


def folders(document: Document) -> dict[str, Folder]:
    """Return the collections and folders of a document by name."""
    return {one.name: one for folder in document.collections for one in folder.folders()}


def written(document: Document, *, include_examples: bool = True) -> Json:
    """Return what is written of a document as JSON."""
    options = WriteOptions(include_examples=include_examples)
    return json.loads(postman.write(document, options).content())


def again(document: Document) -> Document:
    """Return what is read of what is written of a document."""
    done = postman.write(document, WriteOptions())
    return postman.read(loading.load(done.content(), done.filename))


def stored(document: Document) -> Document:
    """Return a document whose origins have been JSON text, as a project keeps them."""
    for node in (*document.collections, *document.environments):
        nodes = [node]
        if isinstance(node, Folder):
            nodes = [*node.folders(), *node.requests()]
        for one in nodes:
            if one.origin:
                one.origin.original = json.loads(json.dumps(one.origin.original))
                one.origin.base = json.loads(json.dumps(one.origin.base))
    return document
