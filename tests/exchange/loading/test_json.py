"""JSON: what is right is taken whole, what is not is refused with a place, in bounded time."""

import json

import pytest

from gassapi_backend.exchange.loading import MAX_DEPTH, load, load_text
from gassapi_backend.exchange.sources import Syntax
from gassapi_backend.exchange.tree import Unreadable


def refusal(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        load_text(text)
    return caught.value


def test_json_is_its_data() -> None:
    source = load_text(' {"a": [1, 2.5, null, true, "é"]}\n', "a.json")
    assert source.data == {"a": [1, 2.5, None, True, "é"]}
    assert (source.syntax, source.name) == (Syntax.JSON, "a.json")


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff"])
def test_an_empty_document_is_refused(text: str) -> None:
    assert refusal(text).message == "The document is empty."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,\n "b": }', "line 2"),
        ('{"a": 1\n "b": 2}', "line 2"),
        ('{"a": "x\ny"}', "line 1"),
        ("[1, 2\n", "line 2"),
        ('{"a": 1}\n{"b": 2}', "line 2"),
        ("{'a': 1}", "line 1"),
    ],
)
def test_broken_json_is_refused_with_its_line(text: str, line: str) -> None:
    problem = refusal(text)
    assert problem.message.startswith("This is not valid JSON: ")
    assert f"{line}, column" in problem.message
    assert problem.pointer == line


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_cannot_say_is_refused(number: str) -> None:
    assert number in refusal(f'{{"a": {number}}}').message


def test_a_number_out_of_range_is_refused() -> None:
    assert "1e999" in refusal('{"a": 1e999}').message


def test_integers_beyond_64_bits_keep_their_digits() -> None:
    assert load_text(f'{{"a": {2**80}, "b": -{10**1000}}}').data == {"a": 2**80, "b": -(10**1000)}


def test_an_integer_of_ten_thousand_digits_is_refused() -> None:
    assert "10,000 digits" in refusal('{"a": ' + "9" * 10_000 + "}").message


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000])
def test_json_that_is_nested_100_000_deep_is_refused(text: str) -> None:
    assert refusal(text).message == f"It is nested more than {MAX_DEPTH} levels deep."


def test_json_may_be_nested_as_deep_as_the_bound_and_not_deeper() -> None:
    assert load_text("[" * MAX_DEPTH + "]" * MAX_DEPTH).data
    assert "levels deep" in refusal("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).message


def test_of_a_key_that_stands_twice_the_last_counts_and_is_reported() -> None:
    source = load_text('{"a": [{"x/y": 1, "b": 0, "x/y": 2}]}')
    assert source.data == {"a": [{"x/y": 2, "b": 0}]}
    [note] = source.notes
    assert (note.name, note.pointer) == ("x/y", "/a/0/x~1y")


def test_notes_on_keys_that_stand_twice_are_bounded() -> None:
    source = load_text("[" + ",".join(['{"a": 1, "a": 2}'] * 5_000) + "]")
    assert len(source.data) == 5_000
    assert 0 < len(source.notes) <= 100


def test_half_of_a_surrogate_pair_becomes_a_character_and_is_reported() -> None:
    source = load_text(r'{"a\udc00": "x\ud800y", "good": "\ud83d\ude00", "n": ["\udfff"]}')
    assert source.data == {"a\ufffd": "x\ufffdy", "good": "😀", "n": ["\ufffd"]}
    assert "surrogate" in source.notes[0].reason
    json.dumps(source.data, ensure_ascii=False).encode()


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]


@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-32-le"])
def test_unicode_is_read_in_every_encoding_with_and_without_mark(encoding: str) -> None:
    assert load('{"a": "é😀"}'.encode(encoding)).data == {"a": "é😀"}


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\0\0"])
def test_a_mark_alone_is_an_empty_document(mark: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        load(mark)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'{"a":\n "\xe9"}', "UTF-8"),
        (b"\xff\xfe{\0\0\xd8", "UTF-16-LE"),
        (b"\x1f\x8b\x08\x00rest", "gzip.*Unpack it"),
        (b"a.json".ljust(257, b"\0") + b"ustar\x0000", "tar archive.*Unpack it"),
        (b"\x28\xb5\x2f\xfdrest", "zstd"),
        (b"%PDF-1.7\n", "a PDF, and no document"),
        (b"\x89PNG\r\n", "a picture"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"\x89PMG\r\n\x1a\n\0\0\0", "UTF-8"),
    ],
)
def test_what_is_no_unicode_text_is_refused_with_advice(data: bytes, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        load(data)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger than 1 MB"):
        load(b" " * 1_000_001, max_bytes=1_000_000)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('// why\n{"a": 1}', "a comment"),
        ("/* why *//**/ [1]", "a comment"),
        ('{"a": 1, // why\n "b": 2}', "a comment"),
        ('{"a": [1, /* why */ 2]}', "a comment"),
        ('{"a": [1, 2,]}', "nothing follows a comma"),
        ('{"a": 1,\n}', "nothing follows a comma"),
    ],
)
def test_what_json_with_comments_has_too_much_is_named(text: str, word: str) -> None:
    with pytest.raises(Unreadable, match=f"not valid JSON: .*{word}.* at line"):
        load_text(text, "settings.json")
