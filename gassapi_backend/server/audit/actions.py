"""What nobody in particular did: counted, and recorded as a number now and then.

An entry for each would be kept for ever, and anybody can cause as many as they like.
"""

from collections import Counter

from gassapi_backend.server.access.callers import NOBODY, Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change


class Counted:
    """How often things were done since that was last recorded, in this process."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def note(self, action: str) -> None:
        """Count something that was done just now, by its name in the audit log."""
        self._counts[action] += 1

    async def flush(self) -> None:
        """Record what was counted, one entry for each action. What cannot be is counted on."""
        counts, self._counts = self._counts, Counter()

        async def write(made: Change) -> None:
            for action, count in sorted(counts.items()):
                made.record(action, "user", None, count=count)

        try:
            if counts:
                await change(Actor(NOBODY), None, Permission.PUBLIC, write)
        except BaseException:
            self._counts.update(counts)
            raise
