"""What is imported fits a project afterwards; what had to be changed is said, and nothing else."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gassapi_backend.exchange.fitting import LIMITS, Limits, distinct, fit
from gassapi_backend.exchange.fitting.names import printable
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Node,
    Note,
    Origin,
    Request,
    Unreadable,
    What,
    base_of,
)
from gassapi_backend.folding import folded
from gassapi_backend.server.names import check_name


def known(node: Any, pointer: str = "/x") -> Any:
    """Return a node with an origin, as a reader makes it."""
    node.origin = Origin("a", pointer=pointer, original={}, base=base_of(node))
    return node


def fitted(*nodes: Node, limits: Limits = LIMITS) -> tuple[Folder, list[Note]]:
    """Fit a collection of these items; return it and the notes."""
    top = Folder("Top", items=[node for node in nodes if not isinstance(node, Environment)])
    environments = [node for node in nodes if isinstance(node, Environment)]
    document = Document("a", "1", [top], environments)
    fit(document, folded, limits)
    return top, document.notes


def names(folder: Folder) -> list[str]:
    return [item.name for item in folder.items]


def test_what_fits_stays_as_it_is_and_nothing_is_said() -> None:
    request = known(
        Request(
            "a",
            "POST",
            "http://localhost/{{x}}",
            headers=[{"key": "A", "value": "1", "enabled": False}],
            body_type="json",
            body='{"a": {{x}}}\n',
            auth={"type": "bearer", "token": "{{t}}"},
            description="d" * 100_000,
            examples=[{"name": "e", "body": "x" * 400_000}],
        )
    )
    before = base_of(request)
    _, notes = fitted(request, known(Folder("Ä", variables=[{"key": "x y", "value": "1"}])))
    assert notes == []
    assert base_of(request) == before == request.origin.base


def test_of_siblings_with_one_name_the_first_keeps_it_and_others_get_a_free_number() -> None:
    made = [known(Folder(name), f"/item/{at}") for at, name in enumerate(["OAuth", "oauth"])]
    made += [known(Folder("OAuth"), "/item/2"), known(Folder("OAuth 2"), "/item/3")]
    top, notes = fitted(*made)
    assert names(top) == ["OAuth", "oauth 3", "OAuth 4", "OAuth 2"]
    assert [(note.what, note.pointer) for note in notes] == [
        (What.RENAMED, "/item/1"),
        (What.RENAMED, "/item/2"),
    ]


def test_a_renamed_folder_counts_as_unchanged_since_the_import() -> None:
    made = [known(Folder("a")), known(Folder("A"))]
    fitted(*made)
    assert made[1].origin.is_unchanged("name", "A 2")


def test_requests_may_share_a_name_and_folders_in_other_folders_too() -> None:
    top, notes = fitted(Request("a"), Request("a"), Folder("b", items=[Folder("b")]))
    assert (names(top), notes) == (["a", "a", "b"], [])


def test_twenty_thousand_siblings_of_one_name_are_told_apart_quickly() -> None:
    found = distinct(["a" * 255] * 20_000, folded)
    assert len(set(map(folded, found))) == 20_000
    assert max(map(len, found)) == 255


def test_names_are_told_apart_from_those_that_are_taken() -> None:
    assert distinct(["Shop", "x"], folded, taken=["SHOP", "shop 2"]) == ["Shop 3", "x"]


@settings(deadline=None)
@given(some.lists(some.sampled_from(["a", "A", "a 2", "ａ", "a 3", "b"]), max_size=12))
def test_distinct_names_are_distinct_and_the_first_of_each_keeps_its_own(given: list[str]) -> None:
    found = distinct(given, folded)
    assert len(set(map(folded, found))) == len(given)
    firsts = {folded(name): name for name in reversed(given)}
    assert set(firsts.values()) <= set(found)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("a\nb\x00c", "a b c"),
        ("\u202eabc", "abc"),
        ("  a  ", "a"),
        ("n" * 300, "n" * 254 + "…"),
    ],
)
def test_a_name_is_printable_and_not_too_long(name: str, fits: str) -> None:
    top, [note] = fitted(known(Request(name)))
    assert names(top) == [fits]
    assert note.what is What.RENAMED


def test_joiners_stay_in_a_name() -> None:
    top, notes = fitted(Request("👩\u200d🚀"))
    assert (names(top), notes) == (["👩\u200d🚀"], [])


@settings(deadline=None)
@given(some.text())
def test_what_is_left_of_a_name_can_be_stored(name: str) -> None:
    left = printable(name)
    assert left == left.strip()
    if left:
        assert check_name(left) == left


def test_what_has_no_name_is_called_by_what_it_is() -> None:
    top, notes = fitted(
        known(Request("", url="http://localhost/a")), known(Request("\x00")), known(Folder(" "))
    )
    assert names(top) == ["http://localhost/a", "GET request", "Collection"]
    assert [note.what for note in notes] == [What.RENAMED] * 3


def test_folders_that_are_too_deep_move_up_with_what_they_inherited() -> None:
    deep = known(Folder("three", headers=[{"key": "B", "value": "near"}], items=[Request("r")]))
    two = known(
        Folder(
            "two",
            auth={"type": "bearer"},
            headers=[{"key": "A", "value": "1"}, {"key": "B", "value": "far"}],
            variables=[{"key": "v", "value": "1"}],
            items=[Request("q"), deep, Request("s")],
        )
    )
    top, notes = fitted(two, Request("z"), limits=Limits(depth=2))
    assert names(top) == ["two", "two / three", "z"]
    assert names(two) == ["q", "s"]
    assert deep.auth == {"type": "bearer"}
    assert deep.headers == [{"key": "A", "value": "1"}, {"key": "B", "value": "near"}]
    assert deep.variables == [{"key": "v", "value": "1"}]
    assert [note.what for note in notes] == [What.RENAMED]


def test_fifty_levels_become_twelve_and_no_request_is_lost() -> None:
    innermost = folder = Folder("0", items=[Request("0")])
    for level in range(1, 50):
        folder = Folder(str(level), items=[folder, Request(str(level))])
    document = Document("a", "1", [folder])
    fit(document, folded)
    assert len(list(folder.requests())) == 50
    assert len(innermost.items) == 1
    level, deepest = [folder], 0
    while level:
        deepest += 1
        level = [item for one in level for item in one.items if isinstance(item, Folder)]
    assert deepest == 12


def test_more_items_than_are_taken_at_once_are_refused() -> None:
    with pytest.raises(Unreadable, match="holds 6 collections, requests and environments; at most"):
        fitted(*[Request("a")] * 4, Environment("e"), limits=Limits(items=5))


def test_a_url_that_is_too_long_skips_its_request_and_says_where() -> None:
    top, [note] = fitted(known(Request("a", url="x" * 8_001), "/item/0"), Request("b"))
    assert names(top) == ["b"]
    assert (note.what, note.name, note.pointer) == (What.SKIPPED, "a", "/item/0")


def test_control_characters_are_left_out_of_a_url() -> None:
    request = known(Request("a", url=" http://localhost/\na\x00 "))
    _, notes = fitted(request)
    assert request.url == "http://localhost/a\ufffd"
    assert {note.what for note in notes} == {What.KEPT}


@pytest.mark.parametrize(
    ("method", "fits", "count"),
    [("get", "GET", 0), (" Purge ", "PURGE", 0), ("{{m}}", "GET", 1), ("", "GET", 1)],
)
def test_a_method_is_a_token_in_upper_case(method: str, fits: str, count: int) -> None:
    request = known(Request("a", method))
    _, notes = fitted(request)
    assert (request.method, len(notes)) == (fits, count)
    assert request.origin.is_unchanged("method", fits)


def test_nul_and_half_surrogates_are_replaced_wherever_they_stand() -> None:
    request = known(Request("a", body={"query": "a\x00b"}, examples=[{"name": "\ud800"}]))
    _, notes = fitted(request)
    assert request.body == {"query": "a\ufffdb"}
    assert request.examples == [{"name": "\ufffd"}]
    assert len(notes) == 2


@pytest.mark.parametrize(
    ("field", "value", "fits"),
    [
        ("body", "x" * 500_000, None),
        ("params", [{"key": "a", "value": "x" * 100_000}], []),
        ("response_schema", {"x": "y" * 100_000}, None),
        ("auth", {"type": "bearer", "token": "x" * 10_000}, None),
        ("body_type", "no such type", "text"),
        ("description", "d" * 100_001, "d" * 99_999 + "…"),
    ],
)
def test_a_field_that_cannot_be_stored_is_another_and_that_is_said(
    field: str, value: Any, fits: Any
) -> None:
    request = known(Request("a", **{field: value}))
    _, [note] = fitted(request)
    assert getattr(request, field) == fits
    assert request.origin.is_unchanged(field, fits)
    assert note.what is What.KEPT


def test_a_loss_without_an_original_is_called_a_loss() -> None:
    _, [note] = fitted(Request("a", body="x" * 500_000))
    assert note.what is What.SKIPPED


def test_examples_beyond_the_room_for_them_are_left_out() -> None:
    examples = [{"name": str(at), "body": "x" * 200_000} for at in range(3)]
    request = known(Request("a", examples=examples))
    _, [note] = fitted(request)
    assert [one["name"] for one in request.examples] == ["0", "1"]
    assert "1 of its examples" in note.reason


def test_of_too_many_headers_those_that_are_off_go_first_and_order_stays() -> None:
    headers = [{"key": f"h{at}", "value": "", "enabled": at >= 5} for at in range(55)]
    request = known(Request("a", headers=headers))
    _, [note] = fitted(request)
    assert [one["key"] for one in request.headers] == [f"h{at}" for at in range(5, 55)]
    assert "h0" in note.reason


def test_headers_beyond_ten_kilobytes_and_unprintable_ones_are_left_out() -> None:
    big = {"key": "Cookie", "value": "x" * 10_000}
    request = Request("a", headers=[{"key": "A\n", "value": ""}, big, {"key": "B", "value": ""}])
    _, notes = fitted(known(request))
    assert [one["key"] for one in request.headers] == ["B"]
    assert len(notes) == 2


def test_variables_that_cannot_be_stored_are_left_out_one_by_one() -> None:
    variables = [
        {"key": "ok", "value": "1"},
        {"key": "", "value": "2"},
        {"key": "a{b}", "value": "3"},
        {"key": "k" * 256, "value": "4"},
        {"key": "n", "value": 5},
        {"value": "6"},
    ]
    environment = known(Environment("e", variables))
    _, notes = fitted(environment)
    assert environment.variables == [{"key": "ok", "value": "1"}, {"key": "n", "value": "5"}]
    assert [(note.what, note.kind) for note in notes] == [(What.SKIPPED, "variable")] * 4
    assert environment.origin.is_unchanged("variables", environment.variables)


def test_a_variable_whose_key_ends_with_a_line_break_is_called_without_it() -> None:
    variables = [{"key": "a\n", "value": "1"}, {"key": "\t", "value": "2"}]
    environment = known(Environment("e", variables))
    _, notes = fitted(environment)
    assert environment.variables == [{"key": "a", "value": "1"}]
    assert [note.what for note in notes] == [What.RENAMED, What.SKIPPED]


def test_of_variables_with_one_key_the_last_that_is_on_stays() -> None:
    variables = [
        {"key": "a", "value": "1"},
        {"key": "a", "value": "2"},
        {"key": "a", "value": "3", "enabled": False},
        {"key": "b", "value": "4", "enabled": False},
    ]
    environment = Environment("e", variables)
    _, notes = fitted(environment)
    assert [one["value"] for one in environment.variables] == ["2", "4"]
    assert len(notes) == 2


def test_environments_are_told_apart_in_a_hundred_characters() -> None:
    made = [Environment("e" * 120), Environment("E" * 120)]
    fitted(*made)
    assert made[0].name == "e" * 99 + "…"
    assert made[1].name == "E" * 98 + " 2"
