"""Inserts and updates as plain SQL: building them with the ORM costs more than running them.

Names of tables and columns come from this program, never from a request.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gassapi_backend.database import Row, execute


async def insert(table: str, rows: Sequence[Row], *, batch: int = 100) -> None:
    """Insert rows that have the same columns, ``batch`` of them in one statement."""
    if not rows:
        return
    columns = list(rows[0])
    marks = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), batch):
        some = rows[start : start + batch]
        await execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([marks] * len(some))}",  # noqa: S608 - see the module
            *(row[column] for row in some for column in columns),
        )


async def update(table: str, row_id: str, columns: Mapping[str, Any]) -> None:
    """Set these columns of the row with that id."""
    assignments = ", ".join(f"{column} = ?" for column in columns)
    await execute(f"UPDATE {table} SET {assignments} WHERE id = ?", *columns.values(), row_id)  # noqa: S608 - see the module
