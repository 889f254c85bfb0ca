"""MySQL and MariaDB through the ORM, with a bounded wait for a connection.

Adds to the ORM's client: waiting for a free connection ends after ``ACQUIRE_SECONDS``; a
transaction that cannot begin gives its connection back; a connection whose transaction ended in an
error that the server did not report is closed, never reused; every driver error that means "the
server is away" arrives as the ORM's ``OperationalError``, and so does whatever goes wrong on the
way to a connection. After an error that means that the server cannot be used now (it is read-only,
it left its cluster, …) no connection of the pool is used again, and of several servers the one that
takes writes is looked for. It is also looked after: where it falls silent, who waits for it is told
so, and the next one is used. What a session depends on is set by us, not by the server's defaults.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from logging import DEBUG
from typing import Any, cast

import asyncmy
from asyncmy import converters, errors
from asyncmy.constants import FIELD_TYPE
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.backends.mysql.client import (
    MySQLClient,
    TransactionWrapper,
    translate_exceptions,
)
from tortoise.backends.mysql.schema_generator import MySQLSchemaGenerator
from tortoise.connection import get_connections
from tortoise.exceptions import (
    BaseORMException,
    DBConnectionError,
    IntegrityError,
    OperationalError,
)

from gassapi_backend.addresses import Host
from gassapi_backend.database import Row, Statement, percent
from gassapi_backend.database.failures import (
    AWAY_CODES,
    BUSY,
    CONFLICT_CODES,
    DEADLOCK,
    LOST,
    LOST_CODES,
    OF_PROXIES,
    TOO_LARGE,
    code_of,
)
from gassapi_backend.database.following import Begun, Follower, Group
from gassapi_backend.database.hosts import choose, is_galera, takes_writes
from gassapi_backend.database.mysql_answers import (
    Answer,
    answers_to,
    further_answers,
    written,
)
from gassapi_backend.database.places import Places
from gassapi_backend.database.session import session_command
from gassapi_backend.database.slow import Timed, lent, note
from gassapi_backend.database.statements import MAX_CHARACTERS
from gassapi_backend.database.turns import Turns, Usual
from gassapi_backend.fair_share import time_of_work, took_elsewhere

ACQUIRE_SECONDS = 5
WATCH_SECONDS = 1  # between two looks at the server that is used, where there are others
SYNCED = "wsrep_sync_wait=1"
_usual = Usual()
AWAY = (errors.OperationalError, errors.InterfaceError, errors.InternalError, OSError)


def _transaction(client: Any) -> "_Transaction":
    return client  # type: ignore[no-any-return]  # the ORM hands down what it was given


class _AsOne(ConnectionWrapper[Any]):
    """Lends a transaction's connection for a statement, unless the server ended the transaction."""

    async def __aenter__(self) -> Any:
        if (error := _transaction(self.client).ended) is not None:
            raise OperationalError(error)
        await self._lock.acquire()
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        self._lock.release()
        if exc_val is None:
            return
        if code_of(exc_val) in CONFLICT_CODES | AWAY_CODES:
            _transaction(self.client).ended = exc_val
        if isinstance(exc_val, (errors.InterfaceError, OSError)):
            raise OperationalError(exc_val) from exc_val


class _Within(_AsOne):
    """Lends it for a statement that finds the transaction begun."""

    async def __aenter__(self) -> Any:
        connection = await super().__aenter__()
        _transaction(self.client).has_written = True  # as far as is known here
        try:
            await _transaction(self.client).ensure_begun()
        except BaseException as error:
            await self.__aexit__(type(error), error, None)
            raise
        return connection


class _Measured:
    """Tells of a statement that the server hung up on that it was too large, where it was.

    A server answers to such a one and closes the connection before all of it has come, so that the
    answer is often lost. ``max_packet`` is what it takes, in bytes; ``None`` where that is unknown.
    """

    max_packet: int | None = None

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """Run an insert and return the row's key."""
        with self._measured(query, [values]):
            return await super().execute_insert(query, values)  # type: ignore[misc]  # the client's

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return the number of its rows, and them."""
        try:  # without a context manager, since this is what is asked all day
            sent = values and as_sent(values, self.max_packet)
            return await super().execute_query(query, sent)  # type: ignore[misc]  # the client's
        except (OperationalError, errors.Error, OSError) as error:
            self._explain(error, query, [values or []])
            raise

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run a statement with each of the values."""
        with self._measured(query, values):
            await super().execute_many(query, values)  # type: ignore[misc]  # the client's

    @contextmanager
    def _measured(self, query: str, rows: Sequence[Sequence[Any]]) -> Iterator[None]:
        try:
            yield
        except (OperationalError, errors.Error, OSError) as error:
            self._explain(error, query, rows)
            raise

    def _explain(self, error: Exception, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """Raise ``OperationalError`` where the statement was too large."""
        limit, cause = self.max_packet, code_of(error)
        is_lost = cause in LOST_CODES or cause is None
        if limit and is_lost and _size(query, rows) > limit:
            told = f"a statement of more than {limit} bytes"
            raise OperationalError(errors.OperationalError(TOO_LARGE, told)) from error


class Blob:
    """Bytes that are written as a hexadecimal literal, which the driver escapes in 36 ms a MB."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content

    def literal(self, _: object = None) -> str:
        """Return them as they are written in a statement."""
        return f"x'{self.content.hex()}'"


def as_sent(values: Sequence[Any], max_packet: int | None) -> Sequence[Any]:
    """Return values with bytes as ``Blob``, unless the server might not take twice as many."""
    if bytes not in map(type, values):
        return values
    size = sum([len(value) for value in values if type(value) is bytes])
    if max_packet and 4 * size > max_packet:
        return values
    return [Blob(value) if type(value) is bytes else value for value in values]


def _size(query: str, rows: Sequence[Sequence[Any]]) -> int:
    """Return how large a statement is, about: the driver sends rows together up to a megabyte."""
    sizes = [sum(map(_escaped_size, row)) for row in rows]
    return len(query) + min(sum(sizes), max([1_024_000, *sizes]))


def _escaped_size(value: Any) -> int:
    if isinstance(value, str):
        value = value.encode(errors="replace")
    if not isinstance(value, bytes | bytearray):
        return 30
    return len(value) + sum(value.count(byte) for byte in b"\0\n\r\x1a\"'\\")


async def _in_time(asking: Awaitable[list[Answer]]) -> list[Answer]:
    """Return what is answered; what the database did for long work counts as a part of that."""
    began, at_work = time.monotonic(), time_of_work()
    answers = await asking
    _usual.note(time.monotonic() - began)
    if at_work is not None and (now := time_of_work()) is not None:
        took_elsewhere(_usual.beyond(now - at_work))
    return answers


class _Direct:
    """Sends statements and reads their answers without the driver's cursor."""

    @translate_exceptions
    async def execute_query(self: Any, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return the number of its rows, and them."""
        async with self.acquire_connection() as connection:
            if self.log.isEnabledFor(DEBUG):
                self.log.debug("%s: %s", query, values)
            sql = query if values is None else written(query, values, connection)
            answer = (await _in_time(answers_to(connection, sql)))[0]
            return answer.affected, answer.as_dicts()


class _Transaction(_Measured, Timed, _Direct, TransactionWrapper):
    """A transaction that begins with its first statement, on the same way to the server.

    Nothing follows a statement with which the server ended it: whoever catches that error would
    otherwise write on, each statement for itself.

    In a ``group`` it goes on in the transaction of those before it. They are committed even if it
    is refused, unless it ``has_written``.
    """

    ended: BaseException | None = None
    is_handed_on = False  # its connection, to the one that follows
    is_committing = False  # COMMIT was sent, or is about to be
    has_written = False

    def __init__(self, connection: "Client", begun: "_Begun | None" = None) -> None:
        super().__init__(connection)
        self.max_packet = connection.max_packet
        self.begun = begun
        self.group = begun.group if begun else None
        self.is_unread = self._has_begun = begun is not None

    def acquire_connection(self) -> Any:
        """Return a context manager that lends the connection."""
        return _Within(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return _Nested(TransactionWrapper(self))

    async def begin(self) -> None:
        """Do nothing yet."""

    async def ensure_begun(self) -> None:
        """Begin, if this has not been done."""
        if not self._has_begun:
            self._has_begun = True  # as far as we know, even if this fails
            await self._connection.begin()

    async def commit(self) -> None:
        """Commit. Raises ``OperationalError`` where the server ended the transaction instead."""
        if self.ended is not None:
            raise OperationalError(self.ended)
        if self._has_begun and not self._finalized:
            self.is_committing = True
            try:
                await super().commit()
            except (errors.Error, OSError) as error:  # a conflict that Galera finds only now
                raise _translated(error) from error

    async def rollback(self) -> None:
        """Roll back what has begun."""
        if self._has_begun:
            await super().rollback()

    def settle(self, error: BaseException | None) -> None:
        """Tell those of its group who wait for it how this one ended."""
        if self.group is None:
            return
        if error is None:
            self.group.commit()
        else:
            is_unknown = self.is_committing and _is_open_ended(error)
            self.group.fail(_lost if is_unknown else _rolled_back)

    def leaves_others(self, refusal: BaseException) -> bool:
        """Whether those of its group who wait for it are to be committed without it.

        So they are where all that it did was to read, and to be refused by us.
        """
        is_ours = not isinstance(refusal, (BaseORMException, errors.Error, OSError))
        return self.group is not None and is_ours and not self.has_written and self.ended is None

    @property
    def can_be_followed(self) -> bool:
        """Whether another transaction can begin behind this one.

        Not where somebody else waits for a connection, nor on Galera, as ``together()``
        has it.
        """
        parent = _ours(self._parent)
        return not (parent.places.are_wanted or parent.is_galera or parent.is_doubted)

    async def opened(self) -> list[list[Row]]:
        """Return the rows of what was asked as this was begun behind another."""
        begun = self.begun
        if begun is None:
            raise RuntimeError("This transaction began by itself.")
        started = time.monotonic()
        try:
            async with _AsOne(self._lock, self) as connection:
                answers = await further_answers(connection)
                self.is_unread = False
                return [answer.as_dicts() for answer in answers]
        except (errors.Error, OSError) as error:
            raise _translated(error) from error
        finally:
            note((sql for sql, _ in begun.opening), started)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return the number of its rows, and them."""
        had_written = self.has_written
        found = await super().execute_query(query, values)
        if query.lstrip().startswith("SELECT"):
            self.has_written = had_written
        return found

    async def together(
        self,
        statements: Sequence[Statement],
        *,
        commits: bool,
        follower: Follower | None = None,
    ) -> list[list[Row]]:
        """Send statements together; return the rows of each.

        Where a ``follower`` joins it, what it commits is committed with theirs.

        To a Galera node one by one: where that ends a transaction for another's sake in the middle
        of several, it carries out the rest outside of any.
        """
        if _ours(self._parent).is_galera:
            found = [
                list(await self.execute_query_dict(percent(sql), list(values)))
                for sql, values in statements
            ]
            if commits:
                await self.commit()
            return found
        if self.log.isEnabledFor(DEBUG):
            self.log.debug("; ".join(sql for sql, _ in statements))
        began = time.monotonic()
        self.has_written = True
        try:
            async with _AsOne(self._lock, self) as connection:
                found, joined = await self._send(connection, statements, commits, follower)
        except (errors.Error, OSError, OperationalError) as error:
            if not self.is_committing:  # what goes with the COMMIT is never large
                values = [value for _, some in statements for value in some]
                self._explain(error, "".join(sql for sql, _ in statements), [values])
            if isinstance(error, OperationalError):
                raise
            raise _translated(error) from error
        finally:
            note((sql for sql, _ in statements), began)
        if joined is not None:
            await joined
        return found

    async def _send(
        self,
        connection: Any,
        statements: Sequence[Statement],
        commits: bool,
        follower: Follower | None,
    ) -> tuple[list[list[Row]], asyncio.Future[None] | None]:
        """Send statements, as many at a time as can be written out without holding others up.

        Return the rows of each, and what is done once they are committed where others do that.
        """
        found, texts, size = list[list[Row]](), list[str](), 0
        limit = self.max_packet
        for sql, values in statements:
            text = written(percent(sql), as_sent(values, limit), connection)
            if texts and size + len(text) > MAX_CHARACTERS:
                found += await self._rows_of(connection, texts)
                texts, size = [], 0
            texts.append(text)
            size += len(text)
        opening = () if follower is None or follower.opening is None else follower.opening.asks()
        behind = [written(percent(sql), values, connection) for sql, values in opening]
        if follower is not None and follower.joins and (not self.group or self.group.is_open):
            group = self.group or Group()
            found += await self._rows_of(connection, texts, behind=behind)
            joined = group.wait()
            self._hand_on(follower, opening, group)
            return found, joined
        ends = ["COMMIT AND CHAIN" if behind else "COMMIT"] if commits else []
        self.is_committing = commits
        found += await self._rows_of(connection, texts, ends, behind)
        self._finalized = commits
        if commits:
            self.settle(None)
        if follower is not None and behind:
            self._hand_on(follower, opening)
        return found, None

    async def _rows_of(
        self,
        connection: Any,
        texts: Sequence[str],
        ends: Sequence[str] = (),
        behind: Sequence[str] = (),
    ) -> list[list[Row]]:
        """Send statements, with the first also what begins, and return the rows of each.

        ``behind`` them and what ``ends`` the transaction is what somebody else's begins with.
        """
        begins, self._has_begun = not self._has_begun, True
        sent = [*(["BEGIN"] if begins else ()), *texts, *ends]
        answers = await answers_to(connection, ";\n".join([*sent, *behind]), len(sent))
        return [answer.as_dicts() for answer in answers[begins : begins + len(texts)]]

    def _hand_on(
        self, follower: Follower, opening: Sequence[Statement], group: Group | None = None
    ) -> None:
        """Give the connection, on which their transaction is begun, to who comes next."""
        begun = _Begun(self._parent, self._connection, opening, group)
        self.is_handed_on = True
        if follower.begun.done():  # they wait no more
            begun.abandon()
        else:
            follower.begun.set_result(begun)

    async def execute_script(self, query: str) -> None:
        """Run statements, each ending its line with ``;``, one by one.

        Sent together, only an error in the first would be noticed.
        """
        for statement in re.split(r";\s*$", query, flags=re.MULTILINE):
            if statement.strip():
                await super().execute_script(statement)


@dataclass(frozen=True)
class _Begun(Begun):
    """A transaction that began behind another, and what it asks first."""

    client: Any
    connection: Any
    opening: Sequence[Statement]
    group: Group | None = None

    def abandon(self) -> None:
        """Close the connection, on which there are answers that nobody reads."""
        self.connection.close()
        self.client.give_back(self.connection)
        if self.group is not None:
            self.group.fail(_rolled_back)


class _Nested(NestedTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await _transaction(_transaction(self.client)._parent).ensure_begun()
        return await super().__aenter__()


def _is_open_ended(error: BaseException) -> bool:
    """Whether a COMMIT with this error may have been carried out."""
    code = code_of(error)
    return code is None or code in AWAY_CODES or code in OF_PROXIES


def _rolled_back() -> Exception:
    """Return the error of a change that went with another's, and can be made again."""
    return OperationalError(errors.OperationalError(DEADLOCK, "rolled back with another change"))


def _lost() -> Exception:
    """Return the error of a change of which nobody knows whether it was committed."""
    return OperationalError(errors.OperationalError(LOST, "Lost connection during COMMIT"))


def _translated(error: Exception) -> Exception:
    """Return the ORM's error for one of the driver's."""
    kind = IntegrityError if isinstance(error, errors.IntegrityError) else OperationalError
    return kind(error)


def _ours(client: Any) -> "Client":
    return client  # type: ignore[no-any-return]  # the ORM hands down what it was given


class _Schema(MySQLSchemaGenerator):
    """Names what tables would otherwise take from the server's defaults."""

    def _table_generate_extra(self, table: str) -> str:
        return f"{super()._table_generate_extra(table)} COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC"


class _Connection(PoolConnectionWrapper[Any]):
    async def __aenter__(self) -> Any:
        if self.client._pool is None:
            await self.ensure_connection()
        self.connection = await _ours(self.client).lend()
        lent()
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        if exc_val is not None:
            if not isinstance(exc_val, errors.MySQLError):
                self.connection.close()  # type: ignore[union-attr]  # cut off half way: not reusable
            elif code_of(exc_val) in AWAY_CODES | {TOO_LARGE}:
                self.connection.close()  # type: ignore[union-attr]  # the server closes it, too
                if code_of(exc_val) != TOO_LARGE:
                    _ours(self.client).doubt()
        _ours(self.client).give_back(self.connection)


class _Context(TransactionContextPooled):
    async def __aenter__(self) -> TransactionalDBClient:
        if (begun := _transaction(self.client).begun) is not None:
            self.client._connection = begun.connection
        else:
            await self.ensure_connection()
            self.client._connection = await _ours(self.client._parent).lend()
        self._connections = get_connections()
        self.token = self._connections.set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        self._connections.reset(self.token)
        ours = _transaction(self.client)
        if ours.is_handed_on:
            return
        connection, outcome, is_left = self.client._connection, exc_val, False
        try:
            if exc_type is None:
                await ours.commit()
            elif self._doubt(exc_val) or code_of(exc_val) == TOO_LARGE or ours.is_unread:
                connection.close()
            elif ours.leaves_others(exc_val):
                outcome, is_left = None, isinstance(exc_val, Exception)
                await ours.commit()
            else:
                await ours.rollback()
        except BaseException as error:
            outcome = outcome or error
            connection.close()
            self._doubt(error)
            if exc_type is None:
                if isinstance(error, AWAY):
                    raise OperationalError(error) from error
                raise
            if is_left and isinstance(error, Exception):
                raise _rolled_back() from error  # it was refused for what may never have been
        finally:
            ours.settle(outcome)
            _ours(self.client._parent).give_back(connection)

    def _doubt(self, error: BaseException | None) -> bool:
        """Whether an error condemns the connection, and the others of the pool with it."""
        is_condemning = error is not None and code_of(error) in AWAY_CODES
        if is_condemning:
            _ours(self.client._parent).doubt()
        return is_condemning


class Client(_Measured, Timed, _Direct, MySQLClient):
    """The ORM's MySQL client with a bounded wait and transactions that clean up.

    Times arrive as the text ``2026-01-31 12:00:00.000``, the form in which SQLite keeps them too.
    """

    schema_generator = _Schema

    def __init__(
        self,
        *,
        hosts: Sequence[Host] = (),
        statement_seconds: float | None = None,
        **options: Any,
    ) -> None:
        ours = {FIELD_TYPE.DATETIME: converters.through, Blob: Blob.literal}
        super().__init__(
            **options,
            conv={**converters.conversions, **ours},
            init_command=session_command(statement_seconds),
        )
        self._hosts = hosts or [Host(self.host, self.port)]
        self.is_galera = False
        self._turns = Turns(self.pool_maxsize)
        self.places = Places(self.pool_maxsize)
        self.is_doubted = False
        self._moving = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    async def create_connection(self, with_db: bool) -> None:
        """Open the pool. Raises ``DBConnectionError`` where the server cannot be reached."""
        try:
            self.host, self.port = await choose(self._hosts, self._credentials)
            await self._ask_the_server()
            await super().create_connection(with_db)
            if len(self._hosts) > 1 and self._watching is None:
                self._watching = asyncio.create_task(self._watch())
        except (RuntimeError, OSError, errors.Error) as error:  # ``lend()`` says why
            raise DBConnectionError(f"Can't connect to MySQL server: {error}") from error

    async def lend(self) -> Any:
        """Return a connection of the pool, to be given back. Raises ``OperationalError``."""
        end = time.monotonic() + ACQUIRE_SECONDS
        try:
            await self.places.take(ACQUIRE_SECONDS)
        except TimeoutError as error:
            raise self._timed_out(error) from error
        try:
            return await self._lend_until(end)
        except BaseException:
            self.places.give_back()
            raise

    def give_back(self, connection: Any) -> None:
        """Take a connection back that was lent."""
        try:
            cast("Any", self._pool).release(connection)
        finally:
            self.places.give_back()

    def _timed_out(self, error: TimeoutError) -> Exception:
        self.doubt()
        pool: Any = self._pool
        is_full = len(pool._used) >= pool.maxsize  # else it is the server that is silent
        return OperationalError(BUSY if is_full else error)

    async def _lend_until(self, end: float) -> Any:
        pool: Any = self._pool
        try:
            if pool._free and not self.is_doubted:
                return await pool.acquire()  # nothing to wait for, so no clock to set
            async with asyncio.timeout(end - time.monotonic()):
                return await self._lend()
        except TimeoutError as error:
            raise self._timed_out(error) from error
        except Exception as error:  # the driver's, and what it raises where a proxy hangs up on it
            raise OperationalError(ConnectionError(str(error))) from error

    def doubt(self) -> None:
        """Use none of the present connections again: their server cannot do its work."""
        self.is_doubted = True

    async def _lend(self) -> Any:
        pool: Any = self._pool
        if self.is_doubted:
            await self._move_on(pool)
        try:
            return await pool.acquire()
        except Exception:
            if len(self._hosts) == 1:
                raise
        self.doubt()
        await self._move_on(pool)
        return await pool.acquire()

    async def _move_on(self, pool: Any) -> None:
        """Close what the pool has, and have it connect to a server that does its work."""
        async with self._moving:
            if not self.is_doubted:
                return
            while pool._free:
                pool._free.popleft().close()
            if len(self._hosts) > 1:
                self.host, self.port = await choose(self._hosts, self._credentials)
                pool._conn_kwargs |= {"host": self.host, "port": self.port}
            self.is_doubted = False

    async def close(self) -> None:
        """Close the pool, and look after its server no more."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        await super().close()

    async def _watch(self) -> None:
        """Cut off whoever waits for a server that does not answer, or takes no writes any more."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            used = Host(self.host, self.port)
            if await takes_writes(used, self._credentials) or used != Host(self.host, self.port):
                continue
            pool: Any = self._pool
            if pool is not None:
                self.doubt()
                for connection in list(pool._used):
                    connection.close()

    @property
    def _credentials(self) -> dict[str, Any]:
        return {"user": self.user, "password": self.password, "ssl": self.extra.get("ssl")}

    async def _ask_the_server(self) -> None:
        """Find out what it takes; on Galera, have every read see what any node committed before.

        Before there is a pool: each of its connections has to be told.
        """
        options = {
            "connect_timeout": self.extra.get("connect_timeout", ACQUIRE_SECONDS),
            "init_command": session_command(),
        }
        connection = await asyncmy.connect(
            host=self.host, port=self.port, **self._credentials, **options
        )
        try:
            async with connection.cursor() as cursor:
                await cursor.execute("SELECT @@max_allowed_packet")
                self.max_packet = (await cursor.fetchone())[0]
                self.is_galera = await is_galera(cursor)
        finally:
            connection.close()
        if self.is_galera and SYNCED not in self.extra["init_command"]:
            self.extra["init_command"] += f", {SYNCED}"

    def acquire_connection(self) -> Any:
        """Return a context manager that lends one connection of the pool."""
        return _Connection(self, self._pool_init_lock)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return the number of its rows, and them."""
        async with self._turns.of(query):
            return await super().execute_query(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        """Run a statement and return its rows."""
        return (await self.execute_query(query, values))[1]

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Have what is read in the block be of one moment, which its first statement chooses."""
        async with self._turns.long, self._in_transaction():
            yield

    def _in_transaction(self) -> TransactionContext:
        return _Context(_Transaction(self), self._pool_init_lock)

    def follow(self, begun: Begun) -> TransactionContext:
        """Return the context of a transaction that was begun behind another."""
        return _Context(_Transaction(self, cast("_Begun", begun)), self._pool_init_lock)


client_class: Any = Client
