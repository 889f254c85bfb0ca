"""Another server on the same database, which holds locks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncmy

from gassapi_backend.settings import Settings
from tests.waiting import PATIENCE

W = "LOCK WAIT"


@asynccontextmanager
async def another_server(settings: Settings) -> AsyncIterator[Any]:
    """A transaction of another server's, committed at the end: a function that runs statements."""
    parts = urlsplit(settings.database)
    connection = await asyncmy.connect(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        database=parts.path[1:],
    )

    async def run(sql: str, *values: Any) -> Any:
        async with connection.cursor() as cursor:
            await cursor.execute(sql.replace("?", "%s"), values)
            return await cursor.fetchall()

    await run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    await connection.begin()
    try:
        yield run
        await connection.commit()
    finally:
        await connection.ensure_closed()


async def until_somebody_waits(run: Any) -> None:
    """Return when a transaction waits for a lock."""
    async with asyncio.timeout(PATIENCE):
        while not await run("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = ?", W):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.15)  # MariaDB remembers for 0.1 s what it said
