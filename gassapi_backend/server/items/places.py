"""Places: the collections and endpoints of one parent share one count, from 0 and without gaps.

A parent is named by what ``sibling_of`` holds: a collection's id, or the project's at the top.
Everything here belongs in a change that has the project locked. Who makes room or moves up gets the
change's revision, so that followers hear of it.
"""

from gassapi_backend.database import Row, Statement, rows

_TABLES = (("collections", "sibling_of"), ("endpoints", "collection_id"))

LASTS = """
(SELECT MAX(position) FROM collections WHERE sibling_of = ?) AS last_collection,
(SELECT MAX(position) FROM endpoints WHERE collection_id = ?) AS last_endpoint
"""
"""Columns from which ``end_of()`` knows how many a parent has; both values are its name.

A value, not a column of a statement around it: only then MySQL looks at the end of the index alone.
"""


async def count_in(parent: str) -> int:
    """Return how many collections and endpoints a parent has: the place of one more, at the end."""
    (found,) = await rows(f"SELECT {LASTS}", parent, parent)
    return end_of(found)


def end_of(found: Row) -> int:
    """Return how many collections and endpoints a parent has, from a row with ``LASTS``."""
    lasts = found["last_collection"], found["last_endpoint"]
    return 1 + max(-1 if last is None else int(last) for last in lasts)


def make_room(parent: str, place: int, revision: int) -> list[Statement]:
    """Return what moves what is at a place and after it on by one."""
    return _shift(parent, 1, revision, first=place)


def close_gap(parent: str, place: int, revision: int) -> list[Statement]:
    """Return what moves what comes after a place that has become empty up by one."""
    return _shift(parent, -1, revision, first=place + 1)


def move(old: tuple[str, int], new: tuple[str, int], revision: int) -> list[Statement]:
    """Return what has others make way for what moves from one parent and place to another.

    To be run before it moves.
    """
    (parent, place), (target, wanted) = old, new
    if parent != target:
        return [*close_gap(parent, place, revision), *make_room(target, wanted, revision)]
    if wanted > place:
        return _shift(parent, -1, revision, first=place + 1, last=wanted)
    if wanted < place:
        return _shift(parent, 1, revision, first=wanted, last=place - 1)
    return []


def _shift(
    parent: str, by: int, revision: int, *, first: int, last: int | None = None
) -> list[Statement]:
    until, values = ("", []) if last is None else (" AND position <= ?", [last])
    return [
        (
            f"UPDATE {table} SET position = position + ?, revision = ? "  # noqa: S608 - constants only
            f"WHERE {column} = ? AND position >= ?{until}",
            [by, revision, parent, first, *values],
        )
        for table, column in _TABLES
    ]
