"""A database server that dies, comes back, or falls silent: no request hangs, nobody reconnects."""

import asyncio
import signal
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.transactions import in_transaction

from gassapi_backend.clock import now
from gassapi_backend.database import execute, is_away, open_database, row, rows
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.models import Attempt
from gassapi_backend.server import middleware
from gassapi_backend.server.app import build_app
from gassapi_backend.server.changes.news import News
from gassapi_backend.server.collections import actions
from gassapi_backend.server.feed import followers
from gassapi_backend.server.feed.state import FOLLOWERS
from gassapi_backend.settings import Settings, load
from tests.conftest import Api, Person
from tests.factories import recorded
from tests.processes import PROGRAM, environment
from tests.server.feeds import Copy, following
from tests.servers import PrivateMariaDb
from tests.waiting import PATIENCE


@pytest.fixture
async def settings(own_server: PrivateMariaDb, tmp_path: Path) -> Settings:
    """Settings over an empty database of a server that may be mistreated."""
    name = f"outage_{uuid4().hex}"
    async with open_database(load(home=tmp_path, database_url=f"{own_server.url}/mysql")):
        await execute(f"CREATE DATABASE {name}")
    settings = load(
        home=tmp_path,
        database_url=f"{own_server.url}/{name}",
        database_pool_size=3,
        password_rounds=4,
        rate_limits="off",
        secret_key="only-for-tests-0123456789abcdefghij",
        log_level="error",
    )
    async with open_database(settings):
        await upgrade(settings)
    return settings


async def test_while_the_server_is_down_everything_is_away_and_afterwards_it_works(
    own_server: PrivateMariaDb, settings: Settings
) -> None:
    async with open_database(settings):
        await add_in_transaction("before")
        with down(own_server):
            for _ in range(2):
                await assert_everything_is_away()
        await add_in_transaction("later")
        assert await keys() == ["before", "later"]


async def test_a_server_that_is_down_at_first_is_used_when_it_is_up(
    own_server: PrivateMariaDb, settings: Settings
) -> None:
    async with open_database(settings):
        with down(own_server):
            for _ in range(2):
                await assert_everything_is_away()
        await add_in_transaction("later")
        assert await keys() == ["later"]


@pytest.mark.parametrize("is_idle", [False, True])
async def test_a_transaction_that_loses_its_server_is_away_and_writes_nothing(
    own_server: PrivateMariaDb, settings: Settings, is_idle: bool
) -> None:
    async def work() -> None:
        async with in_transaction():
            await Attempt.create(key="lost", expires_at=now())
            own_server.kill()
            if is_idle:
                await asyncio.sleep(0.1)
            await Attempt.create(key="lost too", expires_at=now())

    async with open_database(settings):
        try:
            with pytest.raises(OperationalError) as caught:
                await work()
        finally:
            own_server.run()
        assert is_away(caught.value)
        assert await keys() == []


async def test_a_query_in_flight_when_the_server_dies_is_away(
    own_server: PrivateMariaDb, settings: Settings
) -> None:
    async with open_database(settings):
        await row("SELECT 1 AS one")  # there is a connection
        task = asyncio.create_task(row("SELECT SLEEP(60) AS slept"))
        await asyncio.sleep(0.2)
        with down(own_server), pytest.raises(OperationalError) as caught:
            async with asyncio.timeout(PATIENCE):
                await task
        assert is_away(caught.value)


async def test_a_server_that_only_accepts_and_hangs_up_is_away(tmp_path: Path) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with open_database(load(home=tmp_path, database_url=f"mysql://a:b@127.0.0.1:{port}/c")):
        await assert_everything_is_away()
    server.close()


async def test_a_proxy_whose_server_is_down_is_away_and_a_stream_waits_for_it(
    own_server: PrivateMariaDb, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, parts = asyncio.get_running_loop(), urlsplit(settings.database)
    connect = loop.create_connection

    async def connect_as_uvloop_does(*values: Any, **named: Any) -> Any:
        transport, protocol = await connect(*values, **named)
        await asyncio.sleep(0.01)
        if transport.is_closing():
            transport._extra["socket"] = None  # as in the loop that servers run on
        return transport, protocol

    monkeypatch.setattr(loop, "create_connection", connect_as_uvloop_does)
    with resetting() as port:
        url = SecretStr(f"mysql://gassapi:secret@127.0.0.1:{port}{parts.path}")
        behind = settings.model_copy(update={"database_url": url})
        async with open_database(behind):
            await assert_everything_is_away()
    async with serving(settings) as api:
        ann = await api.person()
        path = f"/projects/{(await api.project(ann))['id']}"
        async with following(api, ann, path.removeprefix("/projects/")) as stream:
            pool = get_connections().get("default")._pool  # the driver's: to move a server
            with resetting() as port:
                pool._conn_kwargs["port"] = port  # likewise
                for _ in range(2):  # also one that was in use
                    await pool.clear()
                    await asyncio.sleep(0.05)
                await assert_everything_is_refused(api, ann)
                api.app[FOLLOWERS].hear(News(((path.removeprefix("/projects/"), 99),)))
                await asyncio.sleep(1)  # it reads in vain, twice
            pool._conn_kwargs["port"] = own_server.port  # likewise
            await api.json("PATCH", path, ann, json={"name": "Store"})
            assert [one["name"] for one in await stream.changes(3)] == ["Store"]


async def test_a_server_that_only_reads_is_away_for_writers(
    own_server: PrivateMariaDb, settings: Settings
) -> None:
    async with as_an_ordinary_user(settings) as theirs:
        async with open_database(settings):
            await execute("SET GLOBAL read_only = 1")
        try:
            async with open_database(theirs):
                assert await keys() == []
                with pytest.raises(OperationalError) as caught:
                    await add_in_transaction("lost")
            assert is_away(caught.value), repr(caught.value)
        finally:
            async with open_database(settings):
                await execute("SET GLOBAL read_only = 0")
        async with open_database(theirs):
            await add_in_transaction("later")


async def test_a_server_with_too_many_connections_is_away_until_some_are_closed(
    own_server: PrivateMariaDb, settings: Settings
) -> None:
    many = settings.model_copy(update={"database_pool_size": 24})  # half of them for what is long
    async with as_an_ordinary_user(many) as theirs:
        async with open_database(settings):
            await execute("SET GLOBAL max_connections = 10")
        try:
            async with open_database(theirs):
                ended = await asyncio.gather(
                    *(row("SELECT SLEEP(0.3) AS slept") for _ in range(12)), return_exceptions=True
                )
                refused = [error for error in ended if isinstance(error, BaseException)]
                assert refused
                assert all(is_away(error) for error in refused), refused
                assert await row("SELECT 1 AS one") == {"one": 1}
        finally:
            async with open_database(settings):
                await execute("SET GLOBAL max_connections = 151")


async def test_requests_get_503_while_the_server_is_down_and_answers_afterwards(
    own_server: PrivateMariaDb, settings: Settings
) -> None:
    async with serving(settings) as api:
        ann = await api.person()
        await api.project(ann, "Before")
        with down(own_server):
            await assert_everything_is_refused(api, ann)
        await api.project(ann, "Later")
        found = await api.json("GET", "/projects", ann)
    assert sorted(project["name"] for project in found["projects"]) == ["Before", "Later"]


@pytest.mark.parametrize("outage", ["down", "frozen"])
async def test_a_request_with_a_key_that_broke_off_is_carried_out_by_the_first_retry(
    own_server: PrivateMariaDb, settings: Settings, monkeypatch: pytest.MonkeyPatch, outage: str
) -> None:
    """Whatever it held is let go with its connection: nothing is left to wait for."""

    def send(number: int) -> Any:
        headers = {"Idempotency-Key": f"key {number}"}
        path = f"/projects/{project_id}/collections"
        return api.call("POST", path, ann, json={"name": f"C{number}"}, headers=headers)

    begun = asyncio.Event()
    add = actions.add_item

    def interrupted(*given: Any, **named: Any) -> None:
        add(*given, **named)
        if not begun.is_set():
            begun.set()
            own_server.kill() if outage == "down" else own_server.freeze()

    async with serving(settings) as api:
        ann = await api.person()
        project_id = (await api.project(ann))["id"]
        monkeypatch.setattr(middleware, "DEADLINE", 2)
        monkeypatch.setattr(actions, "add_item", interrupted)
        try:
            answers = await asyncio.gather(*(send(number) for number in range(8)))
            assert begun.is_set()
            assert 503 in {answer.status for answer in answers} <= {201, 503}
            monkeypatch.undo()
        finally:
            own_server.run() if outage == "down" else own_server.thaw()
        answers = await asyncio.gather(*(send(number) for number in range(8)))
        assert [answer.status for answer in answers] == [201] * 8
        found = await api.json("GET", f"/projects/{project_id}/collections", ann)
    assert sorted(one["name"] for one in found["collections"]) == [f"C{n}" for n in range(8)]


async def test_a_silent_server_holds_up_no_request_for_ever(
    own_server: PrivateMariaDb, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(settings) as api:
        ann = await api.person()
        monkeypatch.setattr(middleware, "DEADLINE", 1)
        with frozen(own_server):
            async with asyncio.timeout(PATIENCE):
                await assert_everything_is_refused(api, ann)
                await assert_everything_is_refused(api, ann)
        monkeypatch.undo()
        await api.project(ann, "Later")
        found = await api.json("GET", "/projects", ann)
    assert [project["name"] for project in found["projects"]] == ["Later"]


async def test_a_server_that_is_silent_from_the_start_holds_up_no_request_for_ever(
    own_server: PrivateMariaDb, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(settings) as api:
        ann = await api.person()
    async with serving(settings) as api:
        monkeypatch.setattr(middleware, "DEADLINE", 1)
        with frozen(own_server):
            async with asyncio.timeout(PATIENCE):
                await assert_everything_is_refused(api, ann)
        monkeypatch.undo()
        await api.project(ann, "Later")


async def test_the_server_stops_although_the_database_is_silent(
    own_server: PrivateMariaDb, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "DEADLINE", 1)
    async with serving(settings) as api:
        ann = await api.person()
        with frozen(own_server):
            await assert_everything_is_refused(api, ann)
            async with asyncio.timeout(30):
                await api.client.close()


async def test_a_stream_goes_on_after_an_outage_without_loss_or_repetition(
    own_server: PrivateMariaDb, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "PATIENCE", 0.5)
    async with serving(settings) as api:
        ann = await api.person()
        path = f"/projects/{(await api.project(ann))['id']}"
        copy = Copy(revision=2)
        async with following(api, ann, path.removeprefix("/projects/")) as stream:
            for outage in (frozen, down, frozen):
                monkeypatch.setattr(middleware, "DEADLINE", 1)
                with outage(own_server):
                    await asyncio.gather(
                        *(api.call("PATCH", path, ann, json={"name": f"L{n}"}) for n in range(5))
                    )
                monkeypatch.setattr(middleware, "DEADLINE", 30)
                await api.json("PATCH", path, ann, json={"name": f"After {copy.revision}"})
                found = await api.json("GET", path, ann)
                copy.apply(await stream.changes(found["project"]["revision"]))
                assert copy.revision == found["project"]["revision"]


async def test_project_watch_waits_for_its_database_and_says_so_once(
    own_server: PrivateMariaDb, settings: Settings, tmp_path: Path
) -> None:
    async with serving(settings) as api:
        project_id = (await api.project(await api.person()))["id"]
    env = environment(tmp_path, GASSAPI_DATABASE_URL=settings.database, GASSAPI_HOME=str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *("project", "watch", project_id),
        env=env,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(30):
        assert b"Watching Shop" in await process.stdout.readline()
        with down(own_server):
            assert b"Waiting for it; Ctrl-C ends." in await process.stderr.readline()
            await asyncio.sleep(1.5)
        async with open_database(settings):
            await recorded(project_id, "project_updated", "project", project_id, "Store")
        assert b"Store" in await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
        assert await process.stderr.read() == b""


async def test_a_stream_of_a_server_that_stops_during_an_outage_ends_with_a_reason(
    own_server: PrivateMariaDb, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "PATIENCE", 0.5)
    async with serving(settings) as api:
        ann = await api.person()
        project_id = (await api.project(ann))["id"]
        async with following(api, ann, project_id) as stream:
            with frozen(own_server):
                await asyncio.sleep(0.6)  # it looks in vain
                api.app[FOLLOWERS].close()
                assert await stream.reason() == "server_stopping"


@contextmanager
def resetting() -> Iterator[int]:
    """Listen as a proxy does whose server is down: it accepts, and resets. Return the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def reset() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                time.sleep(0.002)  # so that the other side is connected
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()

    thread = threading.Thread(target=reset)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def down(server: PrivateMariaDb) -> Iterator[None]:
    """Have the server dead for a while."""
    server.kill()
    try:
        yield
    finally:
        server.run()


@contextmanager
def frozen(server: PrivateMariaDb) -> Iterator[None]:
    """Have the server silent for a while, its connections open."""
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@asynccontextmanager
async def as_an_ordinary_user(settings: Settings) -> AsyncIterator[Settings]:
    """Return the settings of an account that may use its database and nothing else."""
    user, parts = f"u{uuid4().hex[:12]}", urlsplit(settings.database)
    async with open_database(settings):
        await execute(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'plain'")
        await execute(f"GRANT ALL ON `{parts.path[1:]}`.* TO {user}@'127.0.0.1'")
    url = SecretStr(f"mysql://{user}:plain@{parts.hostname}:{parts.port}{parts.path}")
    yield settings.model_copy(update={"database_url": url})
    async with open_database(settings):
        await execute(f"DROP USER {user}@'127.0.0.1'")


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Api]:
    """Run a server on a socket."""
    async with TestClient(TestServer(build_app(settings)), cookie_jar=DummyCookieJar()) as client:
        yield Api(client)


async def assert_everything_is_away() -> None:
    for query in (
        row("SELECT 1 AS one"),
        execute("DELETE FROM attempts"),
        add_in_transaction("lost"),
        Attempt.all().count(),
        Attempt.bulk_create([Attempt(key="lost", expires_at=now())]),
    ):
        with pytest.raises((OperationalError, DBConnectionError)) as caught:
            await query
        assert is_away(caught.value), repr(caught.value)


async def assert_everything_is_refused(api: Api, ann: Person) -> None:
    """Send more requests at once than there are connections; all get 503 and when to retry."""
    login = {"email": ann.email, "password": "correct horse 42"}
    answers = await asyncio.gather(
        api.call("POST", "/projects", ann, json={"name": "Lost"}),
        api.call("POST", "/auth/login", json=login),
        api.call("GET", "/health/ready"),
        *(api.call("GET", "/projects", ann) for _ in range(5)),
    )
    assert [answer.status for answer in answers] == [503] * 8
    assert [int(answer.headers["Retry-After"]) > 0 for answer in answers] == [True] * 8
    body = await answers[0].json()
    assert body["error"]["code"] == "UNAVAILABLE"


async def add_in_transaction(key: str) -> None:
    async with in_transaction():
        await Attempt.create(key=key, expires_at=now())


async def keys() -> list[str]:
    return [found["key"] for found in await rows("SELECT `key` FROM attempts ORDER BY `key`")]
