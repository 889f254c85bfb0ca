"""Bodies are merged member by member, and what is ours stays as it was written."""

import pytest

from gassapi_backend.exchange.merging import json_spans
from gassapi_backend.exchange.merging.bodies import settle_body
from gassapi_backend.exchange.merging.outcome import Prefer
from gassapi_backend.exchange.merging.settling import Settling
from gassapi_backend.exchange.merging.urls import (
    parameters_of,
    path_key,
    renamed_parameters,
    settle_url,
)

MERGED = [
    # base, ours, theirs, merged, fields in conflict
    ('{"a": 1}', '{"a": 2}', '{"a": 1, "b": 3}', '{"a": 2, "b": 3}', []),
    ('{"a":1,"b":2}', '{"a":1,"b":2,"c":3}', '{"b":2}', '{"b":2,"c":3}', []),
    ('{"a":1}', '{"a":2}', '{"a":3}', '{"a":2}', ["body /a"]),
    ('{"a":1,"b":1}', '{"a":2,"b":1}', '{"b":1}', '{"a":2,"b":1}', ["body /a"]),
    ('{"a":{"x":1}}', '{"a":{"x":1,"y":{{v}}}}', '{"a":{"x":2}}', '{"a":{"x":2,"y":{{v}}}}', []),
    (
        '{"a": 1}',
        '{\n\t"a": 1.50, // dear\n\t"m": "{{x}}"\n}\n',
        '{"a": 1, "n": [1, 2]}',
        '{\n\t"a": 1.50, // dear\n\t"m": "{{x}}",\n\t"n": [1, 2]\n}\n',
        [],
    ),
    ('{"a": 1}', ' {"a": 1} ', '{"a": 2}', ' {"a": 2} ', []),
    ('{"a":[1]}', '{"a":[1],"b":0}', '{"a":[1,2]}', '{"a":[1,2],"b":0}', []),
    ("{}", '{"a":1}', '{"b":1}', '{"a":1,"b":1}', []),
    ('{"a":"1"}', '{"a":"1","b":"}{,"}', '{"a":"2"}', '{"a":"2","b":"}{,"}', []),
    ('{"a":1}', '{"a":2', '{"a":3}', '{"a":2', ["body"]),
    ('{"a":1}', '{"a":1,"a":2}', '{"a":3}', '{"a":1,"a":2}', ["body"]),
    ("[1]", "[1,2]", "[0,1]", "[1,2]", ["body"]),
    ("text", "text of ours", "text of theirs", "text of ours", ["body"]),
]


@pytest.mark.parametrize(("base", "ours", "theirs", "wanted", "conflicts"), MERGED)
def test_json_is_merged_and_ours_stays_as_written(
    base: str, ours: str, theirs: str, wanted: str, conflicts: list[str]
) -> None:
    settling = Settling(Prefer.OURS)
    assert settle_body(settling, ("json", base), ("json", ours), ("json", theirs)) == (
        "json",
        wanted,
    )
    assert [conflict.label for conflict in settling.conflicts] == conflicts


def test_a_form_is_merged_field_by_field() -> None:
    settling = Settling(Prefer.OURS)
    base = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}, {"key": "b", "value": "3"}]
    ours = [{"key": "a", "value": "1"}, {"key": "a", "value": "9"}, {"key": "b", "value": "3"}]
    theirs = [{"key": "a", "value": "7"}, {"key": "a", "value": "2"}, {"key": "c", "value": ""}]
    kind = "x-www-form-urlencoded"
    assert settle_body(settling, (kind, base), (kind, ours), (kind, theirs)) == (
        kind,
        [{"key": "a", "value": "7"}, {"key": "a", "value": "9"}, {"key": "c", "value": ""}],
    )
    assert settling.conflicts == []


def test_a_body_of_another_type_is_one_thing() -> None:
    settling = Settling(Prefer.OURS)
    ours = settle_body(settling, ("json", "{}"), ("json", '{"a":1}'), ("xml", "<a/>"))
    assert ours == ("json", '{"a":1}')
    assert [conflict.label for conflict in settling.conflicts] == ["body"]
    settling = Settling(Prefer.OURS)
    assert settle_body(settling, ("json", "{}"), ("json", "{}"), ("xml", "<a/>")) == (
        "xml",
        "<a/>",
    )


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a"}', '{"a":}', '{"a":1,}', "[1,]", '{"a":1} x', "{'a':1}", "{{x}", "[" * 101],
)
def test_what_is_no_json_is_not_taken_apart(text: str) -> None:
    assert json_spans.parse(text) is None


def test_json_is_taken_apart_in_time_that_grows_with_it() -> None:
    deep = "[" * 99 + '"' + "x" * 400_000 + '"' + "]" * 99
    assert json_spans.parse(deep) is not None
    assert json_spans.parse('{"a' * 200_000) is None
    assert json_spans.parse("/*" * 200_000) is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("{{base}}/a/:id", "a/{}"),
        ("https://x.test:80/a/{key}?b=/c#d", "a/{}"),
        ("/a/{{id}}/", "a/{}"),
        ("localhost:8080/a/7", "a/7"),
        ("{{scheme}}://{{host}}/a", "a"),
        ("{{base}}", ""),
        ("", ""),
        ("/{x}.json", "{}.json"),
    ],
)
def test_requests_are_told_apart_by_paths(url: str, key: str) -> None:
    assert path_key(url) == key


def test_path_parameters_are_paired_by_their_order() -> None:
    assert parameters_of("{{base}}/:a/{b}/{{c}}/{d}-{e}?x={f}") == ["a", "b", "d", "e"]
    assert renamed_parameters("/a/{id}/{x}", "/v2/a/{orderId}/{x}") == {"id": "orderId"}
    assert renamed_parameters("/a/{id}", "/a") == {}
    assert renamed_parameters("/a/{x}/{y}", "/a/{y}/{x}") == {}


def test_a_query_in_a_url_is_merged_parameter_by_parameter() -> None:
    settling = Settling(Prefer.OURS)
    merged = settle_url(settling, "/a?x=1&y=2#e", "/a?x=5&y=2&mine=1#e", "/b?x=1&z=3#e")
    assert merged == "/b?x=5&mine=1&z=3#e"
    assert settling.conflicts == []
    assert settle_url(settling, "/a?x=1", "/b?x=1", "/c?x=2") == "/b?x=2"
    assert [conflict.label for conflict in settling.conflicts] == ["url"]
