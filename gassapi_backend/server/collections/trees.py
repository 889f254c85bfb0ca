"""A project's collections in pieces of JSON, of which there may be more than fit into memory."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

import orjson

from gassapi_backend.database import Row
from gassapi_backend.database.statements import batches
from gassapi_backend.server.collections.queries import COLUMNS, list_outlines
from gassapi_backend.server.collections.schemas import (
    CollectionNode,
    collection_list,
    collection_view,
)
from gassapi_backend.server.items.outlines import SOME, array_pieces, in_order, in_parts

SOURCE, KEY = "collections c", "c.id"
ENDPOINT = 5000  # bytes that one counts for, where endpoints are shown

Within = Callable[[Sequence[Row]], Awaitable[Callable[[str], AsyncIterator[bytes]]]]
"""Reads what is in some collections; gives what yields the JSON of it for the id of each."""


async def flat_in_parts(project: Row) -> dict[str, Any]:
    """Return a project's collections as a list (``CollectionsAnswer``), as they are read."""

    async def parts() -> AsyncIterator[list[CollectionNode]]:
        async for some in in_parts(await list_outlines(project["id"]), COLUMNS, SOURCE, KEY):
            yield collection_list(some)

    return {"collections": array_pieces(parts())}


async def tree_in_parts(project: Row) -> dict[str, Any]:
    """Return a project's collections as a tree (``CollectionsAnswer``), as they are read."""
    return {"collections": tree_pieces(project["id"])}


async def tree_pieces(project_id: str, endpoints: Within | None = None) -> AsyncIterator[bytes]:
    """Yield an array of a project's collections with those below them, and their ``endpoints``."""
    yield b"["
    before = -1  # how deep the collection before this one is
    found = list(_in_tree(await list_outlines(project_id)))
    for some in batches(found, SOME, _weight if endpoints else _size):
        rows = await in_order([one["id"] for one, _ in some], COLUMNS, SOURCE, KEY)
        within = await endpoints([one for one, _ in some]) if endpoints else None
        for row, (_, depth) in zip(rows, some, strict=True):
            yield _closed(before, depth) + orjson.dumps(collection_view(row))[:-1]
            if within:
                yield b',"endpoints":['
                async for piece in within(row["id"]):
                    yield piece
                yield b"]"
            yield b',"subCollections":['
            before = depth
    yield b"]}" * (before + 1) + b"]"


def _closed(before: int, depth: int) -> bytes:
    """Return what stands between two collections: what ends before the second begins."""
    return b"]}" * (before - depth + 1) + b"," if depth <= before else b""


def _size(one: tuple[Row, int]) -> int:
    return int(one[0]["size"])


def _weight(one: tuple[Row, int]) -> int:
    return int(one[0]["size"] + one[0]["endpoint_count"] * ENDPOINT)


def _in_tree(found: Sequence[Row]) -> Iterator[tuple[Row, int]]:
    """Yield outlines with their depth, each before those below it."""
    ids = {one["id"] for one in found}
    below = defaultdict[str | None, list[Row]](list)
    for one in reversed(found):
        below[one["parent_id"] if one["parent_id"] in ids else None].append(one)
    waiting = [(one, 0) for one in below[None]]
    while waiting:
        one, depth = waiting.pop()
        yield one, depth
        waiting += [(child, depth + 1) for child in below[one["id"]]]
