"""``mcp stdio``: every message gets through or is answered, whatever becomes of the server."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gassapi_backend
from tests.bridge.fake import TOKEN, Asked, Bridge, Fake, Reply, answered, bridge, fake, result
from tests.processes import PROGRAM, environment
from tests.servers import free_port
from tests.waiting import sooner_or_later

BUNDLED = Path(gassapi_backend.__path__[0]) / "mcp_clients" / "bridge.js"
MODERN = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}


@pytest.fixture
def server() -> Iterator[Fake]:
    with fake() as server:
        yield server


@pytest.fixture(params=["python", "node"])
def program(request: pytest.FixtureRequest) -> list[str]:
    """The bridge of the command line, and that in the bundle for Claude Desktop."""
    if request.param == "python":
        return []
    if not (node := shutil.which("node")):
        pytest.skip("there is no Node.js here")
    return [node, str(BUNDLED)]


@pytest.fixture
def client(server: Fake, tmp_path: Path, program: list[str]) -> Iterator[Bridge]:
    with bridge(server.url, tmp_path, program) as client:
        yield client


def test_a_request_goes_to_the_server_with_the_token_and_its_answer_comes_back(
    server: Fake, client: Bridge
) -> None:
    assert client.ask("tools/list") == json.loads(answered(1, {"method": "tools/list"}))
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/mcp")
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["Content-Type"] == "application/json"
    assert "text/event-stream" in asked.headers["Accept"]


def test_it_ends_when_its_input_ends_and_says_nothing_else(client: Bridge) -> None:
    client.ask("ping")
    assert client.end() == 0
    assert client.lines.get(timeout=5) is None
    assert client.errors == b""


def test_a_message_is_passed_on_byte_for_byte(server: Fake, client: Bridge) -> None:
    line = '{"jsonrpc": "2.0",  "id": "ä\\ud800", "method":"x", "big": 1e999, "é": 0.10}'.encode()
    server.answering = lambda _: Reply(200, b'{"jsonrpc":"2.0",\n"id":1,\r\n"result":{"a": 1.50}}')
    client.send(line)
    assert client.lines.get(timeout=20) == b'{"jsonrpc":"2.0", "id":1,  "result":{"a": 1.50}}\n'
    assert server.asked[0].body == line


def test_the_agreed_version_is_sent_after_initialize(server: Fake, client: Bridge) -> None:
    client.ask("initialize", protocolVersion="2025-06-18")
    client.ask("tools/list")
    first, second = server.asked
    assert "MCP-Protocol-Version" not in first.headers
    assert second.headers["MCP-Protocol-Version"] == "2025-06-18"
    assert "Mcp-Method" not in second.headers


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("get_endpoint", "get_endpoint"),
        ("größe", "=?base64?Z3LDtsOfZQ==?="),
        (" a", "=?base64?IGE=?="),
        ("a\r\nX-Evil: 1", "=?base64?YQ0KWC1FdmlsOiAx?="),
        ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
    ],
)
def test_a_modern_message_says_in_headers_what_it_is(
    server: Fake, client: Bridge, name: str, sent: str
) -> None:
    client.ask("tools/call", name=name, arguments={}, **MODERN)
    headers = server.asked[0].headers
    assert headers["MCP-Protocol-Version"] == "2026-07-28"
    assert headers["Mcp-Method"] == "tools/call"
    assert headers["Mcp-Name"] == sent
    assert "X-Evil" not in headers


def test_a_notification_is_passed_on_and_not_answered(server: Fake, client: Bridge) -> None:
    client.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert client.ask("ping", 2)["id"] == 2
    assert sooner_or_later(lambda: len(server.asked) == 2)
    assert client.end() == 0
    assert client.lines.get(timeout=5) is None


def test_messages_of_a_stream_come_as_they_are_sent(server: Fake, client: Bridge) -> None:
    goes_on = threading.Event()
    progress = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}}
    server.answering = lambda _: Reply(
        200,
        media_type="text/event-stream; charset=utf-8",
        chunks=[
            b": hello\r\n\r\nevent: message\r\ndata: "
            + json.dumps(progress).encode()
            + b"\r\n\r\n",
            goes_on,
            b'data: {"jsonrpc": "2.0",\ndata: "id": 1, "result": {}}\n\n',
        ],
    )
    assert client.ask("tools/call") == progress
    goes_on.set()
    assert client.next() == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_a_stream_that_breaks_off_is_an_error_with_the_id(server: Fake, client: Bridge) -> None:
    server.answering = lambda _: Reply(
        200, media_type="text/event-stream", chunks=[b'data: {"jsonrpc": "2.0", "method": "x"}\n\n']
    )
    assert client.ask("tools/call", "a")["method"] == "x"
    refused = client.next()
    assert refused["id"] == "a"
    assert "may have been carried out" in refused["error"]["message"]


def test_slow_requests_do_not_hold_others(server: Fake, client: Bridge) -> None:
    goes_on = threading.Event()

    def answering(asked: Asked) -> Reply:
        if asked.message["method"] == "slow":
            goes_on.wait(20)
        return result(asked)

    server.answering = answering
    client.send({"jsonrpc": "2.0", "id": 1, "method": "slow"})
    assert client.ask("ping", 2)["id"] == 2
    goes_on.set()
    assert client.next()["id"] == 1


def test_a_request_that_is_taken_back_is_ended_and_not_answered(
    server: Fake, client: Bridge
) -> None:
    goes_on, came = threading.Event(), threading.Event()

    def answering(asked: Asked) -> Reply:
        if asked.message["method"] == "slow":
            came.set()
            return Reply(200, media_type="text/event-stream", chunks=[b":\n\n", goes_on, b":\n\n"])
        return result(asked)

    server.answering = answering
    client.send({"jsonrpc": "2.0", "id": "1", "method": "slow"})
    assert came.wait(20)
    client.send(
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "1"}}
    )
    assert client.ask("ping", 1)["id"] == 1
    goes_on.set()
    assert client.end() == 0
    assert client.lines.get(timeout=5) is None


def test_what_is_read_waits_while_the_server_restarts(tmp_path: Path, program: list[str]) -> None:
    port = free_port()
    with bridge(f"http://127.0.0.1:{port}", tmp_path, program) as client:
        with fake(port=port):
            assert client.ask("tools/list")["id"] == 1
        for id_, method in enumerate(["tools/list", "tools/call"]):
            client.send({"jsonrpc": "2.0", "id": id_, "method": method})
        threading.Event().wait(0.5)
        with fake(port=port) as server:
            assert {client.next()["result"]["method"] for _ in "12"} == {"tools/list", "tools/call"}
            assert len(server.asked) == 2


def test_a_call_that_may_have_been_carried_out_is_not_sent_again(
    server: Fake, client: Bridge
) -> None:
    server.answering = lambda _: Reply(None)
    refused = client.ask("tools/call", 7, name="delete_flow", arguments={})
    assert refused["id"] == 7
    assert "may have been carried out" in refused["error"]["message"]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("tools/list", {}), ("tools/call", {"idempotency_key": "k"})],
)
def test_what_does_no_harm_is_sent_again(
    server: Fake, client: Bridge, method: str, arguments: dict[str, Any]
) -> None:
    replies = [Reply(None), Reply(502, b"<html>", "text/html"), Reply(503)]
    server.answering = lambda asked: replies.pop(0) if replies else result(asked)
    assert client.ask(method, 3, name="x", arguments=arguments)["result"]["method"] == method
    assert len(server.asked) == 4


def test_a_server_that_wants_to_be_left_alone_for_long_is_an_error(
    server: Fake, client: Bridge
) -> None:
    body = b'{"error": {"code": "RATE_LIMITED", "message": "Too many requests."}}'
    server.answering = lambda _: Reply(429, body, headers={"Retry-After": "900"})
    assert client.ask("tools/call")["error"]["message"] == "Too many requests."
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (
            Reply(401, b'{"error": {"message": "This token is\\u0007 revoked."}}'),
            "token is  revoked",
        ),
        (Reply(401), "does not accept this token"),
        (Reply(404), "no MCP server at that address"),
        (Reply(405), "does not accept MCP messages"),
        (Reply(302, headers={"Location": "https://evil.example/mcp?x"}), "https://evil.example"),
        (Reply(308, headers={"Location": "/mcp/"}), "redirects to /mcp/"),
        (Reply(200, b"<html>Sign in</html>", "text/html"), "A web page answers"),
        (Reply(403, b"<html>", "text/html"), "A web page answers"),
        (Reply(200, b"[]"), "does not speak MCP"),
        (Reply(200, b'{"ok": true}'), "does not speak MCP"),
        (Reply(500, b"oops", "text/plain"), "The server failed"),
        (Reply(504, b"", "text/plain"), "cannot reach the server"),
        (Reply(202), "does not speak MCP"),
    ],
)
def test_what_is_no_answer_is_explained_with_the_id(
    server: Fake, client: Bridge, reply: Reply, says: str
) -> None:
    server.answering = lambda _: reply
    refused = client.ask("tools/call", "x")
    assert refused["id"] == "x"
    assert says in refused["error"]["message"]
    assert client.ask("tools/call", 2)["id"] == 2
    assert len(server.asked) == 2  # no redirect was followed
    assert TOKEN not in json.dumps(refused)
    assert client.end() == 0
    assert TOKEN.encode() not in client.errors


@pytest.mark.parametrize("status", [200, 400, 404])
def test_an_error_of_the_protocol_is_passed_on(server: Fake, client: Bridge, status: int) -> None:
    said = {"code": -32022, "message": "Unsupported", "data": {"supported": ["2026-07-28"]}}
    body = json.dumps({"jsonrpc": "2.0", "id": None, "error": said}).encode()
    server.answering = lambda _: Reply(status, body)
    assert client.ask("server/discover", 5) == {"jsonrpc": "2.0", "id": 5, "error": said}


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[" * 50_000,
        b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]',
        b'{"jsonrpc": "2.0", "id": ' + b"9" * 5_000 + b', "method": "ping"}',
        b"\xff\xfe",
        b'{"jsonrpc": "2.0", "id": null, "method": 5}',
        b'{"jsonrpc": "2.0", "id": [[]], "method": "ping", "params": [1]}',
    ],
)
def test_what_is_no_message_is_for_the_server_to_refuse(
    server: Fake, client: Bridge, line: bytes
) -> None:
    server.answering = lambda _: Reply(
        400, b'{"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "No."}}'
    )
    client.send(line)
    assert client.next()["error"]["message"] == "No."
    assert server.asked[0].body == line


def test_answers_under_way_come_when_the_input_ends(server: Fake, client: Bridge) -> None:
    goes_on = threading.Event()

    def answering(asked: Asked) -> Reply:
        goes_on.wait(20)
        return result(asked)

    server.answering = answering
    client.send({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert sooner_or_later(lambda: bool(server.asked))
    assert client.process.stdin
    client.process.stdin.close()
    goes_on.set()
    assert client.process.wait(30) == 0
    assert client.next()["id"] == 1


def test_a_subscription_does_not_keep_it_when_the_input_ends(server: Fake, client: Bridge) -> None:
    never = threading.Event()
    server.answering = lambda _: Reply(
        200, media_type="text/event-stream", chunks=[b'data: {"a": 1}\n\n', never]
    )
    assert client.ask("subscriptions/listen") == {"a": 1}
    assert client.end() == 0
    never.set()


def test_a_client_that_is_gone_does_not_keep_it(server: Fake, tmp_path: Path) -> None:
    line = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n'
    with subprocess.Popen(
        [*PROGRAM, "mcp", "stdio", "--url", server.url],
        env=environment(tmp_path, GASSAPI_TOKEN=TOKEN),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(line)
        process.stdin.flush()
        assert process.wait(30) == 0  # its input is still open
        assert process.stderr.read() == b""


def test_many_at_once_are_all_answered(server: Fake, client: Bridge) -> None:
    for id_ in range(200):
        client.send({"jsonrpc": "2.0", "id": id_, "method": "ping"})
    found = [client.next() for _ in range(200)]
    assert {one["id"] for one in found if "result" in one} == set(range(200))


def test_a_proxy_of_the_environment_is_used_unless_it_is_told_not_to(tmp_path: Path) -> None:
    with fake() as proxy:
        url = "http://gassapi.invalid:1234/sub"
        with bridge(url, tmp_path, http_proxy=proxy.url.replace("//", "//me:pass@")) as client:
            assert client.ask("ping")["result"] == {"method": "ping"}
        assert proxy.asked[0].path == "http://gassapi.invalid:1234/sub/mcp"
        assert proxy.asked[0].headers["Proxy-Authorization"] == "Basic bWU6cGFzcw=="
        with (
            fake() as server,
            bridge(server.url, tmp_path, http_proxy=proxy.url, no_proxy="127.0.0.1") as client,
        ):
            assert client.ask("ping")["result"] == {"method": "ping"}
        assert len(proxy.asked) == 1
