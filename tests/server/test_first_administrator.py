"""The link by which an empty instance gets its first administrator: once, and for a while."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine

from gassapi_backend.models import AuditEntry, SetupLink, User
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import create_user
from gassapi_backend.server.accounts.schemas import NewAccount
from gassapi_backend.server.accounts.state import PASSWORDS
from gassapi_backend.server.sessions.founding import make_setup_link
from gassapi_backend.server.web.state import KEYS
from tests.conftest import PASSWORD, Api, Serve, everything
from tests.processes import Cli, Server

ADA = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}
ROUTE = "/auth/first-administrator"


async def link(api: Api) -> str:
    token = await make_setup_link(api.app[KEYS].links)
    assert token is not None
    return token


def founding(api: Api, token: str, **changes: Any) -> Any:
    return api.call("POST", ROUTE, json={**ADA, "token": token, **changes})


async def test_the_link_makes_one_administrator_and_signs_them_in(api: Api) -> None:
    token = await link(api)
    answer = await founding(api, token)
    assert answer.status == 201
    found = await answer.json()
    assert found["user"]["isAdmin"]
    assert found["user"]["emailVerified"]
    assert answer.headers["Cache-Control"] == "no-store"
    await api.json("GET", "/users", found["tokens"]["accessToken"])
    entry = await AuditEntry.get(action="user_created")
    assert (entry.actor_type, entry.actor_id) == ("user", found["user"]["id"])

    before = await everything()
    assert (await founding(api, token, email="eve@example.com")).status == 410
    assert await everything() == before
    assert await make_setup_link(api.app[KEYS].links) is None


async def test_the_token_is_not_kept(api: Api) -> None:
    token = await link(api)
    assert token not in str(await everything())


async def test_however_many_race_one_is_let_in(api: Api) -> None:
    token = await link(api)
    calls = [founding(api, token, email=f"ada{number}@example.com") for number in range(8)]
    statuses = sorted([answer.status for answer in await asyncio.gather(*calls)])
    assert statuses == [201] + [410] * 7
    assert await User.all().count() == 1


async def test_servers_that_start_at_once_tell_the_same_link(api: Api) -> None:
    key = api.app[KEYS].links
    tokens = await asyncio.gather(*(make_setup_link(key) for _ in range(5)))
    assert len(set(tokens)) == 1
    assert await SetupLink.all().count() == 1


async def test_it_is_good_for_half_an_hour_from_the_last_start(api: Api) -> None:
    first = await link(api)
    kept = await SetupLink.get()
    with time_machine.travel(kept.expires_at, tick=False):
        assert (await founding(api, first)).status == 410
        second = await link(api)
        assert second != first
        assert (await founding(api, first)).status == 410
        assert (await founding(api, second)).status == 201


@pytest.mark.parametrize("is_registered", [True, False])
async def test_any_account_makes_it_void(serve: Serve, *, is_registered: bool) -> None:
    api = await serve(registration="open")
    token = await link(api)
    if is_registered:
        new = {"email": "bob@example.com", "password": PASSWORD, "name": "Bob"}
        await api.json("POST", "/auth/register", json=new, expect=201)
    else:
        account = NewAccount.model_validate({**ADA, "email": "bob@example.com"})
        await create_user(CONSOLE, account, api.app[PASSWORDS])
    before = await everything()
    assert (await founding(api, token)).status == 410
    assert await everything() == before


async def test_another_key_makes_another_link(api: Api) -> None:
    token = await link(api)
    other = await make_setup_link(b"another key of thirty-two bytes!")
    assert other not in (None, token)
    assert (await founding(api, str(other))).status == 400
    assert (await founding(api, token)).status == 410


async def test_what_is_wrong_uses_nothing_up(api: Api) -> None:
    token = await link(api)
    for wrong in (
        {"token": token[:-1]},
        {"token": "x" * 54},
        {"token": ""},
        {"token": token, "password": "password"},
        {"token": token, "email": "nobody"},
        {"token": token, "isAdmin": True},
    ):
        answer = await api.call("POST", ROUTE, json={**ADA, **wrong})
        assert answer.status == 400, wrong
    assert (await founding(api, token)).status == 201


def test_start_tells_one_link_for_all_workers_and_not_the_log(tmp_path: Path) -> None:
    with Server(Cli(tmp_path), env={"GASSAPI_WORKERS": "2"}) as server:
        (line,) = [line for line in server.printed.splitlines() if "/setup#" in line]
        token = line.rpartition("#")[2]

        def found(number: int) -> int:
            body = {**ADA, "email": f"ada{number}@example.com", "token": token}
            return server.call("POST", f"/api/v1{ROUTE}", body).status

        with ThreadPoolExecutor(6) as pool:
            assert sorted(pool.map(found, range(6))) == [201] + [410] * 5
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        assert token not in server.log
        server.start()
        assert server.printed.count("/setup#") == 1


@pytest.mark.parametrize("off", ["GASSAPI_LOG_FORMAT=json", "GASSAPI_CONSOLE=off"])
def test_where_nobody_could_follow_it_no_link_is_told(tmp_path: Path, off: str) -> None:
    cli = Cli(tmp_path)
    name, _, value = off.partition("=")
    with Server(cli, env={name: value}) as server:
        server.call("GET", "/health")
    assert "/setup" not in server.printed + server.log
    assert cli.rows("SELECT * FROM setup_links") == []
