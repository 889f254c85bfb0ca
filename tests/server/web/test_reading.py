"""What holds for every answer: headers, methods, addresses, other origins, broken HTTP."""

import asyncio
import gzip
import json
import re
import zlib
from collections.abc import Callable

import pytest
from aiohttp import ClientResponse
from structlog.testing import capture_logs

from gassapi_backend.server.routes import ROUTES
from tests.conftest import Api, Serve, everything
from tests.server.samples import request_for
from tests.server.toured import toured

ORIGIN = "https://app.example.com"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Server": "gassapi",
}


def check_headers(response: ClientResponse) -> None:
    """Check that an answer has the headers that the contract promises of every one."""
    wanted = dict(HEADERS)
    if response.headers.get("X-Robots-Tag"):  # a page whose address is a secret
        wanted["Referrer-Policy"] = "no-referrer"
    assert {name: response.headers.get(name) for name in HEADERS} == wanted
    assert response.headers["X-Request-Id"]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


async def test_every_route_answers_with_the_contracts_headers(engine: str, api: Api) -> None:
    for visit in (await toured(engine, api)).visits:
        check_headers(visit.response)


async def test_every_refusal_carries_the_contracts_headers(api: Api) -> None:
    ids = dict.fromkeys([name for route in ROUTES for name in route.parameters], "x")
    for route in ROUTES:
        method, path, _ = request_for(route, **ids)
        check_headers(await api.call(method, path, base="", data=b"{"))
        check_headers(await api.call(method, path, "made.up.token", base="", data=b"{"))


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/api/v1", "/api/v1/", "/api/v2/health", "/docs/", "/%00", "/..%2f", "/%ff"],
)
async def test_an_address_with_nothing_at_it_is_404(api: Api, path: str) -> None:
    response = await api.call("GET", path, base="")
    check_headers(response)
    body = await response.json()
    assert (response.status, body["error"]["code"]) == (404, "NOT_FOUND")
    assert body["requestId"] == response.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/projects", {"GET", "HEAD", "POST"}),
        ("POST", "/users/profile", {"GET", "HEAD", "PUT", "PATCH"}),
        ("GET", "/auth/login", {"POST"}),
        ("PATCH", "/users/password", {"PUT"}),  # not somebody whose id is "password"
        ("GET", "/users/account", {"DELETE"}),
        ("OPTIONS", "/users/stats", {"GET", "HEAD"}),
        ("GET", "/invitations/accept", {"POST"}),
        ("OPTIONS", "/auth/login", {"POST"}),
        ("TRACE", "/health", {"GET", "HEAD"}),
        ("PROPFIND", "/projects/x", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
    ],
)
async def test_another_method_is_405_and_told_which_there_are(
    api: Api, method: str, path: str, allowed: set[str]
) -> None:
    response = await api.call(method, path)
    check_headers(response)
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == allowed


async def test_head_answers_as_get_without_a_body(api: Api) -> None:
    ann = await api.person()
    await api.project(ann)
    for path, who in {"/projects": ann, "/health/live": None, "/users/profile": None}.items():
        whole = await api.call("GET", path, who)
        head = await api.call("HEAD", path, who)
        assert (head.status, await head.read()) == (whole.status, b"")
        assert head.headers["Content-Length"] == str(len(await whole.read()))


async def test_a_preflight_of_an_allowed_origin_is_answered(serve: Serve) -> None:
    api = await serve(cors_origins=[ORIGIN])
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,if-match",
    }
    for path in ("/projects/x", "/auth/login", "/nowhere"):
        response = await api.call("OPTIONS", path, headers=headers)
        assert (response.status, await response.read()) == (204, b"")
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
        allowed = response.headers["Access-Control-Allow-Headers"].lower()
        assert {"authorization", "content-type", "if-match", "x-mcp-token"} <= set(
            allowed.split(", ")
        )
        assert "Origin" in response.headers["Vary"]


async def test_an_allowed_origin_reads_answers_and_refusals(serve: Serve) -> None:
    api = await serve(cors_origins=[ORIGIN])
    ann = await api.person()
    for path, who in {"/projects": ann, "/users/profile": None, "/nowhere": None}.items():
        response = await api.call("GET", path, who, headers={"Origin": ORIGIN})
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "ETag" in response.headers["Access-Control-Expose-Headers"]
        assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", ORIGIN + ".evil.example", ORIGIN + ":444", "*"]
)
async def test_another_origin_is_allowed_nothing(serve: Serve, origin: str) -> None:
    api = await serve(cors_origins=[ORIGIN])
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for method in ("OPTIONS", "GET"):
        response = await api.call(method, "/projects", headers=headers)
        assert not [name for name in response.headers if name.startswith("Access-Control")]
        assert response.headers["Vary"].endswith(", Origin")


async def test_without_allowed_origins_nothing_is_said_about_them(api: Api) -> None:
    response = await api.call("GET", "/health", headers={"Origin": ORIGIN})
    assert not [name for name in response.headers if name.startswith("Access-Control")]


BROKEN = {
    "a bad method": b"GAR{BAGE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no request line": b"\x00\x01\x02\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "a bad version": b"GET /health HTTP/9.1\r\nHost: x\r\n\r\n",
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "raw bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a bad header": b"GET /health HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
    "a NUL in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    "a large header": b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    "a long path": b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "many headers": b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n"
    b"\r\nxx",
    "a length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bad chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", BROKEN.values(), ids=BROKEN)
async def test_broken_http_is_400_in_the_contracts_shape(api: Api, request_bytes: bytes) -> None:
    head, _, body = (await api.raw(request_bytes)).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].split()[1] == "400"
    answer = json.loads(body)
    assert (answer["success"], answer["error"]["code"]) == (False, "VALIDATION_ERROR")
    assert f"X-Request-Id: {answer['requestId']}" in lines
    assert "Server: gassapi" in lines
    assert "aiohttp" not in head.decode()
    assert (await api.call("GET", "/health")).status == 200


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("encoding", ["br", "zstd", "foo", "gzip, gzip", "utf-8"])
async def test_a_body_in_an_encoding_that_is_not_known_is_415(api: Api, encoding: str) -> None:
    head = (
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nContent-Length: 2\r\nContent-Encoding: %s\r\n\r\n{}"
    )
    head, _, body = (await api.raw(head % encoding.encode())).partition(b"\r\n\r\n")
    error = json.loads(body)["error"]
    assert (head.split()[1], error["code"]) == (b"415", "UNSUPPORTED_MEDIA_TYPE")
    assert "gzip" in error["message"]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress), ("DEFLATE", zlib.compress), ("identity", bytes)],
)
async def test_a_body_in_a_known_encoding_is_read(
    api: Api, encoding: str, packed: Callable[[bytes], bytes]
) -> None:
    ann = await api.person()
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    data = packed(b'{"name": "Shop"}')
    made = await api.json("POST", "/projects", ann, data=data, headers=headers, expect=201)
    assert made["project"]["name"] == "Shop"


async def test_broken_http_leaves_one_quiet_line_in_the_log(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as lines:
        await api.raw(BROKEN["a bad header"])
    assert [(line["event"], line["log_level"]) for line in lines] == [("not http", "info")]
    assert not caplog.records


HALF = (
    b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n"
)


async def test_a_request_that_is_given_up_writes_nothing(api: Api) -> None:
    await api.person()
    before = await everything()
    for start in (b"POST /api/v1/auth/lo", HALF, HALF + b'{"email": "ann@exam'):
        _, writer = await asyncio.open_connection(api.client.host, api.client.port)
        writer.write(start)
        await writer.drain()
        writer.close()
    assert (await api.call("GET", "/health")).status == 200
    assert await everything() == before


async def test_several_requests_on_one_connection_are_answered_in_order(api: Api) -> None:
    request = b"GET /%s HTTP/1.1\r\nHost: x\r\nX-Request-Id: %s\r\n%s\r\n"
    pipeline = [
        request % (b"health/live", b"first", b""),
        request % (b"nowhere", b"second", b""),
        request % (b"api/v1/projects", b"third", b"Connection: close\r\n"),
    ]
    answer = await api.raw(b"".join(pipeline))
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"404", b"401"]
    places = [answer.index(name) for name in (b"first", b"second", b"third")]
    assert places == sorted(places)


@pytest.mark.engines("sqlite")
async def test_a_precondition_may_be_sent_in_several_lines(api: Api) -> None:
    ann = await api.person()
    url = "/api/v1/users/profile"
    tags = [*ann.auth.items(), ("If-Match", '"7"'), ("If-Match", '"1", "8"')]
    assert (await api.client.put(url, json={"name": "Zed"}, headers=tags)).status == 200
    assert (await api.client.put(url, json={"name": "Ann"}, headers=tags)).status == 412
    tag = (await api.client.get(url, headers=ann.auth)).headers["ETag"]
    tags = [*ann.auth.items(), ("If-None-Match", '"7"'), ("If-None-Match", f"W/{tag}")]
    assert (await api.client.get(url, headers=tags)).status == 304


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("path", ["/nothing", "/projects"])
async def test_a_broken_body_that_nobody_reads_makes_no_noise(
    api: Api, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    head = (
        b"POST /api/v1%s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\n"
        b'Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n{"a":'
    )
    answer = await api.raw(head % path.encode())
    assert answer.split()[1] in (b"401", b"404")
    assert not caplog.records
