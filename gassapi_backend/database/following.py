"""Transactions that follow each other on one connection.

Who waits for another's transaction to end says beforehand what their own asks first. That is sent
behind the COMMIT that they wait for, where the database can take it so: one way to it for each of
many writers instead of two, and no connection to wait for.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

Opening = Callable[[], Sequence[tuple[str, Sequence[Any]]]]
"""Returns what a transaction asks first, as of the moment in which it is sent."""


class Begun(Protocol):
    """A transaction that was begun for somebody, and asked what it asks first."""

    def abandon(self) -> None:
        """Have it end, since nobody goes on with it."""


class Follower:
    """Who comes next. Once it is their turn, ``begun`` is the transaction or ``None``."""

    __slots__ = ("begun", "opening")

    def __init__(self, opening: Opening | None) -> None:
        self.opening = opening
        self.begun: asyncio.Future[Begun | None] = asyncio.get_running_loop().create_future()
