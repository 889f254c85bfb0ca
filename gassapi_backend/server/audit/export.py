"""Audit entries as JSON lines, which can be verified from the file alone (see ``chain``)."""

from collections.abc import AsyncIterator, Iterable

import orjson

from gassapi_backend.clock import rfc3339
from gassapi_backend.database import Row
from gassapi_backend.server.audit import queries
from gassapi_backend.server.changes.chain import HASHED

KEYS = [
    f"{first}{''.join(map(str.title, more))}" for first, *more in (x.split("_") for x in HASHED)
]


async def export(project_ids: Iterable[str | None]) -> AsyncIterator[bytes]:
    """Return a line for each entry, project by project in the order of the chain.

    ``None`` stands for the entries of no project. Those that are in no chain have no number, and
    come first.
    """
    for project_id in project_ids:
        async for entry in queries.unchained(project_id):
            yield line_of(entry, None)
        if project_id is None:
            continue
        previous = (await queries.find_ends(project_id)).anchor.hash
        async for entry in queries.chained(project_id):
            yield line_of(entry, previous)
            previous = entry["hash"]


def line_of(entry: Row, previous: str | None) -> bytes:
    """Return the line of an entry that follows the one with the ``previous`` hash."""
    values = {key: entry[column] for key, column in zip(KEYS, HASHED, strict=True)}
    values["at"] = rfc3339(entry["at"])
    return orjson.dumps({"previousHash": previous, **values, "hash": entry["hash"]}) + b"\n"
