"""Many rows of a project, read some at a time, in an order that is known from their outlines.

All of them may be far more than what may be in memory at once.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import orjson

from gassapi_backend.database import Row, rows, taking
from gassapi_backend.database.indexes import BY_AGE, FLOWS_BY_NAME
from gassapi_backend.database.statements import batches
from gassapi_backend.server.items.sizes import size_sql

_INDEXES = {"endpoints": BY_AGE, "flows": FLOWS_BY_NAME}
PAGE = 200  # outlines at a time, where there may be very many
SOME = 100  # rows at a time, or fewer where they have more than about a megabyte together


async def outlines(table: str, columns: str, project_id: str, order: str = "id") -> list[Row]:
    """Return ``id``, the ``size`` in bytes and some columns of all rows of a project."""
    return await rows(
        f"SELECT id, {size_sql(table)} AS size, {columns} FROM {table} "  # noqa: S608 - our own text
        f"{taking(_INDEXES.get(table))} WHERE project_id = ? ORDER BY {order}",
        project_id,
    )


async def outlines_by_age(table: str, project_id: str) -> AsyncIterator[list[Row]]:
    """Yield ``id`` and ``size`` of all rows of a project, ``PAGE`` at a time."""
    last = ""
    while True:
        found = await rows(
            f"SELECT id, {size_sql(table)} AS size FROM {table} {taking(_INDEXES.get(table))} "  # noqa: S608 - our own text
            f"WHERE project_id = ? AND id > ? ORDER BY id LIMIT {PAGE}",
            project_id,
            last,
        )
        if found:
            yield found
        if len(found) < PAGE:
            return
        last = found[-1]["id"]


async def in_parts(
    found: Sequence[Row], columns: str, source: str, key: str = "id"
) -> AsyncIterator[list[Any]]:
    """Yield the rows of outlines, in their order, some at a time.

    ``key`` is the column of the ids in the ``source``, which is our own text.
    """
    for some in batches(found, SOME, lambda outline: int(outline["size"])):
        yield await in_order([outline["id"] for outline in some], columns, source, key)


async def in_order(ids: Sequence[str], columns: str, source: str, key: str = "id") -> list[Any]:
    """Return the rows of some ids, in the order of these; of those that are still there."""
    there = await rows(f"SELECT {columns} FROM {source} WHERE {key} IN ({marks(ids)})", *ids)  # noqa: S608 - our own text
    by_id = {row["id"]: row for row in there}
    return [by_id[row_id] for row_id in ids if row_id in by_id]


def marks(values: Collection[object]) -> str:
    """Return a question mark for each value, for ``IN``; what is equal to nothing for none."""
    return ", ".join("?" * len(values)) or "NULL"


async def array_pieces(parts: AsyncIterator[list[Any]]) -> AsyncIterator[bytes]:
    """Yield one JSON array of all that is in some lists."""
    start = b"["
    async for part in parts:
        if part:
            yield start + orjson.dumps(part)[1:-1]
            start = b","
    yield b"[]" if start == b"[" else b"]"
