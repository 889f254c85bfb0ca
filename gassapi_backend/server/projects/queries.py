"""Reads of projects: each a single statement."""

from gassapi_backend.database import Row, contains, rows
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import folded, is_id
from gassapi_backend.server.access.queries import PROJECT_COLUMNS
from gassapi_backend.server.projects.schemas import ProjectSearch

_SORTS = {"name": "p.name_key", "created_at": "p.created_at", "updated_at": "p.updated_at"}


async def list_projects(
    user_id: str, search: ProjectSearch, only: str | None = None
) -> tuple[list[Row], int]:
    """Return a page of somebody's projects, or of the one project ``only``, and their number."""
    where, values = "m.user_id = ?", [user_id]
    if only:
        where, values = f"{where} AND p.id = ?", [*values, only]
    if search.role:
        where += " AND p.owner_id " + ("= m.user_id" if search.role == "owner" else "<> m.user_id")
    if search.search and (wanted := folded(search.search)):
        where, values = f"{where} AND p.name_key LIKE ? ESCAPE '!'", [*values, contains(wanted)]
    order = search.order or ("asc" if search.sort == "name" else "desc")
    return await page_of(
        "members m JOIN projects p ON p.id = m.project_id JOIN users o ON o.id = p.owner_id "
        f"WHERE {where}",
        *values,
        columns=f"{PROJECT_COLUMNS}, 1 AS is_member",
        order=f"{_SORTS[search.sort]} {order}, p.id {order}",
        limit=search.limit,
        offset=search.offset,
    )


async def find_projects(wanted: str | None) -> list[Row]:
    """Return the projects of a name (without case) or an id; all of them for ``None``."""
    where, values = "1 = 1", list[str]()
    if wanted is not None:
        where = "p.id = ?" if is_id(wanted) else "p.name_key = ?"
        values = [wanted if is_id(wanted) else folded(wanted)]
    return await rows(
        f"""
        SELECT {PROJECT_COLUMNS}, 0 AS is_member FROM projects p JOIN users o ON o.id = p.owner_id
        WHERE {where} ORDER BY p.name_key, p.id
        """,  # noqa: S608 - constants only
        *values,
    )


async def namesakes(owner_id: str, name: str) -> list[str]:
    """Return the ids of somebody's own projects with a name (without case)."""
    found = await rows(
        "SELECT id FROM projects WHERE owner_id = ? AND name_key = ? ORDER BY id",
        owner_id,
        folded(name),
    )
    return [row["id"] for row in found]


async def miscounted_projects() -> list[str]:
    """Return the projects with a wrong number of members, collections or endpoints.

    A collection's number of endpoints counts too.
    """
    found = await rows(
        """
        SELECT p.id FROM projects p
        LEFT JOIN (SELECT project_id, COUNT(*) AS n FROM members GROUP BY project_id) m
          ON m.project_id = p.id
        LEFT JOIN (SELECT project_id, COUNT(*) AS n FROM collections GROUP BY project_id) c
          ON c.project_id = p.id
        LEFT JOIN (SELECT project_id, COUNT(*) AS n FROM endpoints GROUP BY project_id) e
          ON e.project_id = p.id
        WHERE p.member_count <> COALESCE(m.n, 0) OR p.collection_count <> COALESCE(c.n, 0)
          OR p.endpoint_count <> COALESCE(e.n, 0)
          OR p.id IN (
            SELECT k.project_id FROM collections k
            LEFT JOIN (SELECT collection_id, COUNT(*) AS n FROM endpoints GROUP BY collection_id) x
              ON x.collection_id = k.id
            WHERE k.endpoint_count <> COALESCE(x.n, 0)
          )
        ORDER BY p.id
        """
    )
    return [str(row["id"]) for row in found]
