"""Log lines as they come from a real server: no link's token in them, and none that was forged."""

import json
import re
import socket
from pathlib import Path

import pytest

from gassapi_backend.server.access.link_tokens import make_link_token
from tests.processes import Cli, Server

TOKEN = make_link_token(b"k" * 32, "verify_email", "01a20200-0000-7000-8000-000000000000")
BEHIND = [
    "",
    "/",
    "/x",
    ".",
    ").",
    ",",
    "%20",
    "%22%3E",
    "=",
    "&x=1",
    ";x",
    "%0A",
    "~",
    "abc",
    "\u00e9",
]
FORGED = "FORGED 203.0.113.66 line"


@pytest.fixture(params=["json", "console"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Server:
    """A server whose log is for programs, and one whose log is for people."""
    return Server(Cli(tmp_path), env={"GASSAPI_LOG_FORMAT": request.param})


def send(server: Server, *lines: bytes) -> None:
    """Send requests as they are, each on a connection of its own."""
    for line in lines:
        with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
            connection.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
            while connection.recv(65536):
                pass


def test_the_token_of_a_link_is_in_no_log_whatever_stands_behind_it(server: Server) -> None:
    paths = ["verify", "reset", "invite", "api/v1/auth/verify", "api/v1/invitations", "nothing"]
    with server:
        for path in paths:
            for behind in BEHIND:
                target = f"/{path}/{TOKEN}{behind}".encode()
                send(server, b"GET " + target + b" HTTP/1.1", b"POST " + target + b" HTTP/1.1")
            encoded = "".join(f"%{ord(one):02x}" for one in TOKEN)
            broken = f"{TOKEN[:30]}=%0A{TOKEN[30:]}"
            for target in (encoded, broken, f"%20{TOKEN}", f"={TOKEN}", f"{TOKEN}?{TOKEN}"):
                if path != "nothing" or target not in (broken,):
                    send(server, f"GET /{path}/{target} HTTP/1.1".encode())
            send(
                server,
                f"GET /{path}/{TOKEN} HTTP/9.9".encode(),
                f"G\x01T /{path}/{TOKEN} HTTP/1.1".encode(),
                f"GET /{path}/{TOKEN} x HTTP/1.1".encode(),
                f"GET /{path}/{TOKEN} HTTP/1.1\r\nReferer: https://x.example/{path}/{TOKEN}".encode(),
            )
    assert TOKEN not in server.log
    assert TOKEN[30:] not in server.log
    assert "/verify/" in server.log


def test_nothing_that_was_sent_begins_a_line_of_the_log(server: Server) -> None:
    breaks = [
        "%0A",
        "%0D",
        "%0D%0A",
        "%C2%85",
        "%E2%80%A8",
        "%E2%80%A9",
        "%0B",
        "%0C",
        "%1B%5B2K%0D",
    ]
    forged = FORGED.replace(" ", "%20")
    with server:
        for one in breaks:
            send(
                server,
                f"GET /x{one}{forged} HTTP/1.1".encode(),
                f"GET /x HTTP/1.1\r\nUser-Agent: x{one}{forged}\r\nX-Request-Id: {one}".encode(),
            )
        body = {"email": f"a@b\n{FORGED}\u0085{FORGED}\u2028{FORGED}", "password": "wrong horse 42"}
        server.call("POST", "/api/v1/auth/login", body)
    lines = [line for line in server.log.splitlines() if line]  # at every break that Unicode knows
    assert any("FORGED" in line for line in lines)
    assert not [line for line in lines if line.startswith("FORGED")]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", server.log)
    for line in lines:
        if server.env["GASSAPI_LOG_FORMAT"] == "json":
            assert json.loads(line)["event"]
        else:
            assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z \[", line), line
