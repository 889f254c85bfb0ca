"""Documents for the tests of OpenAPI, read as the product reads them."""

from pathlib import Path

from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.openapi.reading.documents import read
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json, Note, Request

FOLDER = Path(__file__).parent.parent / "samples" / "openapi"


def sample(name: str) -> Json:
    """Return what a file of the samples says."""
    return parsed((FOLDER / name).read_text(encoding="utf-8"))


def parsed(text: str) -> Json:
    """Return what JSON or YAML text says."""
    return load_text(text).data


def read_sample(name: str) -> Document:
    """Read a file of the samples."""
    return read(Source(data=sample(name), name=name))


def read_data(data: Json) -> Document:
    """Read a document."""
    return read(Source(data=data))


def read_folder(name: str) -> Document:
    """Read a folder of the samples, as an archive of it would be."""
    root = FOLDER / name
    files = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*.yaml")
    }
    return read(Source(files=files))


def document(paths: Json = None, **more: Json) -> dict[str, Json]:
    """Return a small document of 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": paths or {},
        **more,
    }


def operation(**said: Json) -> dict[str, Json]:
    """Return a document of one operation, ``GET /a``."""
    return document({"/a": {"get": {"responses": {"200": {"description": "ok"}}, **said}}})


def only(data: Json) -> Request:
    """Return the only request of a document."""
    (request,) = read_data(data).collections[0].requests()
    return request


def request_named(read: Document, name: str) -> Request:
    """Return the request of this name."""
    return next(one for one in read.collections[0].requests() if one.name == name)


def folder_named(read: Document, name: str) -> Folder:
    """Return the folder of this name."""
    return next(one for one in read.collections[0].folders() if one.name == name)


def note_at(read: Document, pointer: str) -> Note:
    """Return the note about a place."""
    return next(one for one in read.notes if one.pointer == pointer)
