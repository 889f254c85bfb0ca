"""Documents for tests: written here, or those of a folder that an environment variable names.

``GASSAPI_TEST_CORPUS`` names a folder of real files with an ``index.tsv`` that says what is in
each; ``GASSAPI_TEST_CASES`` a folder of small inputs. They are not ours to ship, so the tests on
them are skipped where the variables are not set.
"""

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load, load_files
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json
from gassapi_backend.exchange.writing import WriteOptions

CORPUS = os.environ.get("GASSAPI_TEST_CORPUS", "")
CASES = os.environ.get("GASSAPI_TEST_CASES", "")
UNNAMED = {"id", "_postman_id", "uid", "_exporter_id"}
"""Keys whose values two documents may differ in and still be equal."""


@dataclass(frozen=True)
class Sample:
    """A file or folder of the corpus, and its line in the index."""

    path: Path
    facts: dict[str, str]

    @property
    def format(self) -> str:
        """The format by our name for it."""
        name = self.facts["format"].partition("-")[0]
        return {"swagger": "openapi"}.get(name, name)

    @property
    def is_refused(self) -> bool:
        return self.facts["expect"].startswith("refuse")

    def count(self, name: str) -> int:
        """Return a number of the index."""
        return int(self.facts[name] or 0)


def samples(*names: str) -> "list[object]":
    """Return the corpus files of some formats (of all, if none is named) as test parameters."""
    if not CORPUS:
        reason = "GASSAPI_TEST_CORPUS names no folder of real files"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    with (Path(CORPUS) / "index.tsv").open(encoding="utf-8") as index:
        found = [
            Sample(Path(CORPUS) / line["file"], line)
            for line in csv.DictReader(index, delimiter="\t")
        ]
    return [pytest.param(one, id=one.facts["file"]) for one in found if chosen(one, names)]


def chosen(sample: Sample, names: tuple[str, ...]) -> bool:
    return not names or (sample.format in names and not sample.is_refused)


def case(name: str) -> Source:
    """Return the input of a case by file name; skip the test where there are no cases."""
    if not CASES:
        pytest.skip("GASSAPI_TEST_CASES names no folder of cases")
    return source_of(Path(CASES) / name)


def source_of(path: Path) -> Source:
    """Return what a file or folder holds."""
    if path.is_file():
        return load(path.read_bytes(), path.name)
    files = sorted(one for one in path.rglob("*") if one.is_file())
    return load_files(((str(one.relative_to(path)), one.read_bytes()) for one in files), path.name)


def again(document: Document, format: str, version: str = "") -> Document:  # noqa: A002
    """Return what is read of what is written of a document."""
    written = formats.write(document, format, WriteOptions(version=version))
    return formats.read(load(written.content(), written.filename))


def folders_below(document: Document) -> int:
    """Return how many folders stand in the collections."""
    return sum(len(list(one.folders())) - 1 for one in document.collections)


def depth(document: Document) -> int:
    """Return how deep folders stand below the collections: 0 where there is none."""
    return max((_depth(one) for one in document.collections), default=0)


def _depth(folder: Folder) -> int:
    deepest, level = -1, [folder]
    while level:
        deepest += 1
        level = [item for one in level for item in one.items if isinstance(item, Folder)]
    return deepest


def shape(document: Document) -> Json:
    """Return a document as plain data without ids, origins and notes, to compare two of them."""
    collections = [_folder_shape(one) for one in document.collections]
    environments = [(one.name, one.description, one.variables) for one in document.environments]
    return {"collections": collections, "environments": environments}


_FOLDER_FIELDS = ("name", "description", "variables", "headers", "auth")


def _folder_shape(folder: Folder) -> Json:
    fields = {name: getattr(folder, name) for name in _FOLDER_FIELDS}
    items = [
        _folder_shape(item)
        if isinstance(item, Folder)
        else {
            name: getattr(item, name)
            for name in type(item).__dataclass_fields__
            if name not in ("id", "origin")
        }
        for item in folder.items
    ]
    return {**fields, "items": items}


def without_ids(value: Json, ignored: Callable[[str], bool] = UNNAMED.__contains__) -> Json:
    """Return JSON data without the keys that say nothing but which copy it is."""
    if isinstance(value, dict):
        return {key: without_ids(one, ignored) for key, one in value.items() if not ignored(key)}
    return [without_ids(one, ignored) for one in value] if isinstance(value, list) else value
