"""What is found about a chain of audit entries, and what was noted about it earlier."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from gassapi_backend.server.changes.chain import FIRST, Place

SHOWN = 20  # problems of one chain that are listed; the others are only counted

What = Literal["changed", "missing", "inserted", "reordered", "head"]


class Noted(NamedTuple):
    """A head that was noted earlier; ``at`` is its entry's time in UTC, where that is known."""

    place: Place
    at: str | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong, at which number; ``entry_id`` where there is an entry."""

    what: What
    number: int
    message: str
    entry_id: str | None = None


@dataclass
class Verdict:
    """What was found about a project's chain. ``unchained`` entries are from before it.

    ``compared`` says whether its head was noted earlier: ``yes`` where it was compared, ``removed``
    where it cannot be any more, and ``no`` where none was noted.
    """

    project_id: str
    name: str | None = None
    is_deleted: bool = False
    entries: int = 0
    unchained: int = 0
    anchor: Place = field(default=Place(0, FIRST))
    head: Place | None = None
    head_at: str | None = None
    compared: Literal["yes", "removed", "no"] = "no"
    began_at: str | None = None
    problems: list[Problem] = field(default_factory=list)
    more_problems: int = 0

    def add(self, what: What, number: int, message: str, entry_id: str | None = None) -> None:
        """Add a problem, or count it where there are many."""
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(what, number, message, entry_id))
        else:
            self.more_problems += 1
