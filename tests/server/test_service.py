"""Health, readiness, status and the documentation's addresses."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gassapi_backend import __version__
from gassapi_backend.clock import now
from gassapi_backend.database import execute, sqlite_path
from gassapi_backend.server.service import health
from gassapi_backend.server.web.state import STATE
from gassapi_backend.settings import Settings
from tests.conftest import Api, Serve, everything
from tests.factories import add_collection
from tests.waiting import PATIENCE

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_a_healthy_server_says_so(api: Api, engine: str, base: str) -> None:
    answer = await api.json("GET", "/health", base=base)
    facts = {"status", "timestamp", "uptime", "database", "version", "instance"}
    assert set(answer) == {"success", *facts}
    assert (answer["success"], answer["status"]) == (True, "healthy")
    assert answer["version"] == __version__
    assert TIME.fullmatch(answer["timestamp"])
    assert answer["uptime"] >= 0
    latency = answer["database"].pop("latencyMs")
    kind = "sqlite" if engine == "sqlite" else "mysql"
    assert answer["database"] == {
        "kind": kind,
        "answers": True,
        "migrated": True,
        "hasRoom": True,
        "takesWrites": True,
        "damaged": False,
    }
    assert latency >= 0


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_a_running_server_is_alive_and_ready(api: Api, base: str) -> None:
    live = await api.json("GET", "/health/live", base=base)
    ready = await api.json("GET", "/health/ready", base=base)
    assert live == {"success": True, "status": "alive"}
    assert ready == {"success": True, "status": "ready"}


async def test_a_server_that_shuts_down_is_alive_but_not_ready(api: Api) -> None:
    api.app[STATE].is_draining = True
    response = await api.call("GET", "/health/ready")
    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert (await response.json())["error"]["code"] == "UNAVAILABLE"
    assert (await api.json("GET", "/health"))["status"] == "degraded"
    await api.json("GET", "/health/live")


@pytest.fixture
async def newer_database(api: Api) -> AsyncIterator[None]:
    """A database that a later version of the program has migrated."""
    await execute(
        "INSERT INTO aerich (version, app, content) VALUES (?, ?, ?)", "999_new.py", "models", "{}"
    )
    yield
    await execute("DELETE FROM aerich WHERE version = ?", "999_new.py")


@pytest.mark.usefixtures("newer_database")
async def test_a_server_with_another_migration_is_unhealthy_and_not_ready(api: Api) -> None:
    response = await api.call("GET", "/health")
    answer = await response.json()
    assert (response.status, answer["success"], answer["status"]) == (503, False, "unhealthy")
    assert answer["database"]["migrated"] is False
    assert response.headers["Retry-After"]
    refused = await api.json("GET", "/health/ready", expect=503)
    assert refused["error"]["code"] == "UNAVAILABLE"
    await api.json("GET", "/health/live")


@pytest.mark.engines("sqlite")
async def test_a_full_disk_makes_the_server_degraded_and_still_ready(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MAX_AGE", 0)  # each asks anew
    assert (await api.json("GET", "/health", base=""))["database"]["hasRoom"] is True
    left = shutil.disk_usage("/")._replace(free=9_999_999)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: left)
    answer = await api.json("GET", "/health", base="")
    assert (answer["status"], answer["database"]["hasRoom"]) == ("degraded", False)
    await api.json("GET", "/health/ready", base="")


@pytest.mark.engines("sqlite")
async def test_a_damaged_file_is_said_at_the_start_and_by_health(
    serve: Serve, settings: Settings
) -> None:
    damage(sqlite_path(settings.database), "endpoints")
    with capture_logs() as logs:
        api = await serve()
        async with asyncio.timeout(PATIENCE):
            while not (await api.json("GET", "/health"))["database"]["damaged"]:  # noqa: ASYNC110 - said nowhere else
                await asyncio.sleep(0.05)
    assert (await api.json("GET", "/health"))["status"] == "degraded"
    (line,) = [line for line in logs if line["event"] == "database damaged"]
    assert line["log_level"] == "error"
    assert "restore a backup" in line["reason"]


@pytest.mark.engines("sqlite")
async def test_a_file_that_turns_out_to_be_damaged_makes_the_server_degraded(
    serve: Serve, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "damage_in", lambda _: None)  # what happens later than the start
    damage(sqlite_path(settings.database), "endpoints")
    api = await serve()
    ann = await api.person()
    project = await api.project(ann)
    assert (await api.json("GET", "/health"))["status"] == "healthy"
    collection = await add_collection(api, ann, project["id"], "All")
    new = {"name": "One", "method": "GET", "url": "https://example.com"}
    path = f"/collections/{collection['id']}/endpoints"
    await api.json("POST", path, ann, json=new, expect=503)
    answer = await api.json("GET", "/health")
    assert (answer["status"], answer["database"]["damaged"]) == ("degraded", True)


@pytest.mark.engines("sqlite")
async def test_nothing_is_written_into_a_file_that_was_moved_away(
    api: Api, settings: Settings
) -> None:
    """It would be lost with the next start, although it was answered with 201."""
    ann = await api.person()
    path = sqlite_path(settings.database)
    elsewhere = path.with_suffix(".elsewhere")
    path.rename(elsewhere)
    with capture_logs() as logs:
        await api.json("POST", "/projects", ann, json={"name": "Lost"}, expect=503)
    assert any("moved, removed or replaced" in line.get("reason", "") for line in logs)
    answer = await api.json("GET", "/health")
    assert (answer["status"], answer["database"]["takesWrites"]) == ("degraded", False)
    elsewhere.rename(path)
    await api.json("POST", "/projects", ann, json={"name": "Kept"}, expect=201)


async def test_a_table_that_is_not_there_for_now_is_no_fault_of_the_program(api: Api) -> None:
    """As while a backup is loaded, or a tool exchanges a table for a changed one."""
    ann = await api.person()
    project = await api.project(ann)
    await execute("ALTER TABLE environments RENAME TO elsewhere")
    with capture_logs() as logs:
        await api.json("GET", f"/projects/{project['id']}/environments", ann, expect=503)
    assert not [line for line in logs if line["event"] == "unexpected error"]
    await execute("ALTER TABLE elsewhere RENAME TO environments")
    await api.json("GET", f"/projects/{project['id']}/environments", ann)


def damage(path: Path, table: str) -> None:
    """Overwrite the first page of a table, as a broken disk does."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = file.execute("PRAGMA page_size").fetchone()
        (page,) = file.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
        ).fetchone()
    with path.open("r+b") as broken:
        broken.seek((page - 1) * size)
        broken.write(b"\xa5" * size)


@pytest.mark.engines("sqlite")
async def test_the_log_says_why_the_database_cannot_be_used(api: Api, settings: Settings) -> None:
    ann = await api.person()
    await execute("PRAGMA max_page_count = 1")  # as many as there are: it is full
    before = await everything()
    with capture_logs() as logs:
        for at in range(20):
            body = {"name": f"hidden {at}", "description": "x" * 1000}
            response = await api.call("POST", "/projects", ann, json=body)
            if response.status == 503:
                break
            before = await everything()
    assert response.status == 503
    assert await everything() == before
    (line,) = [line for line in logs if line["event"] == "database unavailable"]
    path = sqlite_path(settings.database)
    assert line["reason"] == f"The database {path} cannot be used: database or disk is full."
    assert "hidden" not in str(line)


async def test_status_counts_what_there_is(api: Api) -> None:
    ann = await api.person(is_admin=True)
    project_id = (await api.project(ann))["id"]
    issued = [await api.issue(ann, project_id) for _ in range(2)]
    body = {"projectId": project_id, "tokenId": issued[0]["mcpToken"]["id"]}
    await api.json("POST", "/mcp/revoke-token", ann, json=body)
    await api.json("POST", "/auth/logout", await api.sign_in(ann.email))
    answer = await api.json("GET", "/status", ann)
    assert answer["counts"] == {"users": 1, "projects": 1, "sessions": 1, "mcpTokens": 1}
    assert (answer["status"], answer["version"], answer["workers"]) == ("running", __version__, 1)
    assert answer["process"]["memoryBytes"] > 10_000_000
    assert answer["process"]["cpuSeconds"] > 0
    assert 0 < answer["disk"]["freeBytes"] <= answer["disk"]["totalBytes"]
    assert len(answer["load"]) == 3


async def test_status_tells_people_that_it_works_and_since_when_and_nothing_else(api: Api) -> None:
    answer = await api.json("GET", "/status", await api.person())
    assert answer.keys() == {"success", "status", "version", "uptime", "startedAt"}
    assert answer["status"] == "running"
    started = datetime.fromisoformat(answer["startedAt"])
    assert abs((now() - started).total_seconds() - answer["uptime"]) < 1
    await api.json("GET", "/status", expect=401)


async def test_the_bare_address_leads_to_the_documentation(api: Api) -> None:
    response = await api.call("GET", "/", base="")
    assert (response.status, response.headers["Location"]) == (302, "docs")
