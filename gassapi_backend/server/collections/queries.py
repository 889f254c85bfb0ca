"""Reads of collections: each a single statement."""

from typing import cast

from gassapi_backend.database import Row, row, rows
from gassapi_backend.models.rows import CollectionRow
from gassapi_backend.server.items.outlines import outlines
from gassapi_backend.server.items.sizes import size_sql

COLUMNS = """
  c.id, c.project_id, c.parent_id, c.name, c.description, c.variables, c.auth, c.headers,
  c.position, c.endpoint_count, c.is_gone, c.revision, c.created_at, c.updated_at
"""

# CROSS JOIN: SQLite would begin with the other table, where statistics make it look shorter
_BELOW = """
WITH RECURSIVE below (id, depth) AS (
  SELECT id, 1 FROM collections WHERE id = ?
  UNION ALL
  SELECT c.id, b.depth + 1 FROM below b CROSS JOIN collections c ON c.parent_id = b.id
)
"""

_ABOVE = """
WITH RECURSIVE above (id, parent_id) AS (
  SELECT id, parent_id FROM collections WHERE id = ? AND project_id = ?
  UNION ALL
  SELECT c.id, c.parent_id FROM above a CROSS JOIN collections c ON c.id = a.parent_id
)
SELECT id FROM above
"""


async def list_collections(project_id: str) -> list[CollectionRow]:
    """Return all of a project's collections by position, then by age."""
    found = await rows(
        f"SELECT {COLUMNS} FROM collections c WHERE c.project_id = ? ORDER BY c.position, c.id",  # noqa: S608 - constants only
        project_id,
    )
    return cast("list[CollectionRow]", found)


async def list_outlines(project_id: str) -> list[Row]:
    """Return what a project's collections are in short, in the same order."""
    return await outlines("collections", "parent_id, endpoint_count", project_id, "position, id")


async def load_collection(project_id: str, collection_id: str) -> CollectionRow | None:
    """Return a collection of a project."""
    found = await row(
        f"SELECT {COLUMNS} FROM collections c WHERE c.id = ? AND c.project_id = ?",  # noqa: S608 - constants only
        collection_id,
        project_id,
    )
    return cast("CollectionRow | None", found)


async def ids_above(project_id: str, collection_id: str) -> list[str]:
    """Return the ids of a collection and of those around it; none where the project lacks it."""
    return [item["id"] for item in await rows(_ABOVE, collection_id, project_id)]


async def height_of(collection_id: str) -> int:
    """Return how many levels a collection has, itself included."""
    found = await row(f"{_BELOW} SELECT MAX(depth) AS height FROM below", collection_id)  # noqa: S608 - constants only
    return int(found["height"]) if found else 0


async def collections_below(collection_id: str) -> list[CollectionRow]:
    """Return a collection and all below it, parents before children."""
    found = await rows(
        f"""
        {_BELOW} SELECT {COLUMNS}
        FROM below b CROSS JOIN collections c ON c.id = b.id ORDER BY b.depth, c.position, c.id
        """,  # noqa: S608 - constants only
        collection_id,
    )
    return cast("list[CollectionRow]", found)


async def endpoints_below(collection_id: str) -> list[Row]:
    """Return id, collection and size of all endpoints in a collection and below it, in order."""
    return await rows(
        f"""
        {_BELOW} SELECT e.id, e.collection_id, {size_sql("endpoints", "e")} AS size
        FROM below b CROSS JOIN endpoints e ON e.collection_id = b.id
        ORDER BY b.depth, e.collection_id, e.position, e.id
        """,  # noqa: S608 - constants only
        collection_id,
    )


async def ids_below(collection_id: str) -> list[str]:
    """Return the ids of a collection and of all below it."""
    found = await rows(f"{_BELOW} SELECT id FROM below", collection_id)  # noqa: S608 - constants only
    return [item["id"] for item in found]


async def size_below(collection_id: str) -> int:
    """Return the bytes of a collection and of everything below it."""
    found = await row(
        f"""
        {_BELOW} SELECT
          COALESCE((
            SELECT SUM({size_sql("collections", "c")})
            FROM below b CROSS JOIN collections c ON c.id = b.id
          ), 0) + COALESCE((
            SELECT SUM({size_sql("endpoints", "e")})
            FROM below b CROSS JOIN endpoints e ON e.collection_id = b.id
          ), 0) AS size
        """,  # noqa: S608 - constants only
        collection_id,
    )
    return int(found["size"]) if found else 0


async def flows_below(collection_id: str) -> list[Row]:
    """Return id and name of the flows that belong to a collection or one below it."""
    return await rows(
        f"""
        {_BELOW} SELECT f.id, f.name
        FROM below b CROSS JOIN flows f ON f.collection_id = b.id ORDER BY f.id
        """,  # noqa: S608 - constants only
        collection_id,
    )


async def taken_names(sibling_of: str, hashes: list[str]) -> set[str]:
    """Return which of these names' hashes siblings have already."""
    marks = ", ".join("?" * len(hashes))
    found = await rows(
        f"SELECT name_hash FROM collections WHERE sibling_of = ? AND name_hash IN ({marks})",  # noqa: S608 - question marks
        sibling_of,
        *hashes,
    )
    return {item["name_hash"] for item in found}
