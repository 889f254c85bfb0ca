"""Nobody takes up room for long: not by silence, by half a request, or by not reading."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from gassapi_backend.server.app import build_app
from gassapi_backend.server.errors import Invalid, TooLarge
from gassapi_backend.server.run import Runner
from gassapi_backend.server.web import connections, receiving
from gassapi_backend.server.web.receiving import inflate
from gassapi_backend.settings import Settings
from tests.servers import free_port
from tests.waiting import PATIENCE

pytestmark = pytest.mark.engines("sqlite")

BIG = 30_000_000  # more than sockets hold
ZIPPED = gzip.compress(b"abcd", mtime=0)  # the same at any time, as the names of tests have to be


@pytest.fixture
async def port(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A running server that loses its patience soon, and has a lot to say at /big."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.3)
    monkeypatch.setattr(connections, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(receiving, "PAUSE_SECONDS", 0.3)

    async def big(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * BIG)

    app = build_app(settings)
    app.router.add_get("/big", big)
    runner = Runner(app)
    await runner.setup()
    chosen = free_port()
    await web.TCPSite(runner, "127.0.0.1", chosen).start()
    yield chosen
    await runner.cleanup()


async def said(port: int, text: bytes) -> bytes:
    """Return all that the server says to a text, until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("text", [b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Half: "])
async def test_who_sends_no_whole_request_is_hung_up_on(port: int, text: bytes) -> None:
    assert await said(port, text) == b""


async def test_half_a_request_after_a_whole_one_is_hung_up_on(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200" in await reader.readuntil(b"}")
    writer.write(b"GET /health/live HTTP/1.1\r\n")
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()


async def test_who_is_silent_between_requests_is_borne_with(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200" in await reader.readuntil(b"}")
        await asyncio.sleep(0.6)
    writer.close()


async def test_a_body_that_does_not_come_is_408_and_the_connection_is_closed(port: int) -> None:
    answer = await said(
        port,
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b'Content-Length: 500\r\n\r\n{"email": ',
    )
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"REQUEST_TIMEOUT" in answer
    assert b"Connection: close" in answer


async def test_who_reads_nothing_is_cut_off(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    with capture_logs() as logs:
        writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            while not any(one.get("readNothing") for one in logs):  # noqa: ASYNC110 - said nowhere else
                await asyncio.sleep(0.05)
    assert await rest_of(reader) < BIG
    writer.close()


async def test_who_reads_slowly_gets_all(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 3)  # fewer than all of it takes
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert await rest_of(reader, pause=0.02) > BIG
    writer.close()


async def rest_of(reader: asyncio.StreamReader, *, pause: float = 0) -> int:
    """Return how many bytes still come, until the connection ends in whatever way."""
    received = 0
    try:
        while piece := await reader.read(1_000_000):
            received += len(piece)
            await asyncio.sleep(pause)
    except ConnectionError:
        pass
    return received


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/projects", "/api/v1/auth/logout"])
async def test_a_body_that_nobody_reads_is_not_inflated(
    port: int, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(zlib, "decompressobj", lambda *_: made.append(1))
    bomb = gzip.compress(b" " * 20_000_000)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    )
    answer = await said(port, head.encode() + bomb)
    assert answer.startswith((b"HTTP/1.1 401", b"HTTP/1.1 404"))
    assert made == []


async def test_a_connection_that_will_be_closed_says_so(port: int) -> None:
    head = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"
    answer = await said(port, head + b"x" * 1000)
    assert b"Connection: close" in answer


def test_inflating_stops_at_the_limit() -> None:
    for encoding, body in (
        ("gzip", gzip.compress(b" " * 5_000_000)),
        ("deflate", zlib.compress(b" " * 5_000_000)),
        ("gzip", gzip.compress(b" " * 600) * 3000),
    ):
        with pytest.raises(TooLarge):
            inflate(body, encoding, 1_000_000)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"ab", mtime=0) + gzip.compress(b"cd", mtime=0)),
        ("gzip", ZIPPED + b"\0\0"),
        ("deflate", zlib.compress(b"abcd")),
        ("deflate", zlib.compress(b"abcd", wbits=-15)),
    ],
)
def test_what_was_compressed_is_inflated(encoding: str, body: bytes) -> None:
    assert inflate(body, encoding, 1000) == b"abcd"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", ZIPPED[:-3]),
        ("gzip", ZIPPED + b"rest"),
        ("deflate", b"\x78\x9crest"),
        ("deflate", zlib.compress(b"abcd")[:5]),
    ],
)
def test_what_is_no_such_stream_is_refused(encoding: str, body: bytes) -> None:
    with pytest.raises(Invalid):
        inflate(body, encoding, 1000)


async def asked_for_much(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for much, and read no more than that it begins."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
    writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200" in await reader.readline()
    return reader, writer


async def test_what_nobody_reads_takes_up_no_more_than_so_much(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has read nothing for the longest is cut off first; others get all that they asked for."""
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 3600)
    monkeypatch.setattr(connections, "LOOK_SECONDS", 3600)
    await asyncio.sleep(0.1)  # after the last look, which would note all of them as of one moment
    monkeypatch.setattr(connections, "UNREAD_BYTES", 2 * BIG + 100_000)
    with capture_logs() as logs:
        readers = [await asked_for_much(port) for _ in range(5)]
        async with asyncio.timeout(PATIENCE):
            while sum(one.get("readNothing", 0) for one in logs) < 3:  # noqa: ASYNC110 - said nowhere else
                await asyncio.sleep(0.05)
    sizes = []
    async with asyncio.timeout(60):
        for reader, writer in reversed(readers):
            size = 0
            try:
                while piece := await reader.read(1_000_000):
                    size += len(piece)
                    if size >= BIG:
                        break
            except ConnectionError:
                size = -1
            sizes.append(size >= BIG)
            writer.close()
    assert sizes == [True, True, False, False, False]


@asynccontextmanager
async def served(settings: Settings, **changes: Any) -> AsyncIterator[int]:
    """Run a server; yield its port."""
    runner = Runner(build_app(settings.model_copy(update=changes)))
    await runner.setup()
    chosen = free_port()
    await web.TCPSite(runner, "127.0.0.1", chosen).start()
    yield chosen
    await runner.cleanup()


async def asked(port: int) -> tuple[bytes, asyncio.StreamWriter]:
    """Ask over a connection that stays open; return the first line of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(PATIENCE):
        return await reader.readline(), writer


async def test_an_address_has_so_many_connections_and_a_log_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "THIS_MACHINE", ())
    monkeypatch.setattr(connections, "LOOK_SECONDS", 0.05)
    with capture_logs() as logs:
        async with served(settings, address_max_connections=3) as port:
            found = [await asked(port) for _ in range(5)]
            assert [line.split()[1] for line, _ in found] == [b"200"] * 3 + [b"429"] * 2
            found[0][1].close()
            await found[0][1].wait_closed()
            await asyncio.sleep(0.2)  # the server has seen it by then, and has looked
            line, writer = await asked(port)
            assert line.split()[1] == b"200"
            for _, one in [*found, (line, writer)]:
                one.close()
    said = [one for one in logs if one["event"] == "too many connections"]
    assert [one["address"] for one in said] == ["127.0.0.1"] * len(said)
    assert sum(one["refused"] for one in said) == 2


@pytest.mark.parametrize("trusted", [[], [ip_network("127.0.0.0/8")]])
async def test_proxies_have_any_number_of_connections(
    settings: Settings, trusted: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is trusted, and one on this machine."""
    if trusted:
        monkeypatch.setattr(connections, "THIS_MACHINE", ())
    async with served(settings, address_max_connections=2, trusted_proxies=trusted) as port:
        found = [await asked(port) for _ in range(6)]
        assert [line.split()[1] for line, _ in found] == [b"200"] * 6
        for _, writer in found:
            writer.close()
