"""SQLite through the ORM, safe for several processes writing at once.

The ORM opens deferred transactions: one that reads first and then writes fails at once with
"database is locked" when another process wrote in between, whatever the busy timeout. Here every
transaction takes the write lock as it begins, so that writers wait for each other instead. One
that cannot begin or commit is rolled back before the connection is used again.
"""

import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class _Transaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        await self._connection.execute("BEGIN IMMEDIATE")

    @translate_exceptions
    async def execute_script(self, query: str) -> None:
        """Run statements within the transaction, which ``executescript`` would commit first."""
        statement = ""
        for line in query.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                await self._connection.execute(statement)
                statement = ""
        if statement.strip():
            await self._connection.execute(statement)


class _Context(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException as error:
            await self._give_up()
            if isinstance(error, sqlite3.Error):
                raise OperationalError(error) from error
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        if exc_type is None:
            try:
                await self.connection.commit()
            except BaseException as error:
                await self._give_up()
                if isinstance(error, sqlite3.Error):
                    raise OperationalError(error) from error
                raise
            self._trxlock.release()
        else:
            await self._give_up()

    async def _give_up(self) -> None:
        """Roll back what there is, behind whatever its thread is still doing, and unlock."""
        try:
            if self.connection._connection:
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


class Client(SqliteClient):
    """The ORM's SQLite client with transactions that lock as they begin."""

    def _in_transaction(self) -> TransactionContext:
        return _Context(_Transaction(self), self._lock)


client_class: Any = Client
