"""Scalars as they were written: a YAML number keeps its text if that is not the usual one."""

import json
import re

import orjson

from gassapi_backend.exchange.tree import Json


class IntegerAsWritten(int):
    """An integer that is not written in the usual way: ``0123``, ``0x1F``, ``+5``."""

    text: str

    def __new__(cls, value: int, text: str) -> "IntegerAsWritten":
        self = super().__new__(cls, value)
        self.text = text
        return self

    def __getnewargs__(self) -> tuple[int, str]:  # type: ignore[override]  # for pickle, copy
        return int(self), self.text


class NumberAsWritten(float):
    """A number that is not written in the usual way: ``1.10``, ``2.0``, ``1e3``."""

    text: str

    def __new__(cls, value: float, text: str) -> "NumberAsWritten":
        self = super().__new__(cls, value)
        self.text = text
        return self

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]  # for pickle, copy
        return float(self), self.text


def text_of(value: Json, written: str | None = None) -> str:
    """Return a value as text where a format wants text; a YAML scalar exactly as it was written.

    Lists and objects become JSON text, null becomes empty text. ``written`` is what
    ``Source.scalars`` has for the value's pointer, if the reader knows it.
    """
    if isinstance(value, str):
        return value
    if written is not None:
        return written
    if isinstance(value, (IntegerAsWritten, NumberAsWritten)):
        return value.text
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))  # as JavaScript writes it
    return json_text(value)


def as_written(value: Json) -> Json:
    """Return a scalar to keep in ``Origin.original`` where the format wants text.

    Numbers written in an unusual way become text: as plain JSON numbers they would lose it.
    """
    return value.text if isinstance(value, (IntegerAsWritten, NumberAsWritten)) else value


def json_text(value: Json) -> str:
    """Return compact JSON text of any loaded value, including integers of any size."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits, a number that keeps its text
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMERIC = frozenset("0123456789+-.")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_MAX_DIGITS = 4_300  # what Python converts by default
USUAL = frozenset({"true", "false", "null", ""})
"""The usual spellings of truth values and null."""


def plain_scalar(text: str) -> Json:
    """Return the value of a plain scalar under the core schema of YAML 1.2 (section 10.3.2).

    Infinity and not-a-number, which JSON cannot express, stay text.
    """
    if text[:1] in _NUMERIC:
        return _number(text)
    return _WORDS.get(text, text)


def _number(text: str) -> Json:
    if _INTEGER.fullmatch(text) and len(text) <= _MAX_DIGITS:
        integer = int(text, _base(text))
        return integer if str(integer) == text else IntegerAsWritten(integer, text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            return text
        return number if text_of(number) == text else NumberAsWritten(number, text)
    return text


def _base(text: str) -> int:
    return {"0o": 8, "0x": 16}.get(text[:2], 10)
