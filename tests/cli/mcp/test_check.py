"""``mcp test``: says that a server works, or what is wrong with it, in a sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.fake import TOKEN, Asked, Reply, answered, fake
from tests.mailbox import certificate
from tests.processes import Cli, Server
from tests.servers import free_port


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


def test_a_real_server_works_with_a_token_of_either_scope(server: Server) -> None:
    access = server.sign_in()["accessToken"]
    server.project(access)
    for scope, says in (("read", "only reads"), ("write", "reads and writes")):
        token = server.cli("token", "issue", "--scope", scope).out.strip()
        done = server.cli("mcp", "test", GASSAPI_TOKEN=token)
        assert done.code == 0, done.text
        assert says in done.out
        assert "2026-07-28" in done.out
        assert "✗" not in done.out
        assert token not in done.text
        found = server.cli(
            "mcp", "test", "--token-stdin", "--json", typed=f"\ufeff{token}\r\n"
        ).json
        assert found["works"]
        assert [step["name"] for step in found["steps"]] == [
            *("handshake", "discovery", "tools", "call")
        ]


def test_a_token_that_was_revoked_is_named(server: Server) -> None:
    issued = server.cli("token", "issue", "--json").json
    server.cli("token", "revoke", issued["id"])
    done = server.cli("mcp", "test", "--json", GASSAPI_TOKEN=issued["token"])
    assert done.code == 1
    assert done.json["problem"]["code"] in ("token", "forbidden")
    assert "revoked" in done.json["problem"]["message"]


def working(asked: Asked) -> Reply:
    message = asked.message
    said: dict[str, Any] = {
        "initialize": {"protocolVersion": "2025-11-25", "serverInfo": {"name": "Fake"}},
        "server/discover": {"supportedVersions": ["2026-07-28"]},
        "tools/list": {"tools": [{"name": "get_project_context"}]},
        "tools/call": {"content": []},
    }[message["method"]]
    return Reply(200, answered(message["id"], said))


def instead(method: str, reply: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: reply if asked.message["method"] == method else working(asked)


VERSION = {"code": -32022, "message": "No.", "data": {"supported": ["2030-01-01"]}}


@pytest.mark.parametrize(
    ("method", "reply", "code", "says"),
    [
        ("initialize", Reply(401), "token", "does not accept this token"),
        ("initialize", Reply(404), "not-mcp", "no MCP server at that address"),
        ("initialize", Reply(405), "not-mcp", "does not accept MCP messages"),
        ("initialize", Reply(200, b"<html>", "text/html"), "web-page", "A web page answers"),
        (
            "initialize",
            Reply(301, headers={"Location": "https://x.example/mcp"}),
            "redirect",
            "x.e",
        ),
        ("initialize", Reply(200, answered(1, {})), "not-mcp", "not as an MCP server"),
        ("initialize", Reply(None), "unreachable", "ended before the answer"),
        ("initialize", Reply(502), "away", "cannot reach the server"),
        (
            "initialize",
            Reply(403, b'{"error": {"message": "This MCP server does not answer to the name x."}}'),
            "forbidden",
            "does not answer to the name",
        ),
        (
            "server/discover",
            Reply(400, json.dumps({"jsonrpc": "2.0", "id": 1, "error": VERSION}).encode()),
            "version",
            "2030-01-01",
        ),
        ("tools/list", Reply(200, answered(1, {"tools": []})), "not-gassapi", "no tool"),
        (
            "tools/call",
            Reply(200, answered(1, {"isError": True, "content": [{"text": "The database."}]})),
            "call",
            "The database.",
        ),
    ],
)
def test_what_is_wrong_is_said(cli: Cli, method: str, reply: Reply, code: str, says: str) -> None:
    with fake(instead(method, reply)) as server:
        flags = ["mcp", "test", "--url", server.url]
        done = cli(*flags, "--json", GASSAPI_TOKEN=TOKEN)
        assert done.code == 1
        assert done.json["problem"]["code"] == code
        assert says in done.json["problem"]["message"]
        shown = cli(*flags, GASSAPI_TOKEN=TOKEN)
        assert shown.code == 1
        assert f"✗ {done.json['problem']['message']}" in shown.out
        assert TOKEN not in done.text + shown.text


def test_a_server_that_is_away_or_has_no_such_name_is_said(cli: Cli) -> None:
    for url, says in (
        (f"http://127.0.0.1:{free_port()}", "Nothing listens there"),
        ("http://nowhere.invalid", "no host of that name"),
    ):
        done = cli("mcp", "test", "--url", url, GASSAPI_TOKEN=TOKEN)
        assert done.code == 1
        assert says in done.out


def test_tls_that_is_none_is_said(cli: Cli) -> None:
    with fake() as server:
        url = server.url.replace("http:", "https:")
        done = cli("mcp", "test", "--url", url, GASSAPI_TOKEN=TOKEN)
        assert "does not speak TLS" in done.out
        assert server.asked == []


def test_a_certificate_that_is_not_trusted_is_said(cli: Cli, tmp_path: Path) -> None:
    file, context = certificate(tmp_path)
    with fake(working, tls=context) as server:
        url = server.url.replace("http:", "https:")
        done = cli("mcp", "test", "--url", url, GASSAPI_TOKEN=TOKEN)
        assert done.code == 1
        assert "certificate is not trusted" in done.out
        assert server.asked == []
        done = cli("mcp", "test", "--url", url, GASSAPI_TOKEN=TOKEN, SSL_CERT_FILE=str(file))
        assert done.code == 0, done.text


@pytest.mark.parametrize("token", ["${GASSAPI_TOKEN}", "<token>"])
def test_what_is_no_token_is_not_sent(cli: Cli, token: str) -> None:
    with fake() as server:
        done = cli("mcp", "test", "--url", server.url, GASSAPI_TOKEN=token)
        assert done.code == 1
        assert server.asked == []


def test_without_a_token_it_says_where_it_belongs(cli: Cli) -> None:
    done = cli("mcp", "test", "--url", "http://localhost:9")
    assert done.code == 2
    assert "GASSAPI_TOKEN" in done.err
