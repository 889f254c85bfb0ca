"""Reads for assistants: the contents of a project, in short; each a single statement."""

from typing import Any

from gassapi_backend.database import Row, contains, row, rows, taking
from gassapi_backend.database.indexes import (
    BY_AGE,
    BY_ID,
    BY_METHOD_AND_AGE,
    BY_METHOD_AND_PLACE,
    BY_PLACE,
)
from gassapi_backend.database.search import find
from gassapi_backend.models import search_key
from gassapi_backend.server.endpoints.schemas import MAX_URL

PAGE = 250
"""Rows read at a time: more than fit into an answer."""

MANY = 500
"""The most matches from which a collection's are picked; beyond that, it is searched itself."""

_ENDPOINT = "e.id, e.collection_id, e.name, e.method, e.url, e.purpose, e.revision"


async def list_collections(project_id: str, offset: int) -> list[Row]:
    """Return a page of a project's collections by position, in short."""
    return await rows(
        f"""
        SELECT id, parent_id, name, endpoint_count FROM collections WHERE project_id = ?
        ORDER BY position, id LIMIT {PAGE} OFFSET ?
        """,  # noqa: S608 - a constant
        project_id,
        offset,
    )


async def list_flows(project_id: str, offset: int) -> list[Row]:
    """Return a page of a project's flows by name, in short."""
    return await rows(
        f"""
        SELECT id, name, is_active FROM flows WHERE project_id = ?
        ORDER BY name_key, id LIMIT {PAGE} OFFSET ?
        """,  # noqa: S608 - a constant
        project_id,
        offset,
    )


async def list_endpoints(
    project_id: str,
    offset: int,
    *,
    collection_id: str | None = None,
    method: str | None = None,
    search: str = "",
) -> list[Row]:
    """Return endpoints of a project, or directly in one of its collections, in short."""
    where, values, order = "e.project_id = ?", list[Any]([project_id]), "e.id"
    index = BY_METHOD_AND_AGE if method else BY_AGE
    if collection_id is not None:
        where, values, order = "e.collection_id = ?", [collection_id], "e.position, e.id"
        index = BY_METHOD_AND_PLACE if method else BY_PLACE
    if method:
        where, values = f"{where} AND e.method = ?", [*values, method]
    if wanted := search_key(search, MAX_URL):
        found = await find(project_id, wanted, method=method, enough=offset + PAGE)
        if collection_id is None or (found.is_all and len(found.ids) <= MANY):
            ids = found.ids if collection_id else found.ids[offset : offset + PAGE]
            offset = offset if collection_id else 0
            where += f" AND e.id IN ({', '.join('?' * len(ids)) or 'NULL'})"
            values, index = [*values, *ids], BY_ID
        else:
            where += " AND (e.name_key LIKE ? ESCAPE '!' OR e.url_key LIKE ? ESCAPE '!')"
            values += [contains(wanted)] * 2
    return await rows(
        f"""
        SELECT {_ENDPOINT} FROM endpoints e
        JOIN (
          SELECT e.id FROM endpoints e {taking(index)} WHERE {where}
          ORDER BY {order} LIMIT {PAGE} OFFSET ?
        ) page ON page.id = e.id
        ORDER BY {order}
        """,  # noqa: S608 - constants only
        *values,
        offset,
    )


async def search_collections(project_id: str, search: str, offset: int) -> list[Row]:
    """Return collections of a project whose name contains a text."""
    return await _named(
        "collections",
        "name_key LIKE ? ESCAPE '!'",
        "position, id",
        project_id,
        search_key(search),
        offset,
    )


async def search_flows(project_id: str, search: str, offset: int) -> list[Row]:
    """Return flows of a project whose name contains a text."""
    return await _named(
        "flows",
        "name_key LIKE ? ESCAPE '!'",
        "name_key, id",
        project_id,
        search_key(search),
        offset,
    )


async def find_environment(project_id: str, column: str, value: str) -> Row | None:
    """Return an environment by ``name_hash``, or the default one by ``default_of``."""
    return await row(
        f"SELECT id, name, variables FROM environments WHERE project_id = ? AND {column} = ?",  # noqa: S608 - one of two
        project_id,
        value,
    )


async def collections_above(collection_id: str) -> list[Row]:
    """Return a collection and those around it, the outermost first, with what is inherited."""
    return await rows(
        """
        WITH RECURSIVE above (id, parent_id, height) AS (
          SELECT id, parent_id, 0 FROM collections WHERE id = ?
          UNION ALL
          SELECT c.id, c.parent_id, above.height + 1
          FROM above JOIN collections c ON c.id = above.parent_id
        )
        SELECT c.id, c.name, c.variables, c.auth, c.headers
        FROM above JOIN collections c ON c.id = above.id ORDER BY above.height DESC
        """,
        collection_id,
    )


async def collections_in(collection_id: str) -> list[Row]:
    """Return the collections directly in a collection, in short."""
    return await rows(
        f"""
        SELECT id, parent_id, name, endpoint_count FROM collections WHERE sibling_of = ?
        ORDER BY position, id LIMIT {PAGE}
        """,  # noqa: S608 - a constant
        collection_id,
    )


async def _named(
    table: str, where: str, order: str, project_id: str, search: str, offset: int
) -> list[Row]:
    return await rows(
        f"""
        SELECT id, name FROM {table} WHERE project_id = ? AND {where}
        ORDER BY {order} LIMIT {PAGE} OFFSET ?
        """,  # noqa: S608 - constants only
        project_id,
        contains(search),
        offset,
    )
