"""A look at a MySQL server before it is used: is it there, what is it, may we use it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncmy
from asyncmy import errors

from gassapi_backend.database import connection_config
from gassapi_backend.database.hosts import choose, is_galera
from gassapi_backend.database.session import session_command
from gassapi_backend.settings import Settings

OLDEST_MYSQL = (8, 0)
OLDEST_MARIADB = (10, 6)
UNKNOWN_DATABASE = 1049
GALERA = "('wsrep_cluster_size', 'wsrep_cluster_status', 'wsrep_local_state_comment')"


@dataclass(frozen=True)
class ServerInfo:
    """What a MySQL server says about itself.

    ``clock_offset`` is its lead over us in seconds, ``max_packet`` the bytes that it takes in one
    statement, ``cluster`` what it says of the cluster that it is in, by name; empty without one.
    """

    version: str
    is_mariadb: bool
    clock_offset: float
    is_encrypted: bool
    max_packet: int
    is_read_only: bool
    cluster: dict[str, str]

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
            await cursor.execute("SELECT @@global.max_allowed_packet, @@global.read_only")
            max_packet, is_read_only = await cursor.fetchone()
            cluster = await _cluster(cursor)
    finally:
        connection.close()
    return ServerInfo(
        version=version.split("-")[0],
        is_mariadb="mariadb" in version.lower(),
        clock_offset=(clock.replace(tzinfo=UTC) - before).total_seconds(),
        is_encrypted=bool(cipher and cipher[1]),
        max_packet=max_packet,
        is_read_only=bool(is_read_only),
        cluster=cluster,
    )


async def _cluster(cursor: Any) -> dict[str, str]:
    """Return what the server says of its Galera cluster or replication group."""
    if await is_galera(cursor):
        await cursor.execute(f"SHOW GLOBAL STATUS WHERE Variable_name IN {GALERA}")
        found = dict(await cursor.fetchall())
        return {
            "kind": "Galera",
            "state": found.get("wsrep_local_state_comment", ""),
            "size": found.get("wsrep_cluster_size", ""),
            "isWhole": str(found.get("wsrep_cluster_status") == "Primary"),
        }
    try:
        await cursor.execute(
            "SELECT member_host, member_port, member_state, member_role"
            " FROM performance_schema.replication_group_members WHERE member_state <> 'OFFLINE'"
        )
        members = await cursor.fetchall()
    except errors.MySQLError:  # MariaDB has no such table, and not everybody may read it
        return {}
    if not members:
        return {}
    return {
        "kind": "Group Replication",
        "size": str(len(members)),
        "state": ", ".join(f"{m[0]}:{m[1]} {m[2]} {m[3]}".strip() for m in members),
        "isWhole": str(all(member[2] == "ONLINE" for member in members)),
    }


async def create_database(settings: Settings) -> None:
    """Create the configured database. Raises asyncmy's errors, for ``explain()``."""
    name = connection_config(settings)["credentials"]["database"].replace("`", "``")
    connection = await _connect(settings, with_database=False)
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(
                f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
            )
    finally:
        connection.close()


def is_missing(error: Exception) -> bool:
    """Whether an error of ``look()`` means that the server has no such database."""
    return bool(error.args) and error.args[0] == UNKNOWN_DATABASE


async def _connect(settings: Settings, *, with_database: bool) -> Any:
    wanted = connection_config(settings)["credentials"]
    host, port = await choose(wanted["hosts"], wanted)
    return await asyncmy.connect(
        host=host,
        port=port,
        user=wanted["user"],
        password=wanted["password"],
        database=wanted["database"] if with_database else None,
        connect_timeout=5,
        ssl=wanted.get("ssl"),
        init_command=session_command(),
    )
