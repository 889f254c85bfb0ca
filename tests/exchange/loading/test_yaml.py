"""YAML: as 1.2 says it, whatever 1.1 made of it; aliases, anchors, tags and tabs do no harm."""

import pickle

import pytest

from gassapi_backend.exchange.loading import MAX_DEPTH, load_text, text_of
from gassapi_backend.exchange.sources import Source, Syntax
from gassapi_backend.exchange.tree import Json, Unreadable
from gassapi_backend.exchange.writing import json_chunks, yaml_chunks


def refusal(text: str) -> Unreadable:
    problem = load_text(text).problem
    assert problem is not None
    return problem


def data_of(text: str) -> Json:
    source = load_text(text)
    assert source.problem is None
    assert source.syntax is Syntax.YAML
    return source.data


@pytest.mark.parametrize(
    "text",
    [
        *("no", "NO", "yes", "on", "off", "y", "n", "1_000", "12:30:45", "2026-11-25", "0b11"),
        *("2026-11-25T10:00:00Z", "1.0_172666493691943363636", "1.2.3", ".inf", "-.inf", ".nan"),
        *("=", "0o8", "1e", "+", "-.", ".", "0x", "1e999", "nUll", "tRue", "Infinity"),
    ],
)
def test_what_yaml_1_2_takes_for_text_is_text(text: str) -> None:
    assert data_of(f"a: {text}\n") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0123", 123), ("0o17", 15), ("0x1F", 31), ("-12", -12), ("+5", 5), ("1.10", 1.1)),
        *(("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("8080", 8080), (str(2**100), 2**100)),
        *(("123456789012345678901234567890", 123456789012345678901234567890), ("1.5", 1.5)),
        *(("2.0", 2.0), ("-0.0", 0.0)),
    ],
)
def test_what_yaml_1_2_takes_for_a_number_is_one_and_knows_its_text(text: str, value: Json) -> None:
    found = data_of(f"a: {text}\n")["a"]
    assert found == value
    assert text_of(found) == text
    assert text_of(pickle.loads(pickle.dumps(found))) == text  # noqa: S301 - pickled just here


def test_numbers_that_know_their_text_are_written_as_numbers() -> None:
    data = data_of("a: 0123\nb: 1.10\nc: [0x1F, 1e3]\n")
    assert b"".join(yaml_chunks(data)) == b"a: 123\nb: 1.10\nc:\n- 31\n- 1000.0\n"
    assert b"".join(json_chunks(data)).split() == (
        b'{ "a": 123, "b": 1.1, "c": [ 31, 1000.0 ] }'.split()
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("False", False), ("TRUE", True), ("~", None), ("", None), ("Null", None)],
)
def test_truth_values_and_null_know_where_they_stood_otherwise(text: str, value: Json) -> None:
    source = load_text(f"a:\n  - x\n  - b/c: {text}\n")
    assert source.data == {"a": ["x", {"b/c": value}]}
    assert text_of(value, source.scalars.get("/a/1/b~1c")) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(("a", "a"), (None, ""), (True, "true"), (5, "5"), (2**70, str(2**70)), (5.0, "5")),
        *((1.5, "1.5"), ({"a": [1, None]}, '{"a":[1,null]}'), ([2**70], f"[{2**70}]")),
    ],
)
def test_any_value_has_a_text(value: Json, text: str) -> None:
    assert text_of(value) == text


def test_quoted_scalars_are_text() -> None:
    assert data_of("a: '1'\nb: \"true\"\nc: |\n  12\n") == {"a": "1", "b": "true", "c": "12\n"}


def test_keys_are_text_as_they_stand_there() -> None:
    text = "200: a\n0x1F: b\non: c\ntrue: d\n1.10: e\n~: f\n2026-01-01: g\n"
    assert list(data_of(text)) == ["200", "0x1F", "on", "true", "1.10", "~", "2026-01-01"]


@pytest.mark.parametrize("key", ["? [a]\n: 1\n", "? {a: b}\n: 1\n", "a:\n  [b]: 1\n"])
def test_a_key_that_is_no_text_is_refused(key: str) -> None:
    assert "A key in it" in refusal(key).message


def test_of_a_key_that_stands_twice_the_last_counts_and_is_reported() -> None:
    source = load_text("paths:\n  /a: 1\n  /b: 2\n  /a: 3\n")
    assert source.data == {"paths": {"/b": 2, "/a": 3}}
    [note] = source.notes
    assert note.pointer == "/paths/~1a"


def test_aliases_and_merge_keys_stand_for_what_they_name() -> None:
    text = "a: &x {b: 1, c: 2}\nd: *x\ne:\n  <<: *x\n  c: 3\nf: {<<: [*x, {z: 0}], y: 1}\n"
    data = data_of(text)
    assert data["d"] == {"b": 1, "c": 2}
    assert data["e"] == {"b": 1, "c": 3}
    assert data["f"] == {"y": 1, "b": 1, "c": 2, "z": 0}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert data_of("a:\n  '<<': {b: 1}\n  <<: 5\n") == {"a": {"<<": 5}}


def test_an_anchor_that_contains_itself_is_refused() -> None:
    assert refusal("a: &x\n  b: *x\n").message == "The anchor &x contains itself."
    assert refusal("a: &x [1, [*x]]\n").pointer == "line 1"


def test_an_alias_without_an_anchor_is_refused() -> None:
    assert "no anchor" in refusal("a: *x\n").message


def test_aliases_that_explode_are_refused() -> None:
    levels = ["a0: &a0 [lol, lol, lol]"]
    levels += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 15)]
    assert "aliases" in refusal("\n".join(levels)).message


def test_an_alias_of_a_long_text_counts_as_its_text() -> None:
    assert "aliases" in refusal(f"a: &x {'y' * 100_000}\nb: [{', '.join(['*x'] * 500)}]").message


def test_aliases_do_not_nest_deeper_than_the_document_may() -> None:
    text = ["a0: &a0 " + "[" * 60 + "]" * 60, "a1: " + "[" * 60 + "*a0" + "]" * 60]
    assert "levels deep" in refusal("\n".join(text)).message


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{a: " * 100_000, "- " * 100_000 + "x"])
def test_yaml_that_is_nested_100_000_deep_is_refused(text: str) -> None:
    problem = load_text(text, "deep.yaml").problem
    assert problem is not None
    assert problem.message == f"It is nested more than {MAX_DEPTH} levels deep."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!python/object/apply:os.system ['echo']", ["echo"]),
        ("!!python/name:os.system ''", ""),
        ("!!python/unicode 'x'", "x"),
        ("!Ref thing", "thing"),
        ("!include other.yaml", "other.yaml"),
        ("!x {b: 1}", {"b": 1}),
    ],
)
def test_an_unknown_tag_is_never_obeyed_and_reported(text: str, value: Json) -> None:
    source = load_text(f"a: {text}\n")
    assert source.data == {"a": value}
    [note] = source.notes
    assert (note.pointer, note.name) == ("line 1", note.name)
    assert "tag" in note.reason


@pytest.mark.parametrize(
    ("text", "value"),
    [("!!str 012", "012"), ("! 12", "12"), ("!!int 12", 12), ("!!binary aGk=", "aGk=")],
)
def test_a_known_tag_says_what_a_scalar_is(text: str, value: Json) -> None:
    assert data_of(f"a: {text}\n") == {"a": value}


def test_a_tab_in_a_block_of_text_is_taken() -> None:
    text = "a: |\n  x\n  \ty\nb:\n  - c: >-\n      p\n\n      \tq\nd: 1\n"
    assert data_of(text)["d"] == 1


def test_escaped_surrogate_pairs_are_one_character() -> None:
    assert data_of('a: "\\ud83d\\ude00 \\ud800"\n') == {"a": "😀 \ufffd"}


def test_broken_yaml_is_refused_with_its_line() -> None:
    problem = refusal("a: b\nc: d: e\n")
    assert problem.message.startswith("This is not valid YAML: mapping values are not allowed")
    assert problem.pointer == "line 2"


@pytest.mark.parametrize("text", ["a: \x07\n", "a: \x00\n", "a: '\n", "a: [1, 2\n", "%YAML 9.9\na"])
def test_other_broken_yaml_is_refused(text: str) -> None:
    assert refusal(text).message.startswith("This is not valid YAML: ")


@pytest.mark.parametrize(
    "text",
    [
        'a: "\\ud83d \\U0011FFFF"\n',
        'a: "\\ud83d \\UFFFFFFFF"\n',
        f'%YAML 1.{"9" * 5_000}\n---\na: \t"\\ud800"',
        "a: \ud800\n",
        '! !<%FF%FE\t>x "\\ud8"',
    ],
)
def test_yaml_beyond_all_bounds_is_refused(text: str) -> None:
    assert refusal(text).message.startswith("This is not valid YAML: ")


def test_several_documents_are_refused_and_empty_ones_are_none() -> None:
    assert "several YAML documents" in refusal("a: 1\n---\nb: 2\n").message
    assert "several YAML documents" in refusal("a: 1\n---\n---\nb: 2\n").message
    assert load_text("---\na: 1\n---\n").data == load_text("--- \na: 1\n...\n").data == {"a": 1}
    assert data_of("---\n# nothing\n---\na: 1\n...\n") == {"a": 1}


@pytest.mark.parametrize("text", ["just a line of text", "curl http://localhost", "A=1\nB=2\n"])
def test_text_that_is_no_data_is_text(text: str) -> None:
    source = load_text(text)
    assert source == Source(text)
