"""Writes lists of entries: those that were not edited keep their originals, with every detail."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from gassapi_backend.exchange.fitting.names import printable
from gassapi_backend.exchange.tree import Entry, Json

KeyOf = Callable[[Json], object]
"""Returns what identifies an entry among its siblings."""

Rewrite = Callable[[Entry, Entry, Json], Json]
"""Makes an entry in the format, given the entry now, the entry as imported, and its original.

The latter two are ``{}`` and ``None`` for a new entry. The result is a copy of the original that
differs only in those properties in which the two entries differ.
"""


def by_key(entry: Json) -> object:
    """Return an entry's ``key``."""
    return entry.get("key") if isinstance(entry, dict) else None


def by_name(entry: Json) -> object:
    """Return an entry's ``name``."""
    return entry.get("name") if isinstance(entry, dict) else None


def written_entries(
    entries: Sequence[Entry],
    base: Sequence[Entry] | None,
    originals: Sequence[Json] | None,
    rewrite: Rewrite,
    *,
    ours: KeyOf = by_key,
    theirs: KeyOf = by_key,
) -> list[Json]:
    """Return a list as its format writes it: for unchanged entries, their originals, untouched.

    ``entries`` are the current ones, ``base`` those imported, ``originals`` those of the source.
    The n-th entry with a key belongs to the n-th original with that key; one whose key was edited,
    to the original in its place. Originals that the reader ignored stay after the one they
    followed. ``ours`` gives the key of an entry, ``theirs`` that of an original.
    """
    base, originals = base or [], originals or []
    original_of = _matches([*map(ours, base)], [*map(theirs, originals)])
    base_of = _matches([*map(ours, entries)], [*map(ours, base)])
    followers = _followers(len(originals), {at for at in original_of if at is not None})
    written = [originals[at] for at in followers.pop(-1, ())]
    for entry, at in zip(entries, base_of, strict=True):
        place = None if at is None else original_of[at]
        original = None if place is None else originals[place]
        before = {} if at is None else base[at]
        unchanged = original is not None and entry == before
        written.append(original if unchanged else rewrite(entry, before, original))
        if place is not None:
            written.extend(originals[follower] for follower in followers.pop(place, ()))
    return written + [originals[at] for left in followers.values() for at in left]


def _matches(keys: list[object], others: list[object]) -> list[int | None]:
    """Return the place of each key's match: the n-th of the same key, else the same place."""
    places = defaultdict(list)
    for place, other in reversed([*enumerate(others)]):
        places[_spelled(other)].append(place)
    found = [waiting.pop() if (waiting := places[_spelled(key)]) else None for key in keys]
    if len(keys) != len(others):
        return found
    free = set(range(len(others))).difference(found)
    return [at if place is None and at in free else place for at, place in enumerate(found)]


def _spelled(key: object) -> str:
    """Return a key in the form used to compare keys: making it printable leaves it the same."""
    return repr(printable(key) if isinstance(key, str) else key)


def _followers(count: int, used: set[int]) -> dict[int, list[int]]:
    """Return the originals without an entry, by the one with an entry before them (or -1)."""
    followers = defaultdict(list)
    last = -1
    for at in range(count):
        if at in used:
            last = at
        else:
            followers[last].append(at)
    return followers
