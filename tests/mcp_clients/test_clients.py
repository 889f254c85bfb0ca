"""Each client is told of the server as its own documentation says, and nothing else is touched."""

import json
import stat
import subprocess
import tomllib
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from gassapi_backend.mcp_clients.clients import CLIENTS, Client, Place, TokenPlace
from gassapi_backend.mcp_clients.connection import Connection, named, slug, variable_of
from gassapi_backend.mcp_clients.documents import Unusable
from gassapi_backend.mcp_clients.files import Machine, install, installed, uninstall
from gassapi_backend.mcp_clients.instructions import instructions, shown

AT = Connection("https://api.example.com/gass", token="gass_secret")
URL = "https://api.example.com/gass/mcp"

PLACES = [
    pytest.param(client, place, id=f"{client.key}-{kind}")
    for client in CLIENTS.values()
    for kind, place in (("folder", client.folder), ("person", client.person))
    if place
]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    return Machine(tmp_path / "home", tmp_path / "work", "linux", {})


def read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return tomllib.loads(text)
    return yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)


@pytest.mark.parametrize(("client", "place"), PLACES)
def test_a_server_is_put_into_a_file_and_taken_out(
    machine: Machine, client: Client, place: Place
) -> None:
    path = machine.path_of(place)
    assert install(client, place, path, AT)
    assert not install(client, place, path, AT)
    assert installed(path, place) == {"gassapi": client.entry(AT)}
    found = read(path)
    for key in place.keys:
        found = found[key]
    assert found == {"gassapi": client.entry(AT)}
    assert uninstall(client, place, path, AT)
    assert installed(path, place) == {}
    assert "gassapi-token" not in path.read_text(encoding="utf-8")
    assert not uninstall(client, place, path, AT)


@pytest.mark.parametrize(("client", "place"), PLACES)
def test_projects_stand_beside_each_other(machine: Machine, client: Client, place: Place) -> None:
    path = machine.path_of(place)
    other = Connection("https://api.example.com", "gassapi-shop", "GASSAPI_TOKEN_SHOP", "gass_2")
    install(client, place, path, AT)
    install(client, place, path, other)
    assert set(installed(path, place)) == {"gassapi", "gassapi-shop"}
    uninstall(client, place, path, AT)
    assert installed(path, place) == {"gassapi-shop": client.entry(other)}


@pytest.mark.parametrize(("client", "place"), PLACES)
def test_a_token_is_only_in_a_private_file(machine: Machine, client: Client, place: Place) -> None:
    path = machine.path_of(place)
    install(client, place, path, AT)
    holds = client.token_place is TokenPlace.FILE
    assert ("gass_secret" in path.read_text(encoding="utf-8")) is holds
    assert not (holds and place is client.folder)
    assert stat.S_IMODE(path.stat().st_mode) == (0o600 if holds else 0o644)


def test_no_token_gets_into_a_file_that_git_takes(machine: Machine) -> None:
    subprocess.run(["git", "init", "-q", str(machine.home)], check=True)
    client = CLIENTS["zed"]
    assert client.person
    path = machine.path_of(client.person)
    with pytest.raises(Unusable, match="Git tracks this file"):
        install(client, client.person, path, AT)
    assert not path.exists()
    (machine.home / ".gitignore").write_text(".config\n", encoding="utf-8")
    assert install(client, client.person, path, AT)


def test_a_file_behind_a_link_is_changed_and_the_link_stays(machine: Machine) -> None:
    client = CLIENTS["cursor"]
    assert client.person
    path = machine.path_of(client.person)
    path.parent.mkdir()
    (machine.home / "dotfiles.json").write_text('{"mcpServers": {"a": {}}}', encoding="utf-8")
    path.symlink_to(machine.home / "dotfiles.json")
    install(client, client.person, path, AT)
    assert path.is_symlink()
    assert set(read(machine.home / "dotfiles.json")["mcpServers"]) == {"a", "gassapi"}


def test_a_broken_file_is_left_as_it_is(machine: Machine) -> None:
    client = CLIENTS["cursor"]
    assert client.person
    path = machine.path_of(client.person)
    path.parent.mkdir()
    path.write_text('{"mcpServers": ', encoding="utf-8")
    with pytest.raises(Unusable):
        install(client, client.person, path, AT)
    assert path.read_text(encoding="utf-8") == '{"mcpServers": '


def test_files_are_where_each_system_has_them(tmp_path: Path) -> None:
    place = CLIENTS["claude-desktop"].person
    assert place
    mac = Machine(tmp_path, tmp_path, "darwin", {})
    windows = Machine(tmp_path, tmp_path, "win32", {"APPDATA": str(tmp_path / "R")})
    name = "claude_desktop_config.json"
    assert mac.path_of(place) == tmp_path / "Library/Application Support/Claude" / name
    assert windows.path_of(place) == tmp_path / "R/Claude" / name


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        (
            "claude-code",
            {
                "type": "http",
                "url": URL,
                "headers": {"Authorization": "Bearer ${GASSAPI_TOKEN}"},
            },
        ),
        ("codex", {"url": URL, "bearer_token_env_var": "GASSAPI_TOKEN"}),
        ("gemini", {"httpUrl": URL, "headers": {"Authorization": "Bearer ${GASSAPI_TOKEN}"}}),
        (
            "opencode",
            {
                "type": "remote",
                "url": URL,
                "headers": {"Authorization": "Bearer {env:GASSAPI_TOKEN}"},
                "oauth": False,
                "enabled": True,
            },
        ),
        ("cursor", {"url": URL, "headers": {"Authorization": "Bearer ${env:GASSAPI_TOKEN}"}}),
        (
            "vscode",
            {
                "type": "http",
                "url": URL,
                "headers": {"Authorization": "Bearer ${input:gassapi-token}"},
            },
        ),
        (
            "claude-desktop",
            {
                "command": "gassapi-backend",
                "args": ["mcp", "stdio", "--url", "https://api.example.com/gass"],
                "env": {"GASSAPI_TOKEN": "gass_secret"},
            },
        ),
        (
            "windsurf",
            {"serverUrl": URL, "headers": {"Authorization": "Bearer ${env:GASSAPI_TOKEN}"}},
        ),
        (
            "copilot",
            {
                "type": "http",
                "url": URL,
                "headers": {"Authorization": "Bearer ${GASSAPI_TOKEN}"},
                "tools": ["*"],
            },
        ),
        (
            "zed",
            {"source": "custom", "url": URL, "headers": {"Authorization": "Bearer gass_secret"}},
        ),
    ],
)
def test_an_entry_is_what_its_client_reads(key: str, entry: dict[str, Any]) -> None:
    assert CLIENTS[key].entry(AT) == entry


@pytest.mark.parametrize("client", CLIENTS.values(), ids=lambda client: client.key)
def test_instructions_show_the_token_only_where_nothing_else_works(client: Client) -> None:
    told = instructions(client, AT)
    everything = f"{shown(told.config)}{told.text}{told.command}{told.link}"
    assert ("gass_secret" in everything) is (client.token_place is TokenPlace.FILE)
    assert (told.variable == "GASSAPI_TOKEN") is (client.token_place is TokenPlace.VARIABLE)
    assert told.text.endswith(".")


def test_links_hold_what_the_file_would() -> None:
    link = CLIENTS["vscode"].link
    assert link
    wanted = json.loads(unquote(link(AT).removeprefix("vscode:mcp/install?")))
    assert wanted["name"] == "gassapi"
    assert wanted["headers"] == {"Authorization": "Bearer ${input:gassapi-token}"}
    assert [item["password"] for item in wanted["inputs"]] == [True]
    link = CLIENTS["cursor"].link
    assert link
    query = parse_qs(urlsplit(link(AT)).query)
    assert query["name"] == ["gassapi"]
    assert json.loads(b64decode(query["config"][0])) == CLIENTS["cursor"].entry(AT)


def test_the_first_project_has_the_plain_name_and_others_their_own() -> None:
    project_id = "0193aaaa-bbbb-7ccc-8ddd-eeeeffff0001"
    assert named("Shop", project_id, set()) == ("gassapi", "GASSAPI_TOKEN")
    assert named("Zoë's Shop", project_id, {"gassapi"}) == (
        "gassapi-zoe-s-shop",
        "GASSAPI_TOKEN_ZOE_S_SHOP",
    )
    assert named("日本", project_id, {"gassapi"})[0] == "gassapi-eeeeffff0001"
    assert named("Shop", project_id, {"gassapi", "gassapi-shop"})[0] == "gassapi-eeeeffff0001"


def test_a_name_has_no_underscore_and_is_short() -> None:
    assert slug("My_API -- v2!") == "my-api-v2"
    assert len(slug("a" * 300)) == 30
    assert variable_of("gassapi") == "GASSAPI_TOKEN"
