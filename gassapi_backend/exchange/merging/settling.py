"""Three versions of a value, and which of them wins."""

import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from gassapi_backend.exchange.merging.orders import merged_order
from gassapi_backend.exchange.merging.outcome import Prefer
from gassapi_backend.exchange.tree import Json


class Absent(Enum):
    """The marker for a value that does not exist."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

Keyed = dict[tuple[Hashable, int], Json]
"""Entries by key, numbered among those with the same key."""

_DEFAULTS: dict[str, Json] = {"value": "", "enabled": True, "secret": False, "description": None}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that both sides changed differently; ``ABSENT`` if a side no longer has it."""

    label: str
    ours: Json | Absent
    theirs: Json | Absent


@dataclass(slots=True)
class Settling:
    """Settles values one after the other, and remembers how.

    ``taken`` names what is taken from the source, ``conflicts`` what both sides changed,
    ``deleted`` what was deleted here and stays deleted, ``values`` the variables whose value
    changed in the source.
    """

    prefer: Prefer
    taken: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    def settle(
        self, label: str, base: Json | Absent, ours: Json | Absent, theirs: Json | Absent
    ) -> Json | Absent:
        """Return whichever of ours and theirs wins, ``base`` being what was last imported."""
        if same(base, theirs):
            if ours is ABSENT and base is not ABSENT:
                self.deleted.append(label)
            return ours
        if same(ours, theirs):
            return ours
        if same(base, ours):
            self.taken.append(label)
            return theirs
        self.conflicts.append(Conflict(label, ours, theirs))
        return theirs if self.prefer is Prefer.SOURCE else ours

    def settle_list(
        self,
        versions: Iterable[Json],
        key_of: Callable[[Json], Hashable],
        label_of: Callable[[Json], str],
        *,
        name: str,
        by_property: bool = True,
    ) -> list[Json]:
        """Return a list with each entry settled; the n-th entries of a key belong together.

        ``versions`` are base, ours and theirs; anything but a list counts as an empty one. ``name``
        is what a report calls the list.
        """
        lists = [keyed(one if isinstance(one, list) else [], key_of) for one in versions]
        b, o, t = lists
        settled = {}
        for key in dict.fromkeys((*o, *t, *b)):
            found = [entries.get(key, ABSENT) for entries in lists]
            label = label_of(next(entry for entry in reversed(found) if entry is not ABSENT))
            act = self._settle_entry if by_property else self.settle
            entry = act(label, *found)
            if entry is not ABSENT:
                settled[key] = entry
        order = merged_order([*b], [*o], [*t], settled)
        if [key for key in order if key in o] != [key for key in o if key in settled]:
            self.taken.append(f"order of {name}")
        return [settled[key] for key in order]

    def _settle_entry(
        self, label: str, base: Json | Absent, ours: Json | Absent, theirs: Json | Absent
    ) -> Json | Absent:
        if not isinstance(ours, dict) or not isinstance(theirs, dict):
            known = len(self.conflicts)
            settled = self.settle(label, *map(whole, (base, ours, theirs)))
            if len(self.conflicts) > known:  # it is shown as each side has it
                self.conflicts[-1] = Conflict(label, ours, theirs)
            return ours if same(settled, whole(ours)) else theirs
        before = base if isinstance(base, dict) else {}
        entry = dict(ours)
        for name in dict.fromkeys((*ours, *theirs)):
            versions = [_property(version, name) for version in (before, ours, theirs)]
            settled = self.settle(label if name == "value" else f"{label}: {name}", *versions)
            if settled is ABSENT:
                entry.pop(name, None)
            elif not same(settled, versions[1]):
                entry[name] = settled
        return entry


def same(one: Json | Absent, other: Json | Absent) -> bool:
    """Whether two JSON values are equal; unlike Python, 1 is not true, and not 1.0."""
    if one is other:
        return True
    if one is ABSENT or other is ABSENT or one != other:
        return False
    return isinstance(one, str) or written(one) == written(other)


def written(value: Json) -> str:
    """Return a text that is the same for values that are ``same()``, and for no others."""
    return json.dumps(value, sort_keys=True)


def _property(entry: Json, name: str) -> Json | Absent:
    return entry.get(name, _DEFAULTS.get(name, ABSENT))


def whole(entry: Json | Absent) -> Json | Absent:
    """Return an entry with its defaults filled in; anything else as it is."""
    return {**_DEFAULTS, **entry} if isinstance(entry, dict) else entry


def keyed(entries: Iterable[Json], key_of: Callable[[Json], Hashable]) -> Keyed:
    """Return entries by key, numbered among those with the same key."""
    counts: dict[Hashable, int] = {}
    found = {}
    for entry in entries:
        key = key_of(entry)
        counts[key] = counts.get(key, -1) + 1
        found[key, counts[key]] = entry
    return found
