"""How large the things in a project are: the bytes of the texts in them, as UTF-8."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gassapi_backend.database import Row, dialect, rows

TEXTS: dict[str, tuple[str, ...]] = {
    "collections": ("description", "variables", "auth", "headers"),
    "endpoints": (
        "url",
        "description",
        "headers",
        "params",
        "body",
        "auth",
        "examples",
        "purpose",
        "request_params",
        "response_schema",
        "header_docs",
    ),
    "environments": ("variables",),
    "flows": ("description", "flow_data", "flow_inputs"),
}
"""By table, the columns that may be large."""

BATCH = 400  # ids in one statement


def size_of(table: str, row: Mapping[str, Any]) -> int:
    """Return the bytes of a row's texts."""
    texts = [row[column] for column in TEXTS[table]]
    return sum([_octets(text) for text in texts if text is not None])


def growth(table: str, before: Mapping[str, Any], changed: Mapping[str, Any]) -> int:
    """Return how many bytes more a row has once these columns of it are changed."""
    return sum(
        _octets(changed[column]) - _octets(before[column])
        for column in TEXTS[table]
        if column in changed
    )


def _octets(text: str | None) -> int:
    if text is None:
        return 0
    return len(text) if text.isascii() else len(text.encode())


def size_sql(table: str, alias: str = "") -> str:
    """Return the expression for the bytes of a row's texts."""
    prefix = f"{alias}." if alias else ""
    return " + ".join(octets_sql(prefix + column) for column in TEXTS[table])


def octets_sql(column: str) -> str:
    """Return the expression for the bytes of one text, 0 for ``NULL``."""
    text = column if dialect() == "mysql" else f"CAST({column} AS BLOB)"
    return f"COALESCE(LENGTH({text}), 0)"


async def size_of_rows(table: str, ids: Sequence[str]) -> int:
    """Return the bytes of the rows with these ids."""
    total = 0
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        total += _sum(
            await rows(
                f"SELECT SUM({size_sql(table)}) AS size FROM {table} "  # noqa: S608 - constants and question marks
                f"WHERE id IN ({', '.join('?' * len(some))})",
                *some,
            )
        )
    return total


async def size_of_project(project_id: str) -> int:
    """Return the bytes of everything in a project, counted anew."""
    return _sum(
        [
            found
            for table in TEXTS
            for found in await rows(
                f"SELECT SUM({size_sql(table)}) AS size FROM {table} WHERE project_id = ?",  # noqa: S608 - constants only
                project_id,
            )
        ]
    )


def _sum(found: Iterable[Row]) -> int:
    return sum(int(row["size"] or 0) for row in found)
