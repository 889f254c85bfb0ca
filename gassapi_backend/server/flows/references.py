"""References in a flow's texts: ``{{input.name}}``, ``{{step.output}}``, ``{{variable}}``.

A reference is what stands between ``{{`` and the next ``}}``. ``{{`` without an end, and what
cannot be a reference (like a template language's ``{{#if user.name}}``), is plain text. The texts
are read in one pass, without patterns that could go back and forth in them.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

MAX_NAME = 255  # characters of a step's id or of an output
UNREAD = frozenset({"id", "name", "description", "outputs", "reactFlow"})
"""Keys of a step that hold no references: words for people, places in a response, a drawing."""

_PLAIN = re.compile(r"[^\w.$@\[\]-]")

Path = tuple[Any, ...]
Trail = tuple["Trail", str | int] | None
"""Where a value is: its parent's trail and its key there, so that no walk builds long paths."""


class Use(NamedTuple):
    """A reference, and where in a step it stands."""

    path: Path
    name: str


class Unknown(NamedTuple):
    """A reference that names nothing; ``reason`` continues a sentence that begins with its user."""

    reason: str


def uses_in(fields: Mapping[str, Any]) -> Iterator[Use]:
    """Return the references in a step's keys and values, however deep. Does not recurse."""
    waiting: list[tuple[Any, Trail]] = [
        (value, (None, key)) for key, value in reversed(list(fields.items())) if key not in UNREAD
    ]
    while waiting:
        value, trail = waiting.pop()
        if isinstance(value, str):
            for name in names_in(value):
                yield Use(_path(trail), name)
        elif isinstance(value, dict):
            for key, part in reversed(list(value.items())):
                waiting.append((part, (trail, key)))
                if "{{" in key:
                    waiting.append((key, (trail, key)))
        elif isinstance(value, list):
            waiting += [(part, (trail, at)) for at, part in reversed(list(enumerate(value)))]


def names_in(text: str) -> Iterator[str]:
    """Return what stands between ``{{`` and ``}}``, the innermost where they are nested."""
    at = text.find("{{")
    while at >= 0:
        end = text.find("}}", at + 2)
        if end < 0:
            return
        start = text.rfind("{{", at, end)
        name = text[start + 2 : end].strip()
        if name and "{" not in name and "}" not in name:
            yield name
        at = text.find("{{", end + 2)


def source_of(
    name: str, inputs: frozenset[str], steps: Mapping[str, tuple[int, frozenset[str]]]
) -> int | Unknown | None:
    """Return the number of the step whose output a reference names.

    ``None`` for what comes from elsewhere: an input that is there, a variable (no dot, or after
    ``env.``), a generated value (``$``). ``steps`` are numbers and outputs by id. The longest id
    that fits is meant where ids contain dots; ``input`` and ``env`` never mean a step. What follows
    a name after a further dot or bracket is a place in its value.
    """
    if name.startswith("input."):
        wanted = re.split(r"[.\[]", name[6 : 6 + MAX_NAME], maxsplit=1)[0]
        return None if wanted in inputs else Unknown(f'but there is no input "{wanted}"')
    if (id_ := step_in(name, steps)) is not None:
        number, outputs = steps[id_]
        return number if _has_output(outputs, name[len(id_) + 1 :]) else _no_output(name, len(id_))
    if not _may_name_step(name) or name[0] == "." or _PLAIN.search(name):
        return None
    return Unknown(f'but there is no step "{name.partition(".")[0]}"')


def step_in(name: str, ids: Container[str]) -> str | None:
    """Return the id of the step whose output a reference names, as ``source_of()`` finds it."""
    if not _may_name_step(name):
        return None
    return next((name[:end] for end in _cuts(name, ".") if name[:end] in ids), None)


def uses_between(steps: Sequence[Mapping[str, Any]]) -> set[tuple[int, int]]:
    """Return which steps use outputs of which: the numbers of the used one and of the user."""
    numbers = {step["id"]: number for number, step in enumerate(steps)}
    found = ((use.name, number) for number, step in enumerate(steps) for use in uses_in(step))
    named = ((step_in(name, numbers), number) for name, number in found)
    return {(numbers[id_], number) for id_, number in named if id_ is not None}


def _may_name_step(name: str) -> bool:
    return "." in name and not name.startswith(("input.", "env.", "$"))


def _has_output(outputs: frozenset[str], rest: str) -> bool:
    return rest in outputs or any(rest[:end] in outputs for end in _cuts(rest, ".["))


def _no_output(name: str, end: int) -> Unknown:
    return Unknown(f'but step "{name[:end]}" has no output "{name[end + 1 :]}"')


def _cuts(text: str, marks: str) -> list[int]:
    """Return where names of allowed length may end in a text, the longest first."""
    return [at for at, mark in enumerate(text[: MAX_NAME + 1]) if mark in marks][::-1]


def _path(trail: Trail) -> Path:
    keys: list[str | int] = []
    while trail is not None:
        trail, key = trail
        keys.append(key)
    return tuple(reversed(keys))
