"""Whatever JSON comes in: a document or a refusal comes out, and nothing is lost on the way."""

import json

import pytest

from gassapi_backend.exchange import postman
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Json, Unreadable
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.mutations import mutated
from tests.exchange.postman.samples import SCHEMA, said, stored

JSON_SAMPLES = (
    "bakery.postman_collection.json",
    "old.postman_collection.json",
    "first.json",
    "local.postman_environment.json",
)


def edit(document: Document) -> None:
    """Change every field of every request and folder that has something in it."""
    for collection in document.collections:
        for folder in collection.folders():
            folder.name += "x"
            folder.variables = [one | {"value": "x"} for one in folder.variables]
        for request in collection.requests():
            request.name += "x"
            request.url += "/x"
            request.headers = [one | {"value": "x"} for one in request.headers]
            request.params = [one | {"enabled": not one["enabled"]} for one in request.params]
            request.examples = [one | {"body": "x"} for one in request.examples]
            request.auth = {"type": "apiKey", "key": "a", "value": "b", "in": "cookie"}
            request.body_type, request.body = "json", "{}"


@pytest.mark.parametrize("name", JSON_SAMPLES)
def test_a_mutated_document_is_read_or_refused_and_comes_back(name: str) -> None:
    document = said(name)
    for seed in range(150):
        data = mutated(document, seed)
        try:
            found = stored(postman.read(Source(data=data, name="x.json")))
        except Unreadable:
            continue
        out = json.loads(postman.write(found, WriteOptions()).content())
        if name.startswith("bakery") and "item" in data:
            assert out == data, f"seed {seed}"
        edit(found)
        postman.write(found, WriteOptions()).content()


def test_folders_as_deep_as_a_document_may_be() -> None:
    item: Json = {"name": "end", "request": "h"}
    for level in range(48):
        item = {"name": str(level), "item": [item]}
    data = {"info": {"name": "Deep", "schema": SCHEMA}, "item": [item]}
    document = stored(postman.read(Source(data=data)))
    assert json.loads(postman.write(document, WriteOptions()).content()) == data


def test_thousands_of_ids_of_version_1_find_their_places() -> None:
    names = [str(place) for place in range(3000)]
    data = {
        "id": "c",
        "order": names,
        "folders_order": names,
        "folders": [{"id": one, "name": one, "order": names[:1]} for one in names],
        "requests": [{"id": one, "name": one, "url": "h"} for one in names],
    }
    [collection] = postman.read(Source(data=data)).collections
    assert [item.name for item in collection.items] == names * 2
