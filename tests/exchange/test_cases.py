"""Small inputs from public reports of faults, fitted to a project: what is right of each."""

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.fitting import fit
from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.tree import Folder, Json, What
from gassapi_backend.exchange.writing import WriteOptions
from gassapi_backend.folding import folded
from tests.exchange import documents


def test_siblings_of_one_name_are_told_apart_and_get_their_names_back() -> None:
    source = documents.case("03-sibling-names.json")
    document = formats.read(source)
    fit(document, folded)
    [collection] = document.collections
    assert [item.name for item in collection.items] == ["OAuth", "oauth 3", "OAuth 4", "OAuth 2"]
    assert all(isinstance(item, Folder) for item in collection.items)
    assert [request.name for request in collection.requests()] == [*["Get token"] * 3, "x"]
    renamed = [note.pointer for note in document.notes if note.what is What.RENAMED]
    assert renamed == ["/item/1", "/item/2"]
    written: Json = load(formats.write(document, "postman", WriteOptions()).content()).data
    assert [item["name"] for item in written["item"]] == ["OAuth", "oauth", "OAuth", "OAuth 2"]
