"""Whatever a document of OpenCollection or Bruno holds, it is read or refused."""

import random
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.bruno import read
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Unreadable
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.mutations import mutated
from tests.exchange.originals import stored

SAMPLES = Path(__file__).parent.parent / "samples"
_BITS = ["{", "}", "[", "]", "'''", '"', "~", "@", "@x(", "\n", ":", "{{", "\x00", "\r\n"]


def write_all(document: Document) -> None:
    stored(document)
    formats.write(document, "opencollection", WriteOptions()).content()


@pytest.mark.parametrize(
    ("format", "path"),
    [("opencollection", "opencollection/library.yml"), ("bruno", "bruno/export.json")],
)
def test_broken_data_are_read_or_refused_and_what_is_read_can_be_written(
    format: str,  # noqa: A002 - the API's word
    path: str,
) -> None:
    source = documents.source_of(SAMPLES / path)
    module = import_module(f"gassapi_backend.exchange.{format}")
    for seed in range(150):
        try:
            document = module.read(replace(source, data=mutated(source.data, seed, changes=8)))
        except Unreadable:
            continue
        write_all(document)


def test_broken_files_of_brunos_language_are_read_or_refused() -> None:
    text = (SAMPLES / "bruno/folder/Loans/lend.bru").read_text("utf-8")
    chance = random.Random(7)  # noqa: S311 - the same ones in each run
    for _ in range(300):
        broken = text
        for _ in range(chance.choice([1, 3, 10])):
            at = chance.randrange(len(broken) + 1)
            end = at + chance.randrange(20)
            broken = broken[:at] + chance.choice([*_BITS, ""]) + broken[end:]
        try:
            document = read(Source(broken, name="a.bru"))
        except Unreadable:
            continue
        if document.collections:
            write_all(document)
