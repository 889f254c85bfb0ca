"""Deadlines: a block that takes too long is broken off, and nothing else is mistaken for that."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gassapi_backend.server.web import deadlines
from gassapi_backend.server.web.deadlines import Deadlines


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Deadlines]:
    """Deadlines that are looked at often."""
    monkeypatch.setattr(deadlines, "LOOK_SECONDS", 0.01)
    made = Deadlines()
    watching = asyncio.create_task(made.watch())
    yield made
    watching.cancel()


async def test_a_block_that_takes_too_long_ends_in_a_timeout(watched: Deadlines) -> None:
    with pytest.raises(TimeoutError), watched.after(0.05):
        await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_block_may_be_given_more_time(watched: Deadlines) -> None:
    loop = asyncio.get_running_loop()
    with watched.after(0.01) as never:
        never.reschedule(None)
        await asyncio.sleep(0.1)
    sooner = watched.after(60)
    sooner.reschedule(loop.time() + 0.05)
    with pytest.raises(TimeoutError), sooner:
        await asyncio.Event().wait()


async def test_what_is_cancelled_by_others_did_not_take_too_long(watched: Deadlines) -> None:
    async def wait() -> None:
        with watched.after(60):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_a_timeout_and_others_cancelling_end_it_as_cancelled(
    watched: Deadlines,
) -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        with watched.after(0.03):
            try:
                await asyncio.Event().wait()
            finally:
                begun.set()
                await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failure_of_a_block_stays_what_it_is(watched: Deadlines) -> None:
    async def fail() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ValueError("wrong") from None

    with pytest.raises(ValueError, match="wrong"), watched.after(0.02):
        await fail()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
