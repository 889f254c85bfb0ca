"""Lists of several kinds, one after the other, as far as an answer has room."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson

from gassapi_backend.server.mcp.answers import MAX_ANSWER, bad_cursor, new_cursor, read_cursor

Section = tuple[str, Callable[[int], Awaitable[Sequence[Mapping[str, Any]]]]]
"""A list's name in the answer, and what reads it from an offset."""

LEAST = 200
"""Bytes that have to be free for another section to begin."""


async def listed(
    sections: Sequence[Section], cursor: str | None, room: int = MAX_ANSWER
) -> dict[str, Any]:
    """Return the sections' items, by section, from a cursor on, as far as they fit.

    ``nextCursor`` marks where the answer ends, unless it has everything. Raises ``Invalid`` for a
    cursor from elsewhere.
    """
    start, offset = _place(cursor, len(sections))
    found: dict[str, Any] = {}
    for number in range(start, len(sections)):
        name, read = sections[number]
        items = found[name] = []
        while room > 0:
            more = await read(offset + len(items))
            for item in more:
                room -= len(orjson.dumps(item)) + 1
                if room < 0 and (items or len(found) > 1):
                    break
                items.append(item)
            if not more or room < 0:
                break
        if room < LEAST and (number + 1 < len(sections) or room < 0):
            found["nextCursor"] = new_cursor("list", number, offset + len(items))
            return found
        offset = 0
    return found


def _place(cursor: str | None, count: int) -> tuple[int, int]:
    if cursor is None:
        return 0, 0
    match read_cursor(cursor):
        case ["list", int(number), int(offset)] if 0 <= number < count and 0 <= offset < 2**31:
            return number, offset
    raise bad_cursor()
