"""Documents that use all that their formats have: nothing is refused, nothing is lost."""

import json
from pathlib import Path

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.fitting import fit
from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.tree import Document
from gassapi_backend.exchange.writing import WriteOptions
from gassapi_backend.folding import folded
from tests.exchange import documents
from tests.exchange.originals import stored

SAMPLES = Path(__file__).parent / "samples" / "everything"
REQUESTS = {
    "postman.json": 34,
    "openapi.yaml": 7,
    "swagger.yaml": 3,
    "insomnia-v4.json": 7,
    "insomnia-v5.yaml": 1,
    "insomnia-spec.yaml": 1,
    "hoppscotch.json": 6,
    "jetbrains.http": 9,
    "windows-curl.txt": 1,
    "curl.sh": 9,
    "safari.har": 5,
}
ALIKE = ("postman.json", "openapi.yaml", "insomnia-v4.json", "insomnia-spec.yaml")
"""What comes back as the same data: the others have a number where the format wants a text."""
VERSIONS = {"openapi.yaml": "3.1", "insomnia-v4.json": "4"}


def read(name: str) -> Document:
    """Return a document as it is stored."""
    document = formats.read(documents.source_of(SAMPLES / name))
    fit(document, folded)
    return stored(document)


def requests_in(document: Document) -> int:
    return sum(len(list(one.requests())) for one in document.collections)


def test_every_sample_is_tested() -> None:
    assert {one.name for one in SAMPLES.iterdir()} == REQUESTS.keys()


@pytest.mark.parametrize("name", REQUESTS)
def test_every_request_is_read(name: str) -> None:
    assert requests_in(read(name)) == REQUESTS[name]


@pytest.mark.parametrize("name", ALIKE)
def test_it_comes_back_as_it_was(name: str) -> None:
    source, document = documents.source_of(SAMPLES / name), read(name)
    format_ = formats.find_format(document.format).name
    written = formats.write(document, format_, WriteOptions(version=VERSIONS.get(name, "")))
    data = load(written.content(), written.filename).data
    before = json.loads(json.dumps(source.data))
    assert documents.without_ids(data) == documents.without_ids(before)


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("format_", [one for one in formats.WRITTEN if one != "gassapi"])
def test_every_request_goes_out_in_every_format(name: str, format_: str) -> None:
    document = read(name)
    without_url = sum(not one.url for each in document.collections for one in each.requests())
    lost = without_url if format_ == "curl" else 0
    assert requests_in(documents.again(document, format_)) == REQUESTS[name] - lost
