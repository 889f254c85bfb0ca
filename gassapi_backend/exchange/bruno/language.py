"""Parses Bruno's own language: blocks of pairs, texts and lists.

::

    meta {            a dictionary: one pair per line, a value of several lines between '''
      name: Get one
    }
    body:json {       a text, indented by two spaces
      {"a": 1}
    }
    vars:secret [     a list
      token
    ]

A ``~`` before a key disables a pair; keys with spaces or colons are in double quotes; a pair may be
preceded by annotations (``@description("…")``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gassapi_backend.exchange.loading.json_text import parse_json
from gassapi_backend.exchange.tree import Unreadable

Value = str | list[str]
"""The value of a pair; a list in brackets is a list."""


@dataclass(slots=True)
class Pair:
    """A pair in a dictionary, or an entry in a list."""

    key: str
    value: Value = ""
    enabled: bool = True
    annotations: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as text, that of a list too."""
        return self.value if isinstance(self.value, str) else ", ".join(self.value)


@dataclass(slots=True)
class Block:
    """A block with its name; ``line`` is where it begins, ``text`` all that is in it."""

    name: str
    line: int
    text: str = ""
    pairs: list[Pair] = field(default_factory=list)

    def get(self, key: str) -> str:
        """Return the value of the last pair with a key; empty if there is none."""
        return next((one.text for one in reversed(self.pairs) if one.key == key), "")


_TEXTS = re.compile(
    r"body|body:(?:json|text|xml|sparql|graphql|graphql:vars)|script:[\w-]+|tests|docs|example"
    r"|request|response"
)
_START = re.compile(r"\s*([A-Za-z][\w.:-]*?)[ \t]*:?[ \t]*(?:(\{)[ \t]*(\}?)|(\[)([^\[]*))[ \t]*")
_SINGLE = re.compile(r"([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)")
_ANNOTATION = re.compile(r"\s*@([^\s():]+)(?:\((.*))?")
_QUOTED = re.compile(r'(~?)"((?:\\"|[^"])*)"[ \t]*:[ \t]?(.*)', re.S)
_ITEM = re.compile(r"[^\[\]{}:]+")
_DELIMITER = "'''"
_LONGEST_START = 500
_LONGEST_JSON = 200
"""How many lines are looked at for the end of JSON that stands without quotes."""


def parse(text: str) -> list[Block]:
    """Return the blocks of a file; raise ``Unreadable`` with the line of anything else."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line.strip():
            continue
        start = _START.fullmatch(line) if len(line) < _LONGEST_START else None
        if start is None:
            if single := _SINGLE.fullmatch(line.strip()):  # color: #fff
                value, at = _value(single[2], lines, at)
                blocks.append(Block(single[1], at, pairs=[Pair(single[1], value)]))
                continue
            raise Unreadable(
                "This is not Bruno's language: "
                f"a block is expected here, not “{line.strip()[:40]}”.",
                f"line {at}",
            )
        block = Block(start[1], at)
        end, first = ("}", start[3]) if start[2] else ("]", start[5])
        inside, at = _inside(lines, at, end, first, block)
        _fill(block, inside, is_list=end == "]")
        blocks.append(block)
    return blocks


def _inside(lines: list[str], at: int, end: str, first: str, block: Block) -> tuple[list[str], int]:
    """Return the lines up to the one that begins with the end mark, and the place after it."""
    first = first.strip()
    if first.endswith(end):
        return [first[:-1]] if first[:-1].strip() else [], at
    inside = [first] if first else []
    is_text = end == "}" and _TEXTS.fullmatch(block.name) is not None
    is_quoted = False
    while at < len(lines):
        line = lines[at]
        at += 1
        if not is_quoted and line[:1] == end:
            return inside, at
        if is_quoted:
            is_quoted = _DELIMITER not in line
        elif not is_text and _opens_quotes(line):
            is_quoted = _is_closed(lines, at)
        inside.append(line)
    raise Unreadable(f"The block “{block.name}” has no end.", f"line {block.line}")


def _opens_quotes(line: str) -> bool:
    """Whether a value of several lines begins in a line, that of a pair or of an annotation."""
    if _DELIMITER not in line:
        return False
    found = _ANNOTATION.fullmatch(line)
    said = found[2] if found and found[2] is not None else _key(line.strip())[2].strip()
    return said.startswith(_DELIMITER) and _DELIMITER not in said.removeprefix(_DELIMITER)


def _fill(block: Block, lines: list[str], *, is_list: bool) -> None:
    while lines and not lines[0]:
        lines = lines[1:]
    block.text = "\n".join(line.removeprefix("  ") for line in lines)
    if is_list:
        block.pairs = [*_entries(lines)]
    elif not _TEXTS.fullmatch(block.name):
        block.pairs = [*_pairs(lines, is_quotable=block.name != "assert")]


def _entries(lines: list[str]) -> Iterator[Pair]:
    annotations: dict[str, str] = {}
    for line in lines:
        if found := _ANNOTATION.fullmatch(line.strip()):
            annotations[found[1]] = _argument(found[2] or ")")
            continue
        for name in line.split(","):
            key = name.strip()
            if key:
                yield Pair(key.removeprefix("~"), "", not key.startswith("~"), annotations)
                annotations = {}


def _pairs(lines: list[str], *, is_quotable: bool) -> Iterator[Pair]:
    """Yield pairs. Older versions of Bruno wrote values of several lines without quotes."""
    at, annotations, before = 0, dict[str, str](), None
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line.strip():
            continue
        found = _ANNOTATION.fullmatch(line)
        if found and (found[2] is not None or ":" not in line):
            said, at = _to_bracket(found[2] or ")", lines, at)
            annotations[found[1]] = _argument(said)
            continue
        if before and ":" not in line and isinstance(before.value, str):
            inside = [before.value, line.strip()]
            while at < len(lines) and lines[at].strip() and ":" not in lines[at]:
                inside.append(lines[at].strip())
                at += 1
            before.value = "\n".join(inside)
            continue
        key, enabled, rest = _key(line.strip(), is_quotable=is_quotable)
        value, at = _value(rest, lines, at)
        if before:
            yield before
        before, annotations = Pair(key, value, enabled, annotations), {}
    if before:
        yield before


def _key(line: str, *, is_quotable: bool = True) -> tuple[str, bool, str]:
    """Return the key of a pair, whether it is enabled, and what follows the colon.

    The keys of assertions are expressions, whose quotes are their own.
    """
    if is_quotable and (quoted := _QUOTED.fullmatch(line)):
        return quoted[2].replace('\\"', '"'), not quoted[1], quoted[3]
    key, _, rest = line.partition(":")
    key = key.strip()
    return key.removeprefix("~").strip(), not key.startswith("~"), rest.strip()


def _value(rest: str, lines: list[str], at: int) -> tuple[Value, int]:
    """Return the value of a pair, which may span several lines, and the place after it."""
    rest = rest.strip()
    if rest.startswith(_DELIMITER) and (_DELIMITER in rest[3:] or _is_closed(lines, at)):
        return _quoted(rest.removeprefix(_DELIMITER), lines, at)
    if rest == "[" and (items := _items(lines, at)) is not None:
        return [one for one in items if one], at + len(items) + 1
    if rest in ("{", "[") and (text := _json(rest, lines, at)) is not None:
        return text, at + text.count("\n")
    return rest, at


def _is_closed(lines: list[str], at: int) -> bool:
    """Whether quotes that are open end in some line."""
    return any(_DELIMITER in lines[place] for place in range(at, len(lines)))


def _json(first: str, lines: list[str], at: int) -> str | None:
    """Return the JSON that begins in a line and ends in another; ``None`` if it is none."""
    end = {"{": "}", "[": "]"}[first]
    inside, is_open = [first], 1
    for line in lines[at : at + _LONGEST_JSON]:
        inside.append(line)
        is_open += line.count(first) - line.count(end)
        if is_open <= 0:
            break
    text = "\n".join(inside)
    try:
        parse_json(text)
    except Unreadable:
        return None
    return text


def _items(lines: list[str], at: int) -> list[str] | None:
    """Return the entries of a list up to its bracket; ``None`` if there is none."""
    items: list[str] = []
    for place in range(at, len(lines)):
        item = lines[place].strip().rstrip(",")
        if item == "]":
            return items
        if item and _ITEM.fullmatch(item) is None:
            break
        items.append(item)
    return None


def _quoted(first: str, lines: list[str], at: int) -> tuple[str, int]:
    """Return the text up to its closing quotes, each line without four spaces of indentation.

    What follows the quotes, like ``@contentType(…)``, is appended to the text.
    """
    if _DELIMITER in first:
        text, _, after = first.partition(_DELIMITER)
        return _with_rest(text, after), at
    inside = [first] if first else []
    while at < len(lines):
        line = lines[at]
        at += 1
        text, found, after = line.partition(_DELIMITER)
        text = text.removeprefix("    ") if text[:4].isspace() else text.lstrip()
        if found:
            inside += [text] if text.strip() else []
            return _with_rest("\n".join(inside), after), at
        inside.append(text)
    return "\n".join(inside), at


def _with_rest(text: str, after: str) -> str:
    return f"{text} {after.strip()}" if after.strip() else text


def _to_bracket(said: str, lines: list[str], at: int) -> tuple[str, int]:
    """Return what is in the parentheses of an annotation, which may span several lines."""
    if not said.startswith(_DELIMITER):
        return said, at
    text, at = _quoted(said.removeprefix(_DELIMITER), lines, at)
    return _DELIMITER + text, at


def _argument(said: str) -> str:
    """Return the argument of an annotation, without its quotes."""
    said = said.strip().removesuffix(")").strip()
    if said.startswith(_DELIMITER):
        return said.removeprefix(_DELIMITER).removesuffix(_DELIMITER).strip("\n")
    if len(said) > 1 and said[0] == said[-1] == '"':
        return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), said[1:-1])
    if len(said) > 1 and said[0] == said[-1] == "'":
        return said[1:-1]
    return said
