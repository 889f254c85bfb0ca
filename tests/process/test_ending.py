"""A server that is told to end finishes what it has begun, and waits for nobody who hangs."""

import contextlib
import http.client
import json
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.process.running import NO_LIMITS, log_lines
from tests.processes import PROGRAM, Cli, Server
from tests.waiting import sooner_or_later


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def upload(server: Server, access: str, go: threading.Event) -> bytes:
    """Send half of a request, and the other half when told to; return the answer."""
    body = json.dumps({"name": "Uploaded slowly"}).encode()
    head = (
        "POST /api/v1/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {access}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as client:
        client.sendall(head.encode() + body[:9])
        if not go.wait(10):
            return b""
        client.sendall(body[9:])
        return client.recv(65536)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_requests_under_way_are_finished_before_the_end(cli: Cli, workers: str) -> None:
    cli.env |= {"GASSAPI_PASSWORD_ROUNDS": "11", **NO_LIMITS}
    people = [f"{number}@example.com" for number in range(3)]
    for email in people:
        cli.user(email)
    go = threading.Event()
    with (
        Server(cli, program=PROGRAM, flags=["--workers", workers]) as server,
        ThreadPoolExecutor() as pool,
    ):
        access = server.sign_in(people[0])["accessToken"]
        idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
        idle.request("GET", "/health/live")
        assert idle.getresponse().read()
        logins = [pool.submit(server.sign_in, email) for email in people]
        half = pool.submit(upload, server, access, go)
        time.sleep(0.2)  # until they are all being worked on
        server.signal(signal.SIGTERM)
        assert sooner_or_later(lambda: not is_listening(server.port))
        go.set()
        assert b" 201 " in half.result()
        assert all(login.result()["accessToken"] for login in logins)
        assert server.wait(10) == 0
        idle.close()
    lines = log_lines(server)
    logged = Counter((line.get("path"), line.get("status")) for line in lines)
    assert logged["/api/v1/auth/login", 200] == 4
    assert not [line for line in lines if line["level"] == "error"]
    names = [project["name"] for project in cli("project", "list", "--json").json]
    assert names == ["Uploaded slowly"]


def read_slowly(server: Server, path: str, access: str, go: threading.Event) -> bytes:
    """Ask for something, take a little of it, and the rest when told to; return the answer."""
    head = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Bearer {access}\r\n\r\n"
    )
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.settimeout(15)
        client.connect(("127.0.0.1", server.port))
        client.sendall(head.encode())
        found = client.recv(100)
        go.wait(10)
        while piece := client.recv(65536):
            found += piece
    return found


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_export_that_is_being_written_is_written_to_its_end(cli: Cli, workers: str) -> None:
    cli.user()
    go = threading.Event()
    with (
        Server(cli, program=PROGRAM, flags=["--workers", workers]) as server,
        ThreadPoolExecutor() as pool,
    ):
        access = server.sign_in()["accessToken"]
        copy_sessions(cli, 20_000)
        read = pool.submit(read_slowly, server, "/api/v1/users/export", access, go)
        time.sleep(1)  # until it waits to be taken
        server.signal(signal.SIGTERM)
        assert sooner_or_later(lambda: not is_listening(server.port))
        time.sleep(2.5)  # longer than anything waits for those who take nothing at the very end
        go.set()
        export = read.result()
        assert server.wait(10) == 0
    assert export.endswith(b"\r\n0\r\n\r\n")
    assert export.count(b"0" * 400) >= 20_000


def copy_sessions(cli: Cli, times: int) -> None:
    """Make copies of the only session, each with a long name for its browser."""
    columns = [name for (name,) in cli.rows("SELECT name FROM pragma_table_info('sessions')")]
    other = {"id": "printf('%036d', n)", "user_agent": "hex(zeroblob(200))"}
    values = ", ".join(other.get(column, f"s.{column}") for column in columns)
    cli.rows(
        f"INSERT INTO sessions ({', '.join(columns)}) "  # noqa: S608 - the table's columns
        f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers "
        f"WHERE n < {times}) SELECT {values} FROM sessions s, numbers"
    )


def test_a_client_that_hangs_does_not_keep_the_server(cli: Cli) -> None:
    cli.user()
    never = threading.Event()
    with Server(cli, program=PROGRAM) as server, ThreadPoolExecutor(1) as pool:
        access = server.sign_in()["accessToken"]
        hung = pool.submit(upload, server, access, never)
        time.sleep(0.3)
        server.signal(signal.SIGTERM)
        assert server.wait(10) == 0
        never.set()
        with contextlib.suppress(OSError):
            assert hung.result() == b""
    log_lines(server)
    assert cli("project", "list", "--json").json == []


def test_a_second_signal_ends_the_server_at_once(cli: Cli) -> None:
    cli.user()
    never = threading.Event()
    with Server(cli, program=PROGRAM) as server, ThreadPoolExecutor(1) as pool:
        access = server.sign_in()["accessToken"]
        hung = pool.submit(upload, server, access, never)
        time.sleep(0.3)
        server.signal(signal.SIGINT)
        assert sooner_or_later(lambda: not is_listening(server.port))
        time.sleep(0.4)  # sooner, it would count as the first one's echo
        server.signal(signal.SIGINT)
        server.wait(3)
        never.set()
        with contextlib.suppress(OSError):
            hung.result()
    log_lines(server)
