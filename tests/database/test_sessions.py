"""What a MySQL session depends on is set by us, and a server that may not write is left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from gassapi_backend.addresses import Host, hosts_of
from gassapi_backend.database import execute, is_away, open_database, row, rows
from gassapi_backend.database.failures import is_too_large, is_too_slow
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.doctor.database import check_database
from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.server.service import health
from gassapi_backend.settings import Settings, load
from tests import servers
from tests.database.conftest import new_database

TEXT = "Zoë 😀 日本"


@pytest.mark.parametrize(
    ("netloc", "hosts"),
    [
        ("user:p%40ss@one", [Host("one", 3306)]),
        ("one:3307,two,[::1]:3308", [Host("one", 3307), Host("two", 3306), Host("::1", 3308)]),
        ("u:a@b@one, two:1", [Host("one", 3306), Host("two", 1)]),
    ],
)
def test_an_address_may_name_several_servers(netloc: str, hosts: list[Host]) -> None:
    assert hosts_of(netloc) == hosts


@pytest.mark.parametrize("netloc", ["", "one,,two", "one:0", "one:99999", "one:a", "::1", "a/b"])
def test_what_is_no_list_of_servers_is_refused(netloc: str) -> None:
    with pytest.raises(ValueError, match="not a server's address"):
        hosts_of(netloc)


@pytest.mark.parametrize(
    "options",
    [
        ("--init-connect=SET NAMES latin1", "--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES"),
        ("--skip-character-set-client-handshake", "--character-set-server=utf8mb3"),
        ("--init-connect=SET collation_connection=latin1_swedish_ci",),
        ("--default-time-zone=+05:00", "--transaction-isolation=READ-COMMITTED"),
        ("--innodb-default-row-format=compact",),
        ("--default-storage-engine=Aria", "--completion-type=RELEASE", "--max-statement-time=0.01"),
        ("--init-connect=SET sql_safe_updates=1, sql_select_limit=0", "--max-join-size=1"),
    ],
    ids=lambda options: options[0],
)
async def test_the_defaults_of_a_server_change_nothing(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    async with private(*options) as server:
        settings = load(home=tmp_path, database_url=f"{server.url}/gassapi_test")
        async with open_database(settings):
            await upgrade(settings)
            await execute("CREATE TABLE texts (said VARCHAR(99)) CHARACTER SET utf8mb4")
            await execute("INSERT INTO texts VALUES (?)", TEXT + "\\'\"")
            found = await row("SELECT said, NOW() = UTC_TIMESTAMP() AS in_utc FROM texts")
            isolation = await row("SELECT @@tx_isolation AS said")
            await execute("UPDATE texts SET said = 'all of them'")  # without a WHERE
            async with in_transaction("default"):
                await row("SELECT SLEEP(0.02) AS slept FROM texts")
        assert not await check_database_of(settings)
    assert found == {"said": TEXT + "\\'\"", "in_utc": 1}
    assert isolation == {"said": "REPEATABLE-READ"}


async def check_database_of(settings: Settings) -> list[Finding]:
    """Return what ``doctor`` finds wrong with a database."""
    return [item for item in await check_database(settings) if item.verdict is Verdict.BAD]


async def test_a_pool_leaves_a_server_that_became_read_only(tmp_path: Path) -> None:
    """As after a failover behind one name: connections of before lead to the demoted primary."""
    async with private() as server:
        settings = load(home=tmp_path, database_url=f"{server.url}/gassapi_test")
        async with open_database(settings, everywhere=True):
            await execute("CREATE TABLE numbers (n INT)")
            before = await row("SELECT CONNECTION_ID() AS id")
            server.sql("SET GLOBAL read_only = 1")
            with pytest.raises(OperationalError) as refused:
                await execute("INSERT INTO numbers VALUES (1)")
            assert is_away(refused.value)
            after = await row("SELECT CONNECTION_ID() AS id")
            assert before != after
            with pytest.raises(OperationalError):
                async with in_transaction("default"):
                    await execute("INSERT INTO numbers VALUES (1)")
            assert await row("SELECT CONNECTION_ID() AS id") != after
            server.sql("SET GLOBAL read_only = 0")
            await execute("INSERT INTO numbers VALUES (1)")


async def test_of_several_servers_the_one_that_takes_writes_is_used(tmp_path: Path) -> None:
    async with private("--read-only=1") as reading, private() as writing:
        gone = servers.free_port()
        hosts = f"127.0.0.1:{gone},127.0.0.1:{reading.port},127.0.0.1:{writing.port}"
        url = f"mysql://gassapi:secret@{hosts}/gassapi_test"
        async with open_database(load(home=tmp_path, database_url=url), everywhere=True):
            assert await row("SELECT @@port AS port") == {"port": writing.port}
            writing.sql("SET GLOBAL read_only = 1")
            reading.sql("SET GLOBAL read_only = 0")
            with pytest.raises(OperationalError):
                await execute("CREATE TABLE numbers (n INT)")
            await execute("CREATE TABLE numbers (n INT)")
            assert await row("SELECT @@port AS port") == {"port": reading.port}
            await asyncio.to_thread(reading.stop)
            with pytest.raises(OperationalError):
                await rows("SELECT * FROM numbers")
            assert await row("SELECT @@port AS port") == {"port": writing.port}


async def test_a_quota_that_is_used_up_is_away(tmp_path: Path) -> None:
    async with private() as server:
        settings = load(home=tmp_path, database_url=f"{server.url}/gassapi_test")
        server.sql("ALTER USER gassapi@'127.0.0.1' WITH MAX_QUERIES_PER_HOUR 3")
        async with open_database(settings):
            answers: list[object] = []
            for _ in range(9):
                answers += await asyncio.gather(rows("SELECT 1"), return_exceptions=True)
    errors = [answer for answer in answers if isinstance(answer, BaseException)]
    assert errors
    assert all(is_away(error) for error in errors), errors


async def test_a_statement_that_is_too_large_is_known_as_such(tmp_path: Path) -> None:
    """The server hangs up on it, now and then before its reason was read."""
    sql = "SELECT LENGTH(?) AS length"
    async with private("--max-allowed-packet=1M") as server:
        settings = load(home=tmp_path, database_url=f"{server.url}/gassapi_test")
        async with open_database(settings):
            for text in ["'" * 700_000, "x" * 5_000_000] * 5:
                for within in (nullcontext, in_transaction):
                    with pytest.raises(OperationalError) as refused:
                        async with within():
                            await rows(sql, text)
                    assert is_too_large(refused.value), repr(refused.value)
                    assert not is_away(refused.value)
            assert await row(sql, "x" * 900_000) == {"length": 900_000}


async def test_a_connection_that_is_lost_for_another_reason_is_away(tmp_path: Path) -> None:
    async with private() as server:
        settings = load(home=tmp_path, database_url=f"{server.url}/gassapi_test")
        async with open_database(settings):
            await rows("SELECT 1")
            server.kill()
            with pytest.raises(OperationalError) as lost:
                await rows("SELECT LENGTH(?) AS length", "x" * 5_000_000)
    assert is_away(lost.value)


async def test_a_statement_that_takes_too_long_is_ended(engine: str, tmp_path: Path) -> None:
    async with new_database(engine, tmp_path) as settings:
        chosen = settings.model_copy(update={"database_statement_seconds": 1})
        async with open_database(chosen, everywhere=True):
            with pytest.raises(OperationalError) as refused:
                await rows(ENDLESS)
            assert is_too_slow(refused.value)
            assert await row("SELECT 1 AS one") == {"one": 1}


ENDLESS = """
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
SELECT COUNT(*) AS count FROM n a JOIN n b ON b.i > 0 JOIN n c ON c.i > 0 JOIN n d ON d.i > 0
WHERE a.i * b.i * c.i * d.i = -1
"""


async def test_a_primary_that_only_reads_makes_the_server_degraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MAX_AGE", 0)  # each asks anew
    async with private() as server:
        settings = load(home=tmp_path, database_url=f"{server.url}/gassapi_test")
        async with open_database(settings):
            await upgrade(settings)
            found = health.Health(settings)
            assert not (await found.check()).is_degraded
            server.sql("SET GLOBAL read_only = 1")
            reading = await found.check()
            assert (reading.answers, reading.takes_writes, reading.is_degraded) == (
                True,
                False,
                True,
            )
            server.sql("SET GLOBAL read_only = 0")
            assert not (await found.check()).is_degraded


async def test_a_damaged_file_is_away(tmp_path: Path) -> None:
    settings = load(home=tmp_path)
    async with open_database(settings):
        await upgrade(settings)
    path = tmp_path / "gassapi.db"
    path.write_bytes(b"x" * 100 + path.read_bytes()[100:])
    async with open_database(settings):
        with pytest.raises(Exception) as refused:  # noqa: PT011 - the driver's or the ORM's
            await rows("SELECT * FROM users")
    assert is_away(refused.value)


@asynccontextmanager
async def private(*options: str) -> AsyncIterator[servers.PrivateMariaDb]:
    """A MariaDB with these options, and a database for tests in it."""
    if not servers.PrivateMariaDb.is_installed():
        pytest.skip("there is no MariaDB installed")
    server = servers.PrivateMariaDb(*options)
    await asyncio.to_thread(server.start)
    try:
        server.sql("CREATE DATABASE IF NOT EXISTS gassapi_test CHARACTER SET utf8mb4")
        server.sql(
            "REVOKE READ_ONLY ADMIN, CONNECTION ADMIN, SUPER ON *.* FROM gassapi@'127.0.0.1'"
        )
        yield server
    finally:
        await asyncio.to_thread(server.stop)
