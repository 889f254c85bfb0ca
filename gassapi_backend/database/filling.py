"""Filling what a migration added, from the rows that are there, some at a time."""

from gassapi_backend.database import Row, execute, row, rows
from gassapi_backend.database.search import rebuild
from gassapi_backend.folding import search_key

BATCH = 400  # rows of one statement

_KEYS = {
    "users": {"name_key": ("name", 255)},
    "projects": {"name_key": ("name", 255)},
    "collections": {"name_key": ("name", 255)},
    "flows": {"name_key": ("name", 255)},
    "endpoints": {"name_key": ("name", 255), "url_key": ("url", 8000)},
}
"""Columns in the form of ``search_key()``: which column each is made of, and how long it may be."""


async def fill_search_keys() -> None:
    """Write the columns that are searched and sorted by, where they are not as they are to be."""
    for table, keys in _KEYS.items():
        columns = ", ".join(["id", *keys, *(source for source, _ in keys.values())])
        last = ""
        while found := await rows(
            f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT {BATCH}",  # noqa: S608 - our own names
            last,
        ):
            for key, (source, limit) in keys.items():
                await _set(table, key, _differing(found, key, source, limit))
            last = found[-1]["id"]


def _differing(found: list[Row], key: str, source: str, limit: int) -> list[tuple[str, str]]:
    wanted = ((one["id"], one[key], search_key(one[source], limit)) for one in found)
    return [(id_, new) for id_, old, new in wanted if new != old]


async def _set(table: str, column: str, values: list[tuple[str, str]]) -> None:
    if not values:
        return
    cases, marks = " ".join(["WHEN ? THEN ?"] * len(values)), ", ".join("?" * len(values))
    await execute(
        f"UPDATE {table} SET {column} = CASE id {cases} END WHERE id IN ({marks})",  # noqa: S608 - our own names
        *(part for value in values for part in value),
        *(id_ for id_, _ in values),
    )


async def fill_search_blocks() -> None:
    """Write what searches look in, of every project."""
    last = ""
    while found := await row("SELECT id FROM projects WHERE id > ? ORDER BY id LIMIT 1", last):
        last = found["id"]
        await rebuild(last)
