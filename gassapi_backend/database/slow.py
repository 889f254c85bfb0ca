"""Statements that take long are logged, as they are sent: with marks in place of values."""

import time
from collections.abc import Iterable
from contextvars import ContextVar, Token
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


def note(queries: Iterable[str], began: float) -> None:
    """Log statements that have run since ``began``, by ``time.monotonic()``, where that is slow."""
    if (seconds := time.monotonic() - began) >= SECONDS:
        statement = " ".join("; ".join(queries).split())[:LONGEST]
        _log.warning("slow statement", ms=round(seconds * 1000, 1), statement=statement)


class timed:
    """Logs the statement that runs in the block where it is slow, whether or not it succeeds."""

    __slots__ = ("_query", "_started", "_token")

    def __init__(self, query: str) -> None:
        self._query = query
        self._token: Token[list[float] | None] | None = None

    def __enter__(self) -> None:
        if _started.get() is None:  # else the ORM runs one of these through another
            self._started = [time.monotonic()]
            self._token = _started.set(self._started)

    def __exit__(self, *_: object) -> None:
        if self._token is None:
            return
        _started.reset(self._token)
        note([self._query], self._started[0])


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
