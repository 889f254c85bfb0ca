"""Folders that are nested too deeply move up on the way in, and go back on the way out."""

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.fitting import fit
from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Folder, Json
from gassapi_backend.exchange.writing import WriteOptions
from gassapi_backend.folding import folded
from tests.exchange import documents
from tests.exchange.originals import stored

REQUEST = {"name": "q", "request": {"method": "GET", "header": [], "url": {"raw": "a.test"}}}


def level(number: int, most: int) -> Json:
    """Return a folder with others in it, which have something around them and hand things down."""
    below = [level(number + 1, most), level(number + 1, number + 1)] if number < most else []
    items = [{**REQUEST, "name": f"before {number}"}, *below, {**REQUEST, "name": "after"}]
    bearer = {"type": "bearer", "bearer": [{"key": "token", "value": str(number)}]}
    return {"name": f"Level {number}", "item": items, **({"auth": bearer} if number % 3 else {})}


def postman() -> Json:
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"info": {"name": "Deep", "schema": schema}, "item": [level(2, 16)]}


def imported() -> Document:
    document = formats.read(Source(data=postman()))
    fit(document, folded)
    return stored(document)


def exported(document: Document) -> Json:
    return load(formats.write(document, "postman", WriteOptions()).content(), "").data


def moved(document: Document) -> list[Folder]:
    return [one for one in document.collections[0].folders() if " / " in one.name]


def test_a_document_that_is_too_deep_is_the_same_after_a_round_trip() -> None:
    document = imported()
    assert documents.depth(document) == 11
    assert exported(document) == postman()


@pytest.mark.parametrize("format_", ["insomnia", "opencollection"])
def test_it_is_as_deep_in_other_formats_too(format_: str) -> None:
    again = documents.again(imported(), format_)
    assert documents.depth(again) == 15
    assert not moved(again)


def test_what_was_renamed_here_keeps_its_new_name_and_its_old_place() -> None:
    document = imported()
    moved(document)[0].name = "New"
    folder = exported(document)
    for number in range(2, 13):
        folder = next(one for one in folder["item"] if one["name"] == f"Level {number}")
    assert [one["name"] for one in folder["item"]] == ["before 12", "New", "Level 13", "after"]


def test_what_was_moved_here_stays_where_it_is() -> None:
    document = imported()
    root, first = document.collections[0], moved(document)[0]
    [parent] = [one for one in root.folders() if first in one.items]
    parent.items.remove(first)
    root.items.insert(0, first)
    assert exported(document)["item"][0]["name"] == "Level 13"


def test_a_base_that_names_places_in_a_circle_loses_nothing() -> None:
    document = imported()
    folders = moved(document)
    for one, other in zip(folders, [*folders[1:], folders[0]], strict=True):
        assert one.origin
        assert other.origin
        one.origin.base["nested"] = {"in": other.origin.base["name"], "at": -7, "name": "x"}
    requests = len([*document.collections[0].requests()])
    again = formats.read(Source(data=exported(document)))
    assert len([*again.collections[0].requests()]) == requests
