"""Inserting much at once: what is copied or imported, within a change that is open already."""

from collections import Counter
from collections.abc import Sequence

from gassapi_backend.database import execute
from gassapi_backend.database.statements import insert
from gassapi_backend.models.rows import StoredCollection, StoredEndpoint, StoredEnvironment
from gassapi_backend.server.changes.recording import Change

BATCH = 400  # rows of a statement that names each; SQLite joins 500 SELECTs at most


async def insert_items(
    made: Change,
    *,
    collections: Sequence[StoredCollection] = (),
    endpoints: Sequence[StoredEndpoint] = (),
    environments: Sequence[StoredEnvironment] = (),
) -> None:
    """Insert rows of the project that is being changed, in a few statements, and count them.

    Collections come parents first. Endpoints are counted in their collections, those that were
    there before too. One entry records all of it, whose revision the rows have: that is for whoever
    calls.
    """
    new = {row["id"] for row in collections}
    inside = Counter(row["collection_id"] for row in endpoints)
    for row in collections:
        row["endpoint_count"] = inside.get(row["id"], row["endpoint_count"])
    await insert("collections", collections)
    await insert("endpoints", endpoints)
    await insert("environments", environments)
    await _count_in({id_: count for id_, count in inside.items() if id_ not in new})
    count_items(made, collections=len(collections), endpoints=len(endpoints))


def count_items(made: Change, *, collections: int = 0, endpoints: int = 0) -> None:
    """Have the project that is being changed count so many more of these, or fewer."""
    project = made.locked_project
    if collections:
        project.collection_count += collections
        made.save_project("collection_count")
    if endpoints:
        project.endpoint_count += endpoints
        made.save_project("endpoint_count")


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
