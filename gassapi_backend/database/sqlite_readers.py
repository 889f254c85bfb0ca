"""Connections to an SQLite file: the ORM's client of one, and a few that only read.

In WAL mode neither readers nor the writer wait for each other, and each statement sees all that was
committed before it began.
"""

import asyncio
import math
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from gassapi_backend.database import Row
from gassapi_backend.database.dicts import maker_of
from gassapi_backend.database.slow import Timed, lent
from gassapi_backend.database.sqlite_at_once import LOOK_STEPS, REPLACED, Quick, identity
from gassapi_backend.database.turns import Turns
from gassapi_backend.fair_share import STEP_SECONDS, Steps, took_elsewhere

MOST = 4  # reading connections; each is a thread and three open files
STEPS = 50_000  # of SQLite's machine between two looks at the clock: a few milliseconds
LOG_BYTES = 64_000_000  # of the write-ahead log, from which on it has to begin anew
TIDY_SECONDS = 10  # in which readers in other processes get through
TIDY_PAUSE = 0.1
TOGETHER = 100  # rows that are made dictionaries before others may have a turn

READING = ("SELECT", "WITH")

_CLOCK_OF = getattr(time, "pthread_getcpuclockid", None)  # Linux has it


def only_reads(query: str) -> bool:
    """Whether a statement of this program writes nothing."""
    return query.lstrip()[:6].upper().startswith(READING)


class Lent(ConnectionWrapper[Any]):
    """Lends a connection for a statement, whose time begins then."""

    async def __aenter__(self) -> Any:
        """Wait for the connection."""
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        if isinstance(self.client, OneConnection):
            self.client.limit(self.client.statement_seconds)
        lent()
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        """Give it back."""
        try:
            if exc_type is asyncio.CancelledError and isinstance(self.client, Reader):
                await self.client.break_off()  # nobody waits for it any more
        finally:
            await super().__aexit__(exc_type, exc_val, exc_tb)


class Dicts:
    """Makes dictionaries of rows in a tenth of the time that the ORM takes, and in steps."""

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[Row]:
        """Run a statement and return its rows."""
        _, found = await self.execute_query(query, values)  # type: ignore[attr-defined]  # the client's
        if not found:
            return []
        make, dicts, steps = maker_of(tuple(found[0].keys())), list[Row](), Steps()
        for start in range(0, len(found), TOGETHER):
            if start:
                await steps.end()
            dicts += make(found[start : start + TOGETHER])
        return dicts


class OneConnection(Dicts, Timed, SqliteClient):
    """The ORM's client of one connection, whose statements may be limited in time."""

    is_of_one_thread = True

    def __init__(
        self, file_path: str, *, statement_seconds: float | None = None, **options: Any
    ) -> None:
        super().__init__(file_path, **options)
        self.statement_seconds = statement_seconds
        self.opened: tuple[int, int] | None = None
        self._deadline = math.inf
        self._stopping: list[Any] = []

    async def create_connection(self, with_db: bool) -> None:
        """Open the file. A connection whose settings were not all made is not kept."""
        try:
            await self._connect()
            self.opened = identity(self.filename)
            if self.statement_seconds and self._connection is not None:
                await self._connection.set_progress_handler(self._is_too_long, STEPS)
        except BaseException:
            if self._connection is not None:
                self._stopping.append(self._connection.stop())
                self._connection = None
            raise

    async def _connect(self) -> None:
        """Connect as the ORM does. Raises ``sqlite3.Error`` where the file cannot be opened."""
        if self._connection is not None:
            return
        made = aiosqlite.connect(
            self.filename, isolation_level=None, check_same_thread=self.is_of_one_thread
        )
        try:
            self._connection = await made
        except BaseException:
            # its thread ends, and still tells the loop of it, which has to be there by then
            await asyncio.shield(asyncio.to_thread(made._thread.join))
            raise
        self._connection._conn.row_factory = sqlite3.Row
        for name, value in self.pragmas.items():
            await self._connection.execute(f"PRAGMA {name}={value}")
        await self._post_connect()

    async def close(self) -> None:
        """Close the connection, and wait for those that were not kept."""
        await super().close()
        await asyncio.gather(*self._stopping)

    def limit(self, seconds: float | None) -> None:
        """Say how long the next statement may take; ``None`` for as long as it likes."""
        self._deadline = time.monotonic() + seconds if seconds else math.inf

    def _is_too_long(self) -> int:
        return int(time.monotonic() > self._deadline)

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Return a context manager that lends the connection."""
        return Lent(self._lock, self)


class _WhileHeld(Quick):
    """Asks the connection of a reader on the event loop, while its thread has nothing to do."""

    def __init__(self, reader: "Reader") -> None:
        super().__init__()
        self._reader = reader

    def connected(self) -> sqlite3.Connection:
        connection = self._reader.raw()
        connection.set_progress_handler(self.is_work, LOOK_STEPS)
        return connection

    def let_go(self) -> None:
        """Have the connection go by the clock again."""
        limit = self._reader._is_too_long if self._reader.statement_seconds else None
        self._reader.raw().set_progress_handler(limit, STEPS)


class Reader(OneConnection):
    """A connection that SQLite lets read only, to the very file that a writer has open.

    While it is held for what is read of one moment, what is quick is read on the event loop: a
    thread takes and gives back Python's one lock with every row, which beside others who are at
    work takes many times as long as reading does.
    """

    is_of_one_thread = False

    def __init__(self, writer: OneConnection) -> None:
        super().__init__(
            writer.filename,
            statement_seconds=writer.statement_seconds,
            connection_name=writer.connection_name,
            busy_timeout=writer.pragmas.get("busy_timeout", 0),
            query_only="ON",
        )
        self._writer = writer
        self._is_held = False
        self._quick = _WhileHeld(self)

    async def create_connection(self, with_db: bool) -> None:
        """Open the file, after the writer, which makes it what it has to be.

        Raises ``OperationalError`` where another one has taken its place.
        """
        if not self._writer.opened:
            async with self._writer.acquire_connection():
                pass
        if identity(self.filename) != self._writer.opened:
            raise OperationalError(REPLACED)
        await super().create_connection(with_db)

    def raw(self) -> sqlite3.Connection:
        """Return what is wrapped, which its thread may be using."""
        return self._connection._conn  # type: ignore[union-attr]  # it is held, so it is there

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return the number of its rows, and them."""
        before = self._thread_seconds()
        try:
            return await super().execute_query(query, values)
        finally:
            took_elsewhere(self._thread_seconds() - before)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[Row]:
        """Run a statement and return its rows."""
        if self._is_held and self._connection is not None and not self._lock.locked():
            began = time.monotonic()
            try:
                found = self._quick.ask(query, values or ())
            finally:
                self._quick.let_go()
            if found is not None:
                self.log.debug("%s: %s", query, values)
                if time.monotonic() - began > STEP_SECONDS:
                    await asyncio.sleep(0)
                return found
        return await super().execute_query_dict(query, values)

    def _thread_seconds(self) -> float:
        """Return the processor time of this connection's thread; 0 where no clock tells it."""
        if _CLOCK_OF is None or self._connection is None:
            return 0.0
        return time.clock_gettime(_CLOCK_OF(self._connection._thread.ident))

    async def break_off(self) -> None:
        """End the statement that is run, or is about to be, and return when that is done."""
        if self._connection is not None:
            self._deadline = -math.inf  # where its thread has not begun it
            await self._connection.interrupt()
            await asyncio.shield(self._connection.rollback())

    async def begin(self) -> None:
        """Have what is read from now on be of one moment, which the next statement chooses."""
        await self.execute_query("BEGIN")
        self._is_held = True

    async def end(self) -> None:
        """End this, behind whatever its thread is still doing."""
        self._is_held = False
        if self._connection is not None:
            await self._connection.rollback()


class Readers:
    """The reading connections beside a writer, made as they are needed."""

    def __init__(self, writer: OneConnection) -> None:
        self._writer = writer
        self._made: list[Reader] = []
        self._free: list[Reader] = []
        self._places = asyncio.Semaphore(MOST)
        self._turns = Turns(MOST)
        self._tidying = asyncio.Lock()
        self._tidied = 0  # bytes that the log had when it was last ready to begin anew

    async def execute_query(self, query: str, values: list[Any] | None) -> Any:
        """Run a statement on one of them; return the number of its rows, and them."""
        async with self._turns.of(query):
            reader = await self._take()
            try:
                return await reader.execute_query(query, values)
            finally:
                self._give_back(reader)

    async def execute_query_dict(self, query: str, values: list[Any] | None) -> Any:
        """Run a statement on one of them; return its rows."""
        async with self._turns.of(query):
            reader = await self._take()
            try:
                return await reader.execute_query_dict(query, values)
            finally:
                self._give_back(reader)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Have what is read in the block be of one moment, which its first statement chooses."""
        await self._tidy_up()
        async with self._turns.long:
            reader = await self._take()
            try:
                await reader.begin()
                token = get_connections().set(reader.connection_name, reader)
                try:
                    yield
                finally:
                    get_connections().reset(token)
                    await reader.end()
            finally:
                self._give_back(reader)

    async def _tidy_up(self) -> None:
        """See to it that a log which has grown large can begin anew.

        It can when nobody reads of what it had before: those who read for long, one overlapping the
        other, would keep it from that for ever. Here they wait until the others are through.
        Readers in other processes do the same.
        """
        async with self._tidying, AsyncExitStack() as stack:
            if not LOG_BYTES < self._log_bytes() != self._tidied:
                return
            for _ in range(self._turns.places):
                await stack.enter_async_context(self._turns.long)
            end = time.monotonic() + TIDY_SECONDS
            while time.monotonic() < end:
                _, [found] = await self._writer.execute_query("PRAGMA wal_checkpoint(PASSIVE)")
                if found["log"] == found["checkpointed"]:
                    self._tidied = self._log_bytes()
                    return
                await asyncio.sleep(TIDY_PAUSE)

    def _log_bytes(self) -> int:
        try:
            return Path(f"{self._writer.filename}-wal").stat().st_size
        except OSError:
            return 0

    async def _take(self) -> Reader:
        await self._places.acquire()
        if self._free:
            return self._free.pop()  # the last one used, so that few are at work
        self._made.append(Reader(self._writer))
        return self._made[-1]

    def _give_back(self, reader: Reader) -> None:
        self._free.append(reader)
        self._places.release()

    async def close(self) -> None:
        """Close all of them."""
        for reader in self._made:
            await reader.close()
