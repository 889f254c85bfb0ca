"""Long work leaves others most of the event loop where they want it, and takes it all where not."""

import asyncio
import gc
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from gassapi_backend import fair_share
from gassapi_backend.database.turns import Usual
from gassapi_backend.fair_share import (
    Delays,
    Fairly,
    Steps,
    let_go,
    many_objects,
    request_ended,
    time_of_work,
    took_elsewhere,
)


class Clock:
    """Seconds that pass only where somebody works, or lets them pass."""

    def __init__(self) -> None:
        self.now = 0.0
        self.worked = 0.0
        self.delayed = 0.0
        self.spent = {"work": 0.0, "others": 0.0}

    def __call__(self) -> float:
        return self.now

    def processor(self) -> float:
        """Return for how many seconds anybody has worked."""
        return self.worked

    def delays(self) -> float:
        """Return for how many seconds the loop was kept from working."""
        return self.delayed

    def work(self, who: str, seconds: float, *, delay: float = 0.0) -> None:
        """Hold the loop for some seconds, and some more without a processor."""
        self.now += seconds + delay
        self.delayed += delay
        self.worked += seconds
        self.spent[who] += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that fairness goes by."""
    clock = Clock()
    monkeypatch.setattr(fair_share, "clock", clock)
    monkeypatch.setattr(fair_share, "cpu_clock", clock.processor)
    monkeypatch.setattr(fair_share._Spent, "short_at", -math.inf)  # whatever tests asked before
    monkeypatch.setattr(fair_share, "Delays", lambda: clock.delays)
    monkeypatch.setattr(fair_share, "NAP_SECONDS", 0)  # a turn of the loop, however long it takes
    return clock


async def works(clock: Clock, rounds: int, seconds: float) -> int:
    """Work in rounds of so many seconds."""
    steps = Steps()
    for _ in range(rounds):
        clock.work("work", seconds)
        await steps.end()
    return rounds


@asynccontextmanager
async def others(clock: Clock, seconds: float, *, delay: float = 0.0) -> AsyncIterator[None]:
    """Have others work for so many seconds in each turn of the loop."""

    async def work() -> None:
        while True:
            clock.work("others", seconds, delay=delay)
            request_ended()
            await asyncio.sleep(0)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_others_who_want_it_have_eight_ninths_of_the_loop(clock: Clock) -> None:
    async with others(clock, 0.0005):
        assert await Fairly(works(clock, 50, 0.002)) == 50
    assert clock.spent["others"] >= 8 * clock.spent["work"] * 0.97
    assert clock.spent["others"] <= 9 * clock.spent["work"]  # and it does go on


async def test_others_have_as_much_of_a_loop_that_other_programs_keep_from_the_processor(
    clock: Clock,
) -> None:
    async with others(clock, 0.0005, delay=0.002):
        await Fairly(works(clock, 50, 0.002))
    assert clock.spent["others"] >= 8 * clock.spent["work"] * 0.97
    assert clock.spent["others"] <= 9 * clock.spent["work"]


@pytest.mark.skipif(not Path("/proc/thread-self").exists(), reason="only Linux tells")
def test_how_long_this_thread_waited_for_a_processor_is_what_linux_says() -> None:
    delays = Delays()
    before = delays()
    _, told, _ = Path("/proc/thread-self/schedstat").read_text("ascii").split()
    assert 0 <= before <= int(told) / 1e9 <= delays()


async def test_where_nobody_else_wants_it_work_goes_on_at_once(clock: Clock) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await Fairly(works(clock, 50, 0.002))
    counting.cancel()
    assert turns <= 2 * 50 + 1  # one in which it ends a step, one in which nobody worked


async def test_requests_that_all_are_long_work_do_not_wait_for_each_other(clock: Clock) -> None:
    async def asks() -> None:
        for _ in range(20):
            clock.work("others", 0.0005)  # what surrounds it
            await Fairly(works(clock, 2, 0.002))
            request_ended()

    await asyncio.gather(*(asks() for _ in range(4)))
    assert clock.now <= 4 * 20 * (0.0005 + 2 * 0.002) + 0.001


async def test_the_next_request_of_a_connection_is_short_again(clock: Clock) -> None:
    await Fairly(works(clock, 1, 0.002))
    request_ended()
    request_ended()
    clock.now += 0.001
    began = clock.now
    clock.work("others", 0.0005)
    waiting = asyncio.create_task(_pass(clock))
    await Fairly(works(clock, 2, 0.002))
    waiting.cancel()
    assert clock.now - began >= 8 * 0.002


async def _pass(clock: Clock) -> None:
    while True:
        clock.now += 0.0001
        await asyncio.sleep(0)


async def test_a_moment_of_quiet_belongs_to_those_who_asked_before(clock: Clock) -> None:
    async def asks() -> None:
        while True:
            clock.work("others", 0.0005)
            request_ended()
            for _ in range(3):
                await asyncio.sleep(0)

    asking = asyncio.create_task(asks())
    await Fairly(works(clock, 20, 0.002))
    asking.cancel()
    assert clock.spent["others"] >= 5 * clock.spent["work"]


async def test_those_who_asked_a_moment_ago_are_waited_for(clock: Clock) -> None:
    async with others(clock, 0.0005):
        await Fairly(works(clock, 1, 0.002))

    began = clock.now
    passing = asyncio.create_task(_pass(clock))
    await Fairly(works(clock, 1, 0.002))
    assert clock.now - began >= 9 * 0.002
    await Fairly(works(clock, 100, 0.002))
    passing.cancel()
    assert clock.now - began <= 0.05 + 101 * 0.002 + 100 * 0.001  # then they are taken to be gone


async def test_all_long_work_has_one_ninth_together(clock: Clock) -> None:
    async with others(clock, 0.0005):
        await asyncio.gather(*(Fairly(works(clock, 20, 0.002)) for _ in range(4)))
    assert clock.spent["others"] >= 8 * clock.spent["work"] * 0.9


async def test_short_work_one_after_the_other_has_no_more(clock: Clock) -> None:
    async with others(clock, 0.0005):
        for _ in range(50):
            await Fairly(works(clock, 1, 0.0004))
    assert clock.spent["others"] >= 8 * clock.spent["work"] * 0.9
    assert clock.spent["others"] <= 10 * clock.spent["work"]


async def test_work_that_is_given_up_before_it_begins_is_not_begun(clock: Clock) -> None:
    async with others(clock, 0.0005):
        await Fairly(works(clock, 1, 0.0004))
        before = clock.spent["work"]
        waiting = asyncio.ensure_future(Fairly(works(clock, 1, 0.0004)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert clock.spent["work"] == before


async def test_long_work_is_nobody_that_other_long_work_would_have_to_let_go_first(
    clock: Clock,
) -> None:
    began = clock.now
    await asyncio.gather(*(Fairly(works(clock, 20, 0.002)) for _ in range(2)))
    assert clock.now - began <= 2 * 20 * 0.002 + 0.001


async def test_what_threads_do_for_work_counts_as_well(clock: Clock) -> None:
    async def reads() -> None:
        for _ in range(20):
            took_elsewhere(0.002)
            await asyncio.sleep(0)

    async with others(clock, 0.0005):
        await Fairly(reads())
    assert clock.spent["others"] >= 8 * 19 * 0.002


async def test_whoever_waits_for_long_work_can_tell_what_time_the_loop_had(clock: Clock) -> None:
    async def asks() -> float:
        began = time_of_work()
        clock.work("work", 0.25, delay=0.5)
        ended = time_of_work()
        assert began is not None
        assert ended is not None
        return ended - began

    assert time_of_work() is None
    assert await Fairly(asks()) == 0.25
    assert time_of_work() is None


async def test_what_a_question_takes_is_without_the_time_that_its_work_lets_others_have(
    clock: Clock,
) -> None:
    async def asks() -> float:
        clock.work("work", 0.002)
        began = time_of_work()
        await asyncio.sleep(
            0
        )  # it is answered at once, but goes on only when others have had their share
        ended = time_of_work()
        assert began is not None
        assert ended is not None
        return ended - began

    async with others(clock, 0.0005):
        took = await Fairly(asks())
    assert clock.spent["others"] >= 8 * 0.002
    assert took <= 2 * 0.0005


def test_what_takes_a_database_many_times_the_usual_is_its_work() -> None:
    usual = Usual()
    assert usual.beyond(0.0) == 0
    for _ in range(300):
        usual.note(0.001)
    assert usual.beyond(0.002) == 0
    assert usual.beyond(0.011) == pytest.approx(0.01, rel=0.1)
    usual.note(3600)
    assert usual.beyond(0.011) == pytest.approx(0.01, rel=0.1)


async def test_work_in_small_rounds_ends_its_step_only_when_it_was_long(clock: Clock) -> None:
    async with others(clock, 0.0005):
        await Fairly(works(clock, 100, 0.0001))
    assert 8 * 0.009 <= clock.spent["others"] <= 10 * 0.01


async def test_time_that_work_waits_for_is_not_its_own(clock: Clock) -> None:
    async def waits() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async with others(clock, 0.01):
        await Fairly(waits())
    assert clock.spent["others"] <= 22 * 0.01


async def test_what_goes_wrong_arrives_and_whoever_is_cancelled_sees_it() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("it went wrong")

    with pytest.raises(ValueError, match="it went wrong"):
        await Fairly(fails())

    seen = []

    async def stays() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def run() -> None:
        await Fairly(stays())

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_lists_are_emptied_in_steps(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_share, "STEP_SECONDS", -1)
    first, second = [object() for _ in range(30)], [object() for _ in range(20)]
    async with others(clock, 0.1):
        await let_go(first, second)
    assert (first, second) == ([], [])
    assert round(clock.spent["others"] / 0.1) >= 50


def test_what_is_old_is_looked_through_again_when_nobody_has_many_objects_any_more() -> None:
    before = gc.get_threshold()
    with many_objects():
        assert gc.get_threshold()[2] > 1_000_000
        assert gc.get_threshold()[:2] == before[:2]
        with many_objects():
            pass
        assert gc.get_threshold()[2] > 1_000_000
    assert gc.get_threshold() == before
