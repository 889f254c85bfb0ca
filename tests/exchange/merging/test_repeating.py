"""A document that comes again tells its things apart as it did the last time."""

import copy

from gassapi_backend.exchange.merging import Stored
from gassapi_backend.exchange.tree import Folder, Origin, Request
from tests.exchange.merging.storing import ROOT, applied, find, merged_with, stored_of


def saved(name: str, url: str, source_id: str | None = None) -> Request:
    """Return a request of a document."""
    return Request(name, "GET", url, origin=Origin("made up", "1", "/x", source_id))


def collection(name: str, *items: Folder | Request) -> Folder:
    """Return a collection of a document."""
    return Folder(name, items=[*items], origin=Origin("made up", "1", "/f"))


def without(stored: list[Stored], name: str) -> list[Stored]:
    """Return what is stored once people deleted a thing."""
    stored = copy.deepcopy(stored)
    find(stored, name).node = None
    return stored


def test_ids_that_are_unique_only_the_second_time_change_nothing() -> None:
    first = collection("Shop", collection("Old"), saved("A", "/a", "1"), saved("B", "/b", "1"))
    second = collection("Shop", collection("Old", saved("C", "/c", "1")), saved("A", "/a", "1"))
    stored = without(stored_of(first), "Old")
    after = applied(stored, merged_with(stored, copy.deepcopy(second)))
    assert merged_with(after, copy.deepcopy(second)).is_nothing


def test_what_is_gone_does_not_come_back_into_a_collection_that_people_deleted() -> None:
    first = collection("Shop", collection("Old"), saved("A", "/a", "1"), saved("B", "/b", "2"))
    second = collection("Shop", collection("Old"), saved("A", "/a", "1"))
    third = collection("Shop", collection("Old", saved("B", "/b", "2")), saved("A", "/a", "1"))
    stored = without(stored_of(first), "Old")
    gone = applied(stored, merged_with(stored, second))
    after = applied(gone, merged_with(gone, copy.deepcopy(third)))
    assert find(after, "B").is_gone
    assert merged_with(after, copy.deepcopy(third)).is_nothing


def test_what_stands_in_a_collection_that_is_not_made_is_found_again() -> None:
    first = collection("Shop", collection("Old"), saved("A", "/a"), saved("B", "/a"))
    inner = collection("New", saved("A", "/a"), saved("B", "/a"))
    second = collection("Shop", collection("Old", inner))
    stored = without(stored_of(first), "Old")
    after = applied(stored, merged_with(stored, copy.deepcopy(second)))
    assert [one.parent_id for one in after if one.name in {"A", "B"}] == [ROOT, ROOT]
    assert merged_with(after, copy.deepcopy(second)).is_nothing


def test_two_with_one_id_keep_who_they_are() -> None:
    first = collection("Shop", saved("A", "/a", "1"), saved("B", "/b", "2"))
    second = collection("Shop", saved("B", "/b", "1"), saved("A", "/a", "1"))
    stored = stored_of(first)
    after = applied(stored, merged_with(stored, copy.deepcopy(second)))
    again = merged_with(after, copy.deepcopy(second))
    assert again.is_nothing
    assert again.unchanged == 3


def test_a_request_without_a_url_that_the_source_moved_is_moved() -> None:
    def folders(*names: str) -> list[Folder | Request]:
        return [collection(one, *([saved("Token", "")] if one in names else [])) for one in "ABC"]

    stored = stored_of(collection("Shop", *folders("A", "B")))
    second = collection("Shop", *folders("A", "C"))
    merged = merged_with(stored, copy.deepcopy(second))
    assert (len(merged.moves), merged.creates, merged.marks) == (1, [], [])
    assert merged_with(applied(stored, merged), second).is_nothing
