"""A database that ends transactions for another's sake, as it does under load and on clusters."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asyncmy import errors
from tortoise.exceptions import OperationalError

import gassapi_backend.database as database
from gassapi_backend.database import transaction
from gassapi_backend.database.following import Begun
from gassapi_backend.server.changes import change as door

DEADLOCK = 1213


def conflict(code: int = DEADLOCK) -> OperationalError:
    """Return the error with which a server ends a transaction."""
    return OperationalError(errors.OperationalError(code, "try restarting transaction"))


def fail_commits(
    monkeypatch: pytest.MonkeyPatch, count: int, error: Callable[[], Exception] = conflict
) -> list[int]:
    """Have the next transactions of changes fail at COMMIT; return a list that grows with each."""
    begun: list[int] = []

    @asynccontextmanager
    async def failing(behind: Begun | None) -> AsyncIterator[Any]:
        begun.append(len(begun) + 1)
        number = len(begun)
        async with transaction(behind) as connection:
            if number <= count:
                _refuse_commits(connection, error)
            yield connection
            if number <= count:
                raise error()

    monkeypatch.setattr(database, "PAUSE", 0)
    monkeypatch.setattr(door, "transaction", failing)
    return begun


def _refuse_commits(connection: Any, error: Callable[[], Exception]) -> None:
    """Have a transaction refuse a COMMIT that comes with its last statements."""
    together = connection.together

    async def refusing(statements: Any, *, commits: bool, **_: Any) -> Any:
        found = await together(statements, commits=False)
        if commits:
            raise error()
        return found

    connection.together = refusing
