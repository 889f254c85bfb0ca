"""Variables: which value wins, and text with ``{{variables}}`` filled in."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from gassapi_backend.exchange.tree import Folder, Json, Variable

Shown = Callable[[Variable], str | None]
"""Gives what replaces a variable; ``None`` leaves its reference as it is."""

MAX_FILLED = 2_000_000
"""How many characters a text may grow to; references beyond that stay as they are."""
MAX_KEPT = 10_000_000
"""How many characters the filled-in values of all variables may have together."""
_TOKENS = re.compile(r"\{\{(?!\{)|\}\}")
_MAX_NAME = 300


def value_of(variable: Variable) -> str:
    """Return the value of a variable, secret or not."""
    return str(variable.get("value", ""))


def unless_secret(variable: Variable) -> str | None:
    """Return the value of a variable that is not secret; leave references to secret ones."""
    return None if variable.get("secret") else value_of(variable)


MASK = "••••"
"""What replaces a secret value that is not revealed."""


def unless_masked(variable: Variable) -> str | None:
    """Return the value of a variable, but leave references to secret ones that are not revealed."""
    value = value_of(variable)
    return None if variable.get("secret") and value in ("", MASK) else value


@dataclass(slots=True)
class Scope:
    """The variables in effect for a request, and what became of the references to them.

    ``unresolved`` are names without a variable, ``dynamic`` names of values that are generated when
    a request is sent (``$guid``), ``withheld`` those that ``shown`` kept back, ``cycles`` the names
    of variables that contain themselves, starting with the one met first.
    """

    variables: dict[str, Variable]
    shown: Shown = value_of
    unresolved: list[str] = field(default_factory=list)
    dynamic: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    cycles: list[tuple[str, ...]] = field(default_factory=list)
    _filled: dict[str, str] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _size: int = 0

    def fill(self, text: str) -> str:
        """Return text with its references replaced, including those in values and in names.

        In ``{{a{{b}}}}``, the name ends with the value of ``b``.
        """
        if "{{" not in text:
            return text
        return _Filling(self._value).fill(text)

    def fill_all(self, value: Json) -> Json:
        """Return a copy of any value with all text in it filled, except descriptions."""
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, dict):
            return {
                key: one if key == "description" else self.fill_all(one)
                for key, one in value.items()
            }
        return [self.fill_all(one) for one in value] if isinstance(value, list) else value

    def _value(self, name: str) -> str | None:
        """Return the filled value of a variable; ``None`` leaves the reference."""
        known = name if name in self.variables else name.strip()
        if known not in self.variables:
            _add(self.dynamic if known.startswith("$") else self.unresolved, known)
            return None
        if known in self._filled:
            return self._filled[known]
        if known in self._open:
            _add(self.cycles, (*self._open[self._open.index(known) :], known))
            return None
        return self._first_time(known)

    def _first_time(self, name: str) -> str | None:
        value = self.shown(self.variables[name])
        if value is None or len(self._open) >= _MAX_NESTED or self._size > MAX_KEPT:
            _add(self.withheld, name)
            return None
        self._open.append(name)
        filled = self._filled[name] = self.fill(value)
        self._open.pop()
        self._size += len(filled)
        return filled


_MAX_NESTED = 50


def _add(names: list[Json], name: Json) -> None:
    if name not in names:
        names.append(name)


class _Filling:
    """A text while it is filled in: what is done, and the references that have begun in it."""

    def __init__(self, value: Callable[[str], str | None]) -> None:
        self._value = value
        self._begun: list[list[str]] = [[]]
        self._size = 0

    def fill(self, text: str) -> str:
        at = 0
        for token in _TOKENS.finditer(text):
            self._put(text[at : token.start()])
            at = token.end()
            if token[0] == "{{":
                self._begun.append([])
            elif len(self._begun) > 1:
                self._put(self._replaced("".join(self._begun.pop())))
            else:
                self._put("}}")
        self._put(text[at:])
        return "{{".join("".join(parts) for parts in self._begun)

    def _put(self, text: str) -> None:
        self._size += len(text)
        self._begun[-1].append(text)

    def _replaced(self, name: str) -> str:
        is_name = 0 < len(name) <= _MAX_NAME and name.isprintable() and self._size < MAX_FILLED
        value = self._value(name) if is_name and name.strip() else None
        return f"{{{{{name}}}}}" if value is None else value


def scope_of(
    above: Sequence[Folder],
    environment: Iterable[Variable] | None = None,
    shown: Shown = value_of,
) -> Scope:
    """Return the variables in effect below some folders, given outermost first.

    The nearest folder wins over those above it, the environment over all of them. Disabled
    variables are ignored.
    """
    nearest_last = chain(*(folder.variables for folder in above), environment or ())
    return Scope({one["key"]: one for one in _that_are_on(nearest_last)}, shown)


def _that_are_on(variables: Iterable[Variable]) -> Iterator[Variable]:
    return (
        one for one in variables if one.get("enabled", True) and isinstance(one.get("key"), str)
    )
