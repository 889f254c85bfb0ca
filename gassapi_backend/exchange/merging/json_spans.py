"""JSON text taken apart, so that changing one member leaves the others as they are written.

``{{variables}}`` may take the place of a value, even unquoted; comments count as white space.
"""

import re
from dataclasses import dataclass

MAX_DEPTH = 100

_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"(?:\{\{[^{}\n]*\}\}|[-+.\w])+")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|\s+|[^"\s/]+|/', re.DOTALL)


@dataclass(slots=True)
class Member:
    """A member of an object; ``lead`` is written before its key, ``middle`` before its value."""

    lead: str
    key: str
    middle: str
    value: "Value"


@dataclass(slots=True)
class Value:
    """A value: its text and, if it is an object, its members by key."""

    text: str
    members: dict[str, Member] | None = None
    tail: str = ""

    @property
    def plain(self) -> str:
        """The text without comments and without white space between its tokens."""
        return plain(self.text)


class _NotJson(Exception):
    pass


def parse(text: str) -> Value | None:
    """Return a text's value; ``None`` if it is not JSON, repeats a key or is nested too deeply."""
    try:
        start = _skip(text, 0)
        value, end = _value(text, start, 1)
    except _NotJson:
        return None
    return value if _skip(text, end) == len(text) else None


def start_of(text: str) -> int:
    """Return where a text's value begins: after white space and comments."""
    return _skip(text, 0)


def plain(text: str) -> str:
    """Return JSON text without comments and without white space between its tokens."""
    tokens = (match.group() for match in _TOKEN.finditer(text))
    return "".join(one for one in tokens if not (one.isspace() or one.startswith(("//", "/*"))))


def plain_space(text: str) -> str:
    """Return white space without the comments in it."""
    return "".join(part for part in _TOKEN.findall(text) if part.isspace())


def written(members: list[Member], tail: str) -> str:
    """Return the text of an object."""
    body = ",".join(f"{one.lead}{one.key}{one.middle}{one.value.text}" for one in members)
    return f"{{{body}{tail}}}"


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, depth: int) -> tuple[Value, int]:
    if depth > MAX_DEPTH:
        raise _NotJson
    if text.startswith("{", at) and not text.startswith("{{", at):
        return _object(text, at, depth)
    if text.startswith("[", at):
        end = _array_end(text, at, depth)
    else:
        match = _STRING.match(text, at) or _SCALAR.match(text, at)
        if match is None:
            raise _NotJson
        end = match.end()
    return Value(text[at:end]), end


def _array_end(text: str, at: int, depth: int) -> int:
    at = _skip(text, at + 1)
    if text.startswith("]", at):
        return at + 1
    while True:
        _, at = _value(text, at, depth + 1)
        at = _skip(text, at)
        if text.startswith("]", at):
            return at + 1
        at = _skip(text, _expect(text, at, ","))


def _object(text: str, start: int, depth: int) -> tuple[Value, int]:
    members: dict[str, Member] = {}
    lead, at = start + 1, _skip(text, start + 1)
    while not text.startswith("}", at):
        key = _STRING.match(text, at)
        if key is None or key.group() in members:
            raise _NotJson
        colon = _expect(text, _skip(text, key.end()), ":")
        begin = _skip(text, colon)
        value, end = _value(text, begin, depth + 1)
        members[key.group()] = Member(text[lead:at], key.group(), text[key.end() : begin], value)
        lead, at = end, _skip(text, end)
        if text.startswith("}", at):
            break
        lead = _expect(text, at, ",")
        at = _skip(text, lead)
        if text.startswith("}", at):
            raise _NotJson
    return Value(text[start : at + 1], members, text[lead:at]), at + 1


def _expect(text: str, at: int, sign: str) -> int:
    if not text.startswith(sign, at):
        raise _NotJson
    return at + 1
