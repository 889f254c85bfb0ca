"""Documents of any format, as we read them, to be exported for others' tools."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.tree import Document, Folder, Request, Unreadable
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.documents import CASES, CORPUS, source_of

SAMPLES = Path(__file__).parent.parent / "exchange" / "samples"
FOLDERS = ("v3-folder", "bru-folder", "2.0-multi-file", "workspace", "folder", "files")
"""Names of folders that are documents."""
NOTES = (".md", ".tsv")
LARGEST = 300_000  # bytes; larger ones take a checker a minute each


def paths() -> "list[object]":
    """Return our samples, and real documents where there are some, as parameters of tests."""
    return [pytest.param(path, id="/".join(path.parts[-2:])) for path in _all()]


def documents() -> list[Path]:
    """Return those of ``paths()`` that hold a collection."""
    return [path for path in _all() if read(path)]


def _all() -> list[Path]:
    return [path for top in (SAMPLES, CORPUS, CASES) if top for path in _below(Path(top))]


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in FOLDERS:
            yield from _below(path)
        elif path.is_dir() or (path.suffix not in NOTES and path.stat().st_size <= LARGEST):
            yield path


@cache
def read(path: Path) -> Document | None:
    """Return what a file or folder holds; ``None`` for what is no collection."""
    try:
        document = formats.read(source_of(path))
    except Unreadable:
        return None
    return document if document.collections else None


def collection_of(path: Path) -> Document:
    """Return the first collection of a document by itself; skip the test where there is none."""
    document = read(path)
    if document is None:
        pytest.skip("it holds no collection, or is refused")
    return Document(document.format, document.version, document.collections[:1])


def written(path: Path, format: str, version: str = "") -> bytes:  # noqa: A002 - the API's word
    """Return the first collection of a document in another format."""
    return formats.write(collection_of(path), format, WriteOptions(version=version)).content()


def requests_of(document: Document) -> list[Request]:
    """Return the requests of a document, in order."""
    return [request for folder in document.collections for request in _requests(folder)]


def _requests(folder: Folder) -> Iterator[Request]:
    for item in folder.items:
        if isinstance(item, Folder):
            yield from _requests(item)
        else:
            yield item


def folders_of(document: Document) -> list[str]:
    """Return the names of the folders in a document's collections, parents first."""
    return [
        folder.name for one in document.collections for folder in one.folders() if folder is not one
    ]
