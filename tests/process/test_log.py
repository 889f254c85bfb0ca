"""The log of a server: JSON for machines, lines for people."""

import re
import socket
import time

import pytest

from tests.process.running import log_lines
from tests.processes import PROGRAM, Cli, Server


@pytest.mark.parametrize("workers", ["1", "2"])
def test_machines_get_json_lines_from_the_first_to_the_last(cli: Cli, workers: str) -> None:
    cli.user()
    with Server(cli, program=PROGRAM, env={"GASSAPI_WORKERS": workers}) as server:
        access = server.sign_in()["accessToken"]
        server.call("GET", "/api/v1/users/profile", access=access)
    lines = log_lines(server)
    assert server.printed == ""
    assert lines[0]["event"] == "starting"
    assert lines[-1]["event"] == "stopped"
    (ready,) = [line for line in lines if line["event"] == "listening"]
    assert ready["address"] == f"http://localhost:{server.port}"
    assert ready["on"] == f"127.0.0.1:{server.port}"
    (line,) = [line for line in lines if line.get("path") == "/api/v1/users/profile"]
    assert (line["event"], line["level"], line["ip"]) == ("request", "info", "127.0.0.1")
    assert line["userId"] == cli.rows("SELECT id FROM users")[0][0]


def test_people_get_lines_with_address_and_user(cli: Cli) -> None:
    user_id = cli.user()["id"]
    with Server(cli, program=PROGRAM, env={"GASSAPI_LOG_FORMAT": "console"}) as server:
        access = server.sign_in()["accessToken"]
        project = server.project(access)
        token = cli("token", "issue").out.strip()
        server.call("GET", f"/api/v1/projects/{project['id']}/collections", token=token)
        server.call("GET", "/%1b[2J/nowhere")
    (token_id,) = cli.rows("SELECT id FROM mcp_tokens")[0]
    for line in (
        rf"POST /api/v1/projects 201 \d+ms 127\.0\.0\.1 {user_id} ",
        rf"GET \S+/collections 200 \d+ms 127\.0\.0\.1 {user_id} by token {token_id} ",
        r"/nowhere 404 \d+ms 127\.0\.0\.1 - ",
    ):
        assert re.search(line, server.log), line
    assert "\x1b" not in server.log


def test_a_request_that_took_long_is_a_warning(cli: Cli) -> None:
    with (
        Server(cli, program=PROGRAM) as server,
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        body = b'{"email": "you@example.com", "password": "wrong horse 42"}'
        head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body[:10])
        time.sleep(1.2)
        client.sendall(body[10:])
        while client.recv(4096):
            pass
        server.call("GET", "/health")
    levels = {line["path"]: line["level"] for line in log_lines(server) if "path" in line}
    assert levels["/api/v1/auth/login"] == "warning"
    assert levels["/health"] == "info"
