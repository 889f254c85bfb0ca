"""Commands know the server of their data directory, and make no database only to read it."""

import json
import signal
import stat

import pytest

from tests.processes import Cli, Server


def begun(cli: Cli) -> None:
    cli.user()
    assert cli("project", "create", "Shop").code == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_links_and_configurations_name_the_port_that_is_used(cli: Cli, workers: str) -> None:
    begun(cli)
    with Server(cli, env={"GASSAPI_WORKERS": workers}) as server:
        file = cli.home / "server.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        own = f"http://localhost:{server.port}"
        assert cli("invite", "create", "Shop", "ann@example.com").out.startswith(f"{own}/")
        assert cli("user", "reset-link", "you@example.com").out.startswith(f"{own}/reset/")
        assert cli("token", "issue", "--config").code == 0
        assert own in (cli.folder / "gassapi.json").read_text()
    assert not file.exists()
    assert cli("invite", "create", "Shop", "bob@example.com").out.startswith(
        "http://localhost:3000/"
    )


def test_the_public_address_goes_before_the_port(cli: Cli) -> None:
    begun(cli)
    public = {"GASSAPI_PUBLIC_URL": "https://api.example.com"}
    with Server(cli):
        made = cli("invite", "create", "Shop", "ann@example.com", **public)
    assert made.out.startswith("https://api.example.com/")


def test_what_a_killed_server_left_is_not_believed(cli: Cli) -> None:
    begun(cli)
    with Server(cli) as server:
        server.signal(signal.SIGKILL)
        server.wait()
        assert json.loads((cli.home / "server.json").read_text())["port"] == server.port
        made = cli("invite", "create", "Shop", "ann@example.com")
        assert made.out.startswith("http://localhost:3000/")
        server.start()
        made = cli("invite", "create", "Shop", "ann@example.com")
        assert made.out.startswith(f"http://localhost:{server.port}/")


def test_a_second_server_leaves_the_record_of_the_first(cli: Cli) -> None:
    begun(cli)
    with Server(cli) as first:
        with Server(cli):
            pass
        assert json.loads((cli.home / "server.json").read_text())["port"] == first.port


@pytest.mark.parametrize("content", ["", "[]", '{"host": 1}', '{"port": "x", "host": "y"}', "\x00"])
def test_a_record_of_garbage_is_passed_over(cli: Cli, content: str) -> None:
    begun(cli)
    with Server(cli):
        (cli.home / "server.json").write_text(content)
        made = cli("invite", "create", "Shop", "ann@example.com")
    assert made.out.startswith("http://localhost:3000/")


READING = [
    ["audit", "list"],
    ["db", "status"],
    ["mail", "list"],
    ["project", "list"],
    ["token", "list"],
    ["user", "list"],
    ["user", "promote", "you@example.com"],
]


def test_a_command_for_what_is_there_makes_no_database_and_says_where_it_looked(cli: Cli) -> None:
    for outcome in cli.each(READING):
        assert outcome.code == 1
        assert outcome.err.startswith("Error: There is no database of this server yet: sqlite:///")
        assert f"the data directory is {cli.home} now" in outcome.flat
        assert outcome.out == ""
    assert not cli.home.exists()
