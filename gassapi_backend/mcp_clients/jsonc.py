"""JSON with comments, changed in place: everything else stays as it was typed.

Clients keep their settings as JSON with comments and commas before closing brackets ("JSONC"), and
people edit the same files. So a change is made in the text, without rewriting all of it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 200

_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_NOTE = re.compile(r"[ \t]*//[^\n]*")
_WORD = re.compile(r"[-+.\w]+")


class NotJson(ValueError):
    """The text is not JSON with comments; the message has the line."""


@dataclass(slots=True)
class _Node:
    """A value and where it is: ``text[start:end]``. An object's members are by key."""

    start: int
    end: int = 0
    members: "dict[str, _Member] | None" = None
    items: "list[_Node] | None" = None


@dataclass(slots=True)
class _Member:
    start: int
    value: _Node


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    depth: int = field(default=0)

    def fail(self, wanted: str) -> NotJson:
        line = self.text.count("\n", 0, self.at) + 1
        return NotJson(f"{wanted} was expected in line {line}")

    def skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def sees(self, sign: str) -> bool:
        self.skip()
        return self.text.startswith(sign, self.at)

    def take(self, sign: str) -> None:
        if not self.sees(sign):
            raise self.fail(f'"{sign}"')
        self.at += len(sign)

    def string(self) -> str:
        self.skip()
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self.fail("A text in double quotes")
        self.at = match.end()
        return str(json.loads(match.group()))

    def value(self) -> _Node:
        self.skip()
        node = _Node(self.at)
        if self.text.startswith(("{", "["), self.at):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise NotJson(f"it is more than {MAX_DEPTH} levels deep")
            if self.text[self.at] == "{":
                self.object(node)
            else:
                self.array(node)
            self.depth -= 1
        elif self.text.startswith('"', self.at):
            self.string()
        else:
            self.word()
        node.end = self.at
        return node

    def word(self) -> None:
        match = _WORD.match(self.text, self.at)
        try:
            json.loads(match.group() if match else "")
        except ValueError:
            raise self.fail("A value") from None
        self.at += len(match.group()) if match else 0

    def object(self, node: _Node) -> None:
        node.members = {}
        self.take("{")
        while not self.sees("}"):
            start = self.at
            key = self.string()
            self.take(":")
            node.members[key] = _Member(start, self.value())
            if not self.sees("}"):
                self.take(",")
        self.take("}")

    def array(self, node: _Node) -> None:
        node.items = []
        self.take("[")
        while not self.sees("]"):
            node.items.append(self.value())
            if not self.sees("]"):
                self.take(",")
        self.take("]")


def loads(text: str) -> Any:
    """Return the value of the text. Raises ``NotJson``."""
    return _value(text, _root(text))


def with_value(text: str, path: Sequence[str], value: Any) -> str:
    """Return the text with a value at a path of keys; missing objects on the path are created.

    An empty text is an empty object. Raises ``NotJson``, also if something on the path is not an
    object.
    """
    text = text if text.strip("\ufeff \t\r\n") else "{}\n"
    node, step = _root(text), 0
    while node.members is not None and path[step] in node.members:
        node, step = node.members[path[step]].value, step + 1
        if step == len(path):
            return _replaced(text, node, value)
    if node.members is None:
        raise NotJson(f'"{".".join(path[:step]) or "the whole"}" is not an object')
    for key in reversed(path[step + 1 :]):
        value = {key: value}
    return _inserted(text, node, f"{json.dumps(path[step])}: ", value)


def with_item(text: str, path: Sequence[str], item: dict[str, Any], *, key: str) -> str:
    """Return the text with an object in the list at a path, replacing one with the same ``key``.

    Raises ``NotJson`` like ``with_value()``.
    """
    node = _found(text, path)
    if node is None:
        return with_value(text, path, [item])
    if node.items is None:
        raise NotJson(f'"{".".join(path)}" is not a list')
    for old in node.items:
        if old.members and key in old.members:
            said = _value(text, old.members[key].value)
            if said == item[key]:
                return _replaced(text, old, item)
    return _inserted(text, node, "", item)


def without(text: str, path: Sequence[str]) -> str:
    """Return the text without the member at a path; unchanged if there is no such member."""
    holder = _found(text, path[:-1])
    if holder is None or holder.members is None or path[-1] not in holder.members:
        return text
    member = holder.members[path[-1]]
    return _cut(text, holder, member.start, member.value.end)


def without_item(text: str, path: Sequence[str], key: str, value: str) -> str:
    """Return the text without the objects in the list at a path whose ``key`` has that value."""
    node = _found(text, path)
    for item in reversed(node.items or [] if node else []):
        member = (item.members or {}).get(key)
        if node and member and _value(text, member.value) == value:
            text = _cut(text, node, item.start, item.end)
    return text


def _root(text: str) -> _Node:
    reader = _Reader(text)
    node = reader.value()
    reader.skip()
    if reader.at != len(text):
        raise reader.fail("The end")
    return node


def _found(text: str, path: Sequence[str]) -> _Node | None:
    if not text.strip("\ufeff \t\r\n"):
        return None
    node = _root(text)
    for key in path:
        if node.members is None or key not in node.members:
            return None
        node = node.members[key].value
    return node


def _value(text: str, node: _Node) -> Any:
    if node.members is not None:
        return {key: _value(text, member.value) for key, member in node.members.items()}
    if node.items is not None:
        return [_value(text, item) for item in node.items]
    return json.loads(text[node.start : node.end])


def _inserted(text: str, holder: _Node, before: str, value: Any) -> str:
    """Put a member or item after the last one of an object or list."""
    outer, step = _margin(text, holder.start), _step(text, holder)
    typed = f"\n{outer}{step}{before}{_typed(value, outer + step, step)}"
    last = _last(holder)
    if last is None:
        kept = text[holder.start + 1 : holder.end - 1].rstrip()  # maybe a comment
        return f"{text[: holder.start + 1]}{kept}{typed}\n{outer}{text[holder.end - 1 :]}"
    reader = _Reader(text, last)
    has_comma = reader.sees(",")
    end = reader.at + 1 if has_comma else last
    note = _NOTE.match(text, end)  # a comment on the last one stays beside it
    rest = note.end() if note else end
    before_it, after_it = ("", ",") if has_comma else (",", "")
    closing = "" if "\n" in text[rest : holder.end] else f"\n{outer}"
    return text[:end] + before_it + text[end:rest] + typed + after_it + closing + text[rest:]


def _last(holder: _Node) -> int | None:
    if holder.members:
        return max(member.value.end for member in holder.members.values())
    return holder.items[-1].end if holder.items else None


def _cut(text: str, holder: _Node, start: int, end: int) -> str:
    """Take out a member or item, with its comma and the line that it leaves empty."""
    reader = _Reader(text, end)
    if reader.sees(","):
        end = reader.at + 1
    elif (comma := _comma_before(text, holder, start)) is not None:
        head = text[:comma] + text[comma + 1 : start].rstrip(" \t\r\n")
        return head + text[end:]
    line_start = text.rfind("\n", 0, start) + 1
    line_end = re.compile(r"[ \t]*\r?\n").match(text, end)
    if line_end and not text[line_start:start].strip(" \t"):
        return text[:line_start] + text[line_end.end() :]
    return text[:start] + text[end:].lstrip(" \t")


def _comma_before(text: str, holder: _Node, start: int) -> int | None:
    ends = [member.value.end for member in (holder.members or {}).values()]
    ends += [item.end for item in holder.items or []]
    earlier = [end for end in ends if end <= start]
    if not earlier:
        return None
    reader = _Reader(text, max(earlier))
    return reader.at if reader.sees(",") else None


def _typed(value: Any, margin: str, step: str) -> str:
    """Return a value as text, with a margin before every line but the first."""
    return ("\n" + margin).join(json.dumps(value, indent=step, ensure_ascii=False).split("\n"))


def _replaced(text: str, old: _Node, value: Any) -> str:
    typed = _typed(value, _margin(text, old.start), _any_step(text))
    return text[: old.start] + typed + text[old.end :]


def _margin(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _step(text: str, holder: _Node) -> str:
    """Return one level of indentation, as the members of this object have it."""
    starts = [member.start for member in (holder.members or {}).values()]
    starts += [item.start for item in holder.items or []]
    for start in starts:
        margin, outer = _margin(text, start), _margin(text, holder.start)
        if margin.startswith(outer) and len(margin) > len(outer):
            return margin[len(outer) :]
    return _any_step(text)


def _any_step(text: str) -> str:
    match = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    return match.group(1) if match else "  "
