"""Reads of one moment, on each database."""

import asyncio

import pytest

from gassapi_backend.clock import now
from gassapi_backend.database import row, snapshot, turns
from gassapi_backend.models import Attempt
from gassapi_backend.settings import Settings
from tests.waiting import PATIENCE

COUNT = "SELECT COUNT(*) AS n FROM attempts"


async def add(key: str) -> None:
    await Attempt.create(key=key, expires_at=now())


async def test_a_snapshot_is_of_one_moment(database: Settings) -> None:
    await add("before")
    is_open, is_added = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        await is_open.wait()
        await add("during")
        is_added.set()

    writing = asyncio.create_task(write())
    async with snapshot():
        assert await row(COUNT) == {"n": 1}
        is_open.set()
        await is_added.wait()
        assert await row(COUNT) == {"n": 1}
        assert [found.key for found in await Attempt.all()] == ["before"]
    await writing
    assert await row(COUNT) == {"n": 2}


async def test_snapshots_leave_connections_for_others(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONG_SECONDS", 60)  # on a slow machine too, it is a short question
    await row(COUNT)
    is_open, is_over = asyncio.Event(), asyncio.Event()
    opened = 0

    async def read() -> None:
        nonlocal opened
        async with snapshot():
            await row(COUNT)
            opened += 1
            is_open.set()
            await is_over.wait()

    readers = [asyncio.create_task(read()) for _ in range(20)]
    try:
        async with asyncio.timeout(PATIENCE):
            await is_open.wait()
            for number in range(5):
                await add(str(number))
                assert await row(COUNT) == {"n": number + 1}
            assert 0 < opened < len(readers)
    finally:  # else the database would wait for them when it is closed
        is_over.set()
        await asyncio.gather(*readers)
    assert opened == len(readers)


async def test_a_snapshot_that_is_broken_off_leaves_nothing_open(database: Settings) -> None:
    async def read() -> None:
        async with snapshot():
            await row(COUNT)
            is_open.set()
            await asyncio.sleep(60)

    for number in range(12):  # more than there are connections
        is_open = asyncio.Event()
        task = asyncio.create_task(read())
        await is_open.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await add(str(number))
        async with snapshot():
            assert await row(COUNT) == {"n": number + 1}
