"""SQLite through the ORM, safe for several processes writing at once.

The ORM opens deferred transactions: one that reads first and then writes fails at once with
"database is locked" when another process wrote in between, whatever the busy timeout. Here every
transaction takes the write lock with its first statement, whatever that is, so that writers wait
for each other instead. One that cannot begin or commit is rolled back before the connection is
used again. A connection whose setup broke off is made anew by whoever needs it next. A reading
statement outside of a transaction is ended after ``statement_seconds``, so that nobody waits longer
for another's.
"""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, closing
from functools import partial
from logging import DEBUG
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import (
    ConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import (
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from gassapi_backend.database import Row, Statement, rows
from gassapi_backend.database.dicts import maker_of
from gassapi_backend.database.failures import DAMAGED
from gassapi_backend.database.slow import Timed, note
from gassapi_backend.database.sqlite_at_once import REPLACED, AtOnce, identity
from gassapi_backend.database.sqlite_readers import (
    STEPS,
    Dicts,
    Lent,
    OneConnection,
    Readers,
    only_reads,
)

BEGIN = "BEGIN IMMEDIATE"
LOOK_SECONDS = 5  # that looking through a file may take


class _Within(ConnectionWrapper[Any]):
    """Lends a transaction's connection; the first statement finds the transaction begun."""

    async def __aenter__(self) -> Any:
        connection = await super().__aenter__()
        try:
            await _transaction(self.client).ensure_begun()
        except BaseException:
            self._lock.release()
            raise
        return connection


class _Transaction(Dicts, Timed, SqliteTransactionWrapper):
    """A transaction that begins with its first statement, on the same way to SQLite's thread."""

    can_be_followed = False  # there is one connection that writes, and no way to it to be saved

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Return a context manager that lends the connection."""
        return _Within(self._lock, self)

    async def begin(self) -> None:
        """Do nothing yet."""

    async def ensure_begun(self) -> None:
        """Take the write lock, if this has not been done."""
        if not self._connection.in_transaction:
            await self._connection.execute(BEGIN)

    async def savepoint(self) -> None:
        """Begin a transaction within this one."""
        await self.ensure_begun()
        await super().savepoint()

    async def together(self, statements: Sequence[Statement], *, commits: bool) -> list[list[Row]]:
        """Run statements on one way to the thread of SQLite; return the rows of each."""
        if self.log.isEnabledFor(DEBUG):
            self.log.debug("; ".join(sql for sql, _ in statements))
        began = time.monotonic()
        try:
            found: list[list[Row]] = await self._together(statements, commits)
        finally:
            note((sql for sql, _ in statements), began)
        return found

    @translate_exceptions
    async def _together(self, statements: Sequence[Statement], commits: bool) -> list[list[Row]]:
        async with self._lock:
            run = partial(_run, self._connection, statements, commits=commits)
            found: list[list[Row]] = await self._connection._execute(run)  # type: ignore[no-untyped-call]  # a method of its own, for one statement each
        self._finalized = commits
        return found

    @translate_exceptions
    async def execute_script(self, query: str) -> None:
        """Run statements within the transaction, which ``executescript`` would commit first."""
        await self.ensure_begun()
        statement = ""
        for line in query.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                await self._connection.execute(statement)
                statement = ""
        if statement.strip():
            await self._connection.execute(statement)


def _run(connection: Any, statements: Sequence[Statement], *, commits: bool) -> list[list[Row]]:
    """Run statements and return the rows of each; in the thread of SQLite."""
    execute = connection._conn.execute  # what aiosqlite wraps
    if not connection._conn.in_transaction:
        execute(BEGIN)
    found: list[list[Row]] = []
    for sql, values in statements:
        cursor = execute(sql, values)
        if cursor.description is None:
            found.append([])
            continue
        names = tuple([column[0] for column in cursor.description])
        found.append(maker_of(names)(cursor))
    if commits:
        execute("COMMIT")
    return found


def _transaction(client: Any) -> "_Transaction":
    return client  # type: ignore[no-any-return]  # the ORM hands down what it was given


def _client(client: Any) -> "Client":
    return client  # type: ignore[no-any-return]  # the ORM hands down what it was given


class _Context(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            self.connection._parent.limit(None)
            self.connection._parent.check_place()
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
                if not self.connection._finalized:
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


class _Writing(Lent):
    """Lends the connection that writes, where that goes into the file that others will open."""

    async def __aenter__(self) -> Any:
        connection = await super().__aenter__()
        try:
            _client(self.client).check_place()
        except BaseException:
            self._lock.release()
            raise
        return connection


class Client(OneConnection):
    """The ORM's SQLite client: a connection that writes, and beside it some that read.

    What is read outside of transactions is read by those, or at once where that takes no time:
    nobody waits for a writer, nor for somebody else's long question.
    """

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self._readers = Readers(self)
        self._at_once: AtOnce | None = None

    async def close(self) -> None:
        """Close all connections; the writer last, which tidies up."""
        if self._at_once is not None:
            self._at_once.close()
        await self._readers.close()
        await super().close()

    @property
    def is_in_place(self) -> bool:
        """Whether the open file is the one that has its name: else, what is written is lost."""
        return self.opened is None or identity(self.filename) == self.opened

    def check_place(self) -> None:
        """Raise ``OperationalError`` where somebody took the open file away."""
        if not self.is_in_place:
            raise OperationalError(REPLACED)

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Return a context manager that lends the connection that writes."""
        return _Writing(self._lock, self)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return the number of its rows, and them."""
        if only_reads(query):
            return await self._readers.execute_query(query, values)
        return await super().execute_query(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return its rows."""
        if not only_reads(query):
            return await super().execute_query_dict(query, values)
        if (found := self._read_at_once(query, values)) is not None:
            self.log.debug("%s: %s", query, values)
            return found
        return await self._readers.execute_query_dict(query, values)

    def _read_at_once(self, query: str, values: list[Any] | None) -> list[Row] | None:
        if self._at_once is None:
            if self.opened is None:
                return None
            self._at_once = AtOnce(self.filename, self.opened)
        return self._at_once.ask(query, values or ())

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run a statement with each of the values, all or none."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    def snapshot(self) -> AbstractAsyncContextManager[None]:
        """Return the context in which what is read is of one moment."""
        return self._readers.snapshot()

    def _in_transaction(self) -> TransactionContext:
        return _Context(_Transaction(self), self._lock)


def is_in_place() -> bool:
    """Whether the file of the open database is still where it was opened."""
    return _client(get_connections().get("default")).is_in_place


async def check_file() -> None:
    """Have SQLite look through the open file. Raises ``OperationalError`` for a damaged one."""
    found = await rows("PRAGMA quick_check(1)")
    if found and (said := found[0]["quick_check"]) != "ok":
        raise OperationalError(f"{DAMAGED} ({said})")


def damage_in(path: Path) -> str | None:
    """Return what is wrong with a file, read for at most ``LOOK_SECONDS``; ``None`` if nothing."""
    end = time.monotonic() + LOOK_SECONDS
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            file.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
            (said,) = file.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:  # it took too long, or is not there
        return None
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == "ok" else f"{DAMAGED} ({said})"


client_class: Any = Client
