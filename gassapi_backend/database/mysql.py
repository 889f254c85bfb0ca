"""MySQL and MariaDB through the ORM, with a bounded wait for a connection.

Adds to the ORM's client: waiting for a free connection ends after ``ACQUIRE_SECONDS``; a
transaction that cannot begin gives its connection back; a connection whose transaction ended in an
error that the server did not report is closed, never reused; every driver error that means "the
server is away" arrives as the ORM's ``OperationalError``, and so does whatever goes wrong on the
way to a connection.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

from asyncmy import converters, errors
from asyncmy.constants import FIELD_TYPE
from asyncmy.cursors import SSCursor
from tortoise.backends.base.client import (
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.backends.mysql.client import MySQLClient, TransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError, OperationalError

ACQUIRE_SECONDS = 5
AWAY = (errors.OperationalError, errors.InterfaceError, errors.InternalError, OSError)


async def _acquire(pool: Any) -> Any:
    try:
        async with asyncio.timeout(ACQUIRE_SECONDS):
            return await pool.acquire()
    except TimeoutError as error:
        raise OperationalError("No database connection became free in time.") from error
    except Exception as error:  # the driver's own, and what it raises where a proxy hangs up on it
        raise OperationalError(ConnectionError(str(error))) from error


class _Transaction(TransactionWrapper):
    async def execute_script(self, query: str) -> None:
        """Run statements, each ending its line with ``;``, one by one.

        Sent together, only an error in the first would be noticed.
        """
        for statement in re.split(r";\s*$", query, flags=re.MULTILINE):
            if statement.strip():
                await super().execute_script(statement)


class _Connection(PoolConnectionWrapper[Any]):
    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        self.connection = await _acquire(self.client._pool)
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        if exc_type is not None and not issubclass(exc_type, errors.MySQLError):
            self.connection.close()  # type: ignore[union-attr]  # cut off half way: not reusable
        await self.client._pool.release(self.connection)


class _Context(TransactionContextPooled):
    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        connection = self.client._connection = await _acquire(self.client._parent._pool)
        try:
            await self.client.begin()
        except BaseException as error:
            connection.close()
            await self.client._parent._pool.release(connection)
            if isinstance(error, AWAY):
                raise OperationalError(error) from error
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        connection = self.client._connection
        try:
            if exc_type is None:
                await self.client.commit()
            else:
                await self.client.rollback()
        except BaseException as error:
            connection.close()
            if exc_type is None:
                if isinstance(error, AWAY):
                    raise OperationalError(error) from error
                raise
        finally:
            await self.client._parent._pool.release(connection)


class Client(MySQLClient):
    """The ORM's MySQL client with a bounded wait and transactions that clean up.

    Times arrive as the text ``2026-01-31 12:00:00.000``, the form in which SQLite keeps them too.
    """

    def __init__(self, **options: Any) -> None:
        times_as_text = {FIELD_TYPE.DATETIME: converters.through}
        super().__init__(**options, conv={**converters.conversions, **times_as_text})

    async def create_connection(self, with_db: bool) -> None:
        """Open the pool. Raises ``DBConnectionError`` where the server cannot be reached."""
        try:
            await super().create_connection(with_db)
        except (RuntimeError, OSError, errors.Error) as error:  # ``_acquire()`` says why
            raise DBConnectionError(f"Can't connect to MySQL server: {error}") from error

    def acquire_connection(self) -> Any:
        """Return a context manager that lends one connection of the pool."""
        return _Connection(self, self._pool_init_lock)

    async def pieces(self, query: str, values: list[Any], size: int) -> AsyncIterator[list[Any]]:
        """Run one statement and yield its rows, ``size`` at a time."""
        self.log.debug("%s: %s", query, values)
        try:
            async with (
                self.acquire_connection() as connection,
                connection.cursor(SSCursor) as cursor,
            ):
                await cursor.execute(query, values)
                names = [field.name for field in cursor._result.fields]
                while found := await cursor.fetchmany(size):
                    yield [dict(zip(names, one, strict=True)) for one in found]
        except (errors.Error, OSError) as error:
            raise OperationalError(error) from error

    def _in_transaction(self) -> TransactionContext:
        return _Context(_Transaction(self), self._pool_init_lock)


client_class: Any = Client
