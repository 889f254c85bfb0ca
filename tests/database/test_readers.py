"""SQLite: who reads waits for nobody, and sees what was committed before."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now
from gassapi_backend.database import (
    execute,
    open_database,
    row,
    rows,
    snapshot,
    sqlite_path,
    sqlite_readers,
)
from gassapi_backend.models import Attempt
from gassapi_backend.settings import Settings, load

pytestmark = pytest.mark.engines("sqlite")

ENDLESS = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
SELECT COUNT(*) FROM numbers
"""
COUNT = "SELECT COUNT(*) AS n FROM attempts"
PATIENCE = 10  # seconds, fewer than a statement may take


@asynccontextmanager
async def endless(count: int) -> AsyncIterator[list["asyncio.Task[Any]"]]:
    """Have some ask questions that end when they are told to."""
    tasks = [asyncio.create_task(rows(f"{ENDLESS} -- {number}")) for number in range(count)]
    await asyncio.sleep(0.2)
    try:
        yield list(tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def another() -> AsyncIterator[Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]]:
    """Give what does something as another request would, whatever is open where it is asked to."""
    asked: asyncio.Queue[tuple[Callable[[], Awaitable[Any]], asyncio.Future[Any]]] = asyncio.Queue()

    async def answer() -> None:
        while True:
            work, done = await asked.get()
            try:
                done.set_result(await work())
            except OperationalError as error:
                done.set_exception(error)

    async def ask(work: Callable[[], Awaitable[Any]]) -> Any:
        done = asyncio.get_running_loop().create_future()
        asked.put_nowait((work, done))
        async with asyncio.timeout(PATIENCE):
            return await done

    task = asyncio.create_task(answer())
    try:
        yield ask
    finally:
        task.cancel()


async def add(key: str) -> None:
    await Attempt.create(key=key, expires_at=now())


async def count() -> int:
    found = await row(COUNT)
    return found["n"] if found else -1


@pytest.mark.parametrize("askers", [1, 20])
async def test_others_read_and_write_while_some_ask_what_takes_long(
    database: Settings, askers: int
) -> None:
    await count()
    async with endless(askers) as asked, asyncio.timeout(PATIENCE):
        for number in range(5):
            await add(f"alone {number}")
            async with in_transaction():
                await add(f"together {number}")
            assert await count() == 2 * (number + 1)
        assert not any(task.done() for task in asked)
    async with asyncio.timeout(PATIENCE):  # what nobody waits for any more is broken off
        assert await asyncio.gather(*(count() for _ in range(20))) == [10] * 20


async def test_who_reads_waits_for_no_transaction_and_sees_none_that_is_open(
    database: Settings,
) -> None:
    async with another() as ask:
        async with in_transaction():
            await add("first")
            assert await count() == 1
            assert await ask(count) == 0
        assert await ask(count) == 1


async def test_what_was_written_is_read_by_whoever_asks_then(database: Settings) -> None:
    async def write(name: str) -> None:
        for number in range(20):
            await add(f"{name} {number}")
            assert await Attempt.exists(key=f"{name} {number}")
            async with in_transaction():
                await Attempt.filter(key=f"{name} {number}").update(count=2)
            assert (await Attempt.get(key=f"{name} {number}")).count == 2

    await asyncio.gather(*(write(f"writer {at}") for at in range(5)))


async def test_what_reads_cannot_write(database: Settings) -> None:
    await add("there")
    with pytest.raises(OperationalError, match="readonly"):
        await rows("WITH gone(k) AS (SELECT 'there') DELETE FROM attempts WHERE `key` IN gone")
    assert await count() == 1


async def test_connections_are_few_however_many_read(database: Settings) -> None:
    await asyncio.gather(*(rows(f"{COUNT} -- {number}") for number in range(200)))
    path = str(sqlite_path(database.database))
    assert 2 <= open_files().count(path) <= 5


def open_files() -> list[str]:
    """Return what this process has open."""
    return [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]


async def test_readers_do_not_mistake_another_file_for_theirs(tmp_path: Path) -> None:
    settings = load(home=tmp_path, database_url=f"sqlite:///{tmp_path}/data.db")
    path = sqlite_path(settings.database)
    async with open_database(settings), another() as ask, snapshot():  # has the only one there is
        await rows("SELECT 1")
        shutil.copy(path, tmp_path / "copy.db")
        (tmp_path / "copy.db").rename(path)
        with pytest.raises(OperationalError, match="moved, removed or replaced"):
            await ask(lambda: rows("SELECT 1"))


async def test_those_who_read_for_long_do_not_make_the_log_grow_for_ever(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any moment one of them reads, so that by itself SQLite never begins the log anew."""
    monkeypatch.setattr(sqlite_readers, "LOG_BYTES", 400_000)
    log = Path(f"{sqlite_path(database.database)}-wal")
    await execute("CREATE TABLE filling (text TEXT)")
    is_written = asyncio.Event()

    async def read(later: float) -> None:
        await asyncio.sleep(later)
        while not is_written.is_set():
            async with snapshot():
                await count()
                await asyncio.sleep(0.1)

    readers = [asyncio.create_task(read(later)) for later in (0, 0.05)]
    largest = 0
    for number in range(400):
        await execute("INSERT INTO filling VALUES (?)", f"{number:03}" + "x" * 16_000)
        largest = max(largest, size_of(log))
        await asyncio.sleep(0.004)
    is_written.set()
    await asyncio.gather(*readers)
    assert await row("SELECT COUNT(*) AS n FROM filling") == {"n": 400}
    assert 400_000 < largest < 4_000_000  # of nearly ten that were written


def size_of(path: Path) -> int:
    return path.stat().st_size
