"""Health, readiness, status and the documentation's addresses."""

import re
from collections.abc import AsyncIterator

import pytest

from gassapi_backend import __version__
from gassapi_backend.database import execute
from gassapi_backend.server.keys import STATE
from tests.conftest import Api

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_a_healthy_server_says_so(api: Api, engine: str, base: str) -> None:
    answer = await api.json("GET", "/health", base=base)
    assert set(answer) == {"success", "status", "timestamp", "uptime", "database", "version"}
    assert (answer["success"], answer["status"]) == (True, "healthy")
    assert answer["version"] == __version__
    assert TIME.fullmatch(answer["timestamp"])
    assert answer["uptime"] >= 0
    latency = answer["database"].pop("latencyMs")
    kind = "sqlite" if engine == "sqlite" else "mysql"
    assert answer["database"] == {"kind": kind, "answers": True, "migrated": True}
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


async def test_status_counts_what_there_is(api: Api) -> None:
    ann = await api.person()
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


async def test_the_bare_address_leads_to_the_documentation(api: Api) -> None:
    response = await api.call("GET", "/", base="")
    assert (response.status, response.headers["Location"]) == (302, "/docs")


@pytest.mark.parametrize("file", ["..%2fhandlers.py", "docs.html", "x", "DOCS.CSS", "docs.css%00"])
async def test_only_the_files_of_the_documentation_are_served(api: Api, file: str) -> None:
    answer = await api.json("GET", f"/docs/{file}", base="", expect=404)
    assert answer["error"]["code"] == "NOT_FOUND"
