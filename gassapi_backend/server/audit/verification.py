"""Checking a project's chain of audit entries, in bounded memory, while servers write on.

Found are entries that were changed, removed, put in or moved, at both ends as well. What cannot be
found is a chain that was computed anew to its end by somebody who can write to the whole database;
against that, heads noted elsewhere are compared (``expected``).
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gassapi_backend.database import Row
from gassapi_backend.server.audit import queries
from gassapi_backend.server.audit.chain import FIRST, Place, hash_of, values_of
from gassapi_backend.server.audit.queries import Ends, Unchained

SHOWN = 20  # problems of one chain that are told; the others are counted
CHANGED = "is not what was recorded, or the entry before it is not"
AGAIN = 5  # times a chain is read again because retention worked on it meanwhile

What = Literal["changed", "missing", "inserted", "reordered", "head"]


@dataclass(frozen=True)
class Problem:
    """What is wrong, at which number; ``entry_id`` where there is an entry."""

    what: What
    number: int
    message: str
    entry_id: str | None = None


@dataclass
class Verdict:
    """What was found about a project's chain. ``unchained`` entries are from before it."""

    project_id: str
    name: str | None = None
    is_deleted: bool = False
    entries: int = 0
    unchained: int = 0
    anchor: Place = field(default=Place(0, FIRST))
    head: Place | None = None
    began_at: str | None = None
    problems: list[Problem] = field(default_factory=list)
    more_problems: int = 0

    def add(self, what: What, number: int, message: str, entry_id: str | None = None) -> None:
        """Add a problem, or count it where there are many."""
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(what, number, message, entry_id))
        else:
            self.more_problems += 1


@dataclass(frozen=True)
class _Misfit:
    """An entry that does not follow from the one before it, at the place where it is."""

    entry: Row
    number: int


async def verify(
    project_ids: Iterable[str], expected: Mapping[str, Place] | None = None
) -> AsyncIterator[Verdict]:
    """Check the chains of projects, one after the other.

    ``expected`` are heads that were noted earlier, by project.
    """
    for project_id in project_ids:
        yield await _verify(project_id, (expected or {}).get(project_id))


async def _verify(project_id: str, noted: Place | None) -> Verdict:
    for _ in range(AGAIN):
        before = await queries.count_unchained(project_id)
        anchor = (await queries.find_ends(project_id)).anchor
        walk = _Walk(project_id, anchor, noted)
        ends = await walk.to_the_end()
        walk.conclude(ends, before)
        if not walk.verdict.problems or ends.anchor == anchor:
            break
    return walk.verdict


class _Walk:
    """One way along a chain, from its anchor to its head."""

    def __init__(self, project_id: str, anchor: Place, noted: Place | None) -> None:
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
        if self._noted and self._noted.number == self._last.number and self._noted != self._last:
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

    def conclude(self, ends: Ends, before: Unchained) -> None:
        """Judge what only the whole tells: what was moved, both ends, and what was there before."""
        self._place_misfits()
        verdict, head = self.verdict, ends.head
        verdict.name, verdict.is_deleted = ends.name, ends.revision is None
        if self._last_entry and self._last_entry["action"] == "project_deleted":
            verdict.name = self._last_entry["resource_name"]
        verdict.head = self._last if head is None else head
        verdict.began_at = self._first["at"] if self._first else None
        verdict.unchained = before.entries
        if head is None:
            if self._first:
                verdict.add("head", self._last.number, "The project is gone without its deletion.")
        elif head.number > self._last.number:
            self._miss(self._last.number + 1, head.number)
        elif head.number < self._last.number:
            text = f"The chain should end with entry {head.number}, and goes on to"
            verdict.add("head", head.number, f"{text} {self._last.number}.")
        elif head.hash != self._last.hash:
            verdict.add("head", head.number, f"Entry {head.number} is not the chain's last one.")
        self._check_revision(ends, before)
        self._check_unchained(before)
        if self._noted and self._noted.number > max(self._last.number, verdict.anchor.number):
            text = f"Entry {self._noted.number}, noted earlier as the last one, is not there."
            verdict.add("head", self._noted.number, text)
        verdict.problems.sort(key=lambda problem: problem.number)

    def _place_misfits(self) -> None:
        """Tell entries that are elsewhere than they were from those that were changed."""
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


def _hash(previous: str, number: int, entry: Row) -> str:
    try:
        return hash_of(previous, number, values_of(entry))
    except (TypeError, AttributeError):  # something is there that no entry of ours has
        return ""
