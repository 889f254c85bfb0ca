"""What goes between a server and its child: small JSON, and beside it bytes that nobody parses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import orjson

from gassapi_backend.exchange.tree import Json


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of an answer: what the server reads at once, and what it only passes on."""

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


async def read(reader: _Reads) -> Frame:
    """Read one frame; raise ``asyncio.IncompleteReadError`` where the stream ends."""
    sizes = []
    while (size := await reader.readexactly(4)) != _END:
        sizes.append(int.from_bytes(size, "big"))
    said, *blobs = [await reader.readexactly(size) for size in sizes]
    return Frame(orjson.loads(said), tuple(blobs))


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
