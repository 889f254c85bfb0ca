"""Checking a project's chain of audit entries, in bounded memory, while servers write on.

It finds entries that were changed, removed, inserted or moved, at both ends as well. What cannot be
found is a chain that was computed anew to its end by somebody who can write to the whole database;
against that, heads noted elsewhere are compared (``expected``). Entries may be missing at the
beginning only where retention may have removed them.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from gassapi_backend.clock import ago, stored
from gassapi_backend.database import Row
from gassapi_backend.server.audit import queries
from gassapi_backend.server.audit.queries import Ends, Unchained
from gassapi_backend.server.audit.retention import DAY
from gassapi_backend.server.audit.verdicts import SHOWN, Noted, Verdict, What
from gassapi_backend.server.changes.chain import Place, hash_of, values_of

CHANGED = "is not what was recorded, or the entry before it is not"
AGAIN = 5  # times a chain is read again because retention worked on it meanwhile


@dataclass(frozen=True)
class _Misfit:
    """An entry that does not follow from the one before it, at the place where it is."""

    entry: Row
    number: int


async def verify(
    project_ids: Iterable[str],
    expected: Mapping[str, Noted] | None = None,
    *,
    keep_days: int | None = None,
) -> AsyncIterator[Verdict]:
    """Check the chains of projects, one after the other.

    ``expected`` are heads that were noted earlier, by project. ``keep_days`` is the retention, 0
    for none, ``None`` where nobody knows: what it cannot have removed counts as missing.
    """
    for project_id in project_ids:
        yield await _verify(project_id, (expected or {}).get(project_id), keep_days)


async def _verify(project_id: str, noted: Noted | None, keep_days: int | None) -> Verdict:
    for _ in range(AGAIN):
        before = await queries.count_unchained(project_id)
        anchor = (await queries.find_ends(project_id)).anchor
        walk = _Walk(project_id, anchor, noted)
        ends = await walk.to_the_end()
        walk.conclude(ends, before, keep_days)
        if not walk.verdict.problems or ends.anchor == anchor:
            break
    return walk.verdict


class _Walk:
    """One pass along a chain, from its anchor to its head."""

    def __init__(self, project_id: str, anchor: Place, noted: Noted | None) -> None:
        self.verdict = Verdict(project_id, anchor=anchor)
        self._last = anchor
        self._noted = noted
        self._revision: int | None = None  # the last that was recorded
        self._first: Row | None = None
        self._misfits: list[_Misfit] = []
        self._hashes: set[str] = set()  # of entries at and before misfits
        self._last_entry: Row | None = None

    async def to_the_end(self) -> Ends:
        """Follow the chain until the head that it has by then; return its ends."""
        after = queries.BEFORE_ALL  # also what is before the anchor: it ought to be gone
        while True:
            await self._follow(after)
            ends = await queries.find_ends(self.verdict.project_id)
            if (
                ends.head is None
                or ends.head.number <= self._last.number
                or after == self._last.number
            ):
                return ends
            after = self._last.number  # something was written meanwhile, or the end is missing

    async def _follow(self, after: int) -> None:
        group: list[Row] = []
        async for entry in queries.chained(self.verdict.project_id, after):
            if group and entry["number"] != group[0]["number"]:
                self._take(group)
                group = []
            group.append(entry)
        if group:
            self._take(group)

    def _take(self, group: list[Row]) -> None:
        """Go on to the entries of one number, of which there should be one."""
        number = group[0]["number"]
        if number <= self.verdict.anchor.number:
            for entry in group:
                self._add("inserted", entry, "is from before the chain begins")
            return
        expected = self._last.number + 1
        previous = self._last.hash
        if number > expected:
            self._miss(expected, number - 1)
            fitting = group
        else:
            fitting = [one for one in group if _hash(previous, number, one) == one["hash"]]
        chosen = (fitting or group)[0]
        for entry in group:
            if entry is not chosen:
                self._add("inserted", entry, "has the number of another one")
        if not fitting:
            self._misfit(chosen, previous)
        self._step(chosen)

    def _step(self, entry: Row) -> None:
        self.verdict.entries += 1
        self._first = self._first or entry
        self._last = Place(entry["number"], entry["hash"] or "")
        self._last_entry = entry
        if entry["revision"] is not None:
            self._revision = entry["revision"]
        noted = self._noted and self._noted.place
        if noted and noted.number == self._last.number and noted != self._last:
            self._add("head", entry, "is not the one that was noted earlier")

    def _misfit(self, entry: Row, previous: str) -> None:
        if len(self._misfits) >= SHOWN:
            self._add("changed", entry, CHANGED)
            return
        number = entry["number"]
        self._misfits.append(_Misfit(entry, number))
        self._hashes |= {previous, entry["hash"] or "", _hash(previous, number, entry)}

    def _miss(self, first: int, last: int) -> None:
        text = f"Entry {first} is missing." if first == last else f"{first} to {last} are missing."
        self.verdict.add("missing", first, text)

    def _add(self, what: What, entry: Row, text: str) -> None:
        named = f"Entry {entry['number']} ({entry['action']}, {entry['at']} UTC) {text}."
        self.verdict.add(what, entry["number"] or 0, named, entry["id"])

    def conclude(self, ends: Ends, before: Unchained, keep_days: int | None) -> None:
        """Judge what only the whole tells: what was moved, both ends, and what was there before."""
        self._place_misfits()
        verdict, head = self.verdict, ends.head
        verdict.name, verdict.is_deleted = ends.name, ends.revision is None
        if self._last_entry and self._last_entry["action"] == "project_deleted":
            verdict.name = self._last_entry["resource_name"]
        verdict.head = self._last if head is None else head
        verdict.head_at = self._last_entry["at"] if self._last_entry else None
        verdict.began_at = self._first["at"] if self._first else None
        verdict.unchained = before.entries
        if head is None:
            if self._first:
                verdict.add("head", self._last.number, "The project is gone without its deletion.")
        elif head.number > self._last.number:
            self._miss(self._last.number + 1, head.number)
        elif head.number < self._last.number:
            last = self._last.number
            text = f"The chain should end with entry {head.number}, and goes on to {last}."
            verdict.add("head", head.number, text)
        elif head.hash != self._last.hash:
            verdict.add("head", head.number, f"Entry {head.number} is not the chain's last one.")
        self._check_revision(ends, before)
        self._check_unchained(before)
        self._check_anchor(ends, keep_days)
        self._check_noted(keep_days)
        verdict.problems.sort(key=lambda problem: problem.number)

    def _place_misfits(self) -> None:
        """Tell entries that were moved from those that were changed."""
        numbers = {misfit.number for misfit in self._misfits}
        for problem in self.verdict.problems:
            if problem.what == "missing":
                numbers.add(problem.number)
        numbers |= {number + 1 for number in numbers}
        had_problems = bool(self.verdict.problems)
        for misfit in self._misfits:
            place = next(
                (
                    number
                    for number in sorted(numbers)
                    for previous in self._hashes
                    if _hash(previous, number, misfit.entry) == misfit.entry["hash"]
                ),
                None,
            )
            if place is None:
                self._add("changed", misfit.entry, CHANGED)
            elif place != misfit.number:
                self._add("reordered", misfit.entry, f"belongs to the place {place}")
        if self._misfits and not (had_problems or self.verdict.problems):
            self._add("changed", self._misfits[0].entry, CHANGED)

    def _check_anchor(self, ends: Ends, keep_days: int | None) -> None:
        """What is gone at the beginning has to be what retention may have removed."""
        if keep_days is None or not ends.is_trimmed:
            return
        number = self.verdict.anchor.number
        if keep_days == 0:
            text = "Entries are gone from its beginning, and retention is off."
            self.verdict.add("missing", number, text)
        elif _made_at(self.verdict.project_id) >= stored(ago(keep_days * DAY)):
            text = f"Entries are gone from its beginning that were not yet {keep_days} days old."
            self.verdict.add("missing", number, text)

    def _check_noted(self, keep_days: int | None) -> None:
        """Where the walk has not passed the noted head, say whether that is right."""
        if self._noted is None:
            return
        noted, at = self._noted
        verdict, named = self.verdict, f"Entry {noted.number}, noted earlier as the last one,"
        verdict.compared = "yes"
        if noted.number > max(self._last.number, verdict.anchor.number):
            verdict.add("head", noted.number, f"{named} is not there.")
        elif noted.number == verdict.anchor.number and noted != verdict.anchor:
            verdict.add("head", noted.number, f"{named} is not the one that was removed.")
        elif 0 < noted.number < verdict.anchor.number:
            verdict.compared = "removed"
        is_young = keep_days is not None and at is not None and at >= stored(ago(keep_days * DAY))
        if is_young and 0 < noted.number <= verdict.anchor.number:
            verdict.add("missing", noted.number, f"{named} is gone and not {keep_days} days old.")

    def _check_revision(self, ends: Ends, before: Unchained) -> None:
        """The last revision on record is the project's, unless retention removed that."""
        revision = self._revision
        if revision is None:
            revision = ends.revision if ends.is_trimmed else before.revision
        if ends.revision is not None and revision != ends.revision:
            text = f"The project is at revision {ends.revision}, its record ends at {revision}."
            self.verdict.add("head", self._last.number, text)

    def _check_unchained(self, before: Unchained) -> None:
        """Entries without a number are from before the first that has one, or were put in."""
        first = self._first
        is_late = first is not None and (
            first["revision"] == 1
            or before.at > first["at"]
            or (first["revision"] is not None and before.revision >= first["revision"])
        )
        if before.entries and (is_late or self.verdict.anchor.number):
            text = f"{before.entries} entries without a number were put in, or lost theirs."
            self.verdict.add("inserted", 0, text)


def _made_at(project_id: str) -> str:
    """Return when a project was made, as the database has times: its id says so (RFC 9562, 5.7)."""
    try:
        return stored(datetime.fromtimestamp((UUID(project_id).int >> 80) / 1000, UTC))
    except (ValueError, OverflowError):  # no id of ours: nothing is old that it has
        return "~"


def _hash(previous: str, number: int, entry: Row) -> str:
    try:
        return hash_of(previous, number, values_of(entry))
    except (TypeError, AttributeError):  # something is there that no entry of ours has
        return ""
