"""A database that goes away, or is busy for long, in the middle of an assistant's work."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.processes import Answer, Cli, Server


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path, GASSAPI_RATE_LIMITS="off")


def connect(cli: Cli, server: Server) -> str:
    """Return the token of an assistant in a new project."""
    project = server.project(server.sign_in()["accessToken"])
    return cli("token", "issue", "--project", project["id"], "--scope", "write").out.strip()


def call(server: Server, token: str, tool: str, **arguments: Any) -> Answer:
    """Call a tool."""
    params = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return server.call("POST", "/mcp", body, token=token)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the lock of a file of SQLite, as another program may."""
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        yield
        held.execute("ROLLBACK")


def test_a_write_waits_for_a_program_that_holds_the_file_and_others_read_on(cli: Cli) -> None:
    cli.user()
    with Server(cli) as server, ThreadPoolExecutor(1) as aside:
        token = connect(cli, server)
        call(server, token, "get_project_context")
        with writing(cli.home / "gassapi.db"):
            write = aside.submit(call, server, token, "create_collection", name="Found")
            for _ in range(5):
                assert not call(server, token, "list_endpoints").body["result"]["isError"]
            assert not write.done()
        assert not write.result().body["result"]["isError"]
    assert cli.rows("SELECT name FROM collections") == [("Found",)]
    written = "SELECT COUNT(*) FROM audit_log WHERE action = 'collection_created'"
    assert cli.rows(written) == [(1,)]


def test_a_database_server_that_is_gone_is_said_in_words_until_it_is_back(cli: Cli) -> None:
    if "mariadb" not in servers.available() or not servers.PrivateMariaDb.is_installed():
        pytest.skip("there is no MariaDB installed to stop, or none is wanted")
    database = servers.PrivateMariaDb("--innodb-flush-log-at-trx-commit=1")  # survives a kill
    database.start()
    try:
        flags = ["--database-url", f"{database.url}/gassapi", "--no-admin"]
        assert cli("setup", *flags).code == 0
        cli.user()
        with Server(cli) as server:
            token = connect(cli, server)
            for _ in range(10):  # until it is so soon that it is known who asks
                call(server, token, "get_project_context")
                database.kill()
                refused = call(server, token, "create_collection", name="Lost")
                if refused.status == 200:
                    break
                database.run()
                server.wait_until_ready(30)
            assert "Try again" in _said(refused)
            assert "may have been carried out" in _said(refused)  # COMMIT may be what broke off
            assert "Nothing was written" not in _said(refused)
            time.sleep(1.1)  # nothing is remembered for longer
            refused = call(server, token, "create_collection", name="Lost")
            assert (refused.status, "Try again" in _said(refused)) == (503, True)
            database.run()
            server.wait_until_ready(30)
            made = call(server, token, "create_collection", name="Found").body["result"]
            assert not made["isError"]
            listed = call(server, token, "get_project_context").body["result"]["content"][0]
            assert "Lost" not in listed["text"]
    finally:
        database.stop()


def _said(answer: Answer) -> str:
    """Return what is said, in the protocol or before it."""
    if answer.status == 503:
        return str(answer.body["error"]["message"])
    return str(answer.body["result"]["content"][0]["text"])
