"""Others' clients and the protocol's own conformance suite, against our MCP server."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gassapi_backend.models import Scope
from tests.conftest import Api
from tests.interop import npm
from tests.interop.token_proxy import token_proxy
from tests.server.mcp.scenes import furnished

pytestmark = pytest.mark.engines("sqlite")

MODERN = [
    *("server-stateless", "caching", "http-header-validation", "tools-list", "resources-list"),
    *("prompts-list", "sep-2164-resource-not-found", "dns-rebinding-protection"),
]
SCENARIOS = [(name, "2026-07-28") for name in MODERN] + [("server-initialize", ""), ("ping", "")]
NOT_TESTABLE = re.compile(r"Error: Not testable")
FAILED = re.compile(r"(\d+) failed")


def node_version() -> int:
    """Return the major version of Node.js here; 0 without."""
    node = shutil.which("node")
    if node is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(re.sub(r"\D.*", "", said.strip().removeprefix("v")) or 0)


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_the_inspector_finds_nothing_wrong(api: Api, tmp_path: Path, era: str) -> None:
    made = await furnished(api, Scope.WRITE)
    common = [
        *("--cli", str(api.client.make_url("/mcp")), "--transport", "http"),
        *("--header", f"Authorization: Bearer {made.token}", "--protocol-era", era),
    ]
    listing = [*common, "--method", "tools/list", "--strict"]
    done = await asyncio.to_thread(npm.run, "mcp-inspector", *listing, folder=tmp_path)
    assert done.code == 0, done.output
    assert len(json.loads(done.output)["tools"]) == 23
    calling = [*common, "--method", "tools/call", "--tool-name", "get_project_context"]
    done = await asyncio.to_thread(npm.run, "mcp-inspector", *calling, folder=tmp_path)
    assert done.code == 0, done.output
    assert "List users" in done.output


@pytest.mark.parametrize(("scenario", "version"), SCENARIOS)
async def test_the_conformance_suite_passes(
    api: Api, tmp_path: Path, scenario: str, version: str
) -> None:
    """What it cannot try without tools of its own is no failure of ours."""
    if node_version() < 22:
        pytest.skip("the conformance suite needs Node.js 22")
    made = await furnished(api, Scope.WRITE)
    target = str(api.client.make_url("")).rstrip("/")
    async with token_proxy(target, made.token) as url:
        arguments = ["server", "--url", f"{url}/mcp", "--scenario", scenario]
        arguments += ["--spec-version", version] if version else []
        done = await asyncio.to_thread(npm.run, "conformance", *arguments, folder=tmp_path)
    counted = FAILED.search(done.output)
    assert counted is not None, done.output
    assert int(counted[1]) == len(NOT_TESTABLE.findall(done.output)), done.output
