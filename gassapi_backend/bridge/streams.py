"""Server-sent events, as far as an MCP server uses them: only their data."""

from collections.abc import Iterator
from typing import IO


def events(stream: IO[bytes], limit: int) -> Iterator[bytes]:
    """Yield the data of each event as it comes. Raises ``ValueError`` for one over the limit."""
    lines: list[bytes] = []
    size = 0
    while line := stream.readline(limit + 1):
        size += len(line)
        if size > limit:
            raise ValueError("An event is too large.")
        line = line.rstrip(b"\r\n")
        if line.startswith(b"data:"):
            lines.append(line[5:].removeprefix(b" "))
        elif not line:
            if lines:
                yield b"\n".join(lines)
            lines, size = [], 0
