"""Places: the collections and endpoints of one parent share one count, from 0 and without gaps.

A parent is named by what ``sibling_of`` holds: a collection's id, or the project's at the top.
Everything here belongs in a change that has the project locked. Who makes room or moves up gets the
change's revision, so that followers hear of it.
"""

from gassapi_backend.database import Row, Statement, execute, rows

_TABLES = (("collections", "sibling_of"), ("endpoints", "collection_id"))

LAST_PLACE = """
SELECT MAX(position) AS last FROM (
  SELECT MAX(position) AS position FROM collections WHERE sibling_of = ?
  UNION ALL SELECT MAX(position) FROM endpoints WHERE collection_id = ?
) places
"""


async def count_in(parent: str) -> int:
    """Return how many collections and endpoints a parent has: the place of one more, at the end."""
    return end_of(await rows(LAST_PLACE, parent, parent))


def asking(parent: str) -> Statement:
    """Return the statement from whose rows ``end_of()`` knows how many a parent has."""
    return LAST_PLACE, [parent, parent]


def end_of(found: list[Row]) -> int:
    """Return how many collections and endpoints a parent has, from the rows of ``asking()``."""
    last = found[0]["last"]
    return 0 if last is None else int(last) + 1


async def make_room(parent: str, place: int, revision: int) -> None:
    """Move what is at a place and after it on by one."""
    await _shift(parent, 1, revision, first=place)


async def close_gap(parent: str, place: int, revision: int) -> None:
    """Move what comes after a place that has become empty up by one."""
    await _shift(parent, -1, revision, first=place + 1)


async def move(old: tuple[str, int], new: tuple[str, int], revision: int) -> None:
    """Have others make way for what is about to move from one parent and place to another."""
    (parent, place), (target, wanted) = old, new
    if parent != target:
        await close_gap(parent, place, revision)
        await make_room(target, wanted, revision)
    elif wanted > place:
        await _shift(parent, -1, revision, first=place + 1, last=wanted)
    elif wanted < place:
        await _shift(parent, 1, revision, first=wanted, last=place - 1)


async def _shift(
    parent: str, by: int, revision: int, *, first: int, last: int | None = None
) -> None:
    until, values = ("", []) if last is None else (" AND position <= ?", [last])
    for table, column in _TABLES:
        await execute(
            f"UPDATE {table} SET position = position + ?, revision = ? "  # noqa: S608 - constants only
            f"WHERE {column} = ? AND position >= ?{until}",
            *(by, revision, parent, first, *values),
        )
