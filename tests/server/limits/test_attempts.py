"""Limits on guessing count right: for each subject, in each window, however many try at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from gassapi_backend.database import rows
from gassapi_backend.models import Attempt
from gassapi_backend.server.app import purge
from gassapi_backend.server.errors import Code, TooMany, Unavailable
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.settings import Settings
from tests.programs import all_at_once, environment

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

TAKE = """
import asyncio, sys
from gassapi_backend.database import open_database
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.errors import Code, TooMany
from gassapi_backend.settings import load

async def passes(attempts):
    try:
        await attempts.take("ann")
    except TooMany:
        return 0
    return 1

async def main():
    attempts = Attempts("login", "5 per 15 minutes", code=Code.ACCOUNT_LOCKED)
    print("ready", flush=True)
    input()
    async with open_database(load()):
        print(sum(await asyncio.gather(*(passes(attempts) for _ in range(20)))))

asyncio.run(main())
"""


@pytest.fixture
def logins() -> Attempts:
    """Five attempts in a quarter of an hour."""
    return Attempts("login", "5 per 15 minutes", code=Code.ACCOUNT_LOCKED)


async def test_so_many_attempts_pass_and_the_next_is_told_when_to_come_back(
    database: Settings, logins: Attempts
) -> None:
    with time_machine.travel(NOON, tick=False):
        assert await passing(logins, 5) == 5
        for _ in range(3):
            with pytest.raises(TooMany, match="minutes") as caught:
                await logins.take("ann")
            assert caught.value.code == Code.ACCOUNT_LOCKED
            assert caught.value.retry_after in (15 * 60, 15 * 60 + 1)


async def test_the_wait_grows_shorter_with_time(database: Settings, logins: Attempts) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert await passing(logins, 6) == 5
        clock.shift(14 * 60)
        with pytest.raises(TooMany, match="seconds") as caught:
            await logins.take("ann")
    assert caught.value.retry_after in (60, 61)


async def test_attempts_while_locked_do_not_make_it_last_longer(
    database: Settings, logins: Attempts
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert await passing(logins, 5) == 5
        for _ in range(14):
            clock.shift(60)
            assert await passing(logins, 1) == 0
        clock.shift(61)
        assert await passing(logins, 10) == 5


async def test_a_window_that_is_over_counts_from_one_again(
    database: Settings, logins: Attempts
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert await passing(logins, 10) == 5
        clock.shift(15 * 60)
        assert await passing(logins, 10) == 5
        attempt = await Attempt.get()
    assert attempt.count == 10
    assert attempt.expires_at == NOON + timedelta(minutes=30)


async def test_subjects_do_not_count_against_each_other(
    database: Settings, logins: Attempts
) -> None:
    assert await passing(logins, 6, "ann", "192.0.2.1") == 5
    assert await passing(logins, 6, "ann", "192.0.2.2") == 5
    assert await passing(logins, 6, "bob", "192.0.2.1") == 5
    assert await passing(logins, 6, "ann192.0.2.1") == 5
    assert await passing(logins, 6, "", "ann192.0.2.1") == 5


async def test_kinds_do_not_count_against_each_other(database: Settings, logins: Attempts) -> None:
    others = Attempts("register", "3 per hour", code=Code.RATE_LIMIT_ERROR)
    assert await passing(logins, 6) == 5
    assert await passing(others, 6) == 3


async def test_forgiving_lets_a_subject_begin_anew(database: Settings, logins: Attempts) -> None:
    assert await passing(logins, 6, "ann") == 5
    assert await passing(logins, 6, "bob") == 5
    await logins.forgive("ann")
    assert await passing(logins, 6, "ann") == 5
    assert await passing(logins, 1, "bob") == 0
    await logins.forgive("nobody")


async def test_exactly_as_many_as_allowed_pass_at_once(
    database: Settings, logins: Attempts
) -> None:
    assert await passing_at_once(logins, 50) == 5
    assert await passing_at_once(logins, 10) == 0


async def test_exactly_as_many_as_allowed_pass_at_once_after_a_window(
    database: Settings, logins: Attempts
) -> None:
    with time_machine.travel(NOON, tick=False):
        assert await passing(logins, 6) == 5
    assert await passing_at_once(logins, 50) == 5


async def test_processes_share_the_count(database: Settings) -> None:
    ended = await asyncio.to_thread(all_at_once, TAKE, 3, env=environment(database))
    assert [code for code, _, _ in ended] == [0, 0, 0], ended
    assert sum(int(output) for _, output, _ in ended) == 5


async def test_taking_while_others_forgive_never_fails(
    database: Settings, logins: Attempts
) -> None:
    async def work(number: int) -> None:
        if number % 2:
            await logins.forgive("ann")
        else:
            await logins.take("ann")

    ended = await asyncio.gather(*(work(number) for number in range(60)), return_exceptions=True)
    assert [error for error in ended if error and not isinstance(error, TooMany)] == []


async def test_one_attempt_of_a_subject_runs_at_a_time(
    database: Settings, logins: Attempts
) -> None:
    running = 0

    async def work() -> int:
        nonlocal running
        async with logins.one("ann"):
            running += 1
            await asyncio.sleep(0.01)
            seen, running = running, running - 1
            await logins.forgive("ann")
        return seen

    assert set(await asyncio.gather(*(work() for _ in range(10)))) == {1}


async def test_attempts_of_two_subjects_run_at_once(database: Settings, logins: Attempts) -> None:
    both_are_in = asyncio.Barrier(2)

    async def work(subject: str) -> None:
        async with logins.one(subject):
            await both_are_in.wait()

    async with asyncio.timeout(30):
        await asyncio.gather(work("ann"), work("bob"))


async def test_an_attempt_that_the_server_could_not_go_through_with_does_not_count(
    database: Settings, logins: Attempts
) -> None:
    for _ in range(10):
        with pytest.raises(Unavailable):
            async with logins.one("ann"):
                raise Unavailable("Too many people are signing in.")
    assert await passing(logins, 10, "ann") == 5


async def test_limits_that_are_off_count_nothing(database: Settings) -> None:
    attempts = Attempts("login", "1 per hour", code=Code.ACCOUNT_LOCKED, enabled=False)
    assert await passing(attempts, 10) == 10
    await attempts.forgive("ann")
    assert await rows("SELECT `key` FROM attempts") == []


async def test_what_is_over_is_purged_and_what_is_not_stays(
    database: Settings, logins: Attempts
) -> None:
    with time_machine.travel(NOON, tick=False):
        await logins.take("long ago")
    await logins.take("just now")
    await purge()
    assert await Attempt.all().count() == 1
    assert await passing(logins, 5, "just now") == 4


async def test_who_tried_what_is_not_kept_in_the_clear(
    database: Settings, logins: Attempts
) -> None:
    await logins.take("ann@example.com", "192.0.2.1")
    kept = str(await rows("SELECT * FROM attempts"))
    assert "ann" not in kept
    assert "192" not in kept


async def passing(attempts: Attempts, times: int, *subject: str) -> int:
    """Try so many times, one after the other; return how many passed."""
    return sum([await passes(attempts, *subject) for _ in range(times)])


async def passing_at_once(attempts: Attempts, times: int) -> int:
    """Try so many times at once; return how many passed."""
    return sum(await asyncio.gather(*(passes(attempts) for _ in range(times))))


async def passes(attempts: Attempts, *subject: str) -> bool:
    try:
        await attempts.take(*subject or ("ann",))
    except TooMany:
        return False
    return True


async def test_a_clock_that_was_set_back_locks_nobody_out_for_long(
    database: Settings, logins: Attempts
) -> None:
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert await passing(logins, 10) == 5
    with time_machine.travel(NOON, tick=False) as clock:
        assert await passing(logins, 10) == 5
        clock.shift(timedelta(seconds=-30))  # clocks that are a little apart free nobody
        assert await passing(logins, 10) == 0
