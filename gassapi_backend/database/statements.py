"""Inserts and updates as plain SQL: building them with the ORM costs more than running them.

Names of tables and columns come from this program, never from a request.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from gassapi_backend.database import Statement, dialect, execute, together
from gassapi_backend.database.following import Follower

TOGETHER = 100  # statements that are sent at once
MAX_CHARACTERS = 100_000  # of values in one statement: drivers of MySQL write them on the loop

Row = TypeVar("Row")


async def insert(table: str, rows: Sequence[Mapping[str, Any]], *, batch: int = 100) -> None:
    """Insert rows that have the same columns, at most ``batch`` of them in one statement."""
    for sql, values in inserts(table, rows, batch=batch):
        await execute(sql, *values)


def inserts(
    table: str, rows: Sequence[Mapping[str, Any]], *, batch: int = 100
) -> Iterator[Statement]:
    """Yield the statements of ``insert()``."""
    if not rows:
        return
    columns = tuple(rows[0])
    if len(rows) == 1:
        yield _insert_sql(table, columns, 1), list(rows[0].values())
        return
    for some in batches(rows, batch, _characters):
        values = [row[column] for row in some for column in columns]
        yield _insert_sql(table, columns, len(some)), values


@lru_cache(maxsize=256)
def _insert_sql(table: str, columns: tuple[str, ...], count: int) -> str:
    marks = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([marks] * count)}"  # noqa: S608 - see the module


async def send(
    statements: Iterable[Statement], *, commits: bool = False, follower: Follower | None = None
) -> None:
    """Run statements whose answers nobody needs, many on one way to the database.

    They are made as they are sent. ``commits`` ends the transaction behind the last one, if there
    is any, on the same way, and a ``follower``'s begins there.
    """
    waiting = iter(statements)
    some = [*islice(waiting, TOGETHER)]
    while some:
        more = [*islice(waiting, TOGETHER)]
        if commits and not more:
            await together(some, commits=True, follower=follower)
        else:
            await together(some)
        some = more


def batches(
    rows: Sequence[Row], batch: int, size_of: Callable[[Row], int]
) -> Iterator[Sequence[Row]]:
    """Yield the rows of one statement each: few enough, and small enough together."""
    start = size = 0
    for at, row in enumerate(rows):
        length = size_of(row)
        if at > start and (at - start == batch or size + length > MAX_CHARACTERS):
            yield rows[start:at]
            start, size = at, 0
        size += length
    if start < len(rows):
        yield rows[start:]


def for_ids(sql: str, ids: Sequence[str], *values: Any) -> Iterator[Statement]:
    """Yield a statement for 1,000 of these ids at a time, since databases limit values of one.

    ``sql`` has the ``values`` first, and ``{ids}`` where question marks for the ids go.
    """
    for some in batches(ids, 1000, len):
        yield sql.format(ids=", ".join("?" * len(some))), [*values, *some]


def _characters(row: Mapping[str, Any]) -> int:
    return sum([len(value) for value in row.values() if isinstance(value, (str, bytes))])


def locking() -> str:
    """Return how a SELECT ends that keeps others from writing its rows until this is committed.

    SQLite has locked everything as the transaction began.
    """
    return " FOR UPDATE" if dialect() == "mysql" else ""


def differing(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the wanted columns that differ from a row's."""
    return {column: value for column, value in wanted.items() if value != row[column]}


async def update(table: str, row_id: str, columns: Mapping[str, Any]) -> None:
    """Set these columns of the row with that id."""
    sql, values = updating(table, row_id, columns)
    await execute(sql, *values)


def updating(table: str, row_id: str, columns: Mapping[str, Any]) -> Statement:
    """Return the statement of ``update()``."""
    assignments = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE {table} SET {assignments} WHERE id = ?", [*columns.values(), row_id]  # noqa: S608 - see the module
