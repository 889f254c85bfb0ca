"""Validations of tokens add up, whatever happens between counting and writing them down."""

import asyncio
from datetime import UTC, datetime

import pytest
import time_machine
from tortoise.exceptions import OperationalError

from gassapi_backend.clock import now, rfc3339, stored
from gassapi_backend.database import execute, row, rows
from gassapi_backend.models import McpToken, Member, Project, Scope, User
from gassapi_backend.server.tokens.usage import CHUNK, TokenUsage
from gassapi_backend.settings import Settings

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


async def test_validations_are_written_down_with_the_time_of_the_last(database: Settings) -> None:
    one, other, unused = await make_tokens(3)
    usage = TokenUsage()
    with time_machine.travel(NOON, tick=False) as clock:
        usage.count(one)
        usage.count(other)
        clock.shift(1)
        assert usage.count(one) == now()
    assert await counts() == [0, 0, 0]
    await usage.flush()
    assert await counts() == [2, 1, 0]
    assert rfc3339((await token(one))["last_validated_at"]) == "2026-01-31T12:00:01.000Z"
    assert rfc3339((await token(other))["last_validated_at"]) == "2026-01-31T12:00:00.000Z"
    assert (await token(unused))["last_validated_at"] is None


async def test_what_is_written_down_is_not_written_again(database: Settings) -> None:
    (one,) = await make_tokens(1)
    usage = TokenUsage()
    usage.count(one)
    await usage.flush()
    await usage.flush()
    assert await counts() == [1]


async def test_a_row_is_shown_with_what_is_not_written_down_yet(database: Settings) -> None:
    one, other = await make_tokens(2)
    usage = TokenUsage()
    usage.count(one)
    await usage.flush()
    moment = usage.count(one)
    before = await token(other)
    assert usage.add_to(before) == before
    shown = usage.add_to(await token(one))
    assert shown["validation_count"] == 2
    assert rfc3339(shown["last_validated_at"]) == rfc3339(stored(moment))
    await usage.flush()
    assert usage.add_to(await token(one)) == await token(one)
    assert (await token(one))["validation_count"] == 2


async def test_counting_and_writing_at_once_adds_up(database: Settings) -> None:
    made = await make_tokens(5)
    usages = [TokenUsage() for _ in range(3)]  # as many workers

    async def count(usage: TokenUsage) -> None:
        for number in range(100):
            usage.count(made[number % 5])
            await asyncio.sleep(0)

    async def write(usage: TokenUsage) -> None:
        for _ in range(10):
            await usage.flush()
            await asyncio.sleep(0)

    await asyncio.gather(*(work(usage) for usage in usages for work in (count, count, write)))
    await asyncio.gather(*(usage.flush() for usage in usages))
    assert await counts() == [120] * 5


async def test_more_tokens_than_fit_into_a_statement_are_all_written(database: Settings) -> None:
    made = await make_tokens(2 * CHUNK + 1)
    usage = TokenUsage()
    for number in made:
        usage.count(number)
    await usage.flush()
    assert set(await counts()) == {1}


async def test_counts_survive_that_the_database_fails(database: Settings) -> None:
    made = await make_tokens(CHUNK + 1)
    usage = TokenUsage()
    for number in made:
        usage.count(number)
    await execute("ALTER TABLE mcp_tokens RENAME TO mcp_tokens_away")
    try:
        for _ in range(2):
            with pytest.raises(OperationalError):
                await usage.flush()
            usage.count(made[0])
    finally:
        await execute("ALTER TABLE mcp_tokens_away RENAME TO mcp_tokens")
    assert set(await counts()) == {0}
    await usage.flush()
    assert sorted(await counts()) == [1] * CHUNK + [3]


async def test_a_count_that_is_cut_off_is_neither_lost_nor_doubled(database: Settings) -> None:
    (one,) = await make_tokens(1)
    usage = TokenUsage()
    for delay in (0, 0.0005, 0.001, 0.002, 0.005):
        usage.count(one)
        task = asyncio.create_task(usage.flush())
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await usage.flush()
    assert await counts() == [5]


async def test_a_token_that_is_gone_holds_nothing_up(database: Settings) -> None:
    one, other = await make_tokens(2)
    usage = TokenUsage()
    usage.count(one)
    usage.count(other)
    await execute("DELETE FROM mcp_tokens WHERE id = ?", one)
    await usage.flush()
    assert await counts() == [1]


async def make_tokens(number: int) -> list[str]:
    """Make so many tokens of one project; return their ids."""
    user = await User.create(
        email="a@b.c", email_key="a@b.c", name="Ann", name_key="ann", password_hash="x"
    )
    project = await Project.create(owner=user, name="Shop", name_key="shop")
    await Member.create(project=project, user=user)
    tokens = [
        McpToken(
            project_id=project.id,
            creator_id=user.id,
            name="CI",
            scope=Scope.READ,
            token_hash=f"{place:064}",
            prefix="gass_1234",
        )
        for place in range(number)
    ]
    await McpToken.bulk_create(tokens)
    return [made.id for made in tokens]


async def token(token_id: str) -> dict[str, object]:
    found = await row("SELECT * FROM mcp_tokens WHERE id = ?", token_id)
    assert found
    return found


async def counts() -> list[int]:
    """Return how often each token was validated, the first made first."""
    found = await rows("SELECT validation_count FROM mcp_tokens ORDER BY token_hash")
    return [each["validation_count"] for each in found]
