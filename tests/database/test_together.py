"""Statements on one way to the database: what they answer, and what a failure leaves."""

from contextlib import suppress

import pytest
from tortoise.exceptions import (
    IntegrityError,
    OperationalError,
    TransactionManagementError,
)
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Statement, rows, together
from gassapi_backend.database.statements import for_ids, send
from gassapi_backend.settings import Settings

HOSTILE = "'; DROP TABLE attempts; -- \\' %s ? ; \x00 \U0001f9ea"


def attempt(key: str) -> Statement:
    """Return what inserts a row."""
    return "INSERT INTO attempts (`key`, `count`, expires_at) VALUES (?, ?, ?)", [
        key,
        1,
        stored(now()),
    ]


async def keys() -> list[str]:
    return [row["key"] for row in await rows("SELECT `key` FROM attempts ORDER BY `key`")]


async def test_each_statement_has_its_rows(database: Settings) -> None:
    async with in_transaction():
        found = await together(
            [
                ("SELECT ? AS a UNION ALL SELECT ? AS a", [1, 2]),
                attempt("x"),
                ("SELECT `key` FROM attempts WHERE `key` = ?", ["none"]),
                ("SELECT COUNT(*) AS n, '100%' AS p FROM attempts", []),
            ]
        )
    assert found == [[{"a": 1}, {"a": 2}], [], [], [{"n": 1, "p": "100%"}]]
    assert await together([]) == []


async def test_what_is_done_for_many_ids_is_done_to_all_of_them(database: Settings) -> None:
    wanted = [f"key {number}" for number in range(40_000)]  # SQLite takes 32,766 values at once
    async with in_transaction():
        await send([attempt(key) for key in (wanted[0], "other", wanted[-1])])
        await send(for_ids("UPDATE attempts SET `count` = ? WHERE `key` IN ({ids})", wanted, 7))
        found = await rows("SELECT `key` FROM attempts WHERE `count` = 7 ORDER BY `key`")
        assert [row["key"] for row in found] == [wanted[0], wanted[-1]]
        await send(for_ids("DELETE FROM attempts WHERE `key` IN ({ids})", wanted))
        await send(for_ids("DELETE FROM attempts WHERE `key` IN ({ids})", []))
    assert await keys() == ["other"]


async def test_values_are_values_whatever_is_in_them(database: Settings) -> None:
    async with in_transaction():
        found = await together([("SELECT ? AS a", [HOSTILE]), ("SELECT ? AS b", [HOSTILE])])
    assert found == [[{"a": HOSTILE}], [{"b": HOSTILE}]]


@pytest.mark.parametrize("at", [0, 1, 2])
async def test_what_follows_a_failure_is_not_run_and_all_is_undone(
    database: Settings, at: int
) -> None:
    async with in_transaction():
        await together([attempt("there")])
    some = [attempt("a"), attempt("b")]
    some.insert(at, attempt("there"))
    with pytest.raises(IntegrityError):
        async with in_transaction():
            await together(some)
    assert await keys() == ["there"]


async def test_the_connection_is_good_after_a_failure(database: Settings) -> None:
    async with in_transaction():
        with pytest.raises(OperationalError):
            await together([("SELECT 1 AS a", []), ("SELECT nothing", []), attempt("never")])
        assert await together([("SELECT 2 AS a", [])]) == [[{"a": 2}]]
        await together([attempt("x")])
    assert await keys() == ["x"]


async def test_what_commits_is_there_and_nothing_follows_it(database: Settings) -> None:
    async with in_transaction() as transaction:
        found = await together([attempt("a"), ("SELECT 1 AS n", [])], commits=True)
        with pytest.raises(TransactionManagementError):
            await transaction.rollback()
        assert found == [[], [{"n": 1}]]
    assert await keys() == ["a"]


async def test_nothing_is_committed_with_a_statement_that_fails(database: Settings) -> None:
    async def failing() -> None:
        async with in_transaction():
            await together([attempt("a")])
            await together([attempt("b"), attempt("a")], commits=True)

    with pytest.raises(IntegrityError):
        await failing()
    assert await keys() == []
    async with in_transaction():
        await together([attempt("c")])
    assert await keys() == ["c"]


async def test_the_last_of_much_commits(database: Settings) -> None:
    with suppress(ValueError):
        async with in_transaction():
            await send((attempt(f"{number:04}") for number in range(250)), commits=True)
            raise ValueError("too late")
    assert len(await keys()) == 250


async def test_what_begins_within_a_transaction_that_ran_nothing_is_undone_alone(
    database: Settings,
) -> None:
    async with in_transaction():
        with suppress(ValueError):
            async with in_transaction():
                await together([attempt("inner")])
                raise ValueError
        await together([attempt("outer")])
    assert await keys() == ["outer"]


async def test_much_is_sent_in_pieces_that_a_server_takes(database: Settings) -> None:
    """Two megabytes in one statement would be beyond what some servers take."""
    sql = "SELECT ? AS a"
    async with in_transaction():
        await send([(sql, ["x" * 900_000]) for _ in range(40)])
        await send(attempt(f"{number:04}") for number in range(250))
    assert len(await keys()) == 250
