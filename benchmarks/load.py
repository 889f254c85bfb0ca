"""Sending requests over a few kept connections, with next to no cost of its own."""

import asyncio
import time
from collections.abc import Sequence
from itertools import count as numbers

NUMBER = "@" * 8
"""In a request, a number of as many digits stands for it, another in each."""

_numbers = numbers()


class LoadError(Exception):
    """The server did not answer as it should."""


async def send(port: int, requests: Sequence[bytes], count: int, connections: int) -> list[float]:
    """Send ``count`` requests, these in turn; return the latency of each in seconds.

    Raises ``LoadError`` for an answer that is not 2xx.
    """
    latencies: list[float] = []
    left = iter(range(count))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for at in left:
            request = requests[at % len(requests)]
            started = time.perf_counter()
            writer.write(request.replace(NUMBER.encode(), b"%08d" % next(_numbers)))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 2"):
                raise LoadError(head.decode("latin-1"))
            await _read(reader, head)
            latencies.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return latencies


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _read(reader: asyncio.StreamReader, head: bytes) -> None:
    """Read an answer's body, which comes in pieces where it is large (RFC 9112, 7.1)."""
    if b"\r\ntransfer-encoding: chunked\r\n" not in head.lower():
        await reader.readexactly(_length(head))
        return
    while size := int(await reader.readuntil(b"\r\n"), 16):
        await reader.readexactly(size + 2)
    await reader.readexactly(2)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise LoadError("no Content-Length")
