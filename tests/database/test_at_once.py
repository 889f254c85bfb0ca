"""Reading at once, on the event loop: only what is quick, and as right as in a thread."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now
from gassapi_backend.database import (
    execute,
    row,
    rows,
    snapshot,
    sqlite_at_once,
    sqlite_readers,
)
from gassapi_backend.database.sqlite_at_once import AtOnce, identity
from gassapi_backend.models import Attempt
from tests.conftest import Api

pytestmark = pytest.mark.engines("sqlite")

WORK = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT MAX(i) AS most FROM n
"""
NUMBER = "SELECT COUNT(*) AS number FROM attempts"
ONE = "SELECT id, name FROM things WHERE id = ?"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A file with a table of two things."""
    path = str(tmp_path / "things.db")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO things VALUES (1, 'one'), (2, NULL)")
    connection.close()
    return path


@pytest.fixture
def at_once(path: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtOnce]:
    """A connection to it; turns of the loop may take as long as they do on a busy machine."""
    monkeypatch.setattr(sqlite_at_once, "TURN_SECONDS", 60)
    monkeypatch.setattr(sqlite_at_once, "ASKING_SECONDS", 60)
    opened = identity(path)
    made = AtOnce(path, opened or (0, 0))
    yield made
    made.close()


async def test_what_is_quick_is_answered_at_once(at_once: AtOnce) -> None:
    assert at_once.ask(ONE, [1]) == [{"id": 1, "name": "one"}]
    assert at_once.ask(ONE, [2]) == [{"id": 2, "name": None}]
    assert at_once.ask(ONE, [3]) == []


async def test_what_is_committed_is_seen_and_nothing_else(at_once: AtOnce, path: str) -> None:
    with sqlite3.connect(path, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE things SET name = 'uno' WHERE id = 1")
        assert at_once.ask(ONE, [1]) == [{"id": 1, "name": "one"}]
        writer.execute("COMMIT")
        assert at_once.ask(ONE, [1]) == [{"id": 1, "name": "uno"}]
    writer.close()


async def test_work_is_left_to_a_thread_for_a_while(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_at_once, "PAUSE_SECONDS", 0.5)
    assert at_once.ask(WORK, [10]) == [{"most": 10}]
    assert at_once.ask(WORK, [100_000_000]) is None  # it would take a minute
    assert at_once.ask(WORK, [10]) is None
    assert at_once.ask(ONE, [1]) is not None
    await asyncio.sleep(0.6)
    assert at_once.ask(WORK, [10]) == [{"most": 10}]


async def test_what_is_quick_stays_so_however_often_it_is_asked(at_once: AtOnce) -> None:
    for _ in range(500):  # together far more than one may take
        assert at_once.ask(WORK, [100]) is not None


async def test_a_turn_of_the_loop_that_has_taken_long_asks_no_more(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_at_once, "TURN_SECONDS", 0.01)
    assert at_once.ask(ONE, [1]) is not None
    time.sleep(0.02)  # noqa: ASYNC251 - that is what is tried
    assert at_once.ask(ONE, [1]) is None
    await asyncio.sleep(0)
    assert at_once.ask(ONE, [1]) is not None


async def test_a_turn_of_the_loop_that_has_asked_for_long_asks_no_more(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert at_once.ask(ONE, [1]) is not None
    monkeypatch.setattr(sqlite_at_once, "ASKING_SECONDS", 0)
    assert at_once.ask(ONE, [1]) is None
    monkeypatch.setattr(sqlite_at_once, "ASKING_SECONDS", 60)
    await asyncio.sleep(0)
    assert at_once.ask(ONE, [1]) is not None


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO things VALUES (3, ?) RETURNING id",
        "UPDATE things SET name = ?",
        "WITH new AS (SELECT ?) INSERT INTO things (name) SELECT * FROM new",
        "PRAGMA user_version = 3",
    ],
)
async def test_nothing_is_written(at_once: AtOnce, path: str, query: str) -> None:
    values = ["x"] if "?" in query else []
    assert at_once.ask(query, values) is None
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name FROM things ORDER BY id").fetchall()
        assert found == [("one",), (None,)]
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    connection.close()


async def test_a_file_that_took_the_place_of_another_is_not_read(
    at_once: AtOnce, path: str
) -> None:
    other = Path(path).with_name("other.db")
    await asyncio.to_thread(shutil.copy, path, other)
    other.replace(path)
    assert at_once.ask(ONE, [1]) is None


async def test_the_same_is_read_and_refused_as_in_a_thread(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    assert await rows(WORK, 30_000) == [{"most": 30_000}]
    with pytest.raises(OperationalError, match="no such table"):
        await rows("SELECT * FROM nowhere")
    async with in_transaction():
        await execute("UPDATE projects SET name = ? WHERE id = ?", "New", project_id)
        found = await row("SELECT name FROM projects WHERE id = ?", project_id)
        assert found == {"name": "New"}  # what the transaction has written


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is asked at once takes too long, however busy the machine is."""
    monkeypatch.setattr(sqlite_at_once, "TURN_SECONDS", 60)
    monkeypatch.setattr(sqlite_at_once, "ASKING_SECONDS", 60)
    monkeypatch.setattr(sqlite_readers, "STEP_SECONDS", 60)


@pytest.mark.usefixtures("patient", "database")
async def test_what_is_quick_of_one_moment_is_read_without_a_turn_of_the_loop() -> None:
    async with snapshot():
        with pytest.raises(StopIteration) as ended:
            rows("SELECT ? AS one", 1).send(None)
        assert ended.value.value == [{"one": 1}]
    await execute("DELETE FROM attempts")  # which the connection that was held does not prevent


@pytest.mark.usefixtures("patient", "database")
async def test_work_is_done_in_a_thread_and_does_not_end_the_moment() -> None:
    is_begun = asyncio.Event()

    async def write() -> None:  # outside of the moment: its task is older
        await is_begun.wait()
        await Attempt.create(key="during", expires_at=now())

    writing = asyncio.create_task(write())
    async with snapshot():
        assert await row(NUMBER) == {"number": 0}
        is_begun.set()
        await writing
        reading = asyncio.create_task(row(WORK, 300_000))
        await asyncio.sleep(0)
        assert not reading.done()
        assert await reading == {"most": 300_000}
        assert await row(NUMBER) == {"number": 0}
    assert await row(NUMBER) == {"number": 1}


@pytest.mark.usefixtures("patient", "database")
async def test_what_is_read_beside_work_of_the_same_moment_waits_for_it() -> None:
    async with snapshot():
        working = asyncio.create_task(row(WORK, 300_000))
        await asyncio.sleep(0)
        assert await row(NUMBER) == {"number": 0}
        assert await working == {"most": 300_000}
