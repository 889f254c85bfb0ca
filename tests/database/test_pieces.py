"""Reading a large answer of the database some rows at a time."""

import asyncio
from contextlib import aclosing

import pytest
from tortoise.exceptions import OperationalError

from gassapi_backend.clock import now
from gassapi_backend.database import pieces, row, rows
from gassapi_backend.models import Attempt
from gassapi_backend.settings import Settings

ALL = "SELECT `key`, count FROM attempts WHERE count > ? ORDER BY `key`"


@pytest.fixture
async def keys(database: Settings) -> list[str]:
    """The keys of a thousand rows."""
    found = [f"{number:04}" for number in range(1000)]
    await Attempt.bulk_create([Attempt(key=key, count=1, expires_at=now()) for key in found])
    return found


@pytest.mark.parametrize("size", [1, 250, 333, 1000, 5000])
async def test_every_row_comes_once_and_in_order(keys: list[str], size: int) -> None:
    found = [some async for some in pieces(ALL, 0, size=size)]
    assert [one["key"] for some in found for one in some] == keys
    assert all(len(some) == size for some in found[:-1])
    assert found[0][0] == {"key": "0000", "count": 1}
    assert [some async for some in pieces(ALL, 1, size=size)] == []


async def test_what_is_given_up_half_way_does_no_harm(keys: list[str]) -> None:
    for _ in range(12):  # more than there are connections
        async with aclosing(pieces(ALL, 0, size=10)) as found:
            async for some in found:
                assert len(some) == 10
                break
        assert await row("SELECT COUNT(*) AS n FROM attempts") == {"n": len(keys)}


async def test_what_is_cancelled_half_way_does_no_harm(keys: list[str]) -> None:
    async def read() -> None:
        async for _ in pieces(ALL, 0, size=1):
            reading.set()

    for _ in range(12):
        reading = asyncio.Event()
        task = asyncio.create_task(read())
        await reading.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await row("SELECT COUNT(*) AS n FROM attempts") == {"n": len(keys)}


async def test_many_at_once_get_their_own_rows(keys: list[str]) -> None:
    async def read() -> list[str]:
        return [one["key"] async for some in pieces(ALL, 0, size=50) for one in some]

    assert await asyncio.gather(*(read() for _ in range(20))) == [keys] * 20


async def test_a_statement_that_fails_fails_as_others_do(keys: list[str]) -> None:
    for sql in ("SELECT nothing FROM nowhere", "SELECT 1 FROM"):
        with pytest.raises(OperationalError):
            await rows(sql)
        with pytest.raises(OperationalError):
            [some async for some in pieces(sql)]
    assert len(keys) == 1000
