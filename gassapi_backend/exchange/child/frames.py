"""What a server and its child exchange: small JSON, and with it bytes that nobody parses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

import orjson

from gassapi_backend.exchange.tree import Json


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of an answer: what the server reads, and what it only passes on."""

    said: dict[str, Json]
    blobs: tuple[bytes, ...] = ()


class _Reads(Protocol):
    async def readexactly(self, n: int) -> bytes: ...


def written(frame: Frame) -> Iterator[bytes]:
    """Yield the bytes of a frame: the sizes of its parts, ended by 0xFFFFFFFF, then the parts."""
    parts = (orjson.dumps(frame.said), *frame.blobs)
    yield b"".join(len(part).to_bytes(4, "big") for part in parts) + _END
    yield from parts


_END = b"\xff\xff\xff\xff"
_PIECE = 256 * 1024
_LARGE = 4 * 1024 * 1024
"""The size from which a part is read in pieces: copying it at once would block the event loop."""


async def read(reader: _Reads) -> Frame:
    """Read one frame; raise ``asyncio.IncompleteReadError`` where the stream ends."""
    sizes = []
    while (size := await reader.readexactly(4)) != _END:
        sizes.append(int.from_bytes(size, "big"))
    said, *blobs = [await _part(reader, size) for size in sizes]
    return Frame(orjson.loads(said), tuple(blobs))


async def _part(reader: _Reads, size: int) -> bytes:
    if size < _LARGE:
        return await reader.readexactly(size)
    found = bytearray(size)
    for start in range(0, size, _PIECE):
        end = min(start + _PIECE, size)
        found[start:end] = await reader.readexactly(end - start)
    return cast("bytes", found)  # used as it is; copying it would block the event loop, too


def read_now(stream: BinaryIO) -> Frame:
    """Read one frame from a blocking stream; raise ``EOFError`` where it ends."""
    sizes = []
    while (size := _exactly(stream, 4)) != _END:
        sizes.append(int.from_bytes(size, "big"))
    said, *blobs = [_exactly(stream, size) for size in sizes]
    return Frame(orjson.loads(said), tuple(blobs))


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
