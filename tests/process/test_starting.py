"""What the start makes, says, and refuses."""

import contextlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gassapi_backend import settings as options
from gassapi_backend.cli import serve
from tests.process.running import log_lines
from tests.processes import PASSWORD, PROGRAM, Cli, Server
from tests.waiting import sooner_or_later

PUBLIC = "https://api.example.com"


def modes(folder: Path) -> dict[str, str]:
    return {path.name: f"{stat.S_IMODE(path.stat().st_mode):o}" for path in folder.iterdir()}


def test_the_next_step_names_the_program_as_the_shell_of_a_clone_finds_it(cli: Cli) -> None:
    program = cli.folder / "bin" / "gassapi-backend"
    program.parent.mkdir()
    code = "from gassapi_backend.cli.main import main\nmain()\n"
    program.write_text(f"#!{sys.executable}\n{code}")
    program.chmod(0o755)
    people = {"GASSAPI_LOG_FORMAT": "console"}
    system = {"PATH": os.defpath, **people}
    with Server(cli, env=system, program=[str(program)]) as server:
        assert "next      bin/gassapi-backend user create " in server.printed
    (cli.folder / "elsewhere").mkdir()
    with Server(cli, env=system, program=[str(program)], cwd=cli.folder / "elsewhere") as server:
        assert f"next      {program} user create " in server.printed
    found = {"PATH": f"{program.parent}:{os.defpath}", **people}
    with Server(cli, env=found, program=[str(program)]) as server:
        assert "next      gassapi-backend user create " in server.printed


def test_the_first_start_makes_everything_and_says_what_to_do_next(cli: Cli) -> None:
    nowhere = cli.folder / "readonly"
    nowhere.mkdir(mode=0o555)
    people = {"GASSAPI_LOG_FORMAT": "console"}
    with Server(
        cli, program=PROGRAM, flags=["--host", "localhost"], env=people, cwd=nowhere
    ) as server:
        assert modes(cli.folder)["data"] == "700"
        assert set(modes(cli.home).values()) == {"600"}
        assert modes(cli.home).keys() >= {"gassapi.db", "secret.key"}
        assert cli("db", "status").code == 0
        panel = server.printed
        for line in (
            f"address   http://localhost:{server.port} ",
            f"docs      http://localhost:{server.port}/docs ",
            f"database  sqlite:///{cli.home / 'gassapi.db'} ",
            "next      gassapi-backend user create ",
        ):
            assert line in panel
        assert "\x1b" not in panel
        assert list(nowhere.iterdir()) == []

        taken = cli("start", "--port", str(server.port))
        assert (taken.code, taken.out) == (1, "")
        assert taken.err.startswith(f"Error: Port {server.port} is taken.")
        assert taken.err.count("\n") == 1

        secret = (cli.home / "secret.key").read_text()
        cli.user()
        access = server.sign_in()["accessToken"]
        server.signal(signal.SIGINT)
        assert server.wait() == 0
        assert re.search(r"POST /api/v1/auth/login 200 \d+ms 127\.0\.0\.1 ", server.log)

        server.start()
        assert (cli.home / "secret.key").read_text() == secret
        assert server.call("GET", "/api/v1/users/profile", access=access).status == 200
        assert "next      sign in and create a project: " in server.printed


LOST = "A new secret key was made, although there are accounts already"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_new_key_for_a_database_with_accounts_is_warned_of_once(cli: Cli, workers: str) -> None:
    env = {"GASSAPI_WORKERS": workers}
    cli.user()
    with Server(cli, program=PROGRAM, env=env) as server:
        assert LOST not in server.log
        (cli.home / "secret.key").unlink()
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = cli("start", "--port", str(other.getsockname()[1]))
    assert (taken.code, (cli.home / "secret.key").exists()) == (1, False)
    server.start()
    server.stop()
    (line,) = [line for line in log_lines(server) if LOST in line["event"]]
    assert line["level"] == "warning"
    assert "secret variables" in line["event"]
    assert f"put it back into {cli.home / 'secret.key'}" in line["event"]
    with server:
        assert sum(LOST in line["event"] for line in log_lines(server)) == 1


def test_a_command_that_makes_a_new_key_for_a_database_with_accounts_warns(cli: Cli) -> None:
    def warnings(email: str) -> int:
        flags = ("--email", email, "--name", "Ann", "--password-stdin")
        return cli("user", "create", *flags, typed=f"{PASSWORD}\n").err.count("Warning")

    assert warnings("a@example.com") == warnings("b@example.com") == 0
    (cli.home / "secret.key").unlink()
    assert cli("user", "list").err == ""
    assert warnings("c@example.com") == 0  # which needs none
    assert f"Warning: {LOST}" in cli("user", "reset-link", "a@example.com").err
    assert cli("user", "reset-link", "a@example.com").err.count("Warning") == 0
    (cli.home / "secret.key").unlink()
    assert f"Warning: {LOST}" in cli("setup", "--yes").err


def test_a_panel_that_nobody_reads_is_no_reason_to_end(cli: Cli) -> None:
    home = cli.folder / "[bold]b#?%20 ü :smile:"  # and a home of any name
    server = Server(cli, program=PROGRAM)
    env = {"GASSAPI_HOME": str(home), "GASSAPI_PORT": str(server.port)}
    process = subprocess.Popen(
        [*PROGRAM, "start"], env=cli.env | env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()

    def is_ready() -> bool:
        with contextlib.suppress(OSError):
            return server.call("GET", "/health/ready").status == 200
        return False

    try:
        assert sooner_or_later(is_ready)
        assert modes(home).keys() >= {"gassapi.db", "secret.key"}
        assert cli("db", "status", **env).code == 0
    finally:
        process.terminate()
    assert process.wait(10) == 0
    with process.stderr as errors:
        assert b"Traceback" not in errors.read()


@pytest.mark.parametrize(
    ("given", "address", "listens"),
    [
        ({}, "http://localhost:3000", "127.0.0.1:3000, for this machine only"),
        ({"host": "0.0.0.0"}, "http://localhost:3000", "0.0.0.0:3000, on all addresses"),  # noqa: S104 - a sample
        ({"host": "192.0.2.2"}, "http://192.0.2.2:3000", "192.0.2.2:3000"),
        ({"host": "2001:db8::1"}, "http://[2001:db8::1]:3000", "[2001:db8::1]:3000"),
        ({"public_url": PUBLIC}, PUBLIC, "127.0.0.1:3000, for a proxy on this machine"),
        ({"public_url": PUBLIC, "host": "192.0.2.2"}, PUBLIC, "192.0.2.2:3000"),
    ],
)
def test_the_banner_tells_the_address_and_where_it_listens(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    given: dict[str, str],
    address: str,
    listens: str,
) -> None:
    serve.announce(options.load(home=tmp_path, log_format="console", **given))
    shown = capsys.readouterr().out
    assert re.search(rf"│ address +{re.escape(address)} +│", shown)
    assert re.search(rf"│ listens +{re.escape(listens)}", shown)
    assert re.search(rf"│ docs +{re.escape(address)}/docs +│", shown)
    assert ("--host 0.0.0.0" in shown) == (not given)


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--host", "nowhere.invalid"], "Cannot listen on nowhere.invalid:"),
        (["--host", "192.0.2.1"], "Cannot listen on 192.0.2.1:"),
    ],
)
def test_an_address_that_cannot_be_had_is_a_sentence(cli: Cli, flags: list[str], says: str) -> None:
    refused = cli("start", *flags)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(f"Error: {says}")


def test_a_log_for_machines_ends_with_why_the_server_did_not_start(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = cli("start", "--port", str(port), GASSAPI_LOG_FORMAT="json")
    assert (refused.code, refused.out) == (1, "")
    *_, last = [json.loads(line) for line in refused.err.splitlines()]
    assert (last["level"], last["event"]) == ("error", "failed")
    assert last["reason"].startswith(f"Port {port} is taken.")
