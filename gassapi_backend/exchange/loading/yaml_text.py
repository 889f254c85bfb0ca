"""Parses YAML 1.2 to plain data: keys are text, aliases are bounded, tags are never obeyed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from gassapi_backend.exchange.loading.json_text import escaped, given_twice
from gassapi_backend.exchange.loading.limits import MAX_DEPTH, MAX_EXPANDED, too_deep
from gassapi_backend.exchange.loading.scalars import USUAL, plain_scalar
from gassapi_backend.exchange.loading.texts import whole
from gassapi_backend.exchange.tree import Json, Note, Unreadable, What

_C_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_SLOW = 1_000_000
"""The longest text given to the pure Python loader, which is six times slower than libyaml."""


@dataclass(slots=True)
class Parsed:
    """The value of YAML text, the spellings that the value does not keep, and notes."""

    data: Json = None
    scalars: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def parse_yaml(text: str) -> Parsed:
    """Return what YAML text says; raise ``Unreadable`` with line and column.

    libyaml refuses tabs in block scalars and escaped surrogate pairs, which other parsers accept:
    such text is tried with the pure Python loader too, if it is not too long.
    """
    try:
        return _parsed(text, _C_LOADER)
    except _PROBLEMS as error:
        if len(text) > MAX_SLOW or ("\t" not in text and "\\ud" not in text.lower()):
            raise _unreadable(error) from None
    try:
        return _parsed(text, yaml.SafeLoader)
    except _PROBLEMS as error:
        raise _unreadable(error) from None


_PROBLEMS = (yaml.YAMLError, ValueError, OverflowError)
"""The last two are what the pure Python loader raises for escapes and versions out of range."""


def _unreadable(error: Exception) -> Unreadable:
    if not isinstance(error, yaml.YAMLError):
        return Unreadable("This is not valid YAML: an escape or a number in it is out of range.")
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it breaks off"
    if mark is None:
        at = getattr(error, "position", None)
        place = "" if at is None else f" (character {at + 1})"
        return Unreadable(f"This is not valid YAML: {problem}{place}.")
    line, column = mark.line + 1, mark.column + 1
    return Unreadable(
        f"This is not valid YAML: {problem} at line {line}, column {column}.", f"line {line}"
    )


def _parsed(text: str, loader: Any) -> Parsed:
    building = _Building()
    for event in _events(text, loader):
        building.take(event)
    return building.parsed


def _events(text: str, loader: Any) -> Iterator[Any]:
    reading = loader(text)
    try:
        while reading.check_event():
            yield reading.get_event()
    finally:
        reading.dispose()


@dataclass(slots=True)
class _Open:
    """A list or object that has begun; ``key`` is the key whose value comes next."""

    value: Json
    anchor: str | None
    size: int = 8
    height: int = 1
    key: Any = None
    merged: list[dict[str, Json]] = field(default_factory=list)

    def wants_key(self) -> bool:
        return self.key is None and type(self.value) is dict


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What an alias stands for: its value, about how many characters, and how many levels."""

    value: Json
    size: int
    height: int = 0


class _Building:
    """A document being built from its events."""

    def __init__(self) -> None:
        self.parsed = Parsed()
        self.open: list[_Open] = []
        self.anchors: dict[str, _Anchored] = {}
        self.keys: dict[str, str] = {}
        self.tags: set[str] = set()
        self.expanded = 0
        self.next_document: Any = None
        self.acts = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }

    def take(self, event: Any) -> None:
        act = self.acts.get(type(event))
        if act is None:
            return
        if self.next_document is not None:
            self._beyond_the_end(event)
            return
        act(event)

    def _document(self, event: Any) -> None:
        if self.parsed.data is not None:
            self.next_document = event

    def _beyond_the_end(self, event: Any) -> None:
        """Refuse a second document, unless it is empty: some tools end a file with ``---``."""
        if isinstance(event, ScalarEvent) and not event.value and event.implicit[0]:
            return
        if isinstance(event, DocumentStartEvent):
            return
        raise Unreadable(
            "It holds several YAML documents, with --- between them. "
            "Split it, and import each by itself.",
            _line(self.next_document),
        )

    def _scalar(self, event: Any) -> None:
        text = event.value
        if self.open and self.open[-1].wants_key():
            self._key(text, event)
            return
        plain = event.implicit[0] if event.tag is None else self._is_plain(event)
        value = plain_scalar(text) if plain else whole(text)
        if plain and text not in USUAL and (value is None or isinstance(value, bool)):
            self.parsed.scalars[self._pointer()] = text
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(value, 8 + len(text))
        self._put(value, 8 + len(text))

    def _is_plain(self, event: Any) -> bool:
        """Whether a tagged scalar means what it would mean without its tag."""
        if event.tag in _TEXT_TAGS:
            return False
        self._look_at_tag(event)
        return event.style in (None, "")

    def _look_at_tag(self, event: Any) -> None:
        tag = event.tag
        if tag is None or tag in _KNOWN_TAGS or tag in self.tags or len(self.tags) > _MAX_NOTES:
            return
        self.tags.add(tag)
        reason = "the tag is not known here; its value is read as it is written"
        self.parsed.notes.append(Note(What.SKIPPED, "document", tag[:100], _line(event), reason))

    def _key(self, text: str, event: Any) -> None:
        where = self.open[-1]
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(text, 8 + len(text))
        if text == "<<" and event.implicit[0]:
            where.key = _MERGE
            return
        key = self.keys.setdefault(text, text) if text.isascii() else whole(text)
        where.size += len(key)
        if key in where.value:
            if len(self.parsed.notes) < _MAX_NOTES:
                self.parsed.notes.append(given_twice(self._pointer(), key))
            del where.value[key]
        where.key = key

    def _start(self, event: Any) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise too_deep(event.start_mark.line + 1)
        if self.open and self.open[-1].wants_key():
            raise Unreadable("A key in it is a list or an object; only text can be.", _line(event))
        self._look_at_tag(event)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(_OPEN, 0)
        self.open.append(_Open({} if type(event) is MappingStartEvent else [], event.anchor))

    def _end(self, event: Any) -> None:
        done = self.open.pop()
        for merged in done.merged:
            for key, value in merged.items():
                done.value.setdefault(key, value)
        if done.anchor:
            self.anchors[done.anchor] = _Anchored(done.value, done.size, done.height)
        self._put(done.value, done.size, done.height)

    def _alias(self, event: Any) -> None:
        found = self.anchors.get(event.anchor)
        if found is None:
            raise Unreadable(f"The alias *{event.anchor} has no anchor before it.", _line(event))
        if found.value is _OPEN:
            raise Unreadable(f"The anchor &{event.anchor} contains itself.", _line(event))
        self.expanded += found.size
        if self.expanded > MAX_EXPANDED:
            raise Unreadable(
                "Its aliases stand for too much: written out, it is huge.", _line(event)
            )
        if len(self.open) + found.height > MAX_DEPTH:
            raise too_deep(event.start_mark.line + 1)
        if not self.open or not self.open[-1].wants_key():
            self._put(found.value, found.size, found.height)
        elif isinstance(found.value, str):
            self.open[-1].key = found.value
        else:
            raise Unreadable("An alias that is a key must stand for text.", _line(event))

    def _put(self, value: Json, size: int, height: int = 0) -> None:
        if not self.open:
            self.parsed.data = value
            return
        where = self.open[-1]
        where.size += size
        where.height = max(where.height, height + 1)
        if type(where.value) is list:
            where.value.append(value)
            return
        key, where.key = where.key, None
        if key is not _MERGE:
            where.value[key] = value
        elif _is_mergeable(value):
            where.merged.extend(value if isinstance(value, list) else [value])
        else:
            where.value["<<"] = value

    def _pointer(self) -> str:
        """Return the JSON pointer of the value that comes next."""
        parts = (
            len(where.value) if isinstance(where.value, list) else where.key for where in self.open
        )
        return "".join(f"/{escaped(str(part))}" for part in parts if part is not None)


_OPEN = object()
_MERGE = object()
"""Stands for the plain key ``<<`` of YAML 1.1, which every parser accepts and real files use."""
_MAX_NOTES = 100
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = {"!", f"{_CORE}str", f"{_CORE}binary", f"{_CORE}timestamp"}
_KNOWN_TAGS = {_CORE + name for name in ("int", "float", "bool", "null", "map", "seq")}


def _is_mergeable(value: Json) -> bool:
    return all(isinstance(one, dict) for one in (value if isinstance(value, list) else [value]))


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"
