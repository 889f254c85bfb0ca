"""SQLite: several writers lose nothing, and nothing that breaks off leaves a trace."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now
from gassapi_backend.database import execute, is_away, open_database, row, rows, sqlite_path
from gassapi_backend.models import Attempt
from gassapi_backend.settings import Settings, load
from tests.programs import all_at_once, environment
from tests.waiting import PATIENCE

pytestmark = pytest.mark.engines("sqlite")

SLOW = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000000)
SELECT COUNT(*) FROM numbers
"""

COUNT = """
import asyncio, sys
from tortoise.transactions import in_transaction
from gassapi_backend.database import open_database
from gassapi_backend.models import Attempt
from gassapi_backend.settings import load

async def main():
    print("ready", flush=True)
    input()
    async with open_database(load()):
        for _ in range(int(sys.argv[1])):
            async with in_transaction():
                counter = await Attempt.get(key="counter")
                await Attempt.filter(key="counter").update(count=counter.count + 1)

asyncio.run(main())
"""


@pytest.mark.parametrize("processes", [2, 4])
async def test_processes_that_read_and_then_write_lose_nothing(
    database: Settings, processes: int
) -> None:
    await Attempt.create(key="counter", expires_at=now())
    ended = await asyncio.to_thread(all_at_once, COUNT, processes, 100, env=environment(database))
    assert [code for code, _, _ in ended] == [0] * processes, ended
    assert (await Attempt.get(key="counter")).count == 100 * processes


async def test_tasks_that_read_and_then_write_lose_nothing(database: Settings) -> None:
    await Attempt.create(key="counter", expires_at=now())

    async def count() -> None:
        async with in_transaction():
            counter = await Attempt.get(key="counter")
            await asyncio.sleep(0)
            await Attempt.filter(key="counter").update(count=counter.count + 1)

    await asyncio.gather(*(count() for _ in range(100)))
    assert (await Attempt.get(key="counter")).count == 100


async def test_a_transaction_has_the_write_lock_as_soon_as_it_reads(database: Settings) -> None:
    async with in_transaction():
        await rows("SELECT 1")
        with (
            closing(other_connection(database)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")


async def test_a_writer_that_waits_too_long_is_told_that_the_database_is_away(
    database: Settings,
) -> None:
    await rows("PRAGMA busy_timeout = 50")
    with writing(database):
        with pytest.raises(OperationalError) as in_a_transaction:
            await add_in_transaction("a")
        with pytest.raises(OperationalError) as alone:
            await Attempt.create(key="b", expires_at=now())
    assert is_away(in_a_transaction.value)
    assert is_away(alone.value)
    await add_in_transaction("c")
    assert await keys() == ["c"]


async def test_a_task_cancelled_in_a_transaction_writes_nothing(database: Settings) -> None:
    written = asyncio.Event()

    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", expires_at=now())
            written.set()
            await asyncio.sleep(60)

    await cancel(asyncio.create_task(work()), after=written)
    assert await keys() == []
    await add_in_transaction("next")
    assert await keys() == ["next"]


async def test_a_task_cancelled_in_a_statement_writes_nothing(database: Settings) -> None:
    started = asyncio.Event()

    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", expires_at=now())
            started.set()
            await rows(SLOW)

    await cancel(asyncio.create_task(work()), after=started, later=0.05)
    assert await keys() == []
    await add_in_transaction("next")
    assert await keys() == ["next"]


async def test_a_task_cancelled_as_its_transaction_begins_keeps_no_lock(
    database: Settings,
) -> None:
    with writing(database):
        task = asyncio.create_task(add_in_transaction("lost"))
        await asyncio.sleep(0.1)
        task.cancel()
        waiting = asyncio.create_task(add_in_transaction("next"))
        await asyncio.sleep(0.1)
    with pytest.raises(asyncio.CancelledError):
        await task
    await waiting
    assert await keys() == ["next"]
    with closing(other_connection(database)) as other:
        other.execute("BEGIN IMMEDIATE")


async def test_a_task_cancelled_twice_keeps_no_lock(database: Settings) -> None:
    with writing(database):
        task = asyncio.create_task(add_in_transaction("lost"))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(PATIENCE):
        await add_in_transaction("next")
    assert await keys() == ["next"]


async def test_a_task_cancelled_while_it_waits_for_another_leaves_that_one_alone(
    database: Settings,
) -> None:
    written, waited = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="first", expires_at=now())
            written.set()
            await waited.wait()

    first = asyncio.create_task(work())
    await written.wait()
    await cancel(asyncio.create_task(add_in_transaction("lost")), after=written, later=0.05)
    waited.set()
    await first
    await add_in_transaction("next")
    assert await keys() == ["first", "next"]


async def test_a_bulk_insert_that_is_cancelled_writes_nothing(database: Settings) -> None:
    insert = f"INSERT INTO attempts SELECT ?, ({SLOW}), '2026-01-31 12:00:00.000'"
    client = get_connections().get("default")
    task = asyncio.create_task(client.execute_many(insert, [["first"], ["second"]]))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await keys() == []
    await add_in_transaction("next")
    assert await keys() == ["next"]


async def test_a_commit_that_fails_is_rolled_back(database: Settings) -> None:
    async def work() -> None:
        async with in_transaction():
            await execute("PRAGMA defer_foreign_keys = ON")
            await Attempt.create(key="lost", expires_at=now())
            await execute(
                "INSERT INTO members (id, created_at, project_id, user_id)"
                " VALUES ('a', '2026-01-31 12:00:00.000', 'b', 'c')"
            )

    with pytest.raises((OperationalError, IntegrityError), match="FOREIGN KEY"):
        await work()
    assert await keys() == []
    await add_in_transaction("next")
    assert await keys() == ["next"]


async def test_a_failure_in_a_transaction_is_rolled_back(database: Settings) -> None:
    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", expires_at=now())
            await rows("SELECT 1 FROM nowhere")

    for _ in range(3):
        with pytest.raises(OperationalError, match="nowhere"):
            await work()
    assert await keys() == []


async def test_a_script_in_a_transaction_is_rolled_back_with_it(database: Settings) -> None:
    with pytest.raises(OperationalError, match="nowhere"):
        async with in_transaction() as connection:
            await connection.execute_script(
                """
                -- a comment; with a semicolon
                CREATE TABLE first (text TEXT DEFAULT 'a;
                b');
                CREATE TRIGGER grows AFTER INSERT ON first BEGIN
                    UPDATE first SET text = 'x;y';
                    DELETE FROM first WHERE text = ';';
                END;
                DROP TABLE nowhere;
                """
            )
    assert await rows("SELECT name FROM sqlite_master WHERE name IN ('first', 'grows')") == []


async def test_a_database_that_cannot_be_opened_now_is_opened_later(tmp_path: Path) -> None:
    settings = load(home=tmp_path, database_url=f"sqlite:///{tmp_path}/there/data.db")
    there, elsewhere = tmp_path / "there", tmp_path / "elsewhere"
    async with open_database(settings), asyncio.timeout(PATIENCE):
        there.rename(elsewhere)
        for _ in range(2):
            with pytest.raises(OperationalError) as reading:
                await row("SELECT 1 AS one")
            assert is_away(reading.value)
            with pytest.raises(OperationalError) as writing:
                await add_in_transaction("lost")
            assert is_away(writing.value)
        elsewhere.rename(there)
        assert await row("SELECT 1 AS one") == {"one": 1}


async def test_a_task_cancelled_while_it_connects_leaves_a_whole_connection_to_the_next(
    tmp_path: Path,
) -> None:
    settings = load(home=tmp_path, database_url=f"sqlite:///{tmp_path}/data.db")
    async with open_database(settings), asyncio.timeout(PATIENCE):
        with writing(settings, "BEGIN EXCLUSIVE"):
            for query in (row("SELECT 1 AS one"), add_in_transaction("lost")):
                task = asyncio.create_task(query)  # type: ignore[arg-type]  # two coroutines
                await asyncio.sleep(0.2)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
        assert await row("PRAGMA foreign_keys") == {"foreign_keys": 1}
        assert await row("PRAGMA journal_mode") == {"journal_mode": "wal"}
        assert await row("PRAGMA busy_timeout") == {"timeout": 10_000}
        assert await row("PRAGMA synchronous") == {"synchronous": 1}


def other_connection(settings: Settings) -> sqlite3.Connection:
    """Return a connection as another process would have it, which waits for nobody."""
    return sqlite3.connect(sqlite_path(settings.database), timeout=0, isolation_level=None)


@contextmanager
def writing(settings: Settings, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Have another connection in the midst of a transaction."""
    with closing(other_connection(settings)) as other:
        other.execute(begin)
        yield
        other.execute("ROLLBACK")


async def cancel(task: "asyncio.Task[None]", *, after: asyncio.Event, later: float = 0) -> None:
    """Cancel a task some seconds after an event."""
    await after.wait()
    await asyncio.sleep(later)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def add_in_transaction(key: str) -> None:
    async with in_transaction():
        await Attempt.create(key=key, expires_at=now())


async def keys() -> list[str]:
    return [found["key"] for found in await rows("SELECT `key` FROM attempts ORDER BY `key`")]
