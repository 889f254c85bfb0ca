"""Inserts and updates as plain SQL: building them with the ORM costs more than running them.

Names of tables and columns come from this program, never from a request.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from gassapi_backend.database import dialect, execute

MAX_CHARACTERS = 1_000_000  # of values in one statement; a server may take 16 MB, and less

Row = TypeVar("Row")


async def insert(table: str, rows: Sequence[Mapping[str, Any]], *, batch: int = 100) -> None:
    """Insert rows that have the same columns, at most ``batch`` of them in one statement."""
    if not rows:
        return
    columns = list(rows[0])
    marks = f"({', '.join('?' * len(columns))})"
    for some in batches(rows, batch, _characters):
        await execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([marks] * len(some))}",  # noqa: S608 - see the module
            *(row[column] for row in some for column in columns),
        )


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


def _characters(row: Mapping[str, Any]) -> int:
    return sum(len(value) for value in row.values() if isinstance(value, str | bytes))


def locking() -> str:
    """Return how a SELECT ends that keeps others from writing its rows until this is committed.

    SQLite has locked everything as the transaction began.
    """
    return " FOR UPDATE" if dialect() == "mysql" else ""


def differing(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return those columns that are wanted otherwise than a row has them."""
    return {column: value for column, value in wanted.items() if value != row[column]}


async def update(table: str, row_id: str, columns: Mapping[str, Any]) -> None:
    """Set these columns of the row with that id."""
    assignments = ", ".join(f"{column} = ?" for column in columns)
    await execute(f"UPDATE {table} SET {assignments} WHERE id = ?", *columns.values(), row_id)  # noqa: S608 - see the module
