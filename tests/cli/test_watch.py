"""``project watch``: the feed in a terminal, and as lines for scripts."""

import json
import re
import signal
import subprocess

import pexpect
import pytest

from tests.processes import PROGRAM, Cli, Server


@pytest.fixture
def shop(server: Server) -> dict[str, str]:
    """A fresh project, and the access token of its owner."""
    access = server.sign_in()["accessToken"]
    return {"access": access, "id": server.project(access)["id"]}


def rename(server: Server, shop: dict[str, str], name: str) -> None:
    path = f"/api/v1/projects/{shop['id']}"
    assert server.call("PATCH", path, {"name": name}, access=shop["access"]).status == 200


def test_changes_are_printed_as_they_happen_until_ctrl_c(
    server: Server, shop: dict[str, str]
) -> None:
    terminal = server.cli.ask("project", "watch", shop["id"])
    terminal.expect_exact("Watching Shop from revision 2 on.")
    rename(server, shop, "Store :smile: [bold]x[/]")
    terminal.expect(r"\d\d:\d\d:\d\d .*You.*  project updated")
    line = terminal.readline()
    assert "Store :smile: [bold]x[/]" in line
    assert server.cli("token", "issue", "--project", shop["id"]).code == 0
    terminal.expect(r"console.*  mcp token issued")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    assert "Traceback" not in terminal.before
    terminal.close()
    assert terminal.exitstatus == 130


def test_lines_for_scripts_are_the_feed(server: Server, shop: dict[str, str]) -> None:
    arguments = ["project", "watch", shop["id"], "--since", "0", "--json"]
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        env=server.cli.env,
        cwd=server.cli.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        rename(server, shop, "Store")
        printed = [json.loads(process.stdout.readline()) for _ in range(3)]
        path = f"/api/v1/projects/{shop['id']}/changes"
        read = server.call("GET", path, access=shop["access"]).body["changes"]
        assert [change["revision"] for change in printed] == [1, 2, 3]
        assert printed[1:] == read[1:]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == ""


def test_it_ends_with_the_project(server: Server, shop: dict[str, str]) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "project", "watch", shop["id"]],
        env=server.cli.env,
        cwd=server.cli.folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "Watching" in process.stdout.readline()
    path = f"/api/v1/projects/{shop['id']}"
    assert server.call("DELETE", path, access=shop["access"]).status == 200
    assert process.wait(10) == 0
    with process.stdout as printed:
        assert re.search(r"You  project deleted  Shop  3", printed.read())


def test_it_needs_no_server(cli: Cli) -> None:
    cli.user()
    with Server(cli) as server:
        server.project(server.sign_in()["accessToken"])
    terminal = cli.ask("project", "watch", "shop", "--since", "0")
    terminal.expect_exact("project created")
    terminal.expect_exact("environment created")
    assert cli("token", "issue").code == 0
    terminal.expect_exact("mcp token issued")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["Nowhere"], 1, 'There is no project "Nowhere"'),
        (["Shop", "--since", "99"], 1, "Start again from a full read"),
        (["Shop", "--since", "-1"], 2, "--since"),
    ],
)
def test_what_cannot_be_watched_is_a_sentence(
    cli: Cli, arguments: list[str], code: int, says: str
) -> None:
    cli.user()
    with Server(cli) as server:
        server.project(server.sign_in()["accessToken"])
    outcome = cli("project", "watch", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert says in outcome.flat
