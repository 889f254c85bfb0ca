"""Inserting much at once, and counting it, within a change that is open already."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gassapi_backend.database import execute, search
from gassapi_backend.database.statements import insert, inserts
from gassapi_backend.fair_share import Steps
from gassapi_backend.models.rows import (
    StoredCollection,
    StoredEndpoint,
    StoredEnvironment,
    StoredFlow,
)
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.items.sizes import size_of
from gassapi_backend.server.limits.quotas import MB, require

BATCH = 400  # rows of a statement that names each; SQLite joins 500 SELECTs at most


def add_item(made: Change, table: str, row: Mapping[str, Any]) -> None:
    """Have one row of the project that is being changed inserted at the end, and count it.

    Not an endpoint, which is counted and searched in its collection, too. Raises ``Conflict`` for
    more than a project may hold.
    """
    collections, flows = int(table == "collections"), int(table == "flows")
    count_items(made, collections=collections, flows=flows, size=size_of(table, row))
    made.later(*inserts(table, [row]))


async def insert_items(
    made: Change,
    *,
    collections: Sequence[StoredCollection] = (),
    endpoints: Sequence[StoredEndpoint] = (),
    environments: Sequence[StoredEnvironment] = (),
    flows: Sequence[StoredFlow] = (),
) -> None:
    """Insert rows of the project that is being changed, in a few statements, and count them.

    Collections come parents first. Endpoints are counted in their collections, those that were
    there before too. One entry records all of it, whose revision the rows have: that is for whoever
    calls. Raises ``Conflict`` for more than a project may hold, before anything is inserted.
    """
    new = {row["id"] for row in collections}
    inside, entries = await _looked_through(endpoints)
    for row in collections:
        row["endpoint_count"] = inside.get(row["id"], row["endpoint_count"])
    tables: dict[str, Sequence[Any]] = {
        "collections": collections,
        "endpoints": endpoints,
        "environments": environments,
        "flows": flows,
    }
    count_items(
        made,
        collections=len(collections),
        endpoints=len(endpoints),
        flows=len(flows),
        size=sum([await _size_of(table, found) for table, found in tables.items()]),
    )
    for table, found in tables.items():
        await insert(table, found)
    await search.write(made.locked_project.id, entries)
    await _count_in({id_: count for id_, count in inside.items() if id_ not in new})


async def _looked_through(
    endpoints: Sequence[StoredEndpoint],
) -> tuple[Counter[str], dict[str, search.Entry]]:
    """Return how many endpoints are in each collection, and what is searched of them by id."""
    inside, entries, steps = Counter[str](), dict[str, search.Entry](), Steps()
    for row in endpoints:
        inside[row["collection_id"]] += 1
        entries[row["id"]] = search.entry(row)
        await steps.end()
    return inside, entries


async def _size_of(table: str, found: Sequence[Any]) -> int:
    """Return the bytes of rows."""
    total, steps = 0, Steps()
    for row in found:
        total += size_of(table, row)
        await steps.end()
    return total


def count_items(
    made: Change, *, collections: int = 0, endpoints: int = 0, flows: int = 0, size: int = 0
) -> None:
    """Have the project that is being changed count so many more of these, or fewer.

    ``size`` is in bytes. Raises ``Conflict`` for more than a project may hold; less is always
    possible.
    """
    if collections:
        _count(made, "collection_count", collections)
    if endpoints:
        _count(made, "endpoint_count", endpoints)
    if flows:
        _count(made, "flow_count", flows)
    if size:
        _count(made, "size", size)


def _count(made: Change, column: str, more: int) -> None:
    project = made.locked_project
    after = getattr(project, column) + more
    if more > 0:
        _LIMITS[column](after)
    setattr(project, column, after)
    made.save_project(column)


_ROOM = "A project has room for {limit} "
_LESS = "Delete what nobody needs, or put this into another project."
_LIMITS: dict[str, Callable[[int], None]] = {
    "collection_count": partial(
        require, "project_max_collections", so=f"{_ROOM}collections", now=_LESS
    ),
    "endpoint_count": partial(require, "project_max_endpoints", so=f"{_ROOM}endpoints", now=_LESS),
    "flow_count": partial(require, "project_max_flows", so=f"{_ROOM}flows", now=_LESS),
    "size": partial(require, "project_max_mb", so=f"{_ROOM}MB", now=_LESS, unit=MB),
}
"""What to check a column's new value with."""


async def _count_in(more: dict[str, int]) -> None:
    items = list(more.items())
    for start in range(0, len(items), BATCH):
        some = items[start : start + BATCH]
        cases, marks = " ".join(["WHEN ? THEN ?"] * len(some)), ", ".join("?" * len(some))
        await execute(
            f"UPDATE collections SET endpoint_count = endpoint_count + CASE id {cases} ELSE 0 END "  # noqa: S608 - question marks
            f"WHERE id IN ({marks})",
            *(value for item in some for value in item),
            *(id_ for id_, _ in some),
        )
