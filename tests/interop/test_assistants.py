"""Others' clients get on with the server: by HTTP, by the bridge, by the bundle."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop import npm
from tests.interop.scenes import CLIENTS, Scene, native, node, scene
from tests.processes import PROGRAM

INSPECTOR = CLIENTS / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
BINARIES = {
    "claude": {"@anthropic-ai/claude-code-linux-x64": "claude"},
    "opencode": {"opencode-linux-x64": "bin/opencode"},
}
ERAS = ["legacy", "auto", "modern"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("assistants")) as found:
        yield found


def binary(name: str) -> str:
    path = native(BINARIES[name])
    if not path.exists():
        pytest.skip(f"{name} has no program for this platform")
    return str(path)


def test_claude_code_lists_the_server_as_connected(place: Scene) -> None:
    place.install("claude-code", "--place", "home")
    code, said = place.run([binary("claude"), "mcp", "list"])
    assert code == 0
    assert f"gassapi: {place.url}/mcp (HTTP) - ✔ Connected" in said


def test_claude_code_connects_through_the_bridge(place: Scene) -> None:
    bridge = [*PROGRAM, "mcp", "stdio", "--url", place.url]
    add = ["mcp", "add", "--scope", "user", "bridged", "--", *bridge]
    assert place.run([binary("claude"), *add])[0] == 0
    _, said = place.run([binary("claude"), "mcp", "list"])
    assert "✔ Connected" in next(line for line in said.splitlines() if "bridged:" in line)


def test_claude_code_tells_people_of_a_token_that_is_not_there(place: Scene) -> None:
    place.install("claude-code", "--place", "home")
    _, said = place.run([binary("claude"), "mcp", "list"], GASSAPI_TOKEN="")
    line = next(line for line in said.splitlines() if line.startswith("gassapi:"))
    assert "Connected" not in line


def test_gemini_lists_the_server_as_connected(place: Scene) -> None:
    place.install("gemini")
    program = str(CLIENTS / ".bin" / "gemini")
    code, said = place.run([program, "mcp", "list"], GEMINI_CLI_TRUST_WORKSPACE="true")
    assert code == 0
    assert f"✓ gassapi: {place.url}/mcp (http) - Connected" in said


def test_opencode_lists_the_server_as_connected(place: Scene) -> None:
    place.install("opencode")
    code, said = place.run([binary("opencode"), "mcp", "list"])
    assert code == 0
    assert "✓ gassapi connected" in said


@pytest.mark.parametrize("era", ERAS)
def test_the_inspector_finds_no_fault_with_the_tools(place: Scene, era: str) -> None:
    header = f"Authorization: Bearer {place.token}"
    target = ["--cli", f"{place.url}/mcp", "--transport", "http", "--header", header]
    command = [str(node()), str(INSPECTOR), *target, "--protocol-era", era]
    code, said = place.run([*command, "--method", "tools/list", "--strict"])
    assert code == 0, said
    assert "get_project_context" in said
    code, said = place.run(
        [*command, "--method", "tools/call", "--tool-name", "get_project_context"]
    )
    assert code == 0, said
    assert "Shop" in said


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("way", ["bridge", "bundle"])
def test_the_inspector_gets_through_what_is_started_as_a_command(
    place: Scene, tmp_path: Path, era: str, way: str
) -> None:
    bridge = [*PROGRAM, "mcp", "stdio", "--url", place.url]
    if way == "bundle":
        bridge = [str(node()), str(unpacked(place, tmp_path) / "server" / "index.js")]
    variables = ["-e", f"GASSAPI_TOKEN={place.token}", "-e", f"GASSAPI_URL={place.url}"]
    flags = ["--protocol-era", era, "--transport", "stdio", *variables]
    for method in (["tools/list", "--strict"], ["tools/call", "--tool-name", "list_endpoints"]):
        command = [str(node()), str(INSPECTOR), "--cli", *flags, "--method", *method, "--", *bridge]
        code, said = place.run(command)
        assert code == 0, said


@pytest.mark.parametrize("mode", ["legacy", "auto", "2026-07-28"])
def test_the_official_client_works_in_every_mode(place: Scene, mode: str) -> None:
    script = shutil.copy(npm.HERE / "clients" / "connect.mjs", CLIENTS.parent)
    code, said = place.run([str(node()), str(script), f"{place.url}/mcp", mode])
    assert code == 0, said
    found = json.loads(said.splitlines()[-1])
    assert "get_project_context" in found["tools"]
    assert found["version"] == ("2025-11-25" if mode == "legacy" else "2026-07-28")
    assert (found["isError"], found["isRefused"]) == (False, True)
    assert not found["hasStructure"]  # typescript-sdk 1943


def test_the_bundle_is_one_as_mcpb_checks_it(place: Scene, tmp_path: Path) -> None:
    folder = unpacked(place, tmp_path)
    program = str(CLIENTS / ".bin" / "mcpb")
    code, said = place.run([program, "validate", str(folder / "manifest.json")])
    assert code == 0, said
    assert "passes" in said
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "server"}


def unpacked(place: Scene, folder: Path) -> Path:
    file, to = folder / "gassapi.mcpb", folder / "bundle"
    made = place.run([*PROGRAM, "mcp", "bundle", "--url", place.url, "--output", str(file)])
    assert made[0] == 0, made[1]
    code, said = place.run([str(CLIENTS / ".bin" / "mcpb"), "unpack", str(file), str(to)])
    assert code == 0, said
    return to
