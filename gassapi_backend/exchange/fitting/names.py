"""Names as they can be stored: printable, short enough, and distinct among siblings."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

Folded = Callable[[str], str]
"""Returns the form in which all spellings of one name are equal."""

_JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}  # joiners in words and emoji
_BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")  # letters and a symbol that are invisible
_SPACE = {"Cc", "Zl", "Zp"}
_NOTHING = {"Cf", "Cs"}


def printable(name: str) -> str:
    """Return a name without control characters and direction marks; it may end up empty."""
    if name.isascii() and name.isprintable():
        return name.strip()
    shown = "".join(map(_shown, name)).strip()
    seen = (one for one in shown if one not in _JOINERS and one not in _BLANKS)
    return shown if any(unicodedata.category(one)[0] not in "MZ" for one in seen) else ""


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in _SPACE:
        return " "
    return "" if kind in _NOTHING and character not in _JOINERS else character


def cut(text: str, limit: int) -> str:
    """Return text of at most so many characters; an ellipsis marks where it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def distinct(
    names: Sequence[str], folded: Folded, *, taken: Iterable[str] = (), limit: int = 255
) -> list[str]:
    """Return names that differ from each other and from those ``taken``, even when folded.

    The first of several equal names stays as it is; the others get the lowest number that makes
    them unique. ``taken`` are names as they are written.
    """
    used = set(map(folded, taken))
    wanted = used.union(map(folded, names))
    numbers: dict[str, int] = {}
    found = []
    for name in names:
        key = folded(name)
        if key in used:
            name = _numbered(name, key, wanted, numbers, folded, limit)
            key = folded(name)
        used.add(key)
        wanted.add(key)
        found.append(name)
    return found


def _numbered(
    name: str, key: str, wanted: set[str], numbers: dict[str, int], folded: Folded, limit: int
) -> str:
    number = numbers.get(key, 2)
    while folded(with_number := _with(name, f" {number}", limit)) in wanted:
        number += 1
    numbers[key] = number + 1
    return with_number


def _with(name: str, suffix: str, limit: int) -> str:
    return name[: limit - len(suffix)].rstrip() + suffix
