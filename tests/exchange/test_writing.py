"""What writers share: text that other tools read as it was meant, and originals that stay."""

import json
from unittest import mock

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from gassapi_backend.exchange import writing
from gassapi_backend.exchange.entries import written_entries
from gassapi_backend.exchange.tree import Entry, Folder, Json, Request, base_of
from gassapi_backend.exchange.writing import PIECE, json_chunks, yaml_chunks

TEXT = some.text(some.characters(codec="utf-8"), max_size=30)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | TEXT,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
).filter(lambda value: "Infinity" not in json.dumps(value))
TRAPS = [
    *("no", "NO", "yes", "on", "Off", "y", "N", "~", "null", "Null", "true", "TRUE", "", "=", "<<"),
    *("0123", "0o17", "0x1F", "0b1", "1_000", "12:30:45", "1e3", "1E3", "1.", ".5", "+.5", "-1"),
    *("1.10", ".inf", "-.INF", ".nan", "2026-11-25", "2026-11-25T10:00:00Z", "1.0_17", "1.2.3"),
    *("- a", "a: b", "a #b", "#a", "!x", "&x", "*x", "%x", "@x", "`x", "{a", "[a", "'a", '"a', "?"),
    *(" a", "a ", "\ta", "a\n", "\na", "a\n\n", " a\n b", "a\n\tb", "a\r\nb", "a\u2028b", "\x85"),
    *("\x00", "\x07", "\x7f", "\ufeff", "é", "😀", "---", "...", "--- a", "a\n---\nb"),
]


def json_of(value: Json) -> bytes:
    return b"".join(json_chunks(value))


def yaml_of(value: Json) -> bytes:
    return b"".join(yaml_chunks(value))


@settings(deadline=None)
@given(VALUES)
def test_json_says_what_the_value_says(value: Json) -> None:
    assert json.loads(json_of(value)) == value


def test_a_large_document_is_json_in_small_pieces_and_indented_throughout() -> None:
    value = {"item": [{"name": f"n{at}", "deep": [{"x": "y" * 50}] * 40} for at in range(100)]}
    pieces = list(json_chunks(value))
    assert max(map(len, pieces)) < 4 * PIECE
    assert b"".join(pieces) == json.dumps(value, indent=2).encode() + b"\n"


def test_integers_beyond_64_bits_are_written_in_full() -> None:
    value = {"big": 2**200, "list": [-(2**64), "é"]}
    assert json.loads(json_of(value)) == value
    assert yaml.safe_load(yaml_of(value)) == value


@settings(deadline=None)
@given(VALUES)
def test_yaml_says_what_the_value_says(value: Json) -> None:
    assert yaml.safe_load(yaml_of(value)) == value


@settings(deadline=None)
@given(VALUES)
def test_yaml_that_is_made_in_parts_says_what_the_value_says(value: Json) -> None:
    with mock.patch.object(writing, "PIECE", 4):
        assert yaml.safe_load(yaml_of(value)) == value


def test_what_is_made_of_a_large_yaml_at_a_time_is_small() -> None:
    value = {"all": [{"name": f"n{at}", "text": "a\n  b\u2028c\n" * 20} for at in range(5_000)]}
    parts = list(yaml_chunks(value))
    assert max(map(len, parts)) < PIECE
    assert yaml.load(b"".join(parts), yaml.CSafeLoader) == value


def test_a_line_break_of_yaml_1_1_only_is_escaped() -> None:
    assert yaml_of({"a": "b\u2028c\u2029\nd"}) == b'a: "b\\Lc\\P\\nd"\n'


@pytest.mark.parametrize("text", TRAPS, ids=repr)
def test_text_stays_text_as_a_value_and_as_a_key(text: str) -> None:
    value = {"value": text, text: ["in a list", text]}
    assert yaml.safe_load(yaml_of(value)) == value


@pytest.mark.parametrize("text", ["1e3", "0o17", "1E-3", "+12", "1.", "-.5e3", "1.10"])
def test_what_only_yaml_1_2_takes_for_a_number_is_quoted(text: str) -> None:
    assert yaml_of({"a": text}) == f"a: '{text}'\n".encode()


def test_a_value_that_stands_twice_is_written_twice_in_yaml() -> None:
    shared = {"a": [1]}
    assert b"&" not in yaml_of([shared, shared])


def rewrite(entry: Entry, before: Entry, original: Json) -> Json:
    changed = {name: value for name, value in entry.items() if before.get(name) != value}
    return {**(original or {}), **changed}


def known(*entries: tuple[str, str]) -> list[Entry]:
    return [{"key": key, "value": value} for key, value in entries]


def test_unchanged_entries_are_their_originals() -> None:
    base = known(("a", "1"), ("b", "2"), ("a", "3"))
    originals = [{**entry, "x": at} for at, entry in enumerate(base)]
    assert written_entries(base, base, originals, rewrite) == originals


def test_of_an_edited_entry_only_what_was_edited_is_another() -> None:
    base = known(("a", "1"), ("a", "2"))
    originals = [{**entry, "x": at} for at, entry in enumerate(base)]
    now = known(("a", "1"), ("a", "9"))
    assert written_entries(now, base, originals, rewrite) == [
        {"key": "a", "value": "1", "x": 0},
        {"key": "a", "value": "9", "x": 1},
    ]


def test_an_entry_with_another_key_keeps_what_else_its_original_says() -> None:
    base = known(("a", "1"), ("b", "2"))
    originals = [{**entry, "x": at} for at, entry in enumerate(base)]
    now = known(("a", "1"), ("c", "2"))
    assert written_entries(now, base, originals, rewrite)[1] == {"key": "c", "value": "2", "x": 1}


def test_new_moved_and_removed_entries_leave_the_others_their_originals() -> None:
    base = known(("a", "1"), ("b", "2"), ("c", "3"))
    originals = [{**entry, "x": at} for at, entry in enumerate(base)]
    now = known(("c", "3"), ("new", "0"), ("a", "1"), ("newer", "0"))
    assert written_entries(now, base, originals, rewrite) == [
        {"key": "c", "value": "3", "x": 2},
        {"key": "new", "value": "0"},
        {"key": "a", "value": "1", "x": 0},
        {"key": "newer", "value": "0"},
    ]


def test_what_the_reader_made_nothing_of_stays_behind_the_one_it_followed() -> None:
    base = known(("a", "1"), ("b", "2"))
    originals: list[Json] = ["odd", {"key": "a", "x": 0}, None, {"key": "b", "x": 1}, {"z": 1}]
    now = known(("a", "1"), ("b", "9"))
    assert written_entries(now, base, originals, rewrite) == [
        "odd",
        {"key": "a", "x": 0},
        None,
        {"key": "b", "value": "9", "x": 1},
        {"z": 1},
    ]


def test_without_an_original_every_entry_is_written_from_its_fields() -> None:
    assert written_entries(known(("a", "1")), None, None, rewrite) == known(("a", "1"))


def test_the_base_of_a_node_stays_when_the_node_is_edited() -> None:
    request = Request("a", headers=[{"key": "x", "value": "1"}])
    base = base_of(request)
    request.headers[0]["value"] = "2"
    request.headers.append({"key": "y", "value": ""})
    assert base["headers"] == [{"key": "x", "value": "1"}]


def test_the_base_of_a_folder_holds_its_fields_and_not_its_items() -> None:
    assert base_of(Folder("a", items=[Request("b")], id="1")) == {
        "name": "a",
        "description": None,
        "variables": [],
        "headers": [],
        "auth": None,
    }
