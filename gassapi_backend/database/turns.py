"""Long questions leave room for short ones: only so many of them are asked at once.

A statement is short if it was so when it was last asked. Whoever asks another one waits while half
of the connections are busy with such; the other half is there for short ones.
"""

import asyncio
import time
from typing import Any

LONG_SECONDS = 0.05
KNOWN = 1000  # statements that are known to be short
FAR = 4  # times as long as usual, from which on it is the database that was at work
RECENT = 32  # statements, about, of which the mean is what is usual


class Usual:
    """What statements take now, from which it is told what the database had to do for one.

    Most of the time of a short statement is its way there and back, and longer on a busy machine.
    """

    def __init__(self) -> None:
        self._seconds = 0.0

    def note(self, seconds: float) -> None:
        """Note what one took; a single long one does not make many."""
        most = self._seconds * FAR or seconds
        self._seconds += (min(seconds, most) - self._seconds) / RECENT

    def beyond(self, seconds: float) -> float:
        """Return what one took beyond the usual; 0 unless that is many times as long."""
        return seconds - self._seconds if seconds > self._seconds * FAR else 0.0


class Turns:
    """Who may ask long questions now; ``connections`` is how many there are for everything."""

    def __init__(self, connections: int) -> None:
        self.places = max(1, connections // 2)
        self.long = asyncio.Semaphore(self.places)
        self._short = dict[str, None]()

    def of(self, query: str) -> "Turn":
        """Return the context in which a statement is to be run."""
        return Turn(self, query)

    def is_short(self, query: str) -> bool:
        """Whether a statement took no long time when it was last run."""
        return query in self._short

    def note(self, query: str, seconds: float) -> None:
        """Note how long a statement took."""
        if seconds >= LONG_SECONDS:
            self._short.pop(query, None)
        elif query not in self._short:
            if len(self._short) == KNOWN:
                self._short.pop(next(iter(self._short)))  # comes back with its next run
            self._short[query] = None


class Turn:
    """One statement's turn."""

    __slots__ = ("_is_long", "_query", "_started", "_turns")

    def __init__(self, turns: Turns, query: str) -> None:
        self._turns = turns
        self._query = query

    async def __aenter__(self) -> None:
        self._is_long = not self._turns.is_short(self._query)
        if self._is_long:
            await self._turns.long.acquire()
        self._started = time.monotonic()

    async def __aexit__(self, *_: Any) -> None:
        if self._is_long:
            self._turns.long.release()
        self._turns.note(self._query, time.monotonic() - self._started)
