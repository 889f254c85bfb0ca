"""A server keeps its SQLite file although it is opened again, in it and by commands."""

from pathlib import Path

import pytest

from tests.processes import PASSWORD, Cli, Server

pytestmark = pytest.mark.engines("sqlite")


def test_a_command_after_a_verification_takes_no_log_from_the_running_server(
    tmp_path: Path,
) -> None:
    cli = Cli(tmp_path, GASSAPI_RATE_LIMITS="off")
    with Server(cli) as server:
        cli.user("root@example.com", "Root", "--admin")
        root = server.sign_in("root@example.com")["accessToken"]
        for path in ("/audit/verification", "/doctor"):  # each opens the database once more
            assert server.call("GET", f"/api/v1{path}", access=root).status == 200
        for number in range(3):
            email = f"new{number}@example.com"
            cli.user(email, "New")
            new = {"email": email, "password": PASSWORD}
            answer = server.call("POST", "/api/v1/auth/login", new)
            assert answer.status == 200, answer.body
        server.project(root)
        assert [path.name for path in cli.home.glob("*-wal")] != []
    assert cli.rows("SELECT COUNT(*) FROM projects") == [(1,)]
