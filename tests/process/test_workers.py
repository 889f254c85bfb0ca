"""Several workers, and several servers, are one to those who use them."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests import servers
from tests.conftest import on_server
from tests.process.running import NO_LIMITS, Crowd, log_lines
from tests.processes import PASSWORD, Cli, Server
from tests.waiting import sooner_or_later


class Connection:
    """A connection that stays with one worker."""

    def __init__(self, server: Server) -> None:
        self._client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)

    def call(self, method: str, path: str, access: str, body: Any = None) -> tuple[int, Any]:
        """Send a request over it."""
        headers = {"Authorization": f"Bearer {access}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        self._client.request(method, f"/api/v1{path}", content, headers)
        response = self._client.getresponse()
        return response.status, json.load(response)

    def profile(self, access: str) -> int:
        """Return the status of a request for one's own account."""
        return self.call("GET", "/users/profile", access)[0]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two workers on SQLite, and one account."""
    cli = Cli(tmp_path_factory.mktemp("pair"), **NO_LIMITS)
    cli.user("you@example.com", "You", "--admin")
    with Server(cli, flags=["--workers", "2"]) as server:
        yield server


@pytest.fixture
def both(pair: Server) -> list[Connection]:
    """A connection to each of the two workers."""
    access = pair.sign_in()["accessToken"]
    found: dict[int, Connection] = {}
    for _ in range(200):
        connection = Connection(pair)
        _, status = connection.call("GET", "/status", access)
        found.setdefault(status["process"]["pid"], connection)
        if len(found) == 2:
            return list(found.values())
    raise AssertionError("only one worker answers")


def test_two_workers_write_to_sqlite_at_once(pair: Server, both: list[Connection]) -> None:
    crowd = Crowd(pair, pair.sign_in()["accessToken"], connections=24)
    before = len(pair.cli.rows("SELECT 1 FROM projects"))
    asyncio.run(crowd.write(each=6))
    assert crowd.answers == {201: 144, 200: 72}
    assert len(pair.cli.rows("SELECT 1 FROM projects")) == before + 144
    assert "database is locked" not in pair.log
    assert not [line for line in log_lines(pair) if line["level"] != "info"]


def test_either_worker_tells_how_both_fared(pair: Server, both: list[Connection]) -> None:
    access = pair.sign_in()["accessToken"]
    one, two = both
    assert one.profile(access) == 200

    def slots(connection: Connection) -> dict[str, dict[str, Any]]:
        status, body = connection.call("GET", "/status/history", access)
        assert status == 200
        return {slot["at"]: slot for slot in body["history"]["slots"]}

    def is_of_both() -> bool:
        own = one.call("GET", "/status", access)[1]["process"]["memoryBytes"]
        return any(slot["memoryBytes"] > own * 1.2 for slot in slots(one).values())

    assert sooner_or_later(is_of_both)  # the first slot may have ended before the second began
    assert sooner_or_later(lambda: slots(one) == slots(two))


@pytest.mark.parametrize("way", ["logout", "password", "session", "deactivation"])
def test_what_one_worker_ends_the_other_honours_within_a_second(
    pair: Server, both: list[Connection], way: str
) -> None:
    one, two = both
    email = f"{way}@example.com"
    pair.cli.user(email, "Somebody")
    own, ended = (pair.sign_in(email)["accessToken"] for _ in range(2))
    assert one.profile(ended) == two.profile(ended) == two.profile(own) == 200
    expected = 401
    if way == "logout":
        assert one.call("POST", "/auth/logout", ended)[0] == 200
    elif way == "password":
        body = {"currentPassword": PASSWORD, "newPassword": "another horse 43"}
        assert one.call("PUT", "/users/password", own, body)[0] == 200
    elif way == "session":
        _, found = one.call("GET", "/auth/sessions", own)
        (other,) = [session["id"] for session in found["sessions"] if not session["current"]]
        assert one.call("DELETE", f"/auth/sessions/{other}", own)[0] == 200
    else:
        assert pair.cli("user", "deactivate", email).code == 0
        expected = 403
    assert sooner_or_later(lambda: two.profile(ended) == expected)
    assert one.profile(ended) == expected
    if way == "deactivation":
        assert sooner_or_later(lambda: two.profile(own) == 403)
    else:
        assert two.profile(own) == 200


def test_a_worker_that_dies_is_replaced_and_reported(pair: Server, both: list[Connection]) -> None:
    access = pair.sign_in()["accessToken"]
    pids = {connection.call("GET", "/status", access)[1]["process"]["pid"] for connection in both}
    victim = pids.pop()
    os.kill(victim, signal.SIGKILL)
    seen: set[int] = set()

    def is_whole() -> bool:
        with contextlib.suppress(OSError):
            seen.add(Connection(pair).call("GET", "/status", access)[1]["process"]["pid"])
        return len(seen - {victim}) == 2

    assert sooner_or_later(is_whole)
    assert any(str(victim) in line["event"] for line in log_lines(pair))


@pytest.mark.engines("sqlite", "mysql")
def test_servers_that_start_at_once_on_a_fresh_database_all_come_up(cli: Cli, engine: str) -> None:
    name = f"gassapi_test_start_{uuid4().hex[:12]}"
    if engine != "sqlite":
        asyncio.run(on_server(engine, f"CREATE DATABASE {name}"))
        cli.env["GASSAPI_DATABASE_URL"] = servers.database_url(engine, name)
    several = [Server(cli) for _ in range(4)]
    try:
        for server in several:
            server.launch()
        for server in several:
            server.wait_until_ready()
        cli.user()
        tokens = [server.sign_in()["accessToken"] for server in several]
        for server in several:  # they share one secret
            for access in tokens:
                assert server.call("GET", "/api/v1/users/profile", access=access).status == 200
            log_lines(server)
        assert cli("db", "status").code == 0
    finally:
        for server in several:
            server.stop()
        if engine != "sqlite":
            asyncio.run(on_server(engine, f"DROP DATABASE {name}"))
