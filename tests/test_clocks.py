"""Servers whose clocks are a minute apart work on one database as if they were not."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests import servers
from tests.conftest import on_server
from tests.processes import Cli, Server

REFRESH = "/api/v1/auth/refresh"

pytestmark = [
    pytest.mark.engines("sqlite", "mariadb"),
    pytest.mark.skipif(shutil.which("faketime") is None, reason="install faketime"),
]


def faked(offset: str) -> dict[str, str]:
    """Return what gives a process another clock.

    ``faketime`` itself stays, as a parent that a signal ends without its child.
    """
    shown = subprocess.run(
        ["faketime", "-f", offset, "env"], capture_output=True, check=True, text=True
    )
    env = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    return {name: env[name] for name in ("LD_PRELOAD", "FAKETIME")}


@pytest.fixture(params=["+60s", "-60s"])
def pair(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> Iterator[tuple[Server, Server]]:
    """A server, and one whose clock is a minute off."""
    cli = Cli(tmp_path)
    name = f"gassapi_test_clocks_{uuid4().hex[:12]}"
    if engine != "sqlite":
        asyncio.run(on_server(engine, f"CREATE DATABASE {name}"))
        cli.env["GASSAPI_DATABASE_URL"] = servers.database_url(engine, name)
    cli.user()
    with Server(cli) as right, Server(cli, env=faked(request.param)) as wrong:
        yield right, wrong
    if engine != "sqlite":
        asyncio.run(on_server(engine, f"DROP DATABASE {name}"))


def test_two_tabs_at_two_servers_get_the_same_tokens(pair: tuple[Server, Server]) -> None:
    for first, second in (pair, pair[::-1]):
        refresh = first.sign_in()["refreshToken"]
        answers = [one.call("POST", REFRESH, {"refreshToken": refresh}) for one in (first, second)]
        assert [answer.status for answer in answers] == [200, 200]
        tokens = [answer.body["tokens"] for answer in answers]
        assert tokens[0]["refreshToken"] == tokens[1]["refreshToken"]
        for one in pair:
            profile = one.call("GET", "/api/v1/users/profile", access=tokens[1]["accessToken"])
            assert profile.status == 200


def test_a_stolen_token_gains_no_time_by_it(pair: tuple[Server, Server]) -> None:
    for first, second in (pair, pair[::-1]):
        refresh = first.sign_in()["refreshToken"]
        newer = first.call("POST", REFRESH, {"refreshToken": refresh}).body["tokens"]
        time.sleep(10.5)  # past the grace period of ten seconds, by every clock
        assert second.call("POST", REFRESH, {"refreshToken": refresh}).status == 401
        own = {"refreshToken": newer["refreshToken"]}
        assert first.call("POST", REFRESH, own).status == 401
