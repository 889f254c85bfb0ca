"""Statements that take long are logged, as they are sent: with marks in place of values."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

SECONDS = 1.0  # from which on a statement is slow
LONGEST = 1000  # characters of a statement that are logged

_started: ContextVar[list[float] | None] = ContextVar("started", default=None)
_log = structlog.get_logger("gassapi.database")


def lent() -> None:
    """Say that the statement has its connection: its own time begins only now."""
    if (started := _started.get()) is not None:
        started[0] = time.monotonic()


@contextmanager
def timed(query: str) -> Iterator[None]:
    """Log the statement that runs in the block where it is slow, whether or not it succeeds."""
    if _started.get() is not None:  # the ORM runs one of these through another
        yield
        return
    started = [time.monotonic()]
    token = _started.set(started)
    try:
        yield
    finally:
        _started.reset(token)
        if (seconds := time.monotonic() - started[0]) >= SECONDS:
            statement = " ".join(query.split())[:LONGEST]
            _log.warning("slow statement", ms=round(seconds * 1000, 1), statement=statement)


class Timed:
    """Times the statements of a client of the ORM, which comes after this among the bases."""

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """Run an insert and return the row's key."""
        with timed(query):
            return await super().execute_insert(query, values)  # type: ignore[misc]  # the client's

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return the number of its rows, and them."""
        with timed(query):
            return await super().execute_query(query, values)  # type: ignore[misc]  # the client's

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return its rows."""
        with timed(query):
            return await super().execute_query_dict(query, values)  # type: ignore[misc]  # the client's
