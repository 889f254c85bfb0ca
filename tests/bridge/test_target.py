"""Where the bridge sends a token: only where a person said, and only what a person gave."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bridge.fake import TOKEN, bridge, fake
from tests.processes import Cli

OTHER = "gass_" + "b" * 49


def write(folder: Path, url: str, token: str | None = OTHER) -> Path:
    file = folder / "gassapi.json"
    client = {"serverURL": url} | ({"token": token} if token else {})
    file.write_text(json.dumps({"project": {"id": "x", "name": "Shop"}, "mcpClient": client}))
    return file


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


def test_a_file_that_nobody_trusted_gets_no_token_and_is_explained(cli: Cli) -> None:
    with fake() as server:
        write(cli.folder, server.url)
        for token in (TOKEN, ""):
            with bridge(None, cli.folder, GASSAPI_TOKEN=token) as client:
                refused = client.ask("initialize", 5, protocolVersion="2025-06-18")
                assert refused["id"] == 5
                assert "mcp trust" in refused["error"]["message"]
                assert client.end() == 0
        assert server.asked == []


def test_a_trusted_file_names_server_and_token_and_the_variable_is_not_sent(cli: Cli) -> None:
    with fake() as server:
        write(cli.folder, server.url)
        done = cli("mcp", "trust", "--yes", "--json")
        assert done.json["url"] == server.url
        with bridge(None, cli.folder, HOME=str(cli.folder / "home")) as client:
            assert client.ask("ping")["result"]["method"] == "ping"
        (asked,) = server.asked
        assert asked.headers["Authorization"] == f"Bearer {OTHER}"


def test_a_file_that_was_changed_is_trusted_no_longer(cli: Cli) -> None:
    home = str(cli.folder / "home")
    with fake() as server, fake() as evil:
        file = write(cli.folder, server.url)
        before = file.read_bytes()
        assert cli("mcp", "trust", "--yes").code == 0
        write(cli.folder, evil.url)
        with bridge(None, cli.folder, HOME=home) as client:
            assert "was changed" in client.ask("ping")["error"]["message"]
        file.write_bytes(before)
        assert cli("mcp", "trust", "--remove").code == 0
        with bridge(None, cli.folder, HOME=home) as client:
            assert "is not trusted yet" in client.ask("ping")["error"]["message"]
        assert server.asked == evil.asked == []


def test_trust_in_one_folder_is_none_in_another(cli: Cli) -> None:
    with fake() as server:
        write(cli.folder, server.url)
        assert cli("mcp", "trust", "--yes").code == 0
        other = cli.folder / "other"
        other.mkdir()
        write(other, server.url)
        with bridge(None, other, HOME=str(cli.folder / "home")) as client:
            assert "is not trusted yet" in client.ask("ping")["error"]["message"]
        (cli.folder / "link").symlink_to(cli.folder)
        with bridge(None, cli.folder / "link", HOME=str(cli.folder / "home")) as client:
            assert client.ask("ping")["result"]["method"] == "ping"


def test_the_variable_goes_to_the_given_address_though_a_file_names_another(cli: Cli) -> None:
    with fake() as server, fake() as evil:
        write(cli.folder, evil.url)
        assert cli("mcp", "trust", "--yes").code == 0
        for flags in ({"url": server.url}, {"url": None, "GASSAPI_URL": f"{server.url}/mcp"}):
            with bridge(folder=cli.folder, HOME=str(cli.folder / "home"), **flags) as client:
                assert client.ask("ping")["result"]["method"] == "ping"
        assert evil.asked == []
        assert {one.headers["Authorization"] for one in server.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("token", ["${GASSAPI_TOKEN}", "<token>", "${user_config.token}", "a b"])
def test_what_is_no_token_is_explained_and_not_sent(tmp_path: Path, token: str) -> None:
    with fake() as server, bridge(server.url, tmp_path, GASSAPI_TOKEN=token) as client:
        assert "token" in client.ask("ping")["error"]["message"]
        assert server.asked == []


@pytest.mark.parametrize(
    "url", ["ftp://x", "x", "http://", "http://a b/", "http://u@h", "http://h/?q", "http://h:99999"]
)
def test_what_is_no_address_is_explained(tmp_path: Path, url: str) -> None:
    with bridge(url, tmp_path) as client:
        assert "address" in client.ask("ping")["error"]["message"]
        assert client.end() == 0


def test_a_bridge_without_a_token_says_so(tmp_path: Path) -> None:
    with bridge("http://127.0.0.1:9", tmp_path, GASSAPI_TOKEN="") as client:
        assert "GASSAPI_TOKEN" in client.ask("ping")["error"]["message"]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"mcpClient": 5}', '{"mcpClient": {"serverURL": 1, "token": "x"}}', "[" * 9999],
)
def test_a_file_without_server_and_token_cannot_be_trusted(cli: Cli, text: str) -> None:
    (cli.folder / "gassapi.json").write_text(text)
    done = cli("mcp", "trust", "--yes")
    assert (done.code, done.out) == (1, "")
    assert "names no server" in done.err


def test_trusting_asks_and_shows_the_address(cli: Cli) -> None:
    write(cli.folder, "https://api.example.com")
    terminal = cli.ask("mcp", "trust")
    terminal.expect_exact("https://api.example.com")
    terminal.expect_exact("Is that your server?")
    terminal.sendline("")
    terminal.expect_exact("It is not trusted.")
    terminal.wait()
    assert not (cli.folder / "home/.config/gassapi-backend/mcp-trusted.json").exists()
    assert cli("mcp", "trust").code == 2


def test_the_list_of_what_is_trusted_is_private_and_has_no_token(cli: Cli) -> None:
    write(cli.folder, "https://api.example.com")
    assert cli("mcp", "trust", "--yes").code == 0
    store = cli.folder / "home/.config/gassapi-backend/mcp-trusted.json"
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert OTHER not in store.read_text()


def test_the_bridge_loads_only_what_it_needs(tmp_path: Path) -> None:
    code = (
        "import sys; from gassapi_backend.bridge import command; "
        "print({'typer', 'rich', 'aiohttp', 'pydantic', 'asyncio', 'yaml', 'platformdirs', "
        "'urllib.request', 'tortoise', 'mcp'} & set(sys.modules))"
    )
    env = {name: value for name, value in os.environ.items() if not name.endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout.strip() == "set()"
