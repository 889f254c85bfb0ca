"""Opening the database, and plain SQL for the reads that happen all day."""

import asyncio
import os
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionContext
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext, get_current_context, require_context

from gassapi_backend.addresses import hosts_of
from gassapi_backend.database.failures import is_away, is_deadlock
from gassapi_backend.database.following import Begun, Follower
from gassapi_backend.settings import Settings, SettingsError
from gassapi_backend.third_party import defer

__all__ = [
    "Row",
    "Statement",
    "can_be_followed",
    "connection_config",
    "contains",
    "dialect",
    "execute",
    "is_away",
    "is_deadlock",
    "is_sqlite",
    "open_database",
    "opened",
    "orm_config",
    "percent",
    "retried",
    "row",
    "rows",
    "snapshot",
    "sqlite_path",
    "taking",
    "together",
    "transaction",
]

ATTEMPTS = 14  # at one transaction that the database keeps ending because of deadlocks
PATIENCE = 15  # seconds after which no further attempt begins: answers have a limit, too
PAUSE = 0.01  # seconds; the first pause is up to twice as long, each further one up to double that
LONGEST_PAUSE = 1.0

_CIPHERS = "cryptography.hazmat.primitives"
FOR_PASSWORDS = (
    f"{_CIPHERS}.hashes",
    f"{_CIPHERS}.serialization",
    f"{_CIPHERS}.asymmetric.padding",
)
"""What asyncmy imports to send MySQL a password that the server has not seen since it started.

It is 8 MB, which MariaDB, a connection with TLS, and most with MySQL need nothing of.
"""

Row = dict[str, Any]
T = TypeVar("T")


def connection_config(
    settings: Settings, *, statement_seconds: float | None = None
) -> dict[str, Any]:
    """Return the ORM's connection settings for the configured database.

    ``statement_seconds`` is what one statement may take; by default, as long as it likes.
    Raises ``SettingsError`` where the URL or the CA file is of no use.
    """
    url = settings.database
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "engine": "gassapi_backend.database.sqlite",
            "credentials": {
                "file_path": str(sqlite_path(url)),
                "synchronous": "NORMAL",
                "busy_timeout": 10_000,
                "statement_seconds": statement_seconds,
            },
        }
    hosts = hosts_of(parts.netloc)
    credentials: dict[str, Any] = {
        "host": hosts[0].name,
        "port": hosts[0].port,
        "hosts": hosts,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or "").encode(),  # text the driver takes for Latin-1
        "database": unquote(parts.path[1:]),
        "minsize": 1,
        "maxsize": settings.database_pool_size,
        "pool_recycle": settings.database_pool_recycle,
        "connect_timeout": 5,
        "statement_seconds": statement_seconds,
    }
    if settings.database_tls != "off":
        credentials["ssl"] = _tls(settings)
    defer(*FOR_PASSWORDS)
    return {"engine": "gassapi_backend.database.mysql", "credentials": credentials}


def sqlite_path(url: str) -> Path:
    """Return the file that a ``sqlite:///`` URL of ``Settings.database`` names."""
    path = unquote(urlsplit(url).path)[1:]
    return Path(path).expanduser()


def is_sqlite(settings: Settings) -> bool:
    """Whether the configured database is SQLite."""
    return settings.database.startswith("sqlite:")


def _tls(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.database_tls_ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"GASSAPI_DATABASE_TLS_CA: cannot be used ({error}).") from None
    if settings.database_tls == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def orm_config(settings: Settings, *, statement_seconds: float | None = None) -> dict[str, Any]:
    """Return the ORM's whole configuration."""
    connection = connection_config(settings, statement_seconds=statement_seconds)
    return {
        "connections": {"default": connection},
        "apps": {
            "models": {
                "models": ["gassapi_backend.models", "aerich.models"],
                "default_connection": "default",
            }
        },
    }


@asynccontextmanager
async def open_database(
    settings: Settings, *, everywhere: bool = False, statement_seconds: float | None = None
) -> AsyncIterator[TortoiseContext]:
    """Open the database for this task, or ``everywhere`` for all tasks of this process.

    Connections are made when first used, so that this succeeds even while the server is away. A
    SQLite file is made readable for its owner only. Opened everywhere, as in a server, a statement
    is ended after ``Settings.database_statement_seconds``; a command may take its time, unless it
    says ``statement_seconds``.
    """
    if is_sqlite(settings):
        path = sqlite_path(settings.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):  # closing one that is open here would drop SQLite's locks
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    EXECUTOR_CACHE.clear()  # statements prepared for the database that was open before
    context = TortoiseContext()
    if not everywhere:
        async with context:
            await context.init(orm_config(settings, statement_seconds=statement_seconds))
            yield context
        return
    with context:
        config = orm_config(settings, statement_seconds=settings.database_statement_seconds or None)
        await context.init(config, _enable_global_fallback=True)
    try:
        yield context
    finally:
        await context.close_connections()


def _connection() -> BaseDBAsyncClient:
    """Return the ORM's client of this task: that of its transaction, if there is one.

    Looked up by hand: it takes the ORM itself seven calls, and this is asked all day.
    """
    connections = (get_current_context() or require_context()).connections
    there = connections._storage_var.get().get("default")
    return connections.get("default") if there is None else there


def dialect() -> str:
    """Return what the open database speaks: ``sqlite`` or ``mysql``."""
    return _connection().capabilities.dialect


async def rows(sql: str, *values: Any) -> list[Row]:
    """Run one statement, written with ``?`` for each value, and return its rows."""
    connection = _connection()
    return await connection.execute_query_dict(_as_spoken(sql, connection), list(values))


async def row(sql: str, *values: Any) -> Row | None:
    """Run one statement and return its first row, or ``None``."""
    found = await rows(sql, *values)
    return found[0] if found else None


def snapshot() -> AbstractAsyncContextManager[None]:
    """Return the context in which what this task reads is of one moment, that of its first read.

    It keeps a connection, one of those for long questions. Nothing is to be written in it.
    """
    connection: Any = _connection()
    found: AbstractAsyncContextManager[None] = connection.snapshot()
    return found


async def execute(sql: str, *values: Any) -> int:
    """Run one statement and return how many rows it changed."""
    connection = _connection()
    return (await connection.execute_query(_as_spoken(sql, connection), list(values)))[0]


def transaction(begun: Begun | None = None) -> TransactionContext:
    """Return the context in which what this task runs is one transaction.

    ``begun`` is one that began behind another.
    """
    connection: Any = _connection()
    found: TransactionContext = (
        connection._in_transaction() if begun is None else connection.follow(begun)
    )
    return found


Statement = tuple[str, Sequence[Any]]
"""A statement, written with ``?`` for each value, and its values."""


async def together(
    statements: Sequence[Statement], *, commits: bool = False, follower: Follower | None = None
) -> list[list[Row]]:
    """Run statements within a transaction, on one way to the database; return the rows of each.

    Ends with the error of the first that fails; those after it are not run. ``commits`` ends the
    transaction behind them, on the same way; nothing more can be run in it. Then a ``follower``'s
    is begun behind it, which they are told; not where this fails.
    """
    if not statements and not commits:
        return []
    connection: Any = _connection()
    behind = {} if follower is None else {"follower": follower}
    found: list[list[Row]] = await connection.together(statements, commits=commits, **behind)
    return found


def can_be_followed() -> bool:
    """Whether the transaction of this task can have another begin behind it."""
    connection: Any = _connection()
    return bool(connection.can_be_followed)


async def opened() -> list[list[Row]]:
    """Return the rows of what this task's transaction asked as it began behind another."""
    connection: Any = _connection()
    found: list[list[Row]] = await connection.opened()
    return found


def _as_spoken(sql: str, connection: BaseDBAsyncClient) -> str:
    return percent(sql) if connection.capabilities.dialect == "mysql" else sql


def contains(text: str) -> str:
    """Return the LIKE pattern, with ``!`` as its escape, of texts that contain ``text``."""
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return f"%{text}%"


_OF_SQLITE = {
    "PRIMARY": "sqlite_autoindex_endpoints_1",
    "email_key": "sqlite_autoindex_users_2",
}


def taking(index: str | None) -> str:
    """Return what makes the database take an index, where one is named."""
    if index is None:
        return ""
    if dialect() == "mysql":
        return f"FORCE INDEX ({index})"
    return f"INDEXED BY {_OF_SQLITE.get(index, index)}"


@lru_cache(maxsize=512)
def percent(sql: str) -> str:
    """Return a statement as MySQL's driver takes it, with ``%s`` for each value."""
    return sql.replace("%", "%%").replace("?", "%s")


async def retried(work: Callable[[], Awaitable[T]]) -> T:
    """Return what ``work`` returns; do it again where the database ended it because of a deadlock.

    Only for a whole transaction, since all of it was rolled back. The pauses in between grow and
    are random, so that the same ones do not collide again.
    """
    end = time.monotonic() + PATIENCE
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await work()
        except Exception as error:
            if attempt == ATTEMPTS or time.monotonic() > end or not is_deadlock(error):
                raise
            longest = min(PAUSE * 2**attempt, LONGEST_PAUSE)
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - not a secret
    raise AssertionError("unreachable")
