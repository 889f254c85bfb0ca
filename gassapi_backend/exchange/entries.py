"""Lists of entries on their way back: what was not edited keeps its original, with all it says."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from gassapi_backend.exchange.fitting.names import printable
from gassapi_backend.exchange.tree import Entry, Json

KeyOf = Callable[[Json], object]
"""Says by what an entry is known among its siblings."""

Rewrite = Callable[[Entry, Entry, Json], Json]
"""Makes what the format writes of an entry; also given are what was imported, and its original.

These are ``{}`` and ``None`` for an entry that is new. It returns a copy of the original in which
only those properties are others that differ between the two entries.
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
    """Return a list as its format writes it: unchanged entries are their originals, untouched.

    ``entries`` are as they are now, ``base`` as they were imported, ``originals`` those of the
    source. The n-th entry of a key belongs to the n-th of that key; one whose key was edited, to
    the one in its place. Originals of which the reader made nothing stay behind the one they
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
    """Return for each key the place of its match: same key and how-manieth, else same place."""
    places = defaultdict(list)
    for place, other in reversed([*enumerate(others)]):
        places[_spelled(other)].append(place)
    found = [waiting.pop() if (waiting := places[_spelled(key)]) else None for key in keys]
    if len(keys) != len(others):
        return found
    free = set(range(len(others))).difference(found)
    return [at if place is None and at in free else place for at, place in enumerate(found)]


def _spelled(key: object) -> str:
    """Return a key as two of them are compared: one that was made printable is the same still."""
    return repr(printable(key) if isinstance(key, str) else key)


def _followers(count: int, used: set[int]) -> dict[int, list[int]]:
    """Return which originals without an entry stand behind which that has one; -1 is the start."""
    followers = defaultdict(list)
    last = -1
    for at in range(count):
        if at in used:
            last = at
        else:
            followers[last].append(at)
    return followers
