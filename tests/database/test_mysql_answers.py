"""What MySQL and MariaDB answer is read as it is, whatever is remembered of answers before."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from tortoise.exceptions import OperationalError

from gassapi_backend.database import (
    execute,
    mysql_answers,
    open_database,
    row,
    rows,
    together,
    transaction,
)
from gassapi_backend.settings import Settings

pytestmark = pytest.mark.engines("mariadb", "mysql")

TEXTS = [
    "",
    "'",
    "\\",
    "\\'",
    "''",
    'it\'s "quoted"',
    "a\0b\x1ac\nd\re\tf\b\v",
    "%s %d %% ?",
    "; DROP TABLE projects; --",
    "é 漢字 😀 e\u0301 \u2028",
    orjson.dumps({"a": ['"', "\\", "\n", "'"]}).decode(),
]


@pytest.fixture(autouse=True)
async def one(settings: Settings) -> AsyncIterator[None]:
    """Open an empty database with a single connection."""
    chosen = settings.model_copy(update={"database_pool_size": 1})
    async with open_database(chosen, everywhere=True):
        yield


async def test_a_text_comes_back_as_it_was_sent() -> None:
    for _ in range(2):  # with columns that are new, then known
        found = await rows(" UNION ALL ".join(["SELECT ? AS text"] * len(TEXTS)), *TEXTS)
        assert [one["text"] for one in found] == TEXTS
    async with transaction():
        answers = await together([("SELECT ? AS text, ? AS n", [text, 1]) for text in TEXTS])
    assert answers == [[{"text": text, "n": 1}] for text in TEXTS]


async def test_a_text_comes_back_where_backslashes_are_nothing_special() -> None:
    await execute("SET sql_mode = 'NO_BACKSLASH_ESCAPES'")
    found = await rows(" UNION ALL ".join(["SELECT ? AS text"] * len(TEXTS)), *TEXTS)
    assert [one["text"] for one in found] == TEXTS


async def test_values_that_are_no_text_come_back_too() -> None:
    found = await row("SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e", None, True, -5, 2**63, 1.5)
    assert found is not None
    assert list(found.values()) == [None, 1, -5, 2**63, 1.5]


async def test_columns_that_have_changed_are_read_as_they_are_now() -> None:
    await execute("CREATE TABLE things (id INT, moment DATETIME(3))")
    await execute("INSERT INTO things VALUES (1, '2026-01-31 12:00:00.125')")
    for _ in range(2):
        assert await rows("SELECT * FROM things") == [
            {"id": 1, "moment": "2026-01-31 12:00:00.125"}
        ]
    await execute("ALTER TABLE things MODIFY id VARCHAR(9), ADD more BLOB")
    await execute("UPDATE things SET more = ?", b"\0\xff")
    for _ in range(2):
        (found,) = await rows("SELECT * FROM things")
        assert found == {"id": "1", "moment": "2026-01-31 12:00:00.125", "more": b"\0\xff"}


async def test_answers_of_any_shape_are_read() -> None:
    wide = ", ".join(f"{number} AS c{number}" for number in range(300))
    long = "x" * 300_000
    for _ in range(3):
        found = await row(f"SELECT {wide}")
        assert found == {f"c{number}": number for number in range(300)}
        many = await rows("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                          "WHERE i < 900) SELECT i, REPEAT('é', 500) AS t FROM n")  # fmt: skip
        assert [one["i"] for one in many] == list(range(1, 901))
        assert {one["t"] for one in many} == {"é" * 500}
        assert await rows("SELECT 1 AS n FROM projects WHERE id = ?", "none") == []
        found = await row("SELECT ? AS a, NULL AS b, ? AS c", long, long[1:])
        assert found == {"a": long, "b": None, "c": long[1:]}


async def test_as_many_kinds_of_answers_as_there_are_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mysql_answers, "KNOWN", 3)
    for _ in range(3):
        for number in range(9):
            assert await rows(f"SELECT ? AS c{number}", number) == [{f"c{number}": number}]


async def test_a_failure_among_several_leaves_the_connection_of_use() -> None:
    good, bad = ("SELECT ? AS n", [1]), ("SELECT n FROM nowhere", [])
    for order in ([good, bad], [good, good, bad, good], [bad, good]):
        with pytest.raises(OperationalError, match="nowhere"):
            async with transaction():
                await together(order)
        assert await rows("SELECT ? AS n", 2) == [{"n": 2}]
    async with transaction():
        assert await together([good, ("DO 1", []), good]) == [[{"n": 1}], [], [{"n": 1}]]


async def test_a_question_that_is_given_up_is_not_answered_to_the_next_one() -> None:
    waiting = asyncio.create_task(rows("SELECT SLEEP(20) AS n"))
    await asyncio.sleep(0.2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await rows("SELECT 5 AS n") == [{"n": 5}]
