"""Bruno's language, block by block."""

import pytest

from gassapi_backend.exchange.bruno.language import Pair, parse


def pairs(text: str) -> list[Pair]:
    [block] = parse(text)
    return block.pairs


def test_keys_may_be_quoted_and_switched_off() -> None:
    assert pairs('headers {\n  ~"a: \\"b\\"": c\n  ~d: e:f\n}') == [
        Pair('a: "b"', "c", enabled=False),
        Pair("d", "e:f", enabled=False),
    ]


def test_values_of_several_lines_lose_their_indentation_only() -> None:
    assert pairs("vars {\n  a: '''\n    x\n      y\n  }\n    z\n  '''\n  b: 1\n}") == [
        Pair("a", "x\n  y\n}\nz"),
        Pair("b", "1"),
    ]


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        ("@description('a (b)')", "a (b)"),
        ('@description("a \\"b\\"\\nc")', 'a "b"\nc'),
        ("@description(plain)", "plain"),
        ("@description('''\n    a\n    b\n  ''')", "a\nb"),
    ],
)
def test_descriptions_stand_above_what_they_describe(annotation: str, said: str) -> None:
    assert pairs(f"headers {{\n  {annotation}\n  a: b\n}}") == [
        Pair("a", "b", annotations={"description": said})
    ]


def test_a_variable_may_begin_like_an_annotation() -> None:
    assert pairs("vars:post-response {\n  @a: res.body\n}") == [Pair("@a", "res.body")]


def test_texts_keep_braces_blank_lines_and_deeper_indentation() -> None:
    [block] = parse('body:json {\n  {\n    "a": {}\n\n  }\n}\n')
    assert block.text == '{\n  "a": {}\n\n}'


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[\n  b: 1", ["[", "1"]),
        ("[\n  b: 1\n  c: [\n    x\n    y-z\n  ]", ["[", "1", "x, y-z"]),
        ("'''\n  b: 1", ["'''", "1"]),
        ("it's ''' here\n  b: 1", ["it's ''' here", "1"]),
        ("@file(x.txt) '''\n  b: 1", ["@file(x.txt) '''", "1"]),
    ],
)
def test_what_only_looks_like_a_list_or_a_text_is_a_value(text: str, values: list[str]) -> None:
    first, *others = parse(f"headers {{\n  a: {text}\n}}\n\ndocs {{\n  d\n}}\n")
    assert [one.text for one in first.pairs] == values
    assert [one.text for one in others] == ["d"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("abc\n  def\n  b: 1", ["abc\ndef", "1"]),
        ("x\ny\n\n  z\n  b: 1", ["x\ny\nz", "1"]),
        (
            '{\n  \t"q": "m",\n    "v": {\n    }\n  }\n  b: 1',
            ['{\n  \t"q": "m",\n    "v": {\n    }\n  }', "1"],
        ),
        ('[\n    {"n": 1}\n  ]\n  b: 1', ['[\n    {"n": 1}\n  ]', "1"]),
        ("{\n  b: 1", ["{", "1"]),
    ],
)
def test_values_of_several_lines_without_quotes_are_read_as_old_versions_wrote_them(
    text: str, values: list[str]
) -> None:
    assert [one.text for one in pairs(f"headers {{\n  a: {text}\n}}")] == values


def test_keys_of_assertions_keep_their_quotes() -> None:
    assert pairs('assert {\n  "a b": eq 1\n  ~res.body["c"]: eq 2\n}') == [
        Pair('"a b"', "eq 1"),
        Pair('res.body["c"]', "eq 2", enabled=False),
    ]


@pytest.mark.parametrize("text", ["vars:secret [\n  a,\n  ~b\n]", "vars:secret [a, ~b]"])
def test_lists_may_stand_in_one_line_or_in_several(text: str) -> None:
    assert pairs(text) == [Pair("a"), Pair("b", enabled=False)]


def test_line_ends_of_any_system_are_read() -> None:
    [first, second] = parse("get {\r\n  url: http://h\r\n}\r\n\r\nbody {\r\n  a\r\n  b\r\n}\r\n")
    assert first.get("url") == "http://h"
    assert second.text == "a\nb"
