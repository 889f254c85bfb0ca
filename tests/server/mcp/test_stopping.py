"""A server that is asked to stop, or killed, with calls of assistants open."""

import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Cli, Server

CLIENTS = 4


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    cli = Cli(tmp_path, GASSAPI_RATE_LIMITS="off")
    cli.user()
    return cli


class Assistant(threading.Thread):
    """Creates collections, one after the other, until the server is gone."""

    def __init__(self, server: Server, token: str, number: int) -> None:
        super().__init__()
        self.number = number
        self.made: list[str] = []
        self.others: list[Any] = []
        self._server = server
        self._token = token

    def run(self) -> None:
        """Call, and note what was answered."""
        for count in range(10_000):
            name = f"{self.number} {count}"
            params = {"name": "create_collection", "arguments": {"name": name}}
            body = {"jsonrpc": "2.0", "id": count, "method": "tools/call", "params": params}
            try:
                answer = self._server.call("POST", "/mcp", body, token=self._token)
            except OSError:
                return
            if answer.status == 200 and not answer.body["result"]["isError"]:
                self.made.append(name)
            else:
                self.others.append(answer)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_answered_is_there_and_the_server_ends(cli: Cli, number: signal.Signals) -> None:
    with Server(cli) as server:
        access = server.sign_in()["accessToken"]
        project = server.project(access)
        token = cli("token", "issue", "--project", project["id"], "--scope", "write").out.strip()
        assistants = [Assistant(server, token, one) for one in range(CLIENTS)]
        for one in assistants:
            one.start()
        while sum(len(one.made) for one in assistants) < 3 * CLIENTS:
            assert not any(one.others for one in assistants), assistants[0].others
        server.signal(number)
        code = server.wait()
        for one in assistants:
            one.join()
        assert code == (0 if number is signal.SIGTERM else -number)
    made = {name for one in assistants for name in one.made}
    stored = {row[0] for row in cli.rows("SELECT name FROM collections")}
    assert made <= stored
    assert len(stored - made) <= CLIENTS  # carried out, but the answer did not get through
    audited = {
        row[0]
        for row in cli.rows(
            "SELECT resource_name FROM audit_log WHERE action = 'collection_created'"
        )
    }
    assert audited == stored
