"""A look at a MySQL server before it is used: is it there, what is it, may we."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncmy

from gassapi_backend.database import connection_config
from gassapi_backend.settings import Settings

OLDEST_MYSQL = (8, 0)
OLDEST_MARIADB = (10, 6)
UNKNOWN_DATABASE = 1049


@dataclass(frozen=True)
class ServerInfo:
    """What a MySQL server says about itself; ``clock_offset`` is its lead over us in seconds."""

    version: str
    is_mariadb: bool
    clock_offset: float
    is_encrypted: bool

    @property
    def name(self) -> str:
        """The product and its version."""
        return f"{'MariaDB' if self.is_mariadb else 'MySQL'} {self.version}"

    @property
    def is_too_old(self) -> bool:
        """Whether it is older than what we work with."""
        numbers = tuple(int(number) for number in re.findall(r"\d+", self.version)[:2])
        return numbers < (OLDEST_MARIADB if self.is_mariadb else OLDEST_MYSQL)


async def look(settings: Settings, *, with_database: bool = True) -> ServerInfo:
    """Connect once and ask. Raises asyncmy's errors, for ``explain()``."""
    connection = await _connect(settings, with_database=with_database)
    try:
        async with connection.cursor() as cursor:
            before = datetime.now(UTC)
            await cursor.execute("SELECT VERSION(), UTC_TIMESTAMP(6)")
            version, clock = await cursor.fetchone()
            await cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
            cipher = await cursor.fetchone()
    finally:
        connection.close()
    return ServerInfo(
        version=version.split("-")[0],
        is_mariadb="mariadb" in version.lower(),
        clock_offset=(clock.replace(tzinfo=UTC) - before).total_seconds(),
        is_encrypted=bool(cipher and cipher[1]),
    )


async def create_database(settings: Settings) -> None:
    """Create the configured database. Raises asyncmy's errors, for ``explain()``."""
    name = connection_config(settings)["credentials"]["database"].replace("`", "``")
    connection = await _connect(settings, with_database=False)
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4")
    finally:
        connection.close()


def is_missing(error: Exception) -> bool:
    """Whether an error of ``look()`` means that the server has no such database."""
    return bool(error.args) and error.args[0] == UNKNOWN_DATABASE


async def _connect(settings: Settings, *, with_database: bool) -> Any:
    wanted = connection_config(settings)["credentials"]
    return await asyncmy.connect(
        host=wanted["host"],
        port=wanted["port"],
        user=wanted["user"],
        password=wanted["password"],
        database=wanted["database"] if with_database else None,
        connect_timeout=5,
        ssl=wanted.get("ssl"),
    )
