"""Parses JSON strictly by RFC 8259: what other parsers silently accept is refused or noted."""

import json
import re
from math import isinf

from gassapi_backend.exchange.loading.limits import check_depth, too_deep
from gassapi_backend.exchange.loading.texts import without_surrogates
from gassapi_backend.exchange.tree import Json, Note, Unreadable, What

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_MAX_NOTES = 100


def parse_json(text: str) -> tuple[Json, list[Note]]:
    """Return the value of JSON text, and notes; raise ``Unreadable`` with line and column.

    Integers keep all their digits. If an object has a key twice, the last value wins, as in other
    parsers, and a note says so.
    """
    twice = _Twice()
    try:
        data = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_number,
            parse_int=_integer,
            object_pairs_hook=twice.make,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"This is not valid JSON: {_said(error)} at line {error.lineno}, column {error.colno}.",
            f"line {error.lineno}",
        ) from None
    except RecursionError:
        raise too_deep() from None
    check_depth(data)
    notes: list[Note] = []
    if _SURROGATE_ESCAPE.search(text):
        data, notes = without_surrogates(data)
    return data, twice.notes(data) + notes


_SAYINGS = {
    "Extra data": "something follows after its end",
    "Invalid control character at": "a text contains a line break or control character",
    "Expecting value": "a value is missing",
    "Unterminated string starting at": "a closing quote is missing for the text that starts",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing",
}


def _said(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :].lstrip()
    if rest.startswith(("//", "/*")):
        return "it holds a comment, which JSON does not have,"
    if rest[:1] in ("}", "]") and error.doc[: error.pos].rstrip().endswith(","):
        return "nothing follows a comma"
    return _SAYINGS.get(error.msg, error.msg[:1].lower() + error.msg[1:])


_COMMENTS = re.compile(r"(?:\s+|//[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)+(?=[{\[])")


def begins_with_comments(text: str) -> bool:
    """Whether text is JSON but for the comments above it, which some tools write."""
    return text[:1] == "/" and _COMMENTS.match(text) is not None


def _refuse_constant(name: str) -> Json:
    raise Unreadable(
        f"This is not valid JSON: it holds {name}, which JSON does not have. "
        "Put a number, a text or null in its place."
    )


def _number(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise Unreadable(f"A number in it is out of range: {text[:40]}. Write it as text.")
    return number


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python converts at most 4,300 digits by default
        raise Unreadable(f"An integer in it has {len(text):,} digits. Write it as text.") from None


class _Twice:
    """Objects that have a key twice, found while parsing."""

    def __init__(self) -> None:
        self.found: dict[int, tuple[Json, set[str]]] = {}

    def make(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = {key for key in made if keys.count(key) > 1} if len(keys) < 1000 else set()
            self.found[id(made)] = made, twice
        return made

    def notes(self, data: Json) -> list[Note]:
        """Return a note for each such object, with its pointer; the first hundred."""
        if not self.found:
            return []
        notes: list[Note] = []
        waiting: list[tuple[str, Json]] = [("", data)]
        while waiting and len(notes) < min(len(self.found), _MAX_NOTES):
            pointer, value = waiting.pop()
            if id(value) in self.found:
                notes.extend(given_twice(pointer, key) for key in sorted(self.found[id(value)][1]))
            if isinstance(value, dict):
                waiting.extend((f"{pointer}/{escaped(key)}", one) for key, one in value.items())
            elif isinstance(value, list):
                waiting.extend((f"{pointer}/{at}", one) for at, one in enumerate(value))
        return notes


def given_twice(pointer: str, key: str) -> Note:
    """Return the note on a key that the object at ``pointer`` has twice."""
    return Note(
        What.SKIPPED,
        "document",
        key,
        f"{pointer}/{escaped(key)}",
        "the key is here more than once; the last value is used",
    )


def escaped(key: str) -> str:
    """Return a key as a part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
