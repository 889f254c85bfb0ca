"""``project watch``: the feed in a terminal, and as lines for scripts."""

import json
import re
import signal
import subprocess
from typing import IO

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
        (["Shop", "--since", "99"], 1, "Shop is at revision 2: nothing is after 99 yet."),
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


def watching(cli: Cli, *arguments: str) -> subprocess.Popen[str]:
    """Watch the project in the background."""
    return subprocess.Popen(
        [*PROGRAM, "project", "watch", *arguments],
        env=cli.env,
        cwd=cli.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def finish(process: subprocess.Popen[str]) -> str:
    """Interrupt it; return what else it said of errors."""
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    return said


def test_what_is_kept_no_longer_is_said_and_the_rest_is_printed(cli: Cli) -> None:
    cli.user()
    assert cli("project", "create", "Shop").code == 0
    assert cli("token", "issue").code == 0
    cli.rows("UPDATE audit_log SET at = '2020-01-31 12:00:00.000' WHERE revision <= 2")
    with watching(cli, "shop", "--since", "0", "--json") as process:
        change = json.loads(read_line(process.stdout))
        assert (change["revision"], change["action"]) == (3, "mcp_token_issued")
        assert (
            finish(process) == "The changes up to revision 2 are not kept. Going on from there.\n"
        )
    cli.rows("UPDATE audit_log SET at = '2020-01-31 12:00:00.000'")
    with watching(cli, "shop", "--since", "1", "--json") as process:
        told = read_line(process.stderr)
        assert told == "The changes up to revision 3 are not kept. Going on from there.\n"
        assert cli("token", "issue", "--name", "Other").code == 0
        assert json.loads(read_line(process.stdout))["revision"] == 4
        assert finish(process) == ""
