"""News across processes: workers, servers, the command line; with Redis, and after its death."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.processes import Cli, Server
from tests.servers import PrivateRedis
from tests.waiting import PATIENCE, sooner_or_later

NO_LIMITS = {"GASSAPI_RATE_LIMITS": "off"}
STREAMS = 12  # enough that each of two workers has some


class Listener:
    """An open stream of events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self) -> tuple[dict[str, str], Any]:
        """Return the next event: its fields, and its data."""
        while True:
            async with asyncio.timeout(PATIENCE):
                block = await self._response.content.readuntil(b"\n\n")
            if not block:
                raise EOFError
            if not block.startswith(b":"):
                lines = block.decode()[:-2].split("\n")
                fields = dict(line.split(": ", 1) for line in lines)
                return fields, json.loads(fields["data"])

    async def hears(self, revision: int) -> None:
        """Wait for the change of a revision."""
        while True:
            fields, change = await self.next()
            assert fields["event"] == "change", change
            if change["revision"] == revision:
                return

    async def reason(self) -> str:
        """Return why it ends."""
        while True:
            fields, data = await self.next()
            if fields["event"] == "end":
                return str(data["reason"])


@contextlib.asynccontextmanager
async def listening(
    project_id: str, *who: tuple[Server, str], count: int = 1
) -> AsyncIterator[list[Listener]]:
    """Open ``count`` streams at each server with an access token; each has begun."""
    async with contextlib.AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=60)
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        client = await stack.enter_async_context(session)
        found = []
        for server, access in who:
            url = f"{server.url}/api/v1/projects/{project_id}/events"
            for _ in range(count):
                response = await client.get(url, headers={"Authorization": f"Bearer {access}"})
                assert response.status == 200, await response.text()
                stack.callback(response.close)
                found.append(Listener(response))
                assert (await found[-1].next())[0]["event"] == "ready"
        yield found


async def rename(server: Server, access: str, project_id: str, name: str) -> int:
    """Change a project; return its revision."""
    path = f"/api/v1/projects/{project_id}"
    answer = await asyncio.to_thread(server.call, "PATCH", path, {"name": name}, access=access)
    return int(answer.body["project"]["revision"])


async def all_hear(listeners: list[Listener], revision: int) -> None:
    """Wait until a change has come to each."""
    await asyncio.gather(*(listener.hears(revision) for listener in listeners))


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An operator with an empty home and an account."""
    found = Cli(tmp_path, **NO_LIMITS)
    found.user()
    return found


async def test_a_change_in_any_process_reaches_all_workers(cli: Cli) -> None:
    with Server(cli, flags=["--workers", "2"]) as server:
        access = server.sign_in()["accessToken"]
        project_id = server.project(access)["id"]
        async with listening(project_id, (server, access), count=STREAMS) as streams:
            for number in range(3):
                revision = await rename(server, access, project_id, f"N{number}")
                await all_hear(streams, revision)
            issue = ("token", "issue", "--project", project_id)
            assert (await asyncio.to_thread(cli, *issue)).code == 0
            await all_hear(streams, revision + 1)


async def test_access_ended_by_one_process_ends_streams_of_all(cli: Cli) -> None:
    with Server(cli, flags=["--workers", "2"]) as server:
        access = server.sign_in()["accessToken"]
        project_id = server.project(access)["id"]
        async with listening(project_id, (server, access), count=STREAMS) as streams:
            server.call("POST", "/api/v1/auth/logout", access=access)
            reasons = await asyncio.gather(*(stream.reason() for stream in streams))
        assert set(reasons) == {"session_ended"}
        access = server.sign_in()["accessToken"]
        async with listening(project_id, (server, access), count=STREAMS) as streams:
            assert (await asyncio.to_thread(cli, "user", "deactivate", "you@example.com")).code == 0
            reasons = await asyncio.gather(*(stream.reason() for stream in streams))
        assert set(reasons) == {"session_ended"}


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_server_that_stops_ends_its_streams_at_once(cli: Cli, workers: str) -> None:
    with Server(cli, flags=["--workers", workers]) as server:
        access = server.sign_in()["accessToken"]
        project_id = server.project(access)["id"]
        async with listening(project_id, (server, access), count=STREAMS) as streams:
            server.signal(signal.SIGTERM)
            reasons = await asyncio.gather(*(stream.reason() for stream in streams))
            assert set(reasons) == {"server_stopping"}
            assert await asyncio.to_thread(server.wait, 4) == 0
    assert '"level":"error"' not in server.log


# With Redis


@pytest.fixture
def machines(cli: Cli, redis: PrivateRedis) -> Iterator[list[Server]]:
    """Two servers that share a database and a Redis."""
    cli.env["GASSAPI_REDIS_URL"] = redis.url
    with Server(cli) as one, Server(cli) as two:
        for server in (one, two):
            assert _logged(server, "Redis carries news")
        yield [one, two]
    for server in (one, two):
        assert "secret@" not in server.log
        assert '"level":"error"' not in server.log


def _logged(server: Server, text: str, times: int = 1) -> bool:
    return sooner_or_later(lambda: server.log.count(text) >= times)


async def test_redis_carries_news_between_machines_and_its_death_loses_none(
    cli: Cli, machines: list[Server], redis: PrivateRedis
) -> None:
    one, two = machines
    access = one.sign_in()["accessToken"]
    project_id = one.project(access)["id"]
    async with listening(project_id, (one, access), (two, access), count=3) as streams:
        await _change_in_turn(machines, access, project_id, streams, 10)
        issue = ("token", "issue", "--project", project_id)
        before = await rename(one, access, project_id, "Before")
        assert (await asyncio.to_thread(cli, *issue)).code == 0
        await all_hear(streams, before + 1)

        redis.kill()
        await _change_in_turn(machines, access, project_id, streams, 4)

        redis.start()
        for server in machines:
            assert _logged(server, "Redis carries news", 2)
        await _change_in_turn(machines, access, project_id, streams, 10)

        redis.freeze()  # its connections stay, and nothing answers
        await _change_in_turn(machines, access, project_id, streams, 4)
    for server in machines:
        assert server.log.count("Redis is away: news travels more slowly") in (1, 2)


async def _change_in_turn(
    machines: list[Server], access: str, project_id: str, streams: list[Listener], times: int
) -> None:
    """Change the project at one of the machines after the other; each change comes to all."""
    for number in range(times):
        name = f"N{number}"
        await all_hear(streams, await rename(machines[number % 2], access, project_id, name))


async def test_redis_carries_the_end_of_access(machines: list[Server]) -> None:
    one, two = machines
    access = one.sign_in()["accessToken"]
    for _ in range(3):  # remembered by both
        for server in machines:
            assert server.call("GET", "/api/v1/users/profile", access=access).status == 200
    one.call("POST", "/api/v1/auth/logout", access=access)
    await asyncio.sleep(0.3)
    assert two.call("GET", "/api/v1/users/profile", access=access).status == 401


async def test_machines_that_share_a_redis_count_requests_together(
    cli: Cli, redis: PrivateRedis
) -> None:
    cli.env |= {
        "GASSAPI_REDIS_URL": redis.url,
        "GASSAPI_RATE_LIMITS": "on",
        "GASSAPI_REQUEST_LIMIT": "20 per hour",
    }
    with Server(cli) as one, Server(cli) as two:
        access = one.sign_in()["accessToken"]
        found = [_profile(server, access) for _ in range(11) for server in (one, two)]
        assert [status for status, _ in found] == [200] * 20 + [429] * 2
        assert [left for _, left in found[:20]] == [str(20 - n) for n in range(1, 21)]
        redis.kill()
        alone = [_profile(server, access) for server in (one, two) for _ in range(21)]
        assert [status for status, _ in alone] == ([200] * 20 + [429]) * 2
        assert "Redis is away: each worker counts requests" in one.log


def _profile(server: Server, access: str) -> tuple[int, str | None]:
    answer = server.call("GET", "/api/v1/users/profile", access=access)
    return answer.status, answer.headers["RateLimit-Remaining"]


async def test_a_server_starts_without_its_redis(cli: Cli) -> None:
    cli.env["GASSAPI_REDIS_URL"] = "redis://:secret@127.0.0.1:1/0"
    with Server(cli) as server:
        access = server.sign_in()["accessToken"]
        project_id = server.project(access)["id"]
        async with listening(project_id, (server, access)) as streams:
            await all_hear(streams, await rename(server, access, project_id, "Store"))
        assert cli("token", "issue", "--project", project_id).code == 0
    assert server.log.count("Redis is away") == 1
    assert "secret" not in server.log
