"""``dev``: demo data from a database that is thrown away, and a restart on changed code."""

import shutil
import signal
import sys
from pathlib import Path

import pexpect
import pytest

import gassapi_backend
from tests.processes import Cli, Server, within
from tests.servers import free_port

PACKAGE = Path(gassapi_backend.__file__).parent


@pytest.fixture
def clone(tmp_path: Path) -> Cli:
    """An operator whose current folder has a copy of the code, which Python then prefers."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "gassapi_backend", ignore=ignored)
    shutil.copytree(PACKAGE.parent / "migrations", tmp_path / "migrations", ignore=ignored)
    return Cli(tmp_path)


def test_demo_data_is_served_anew_after_a_change_and_gone_in_the_end(clone: Cli) -> None:
    server = Server(clone, port=free_port())
    asked = pexpect.spawn(
        sys.executable,
        ["-m", "gassapi_backend", "dev", "--port", str(server.port)],
        env=clone.env | {"TMPDIR": str(clone.folder), "TERM": "dumb"},
        cwd=str(clone.folder),
        encoding="utf-8",
        dimensions=(40, 100),
        timeout=30,
    )
    asked.expect(r"sign in\s+(\S+) / (\S+)")
    email, password = asked.match.groups()
    asked.expect(r"gass_\w+")
    first = asked.match.group()
    assert server.sign_in(email, password)
    assert server.validate(first) == 200
    assert "Demo shop" in str(server.call("GET", "/api/v1/mcp/validate", token=first).body)
    asked.expect("request .*validate")  # logged for people

    answers = clone.folder / "gassapi_backend" / "server" / "service" / "handlers.py"
    answers.write_text(answers.read_text().replace('"alive"}', '"changed"}'))
    asked.expect(r"gass_\w+")
    second = asked.match.group()
    assert within(5, lambda: "changed" in str(server.call("GET", "/health/live").body))
    assert server.validate(second) == 200
    assert server.validate(first) == 200  # the database is still the same

    asked.sendintr()
    asked.expect(pexpect.EOF)
    assert "Traceback" not in asked.before
    assert asked.wait() == 0
    assert not clone.home.exists()
    assert not list(clone.folder.glob("gassapi-dev-*"))


def test_wrong_flags_are_a_sentence(cli: Cli) -> None:
    refused = cli("dev", "--port", "99999")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "GASSAPI_PORT" in refused.err


def test_a_termination_throws_the_data_away_too(cli: Cli) -> None:
    env = {"TMPDIR": str(cli.folder), "TERM": "dumb"}
    asked = cli.ask("dev", "--port", str(free_port()), **env)
    asked.expect("MCP token")
    asked.kill(signal.SIGTERM)
    asked.expect(pexpect.EOF)
    asked.wait()
    assert "Traceback" not in asked.before
    assert not list(cli.folder.glob("gassapi-dev-*"))
