"""MySQL and MariaDB: a bounded pool, and connections that are reused only when they are whole."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now
from gassapi_backend.database import (
    Row,
    execute,
    is_away,
    is_deadlock,
    mysql,
    open_database,
    row,
    rows,
)
from gassapi_backend.database.failures import AWAY_CODES, is_too_slow
from gassapi_backend.database.reasons import explain
from gassapi_backend.models import Attempt, AuditEntry, new_id
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.app import build_app
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.middleware import make_surround
from gassapi_backend.server.routing import Route, bind
from gassapi_backend.settings import Settings
from tests import programs
from tests.conftest import on_server
from tests.factories import written
from tests.waiting import PATIENCE

pytestmark = pytest.mark.engines("mariadb", "mysql")

PASSWORD = "p@ss:w/ö?#%25 '\"\\€пароль"
CONNECTING = """
import asyncio, sys
from gassapi_backend.database import open_database, row
from gassapi_backend.settings import load

async def main():
    async with open_database(load()):
        found = await row("SELECT CURRENT_USER() AS me")
    print(found["me"], "cryptography.hazmat.bindings._rust" in sys.modules)

asyncio.run(main())
"""
"""Prints as whom it connected, and whether it loaded what encrypts."""


@pytest.fixture
async def two(settings: Settings) -> AsyncIterator[Settings]:
    """An open, empty database with a pool of two connections."""
    chosen = settings.model_copy(update={"database_pool_size": 2})
    async with open_database(chosen, everywhere=True):
        yield chosen


@pytest.fixture
async def one(settings: Settings) -> AsyncIterator[Settings]:
    """An open, empty database with a single connection."""
    chosen = settings.model_copy(update={"database_pool_size": 1})
    async with open_database(chosen, everywhere=True):
        yield chosen


async def test_every_connection_of_the_pool_is_in_utc(database: Settings) -> None:
    all_have_one = asyncio.Barrier(database.database_pool_size)

    async def look() -> Row | None:
        async with in_transaction():
            await all_have_one.wait()
            return await row("SELECT CONNECTION_ID() AS id, @@session.time_zone AS zone")

    found = await asyncio.gather(*(look() for _ in range(database.database_pool_size)))
    assert len({answer["id"] for answer in found if answer}) == database.database_pool_size
    assert {answer["zone"] for answer in found if answer} == {"+00:00"}


async def test_a_pool_that_is_used_up_is_named_so(
    one: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "ACQUIRE_SECONDS", 0.2)
    async with holding(1):
        with pytest.raises(OperationalError) as caught:
            await row("SELECT 1 AS one")
    reason = explain(caught.value, one)
    assert reason.startswith("All 1 connections to the database server ")
    assert "GASSAPI_DATABASE_POOL_SIZE" in reason


async def test_a_server_that_is_silent_is_not_taken_for_a_pool_that_is_used_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "ACQUIRE_SECONDS", 0.2)
    listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)  # and says nothing
    port = listener.sockets[0].getsockname()[1]
    url = SecretStr(f"mysql://gassapi:secret@127.0.0.1:{port}/silent")
    async with listener, open_database(settings):
        assert await row("SELECT 1 AS one") == {"one": 1}
        pool: Any = get_connections().get("default")._pool  # the driver's: to move a server
        pool._conn_kwargs["port"] = port  # likewise
        await pool.clear()
        with pytest.raises(OperationalError) as caught:
            await row("SELECT 1 AS one")
        reason = explain(caught.value, settings.model_copy(update={"database_url": url}))
    assert reason == (f"The database server 127.0.0.1:{port} cannot be used: it does not answer.")


async def test_a_full_pool_refuses_in_time_and_recovers(
    two: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "ACQUIRE_SECONDS", 0.2)
    async with asyncio.timeout(PATIENCE), holding(2):
        for query in (row("SELECT 1 AS one"), add_in_transaction("lost")):
            with pytest.raises(OperationalError) as caught:
                await query
            assert is_away(caught.value)
            assert not is_deadlock(caught.value)
    assert await row("SELECT 1 AS one") == {"one": 1}
    await add_in_transaction("next")
    assert await keys() == ["next"]


async def test_those_who_wait_for_the_pool_get_their_turn(two: Settings) -> None:
    await asyncio.gather(*(add_in_transaction(str(number)) for number in range(50)))
    assert len(await keys()) == 50


async def test_a_task_cancelled_while_it_waits_for_the_pool_takes_nothing_from_it(
    two: Settings,
) -> None:
    async with holding(2):
        tasks = [asyncio.create_task(add_in_transaction("lost")) for _ in range(5)]
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(error) for error in ended} == {asyncio.CancelledError}
    async with asyncio.timeout(PATIENCE), holding(2):
        pass
    assert await keys() == []


async def test_a_transaction_that_cannot_begin_gives_its_connection_back(
    engine: str, one: Settings
) -> None:
    for _ in range(3):
        await kill_unseen(engine, await connection_id())
        with pytest.raises(OperationalError) as caught:
            await add_in_transaction("lost")
        assert is_away(caught.value)
    async with asyncio.timeout(PATIENCE):
        await add_in_transaction("next")
    assert await keys() == ["next"]


async def test_a_query_on_a_dead_connection_is_away_and_the_next_one_works(
    engine: str, one: Settings
) -> None:
    await kill_unseen(engine, await connection_id())
    with pytest.raises(OperationalError) as caught:
        await rows("SELECT 1 AS one")
    assert is_away(caught.value)
    async with asyncio.timeout(PATIENCE):
        assert await row("SELECT 1 AS one") == {"one": 1}


async def test_a_connection_that_died_idle_is_replaced_unnoticed(
    engine: str, one: Settings
) -> None:
    await on_server(engine, f"KILL {await connection_id()}")
    await asyncio.sleep(0.1)
    assert await row("SELECT 1 AS one") == {"one": 1}


@pytest.mark.parametrize("is_seen", [True, False])
async def test_a_transaction_whose_connection_dies_writes_nothing(
    engine: str, one: Settings, is_seen: bool
) -> None:
    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", expires_at=now())
            await kill_unseen(engine, await connection_id())
            if is_seen:
                await asyncio.sleep(0.1)
            await Attempt.create(key="lost too", expires_at=now())

    with pytest.raises(OperationalError) as caught:
        await work()
    assert is_away(caught.value)
    async with asyncio.timeout(PATIENCE):
        assert await keys() == []


@pytest.mark.parametrize("is_seen", [True, False])
async def test_a_commit_whose_connection_dies_is_away(
    engine: str, one: Settings, is_seen: bool
) -> None:
    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", expires_at=now())
            await kill_unseen(engine, await connection_id())
            if is_seen:
                await asyncio.sleep(0.1)

    with pytest.raises(OperationalError) as caught:
        await work()
    assert is_away(caught.value)
    async with asyncio.timeout(PATIENCE):
        assert await keys() == []


async def test_a_dead_connection_does_not_hide_why_the_transaction_failed(
    engine: str, one: Settings
) -> None:
    async def work() -> None:
        async with in_transaction():
            await kill_unseen(engine, await connection_id())
            raise ValueError("the reason")

    with pytest.raises(ValueError, match="the reason"):
        await work()
    async with asyncio.timeout(PATIENCE):
        assert await keys() == []


async def test_a_cancelled_query_closes_its_connection(one: Settings) -> None:
    before = await connection_id()
    task = asyncio.create_task(row("SELECT SLEEP(60) AS slept"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(PATIENCE):
        assert await connection_id() != before


@pytest.mark.parametrize("is_in_statement", [False, True])
async def test_a_cancelled_transaction_writes_nothing_and_ends_as_cancelled(
    one: Settings, is_in_statement: bool
) -> None:
    written = asyncio.Event()

    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", expires_at=now())
            written.set()
            await (row("SELECT SLEEP(1) AS slept") if is_in_statement else asyncio.sleep(60))

    task = asyncio.create_task(work())
    await written.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(PATIENCE):
        assert await keys() == []
        await add_in_transaction("lost")


async def test_a_failed_statement_keeps_its_connection(one: Settings) -> None:
    before = await connection_id()
    for _ in range(3):
        with pytest.raises(OperationalError):
            await rows("SELECT nothing FROM nowhere")
    assert await connection_id() == before


async def test_a_bulk_insert_is_all_or_nothing(one: Settings) -> None:
    twice = [Attempt(key=key, expires_at=now()) for key in ("a", "b", "a")]
    with pytest.raises(Exception, match="Duplicate"):
        await Attempt.bulk_create(twice)
    assert await keys() == []


async def test_a_deadlock_is_known_as_one(two: Settings) -> None:
    for key in ("a", "b"):
        await Attempt.create(key=key, expires_at=now())
    touched = {key: asyncio.Event() for key in ("a", "b")}

    async def work(first: str, second: str) -> None:
        async with in_transaction():
            await execute("UPDATE attempts SET `count` = `count` + 1 WHERE `key` = ?", first)
            touched[first].set()
            await touched[second].wait()
            await execute("UPDATE attempts SET `count` = `count` + 1 WHERE `key` = ?", second)

    ended = await asyncio.gather(work("a", "b"), work("b", "a"), return_exceptions=True)
    lost = [error for error in ended if error is not None]
    assert [is_deadlock(error) for error in lost] == [True]
    assert not is_away(lost[0])
    assert await rows("SELECT `count` FROM attempts") == [{"count": 1}] * 2


async def test_waiting_too_long_for_a_lock_is_known_as_a_deadlock(two: Settings) -> None:
    await Attempt.create(key="a", expires_at=now())
    locked, tried = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with in_transaction():
            await execute("UPDATE attempts SET `count` = 1")
            locked.set()
            await tried.wait()

    async def wait() -> None:
        async with in_transaction():
            await execute("SET SESSION innodb_lock_wait_timeout = 1")
            await execute("UPDATE attempts SET `count` = 2")

    holder = asyncio.create_task(hold())
    await locked.wait()
    with pytest.raises(OperationalError) as caught:
        await wait()
    tried.set()
    await holder
    assert is_deadlock(caught.value)
    assert await row("SELECT `count` FROM attempts") == {"count": 1}


@pytest.mark.engines("mariadb")
async def test_a_row_that_changed_since_it_was_read_is_known_as_a_deadlock(two: Settings) -> None:
    """MariaDB from 11.6.2 on does this unless told otherwise."""
    if not await rows("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'"):
        pytest.skip("this MariaDB is too old")
    await Attempt.create(key="a", expires_at=now())
    read, changed = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with in_transaction():
            await execute("SET SESSION innodb_snapshot_isolation = ON")
            await row("SELECT `count` FROM attempts")
            read.set()
            await changed.wait()
            await execute("UPDATE attempts SET `count` = `count` + 1")

    task = asyncio.create_task(work())
    await read.wait()
    await execute("UPDATE attempts SET `count` = 7")
    changed.set()
    with pytest.raises(OperationalError) as caught:
        await task
    assert is_deadlock(caught.value), repr(caught.value)
    assert await row("SELECT `count` FROM attempts") == {"count": 7}


async def test_changes_that_deadlock_over_http_both_succeed(settings: Settings) -> None:
    touched = {key: asyncio.Event() for key in ("a", "b")}

    def crossing(first: str, second: str) -> Route:
        async def cross(made: Change) -> None:
            await execute("UPDATE attempts SET `count` = `count` + 1 WHERE `key` = ?", first)
            touched[first].set()
            await touched[second].wait()
            await execute("UPDATE attempts SET `count` = `count` + 1 WHERE `key` = ?", second)
            made.record("crossed", "attempt", None, first)

        async def handler(request: web.Request) -> dict[str, Any]:
            await written(None, cross)
            return {}

        return Route("POST", f"/cross/{first}", handler, Permission.PUBLIC)

    app = build_app(settings)
    surround = make_surround(app)
    for route in (crossing("a", "b"), crossing("b", "a")):
        app.router.add_post(route.full_path, surround(bind(route)))
    async with TestClient(TestServer(app)) as client:
        for key in ("a", "b"):
            await Attempt.create(key=key, expires_at=now())
        answers = await asyncio.gather(*(client.post(f"/api/v1/cross/{key}") for key in ("a", "b")))
        assert [answer.status for answer in answers] == [200, 200]
        assert await rows("SELECT `count` FROM attempts") == [{"count": 2}] * 2
        assert await AuditEntry.filter(action="crossed").count() == 2


async def test_a_password_may_hold_any_character(one: Settings) -> None:
    user, parts = f"u{uuid4().hex[:12]}", urlsplit(one.database)
    url = f"mysql://{user}:{quote(PASSWORD, safe='')}@{parts.hostname}:{parts.port}"
    theirs = one.model_copy(update={"database_url": SecretStr(f"{url}/information_schema")})
    await execute(f"CREATE USER {user}@'%' IDENTIFIED BY ?", PASSWORD)
    try:
        async with open_database(theirs):
            assert await row("SELECT CURRENT_USER() AS me") == {"me": f"{user}@%"}
    finally:
        await execute(f"DROP USER {user}@'%'")


async def test_what_encrypts_a_password_is_loaded_once_a_server_asks_for_it(
    one: Settings, engine: str
) -> None:
    """MySQL asks where it has not seen it yet and the connection is open to others; see asyncmy."""
    user, parts = f"u{uuid4().hex[:12]}", urlsplit(one.database)
    url = f"mysql://{user}:secret@{parts.hostname}:{parts.port}/information_schema"
    environment = programs.environment(one) | {"GASSAPI_DATABASE_URL": url}
    await execute(f"CREATE USER {user}@'%' IDENTIFIED BY 'secret'")
    try:
        done = await asyncio.to_thread(programs.run, CONNECTING, env=environment)
    finally:
        await execute(f"DROP USER {user}@'%'")
    assert done == (0, f"{user}@% {engine == 'mysql'}\n", "")


async def test_a_wrong_password_is_away_and_never_shown(one: Settings) -> None:
    parts = urlsplit(one.database)
    url = f"mysql://nobody:not-this-one@{parts.hostname}:{parts.port}{parts.path}"
    async with open_database(one.model_copy(update={"database_url": SecretStr(url)})):
        with pytest.raises(DBConnectionError) as caught:
            await row("SELECT 1 AS one")
    assert is_away(caught.value)
    assert "not-this-one" not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.engines("mysql")
async def test_tls_is_used_when_it_is_required(settings: Settings) -> None:
    async with open_database(settings.model_copy(update={"database_tls": "require"})):
        found = await asyncio.gather(*(cipher() for _ in range(5)))
    assert all(found)


@pytest.mark.engines("mariadb")
async def test_a_server_without_tls_is_refused_when_tls_is_required(settings: Settings) -> None:
    assert await server_lacks_tls(settings)
    async with open_database(settings.model_copy(update={"database_tls": "require"})):
        with pytest.raises((DBConnectionError, OperationalError)) as caught:
            await row("SELECT 1 AS one")
    assert is_away(caught.value)


@pytest.mark.engines("mysql")
async def test_a_certificate_that_nobody_vouches_for_is_refused(settings: Settings) -> None:
    async with open_database(settings.model_copy(update={"database_tls": "verify"})):
        with pytest.raises((DBConnectionError, OperationalError)) as caught:
            await row("SELECT 1 AS one")
    assert is_away(caught.value)


@asynccontextmanager
async def holding(connections: int) -> AsyncIterator[None]:
    """Have other tasks use so many connections of the pool."""
    done = asyncio.Event()
    begun = [asyncio.Event() for _ in range(connections)]

    async def hold(mine: asyncio.Event) -> None:
        async with in_transaction():
            mine.set()
            await done.wait()

    tasks = [asyncio.create_task(hold(mine)) for mine in begun]
    for mine in begun:
        await mine.wait()
    yield
    done.set()
    await asyncio.gather(*tasks)


async def kill_unseen(engine: str, connection: int) -> None:
    """End a connection while the event loop looks away, so that it cannot notice."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(on_server(engine, f"KILL {connection}"))).result()


async def connection_id() -> int:
    found = await row("SELECT CONNECTION_ID() AS id")
    assert found
    return int(found["id"])


async def cipher() -> str:
    found: Row | None = await row("SHOW STATUS LIKE 'Ssl_cipher'")
    return str(found and found["Value"])


async def server_lacks_tls(settings: Settings) -> bool:
    async with open_database(settings):
        found = await row("SELECT @@have_ssl AS tls")
    return found == {"tls": "DISABLED"}


async def add_in_transaction(key: str) -> None:
    async with in_transaction():
        await Attempt.create(key=key, expires_at=now())


async def keys() -> list[str]:
    return [found["key"] for found in await rows("SELECT `key` FROM attempts ORDER BY `key`")]


def test_bytes_are_sent_as_hexadecimal_where_the_server_takes_twice_as_many() -> None:
    values = ["a", b"\x00'", None]
    _, blob, _ = mysql.as_sent(values, 1_000)
    assert blob.literal() == "x'0027'"
    for limit, wanted in ((3_000, True), (30_000, False)):
        sent = mysql.as_sent([bytes(limit)], 20_000)
        assert isinstance(sent[0], mysql.Blob) == wanted
    assert mysql.as_sent(["a", 1], None) == ["a", 1]


async def test_what_a_server_says_that_cannot_go_on_is_away_and_the_next_statement_works(
    one: Settings,
) -> None:
    for code in AWAY_CODES:
        said = f"SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {code}, MESSAGE_TEXT = 'Told so'"
        with pytest.raises(OperationalError) as caught:
            await execute(said)
        assert is_away(caught.value), code
        assert "Told so" in explain(caught.value, one)
        with pytest.raises(OperationalError):
            async with in_transaction():
                await execute(said)
        assert await row("SELECT 1 AS works") == {"works": 1}


async def test_a_statement_that_an_administrator_ends_took_too_long_and_is_rolled_back(
    two: Settings,
) -> None:
    tables = ", ".join(f"information_schema.collations {name}" for name in "abcde")
    added = asyncio.Event()

    async def add_and_compute() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", count=1, expires_at=now())
            found = await row("SELECT CONNECTION_ID() AS id")
            assert found is not None
            own.append(found["id"])
            added.set()
            await rows(f"SELECT COUNT(*) AS n FROM {tables}")  # noqa: S608 - the line above

    own: list[int] = []
    work = asyncio.create_task(add_and_compute())
    await added.wait()
    while not work.done():  # it may not have begun
        await execute(f"KILL QUERY {own[0]}")
        await asyncio.wait([work], timeout=0.1)
    error = work.exception()
    assert error is not None
    assert is_too_slow(error)
    assert not await Attempt.exists()


@pytest.mark.usefixtures("database")
async def test_a_thousand_values_make_no_table_that_others_are_compared_with() -> None:
    ids = [new_id() for _ in range(2000)]
    sql = f"SELECT id FROM users WHERE id IN ({', '.join('?' * 2000)})"  # noqa: S608 - question marks
    plan = await rows(f"EXPLAIN FORMAT=TRADITIONAL {sql}", *ids)
    assert len(plan) == 1, plan
