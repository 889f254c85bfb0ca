"""One upgrade of a database at a time, however many servers start on however many machines.

Beside a SQLite database a file is locked. On MySQL, ``GET_LOCK`` has the processes of one database
server wait for each other, and ends with its holder. On a cluster each server has its own, so a row
that says who upgrades, committed and so known to every server, is held as well: where its time is
over, or its holder was on the very server whose lock we have now, it is the next one's.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from gassapi_backend.database import connection_config, is_sqlite, sqlite_path
from gassapi_backend.database.failures import CONFLICT_CODES
from gassapi_backend.settings import Settings

WAIT_SECONDS = 120
LEASE_SECONDS = 300  # longer than a statement of a migration keeps a cluster from writing
RENEW_SECONDS = 30
POLL_SECONDS = 0.2
DUPLICATE = 1062

_TABLE = """
CREATE TABLE IF NOT EXISTS upgrade_lock (
    id INT NOT NULL PRIMARY KEY,
    holder CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    node VARCHAR(255) NOT NULL,
    expires_at DATETIME NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC
"""
_NODE = "CONCAT(@@hostname, ':', @@port, ':', @@datadir)"
_EXPIRES = f"UTC_TIMESTAMP() + INTERVAL {LEASE_SECONDS} SECOND"
_TAKE = f"INSERT INTO upgrade_lock VALUES (1, %s, {_NODE}, {_EXPIRES})"  # noqa: S608 - constants only
_TAKE_OVER = (
    f"UPDATE upgrade_lock SET holder = %s, node = {_NODE}, expires_at = {_EXPIRES}"  # noqa: S608 - constants only
    f" WHERE id = 1 AND (node = {_NODE} OR expires_at < UTC_TIMESTAMP())"
)
_RENEW = f"UPDATE upgrade_lock SET expires_at = {_EXPIRES} WHERE holder = %s"  # noqa: S608 - constants only
_GIVE_BACK = "DELETE FROM upgrade_lock WHERE holder = %s"


class UpgradeUnderWay(Exception):
    """Another process is upgrading the database, and is taking long."""


@asynccontextmanager
async def upgrade_lock(settings: Settings) -> AsyncIterator[None]:
    """Wait for those who upgrade this database, and keep others from it.

    Raises ``UpgradeUnderWay``, and what the database raises.
    """
    if is_sqlite(settings):
        async with file_lock(sqlite_path(settings.database).with_suffix(".migrate.lock")):
            yield
    else:
        async with server_lock(settings):
            yield


@asynccontextmanager
async def file_lock(path: Path) -> AsyncIterator[None]:
    """Hold the lock on a file."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        await asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@asynccontextmanager
async def server_lock(settings: Settings) -> AsyncIterator[None]:
    """Hold the lock of a MySQL server, and the row that all servers of its cluster know."""
    from asyncmy.errors import MySQLError  # a driver that SQLite does not need

    from gassapi_backend.database.mysql import Client

    credentials = connection_config(settings)["credentials"] | {"maxsize": 1}
    client = Client(connection_name="lock", **credentials)  # the pool may have one connection only
    holder = str(uuid4())
    try:
        async with client.acquire_connection() as connection, connection.cursor() as cursor:
            await _lock_server(cursor, client.database)
            await _take(cursor, holder)
            renewing = asyncio.create_task(_renew(cursor, holder))
            try:
                yield
            finally:
                renewing.cancel()
                with suppress(asyncio.CancelledError, MySQLError):
                    await renewing
                with suppress(MySQLError):  # it is over in time
                    await cursor.execute(_GIVE_BACK, (holder,))
    finally:
        await client.close()  # which gives the server's lock back


async def _lock_server(cursor: Any, database: str) -> None:
    name = f"gassapi-migrate:{database}"[:64]
    await cursor.execute("SELECT GET_LOCK(%s, %s)", (name, WAIT_SECONDS))
    if (await cursor.fetchone())[0] != 1:
        raise UpgradeUnderWay


async def _take(cursor: Any, holder: str) -> None:
    from asyncmy.errors import MySQLError

    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_SECONDS
    while loop.time() < end:
        for statement in (_TABLE, _TAKE, _TAKE_OVER):
            try:
                taken = await cursor.execute(statement, (holder,) if "%s" in statement else None)
            except MySQLError as error:
                if error.args[0] not in {DUPLICATE, *CONFLICT_CODES}:
                    raise
                continue
            if taken and statement is not _TABLE:
                return
        await asyncio.sleep(POLL_SECONDS)
    raise UpgradeUnderWay


async def _renew(cursor: Any, holder: str) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        await cursor.execute(_RENEW, (holder,))
