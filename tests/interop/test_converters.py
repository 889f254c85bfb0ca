"""Insomnia's importer and Bruno's converters find in our exports what is in the collections.

har-validator, which is in JavaScript too, judges archives.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.tree import Json
from tests.interop.converters import (
    Export,
    Read,
    came_as,
    comparable,
    expected_of,
    original_read_by,
    read_by,
)
from tests.interop.exports import collection_of, paths, written

INSOMNIA = [
    Export("insomnia", "insomnia", "4"),
    Export("insomnia-postman", "postman", "2.1"),
]
HAR = Export("insomnia", "har")
VALID = Export("har", "har")
BRUNO = [
    Export("bruno-postman", "postman", "2.1"),
    Export("bruno-insomnia", "insomnia", "5"),
    Export("bruno-opencollection", "opencollection", ""),
]
OPENAPI = [Export("bruno-openapi", "openapi", "3.1"), Export("bruno-openapi", "openapi", "3.0")]


def named(export: Export) -> str:
    return f"{export.tool}-{export.format}{export.version}"


METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def operations_in(text: bytes) -> list[str]:
    """Return the methods of the operations that an OpenAPI document describes."""
    described = load(text, "openapi.json").data
    items = [_referred(described, item) for item in (described.get("paths") or {}).values()]
    return sorted(method.upper() for item in items for method in item if method in METHODS)


def _referred(described: Json, item: Json) -> Json:
    """Return a path item, from where it refers to."""
    if "$ref" not in item:
        return item
    found = described
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def methods_of(read: Read) -> list[str]:
    return sorted(method for _, method, _ in read.requests)


def found(path: Path, export: Export) -> Read:
    """Return what a tool finds in a document; skip the test without a collection."""
    collection_of(path)
    return read_by(export)[path]


@pytest.mark.parametrize("export", [*INSOMNIA, *BRUNO], ids=named)
@pytest.mark.parametrize("path", paths())
def test_a_tool_finds_every_folder_and_request(path: Path, export: Export) -> None:
    read, document = found(path, export), collection_of(path)
    if came_as(document, export):
        pytest.skip("it comes back as it was: another test compares the two")
    if export.tool == "bruno-insomnia" and "Collection not found" in read.error:
        assert written(path, "insomnia", "5").startswith(b"type: spec.")
        pytest.skip("Bruno reads collections of Insomnia, and not design documents")
    wanted = expected_of(document)
    if export.tool == "insomnia-postman" and document.version.startswith("2.0"):
        wanted = replace(wanted, requests=read.requests)  # it reads no URL that is in parts
    assert read == wanted


@pytest.mark.parametrize("export", [*INSOMNIA, *BRUNO], ids=named)
@pytest.mark.parametrize("path", paths())
def test_a_tool_finds_what_it_found_in_the_original(path: Path, export: Export) -> None:
    read, document = found(path, export), collection_of(path)
    if path.is_dir() or not came_as(document, export):
        pytest.skip("it is not given back as it was")
    assert read == original_read_by(export)[path]


@pytest.mark.parametrize("export", OPENAPI, ids=named)
@pytest.mark.parametrize("path", paths())
def test_bruno_finds_every_operation(path: Path, export: Export) -> None:
    read = found(path, export)
    operations = operations_in(written(path, "openapi", export.version))
    if not operations:
        pytest.skip("Bruno does not read a document that describes no operation")
    if "formUrlEncoded" in read.error:
        pytest.skip("Bruno takes the example of a form for an object, even if it is a text")
    assert read.error == ""
    assert methods_of(read) == operations


@pytest.mark.parametrize("path", paths())
def test_insomnia_finds_every_entry_of_an_archive(path: Path) -> None:
    read = found(path, HAR)
    entries = json.loads(written(path, "har"))["log"]["entries"]
    assert read.error == ""
    requests = [entry["request"] for entry in entries]
    wanted = comparable(("", one["method"], one["url"]) for one in requests)
    assert methods_of(read) == sorted(method for _, method, _ in wanted)


@pytest.mark.parametrize("path", paths())
def test_har_validator_finds_nothing_wrong(path: Path) -> None:
    read = found(path, VALID)
    if came_as(collection_of(path), VALID) and original_read_by(VALID)[path].error:
        pytest.skip("the archive had faults when it came")
    assert read.error == ""
