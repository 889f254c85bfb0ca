"""The check-up over HTTP: what the command finds, bounded, beside requests that go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from gassapi_backend.database import execute
from gassapi_backend.doctor import examining
from gassapi_backend.doctor.examining import Doctor
from gassapi_backend.server.web.state import SETTINGS
from tests.conftest import Api, Serve


def by_check(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the findings by check, of several the worst."""
    ranks = ["good", "warning", "bad"]
    ranked = sorted(answer["findings"], key=lambda one: ranks.index(one["verdict"]))
    return {one["check"]: one for one in ranked}


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """Listen on a free port, and never say anything."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_it_finds_what_is_well_and_what_is_not(api: Api) -> None:
    adam = await api.person("Adam", is_admin=True)
    project = await api.project(adam)
    await execute("UPDATE projects SET collection_count = 7 WHERE id = ?", project["id"])
    found = by_check(await api.json("GET", "/doctor", adam))
    assert found["database"]["verdict"] == "good"
    assert found["migrations"]["verdict"] == "good"
    assert found["audit log"]["verdict"] == "good"
    assert found["counts"]["verdict"] == "warning"
    assert "doctor --fix" in found["counts"]["advice"]
    assert found["passwords"]["verdict"] == "warning"  # the tests' are hashed with few rounds
    await api.json("GET", f"/projects/{project['id']}", adam)  # the server's own database is open


async def test_nothing_that_is_secret_is_told(serve: Serve) -> None:
    secret = "smtp-secret-0123456789"
    api = await serve(smtp_url=SecretStr(f"smtp://you:{secret}@127.0.0.1:1"))
    adam = await api.person("Adam", is_admin=True)
    answer = await api.json("GET", "/doctor", adam)
    assert by_check(answer)["mail"]["verdict"] == "bad"
    for word in (secret, "only-for-tests", "gass_"):
        assert word not in str(answer)


async def test_what_does_not_answer_is_not_waited_for_and_holds_nobody_up(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "PATIENCE", 1)
    async with silent() as port:
        api = await serve(smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"))
        adam = await api.person("Adam", is_admin=True)
        asked = [asyncio.create_task(api.json("GET", "/doctor", adam)) for _ in range(3)]
        await api.json("GET", "/users/profile", adam)
        assert not any(task.done() for task in asked)
        first, *others = [await task for task in asked]
    assert (
        by_check(first)["doctor"]["message"] == "not everything could be checked within 1 seconds"
    )
    assert "counts" in by_check(first)
    assert all(other == first for other in others)  # it was made once


async def test_a_database_that_is_away_is_a_finding(api: Api) -> None:
    settings = api.app[SETTINGS]
    away = settings.model_copy(
        update={"database_url": SecretStr("mysql://x:hush@127.0.0.1:1/none")}
    )
    found = {one.check: one for one in await Doctor(away).findings()}
    assert found["database"].verdict.value == "bad"
    assert "hush" not in found["database"].message
