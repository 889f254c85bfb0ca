"""How formats that are known but not read are recognised."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gassapi_backend.exchange.recognition import first_of, keys_of, start_of
from gassapi_backend.exchange.sources import Source


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A format by name, how it is recognised, and what to do instead, as a sentence."""

    name: str
    looks_so: Callable[[Source], bool]
    advice: str


def key(*names: str) -> Callable[[Source], bool]:
    """Return whether an object, or the first object of a list, has all of these keys."""
    return lambda source: set(names) <= keys_of(first_of(source.data))


def start(pattern: str) -> Callable[[Source], bool]:
    """Return whether a pattern is found at the beginning of a text; ``^`` is that of a line."""
    found = re.compile(pattern, re.M)
    return lambda source: found.search(start_of(source)[:4_000]) is not None


def file(*ends: str) -> Callable[[Source], bool]:
    """Return whether the name of the file, or of one in the archive, ends so."""

    def looks_so(source: Source) -> bool:
        names = [path.lower() for path in source.files] or [source.name.lower()]
        return any(name.endswith(ends) for name in names)

    return looks_so


def any_of(*ways: Callable[[Source], bool]) -> Callable[[Source], bool]:
    """Return whether it looks so in one of several ways."""
    return lambda source: any(way(source) for way in ways)


def says(name: str, word: str) -> Callable[[Source], bool]:
    """Return whether the value of a key has a word in it."""

    def looks_so(source: Source) -> bool:
        data = first_of(source.data)
        return isinstance(data, dict) and word in str(data.get(name))

    return looks_so
