"""Transactions that follow each other on one connection.

Who waits for another's transaction to end says beforehand what their own asks first. That is sent
behind the COMMIT that they wait for, where the database can take it so: one way to it for each of
many writers instead of two, and no connection to wait for. Those that are brief need not even wait
for that COMMIT: several are committed together.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

MOST = 16  # writers in a group
LONGEST_SECONDS = 0.02  # after the first one's end, after which no further one joins a group


class Opening(NamedTuple):
    """What a transaction asks first; ``asks`` returns it as of the moment in which it is sent.

    ``is_brief``: it is over within a few ways to the database, and reads nothing that anybody else
    can change while the thing is locked: it sees the rest as it was when its group began.
    """

    asks: Callable[[], Sequence[tuple[str, Sequence[Any]]]]
    is_brief: bool = False


class Group:
    """Writers whose changes are one transaction: all of them are kept, or none.

    Each but the last waits for the COMMIT of the last. Begun as the first one's end is sent.
    """

    __slots__ = ("_began", "_waiting")

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def is_open(self) -> bool:
        """Whether one more can join."""
        is_early = time.monotonic() - self._began < LONGEST_SECONDS
        return is_early and len(self._waiting) + 1 < MOST

    def wait(self) -> asyncio.Future[None]:
        """Return what is done once it is committed, and raises where it was not."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        return mine

    def commit(self) -> None:
        """Say that it is committed."""
        for one in self._waiting:
            if not one.done():
                one.set_result(None)

    def fail(self, make_error: Callable[[], Exception]) -> None:
        """Say that it is not, or that nobody knows; each who waits gets an error of its own."""
        for one in self._waiting:
            if not one.done():
                one.set_exception(make_error())


class Begun(Protocol):
    """A transaction that was begun for somebody, and asked what it asks first."""

    def abandon(self) -> None:
        """Have it end, since nobody goes on with it."""


class Follower:
    """Who comes next. Once it is their turn, ``begun`` is the transaction or ``None``.

    ``joins``: they may be committed together with those before them.
    """

    __slots__ = ("begun", "joins", "opening")

    def __init__(self, opening: Opening | None) -> None:
        self.opening = opening
        self.joins = False
        self.begun: asyncio.Future[Begun | None] = asyncio.get_running_loop().create_future()
