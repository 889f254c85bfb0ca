"""Reads of projects: each a single statement."""

from gassapi_backend.database import Row, Statement, contains, rows
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import folded, is_id, search_key
from gassapi_backend.server.access.queries import LISTED_COLUMNS, PROJECT_COLUMNS
from gassapi_backend.server.items.sizes import TEXTS, size_sql
from gassapi_backend.server.limits.quotas import MB, quotas
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
    if search.search and (wanted := search_key(search.search)):
        where, values = f"{where} AND p.name_key LIKE ? ESCAPE '!'", [*values, contains(wanted)]
    order = search.order or ("asc" if search.sort == "name" else "desc")
    return await page_of(
        "members m JOIN projects p ON p.id = m.project_id JOIN users o ON o.id = p.owner_id "
        f"WHERE {where}",
        *values,
        columns=f"{LISTED_COLUMNS}, 1 AS is_member",
        order=f"{_SORTS[search.sort]} {order}, p.id {order}",
        limit=search.limit,
        offset=search.offset,
    )


async def find_projects(wanted: str | None) -> list[Row]:
    """Return the projects of a name (without case) or an id; all of them for ``None``."""
    where, values = "1 = 1", list[str]()
    if wanted is not None:
        where = "p.id = ?" if is_id(wanted) else "p.name_key = ?"
        values = [wanted if is_id(wanted) else search_key(wanted)]
    found = await rows(
        f"""
        SELECT {PROJECT_COLUMNS}, 0 AS is_member FROM projects p JOIN users o ON o.id = p.owner_id
        WHERE {where} ORDER BY p.name_key, p.id
        """,  # noqa: S608 - constants only
        *values,
    )
    if wanted is None or is_id(wanted):
        return found
    return [one for one in found if folded(one["name"]) == folded(wanted)]


async def has_namesake(owner_id: str, name: str) -> bool:
    """Whether somebody owns a project of a name (without case)."""
    sql, values = likely_namesakes(owner_id, name)
    return any_namesake(await rows(sql, *values), name)


def likely_namesakes(owner_id: str, name: str) -> Statement:
    """Return what asks for names that are a name but for case and accents: ten, if there are."""
    sql = "SELECT name FROM projects WHERE owner_id = ? AND name_key = ? LIMIT 10"
    return sql, [owner_id, search_key(name)]


def any_namesake(found: list[Row], name: str) -> bool:
    """Whether one of what ``likely_namesakes()`` asked for is the name, without case."""
    wanted = folded(name)
    return any(folded(row["name"]) == wanted for row in found)


def count_of_projects(owner_id: str) -> Statement:
    """Return what asks how many projects somebody owns, as ``n``."""
    return "SELECT COUNT(*) AS n FROM projects WHERE owner_id = ?", [owner_id]


async def crowded_projects(share: float) -> list[Row]:
    """Return the projects that hold more than a share of what they may, with name and counts."""
    limits = quotas()
    most = {
        "size": limits.project_max_mb * MB,
        "collection_count": limits.project_max_collections,
        "endpoint_count": limits.project_max_endpoints,
        "flow_count": limits.project_max_flows,
        "member_count": limits.project_max_members,
    }
    conditions = " OR ".join(f"{column} > ?" for column in most)
    return await rows(
        f"SELECT id, name, {', '.join(most)} FROM projects WHERE {conditions} ORDER BY id",  # noqa: S608 - constants only
        *(limit * share for limit in most.values()),
    )


async def crowded_people(share: float) -> list[Row]:
    """Return the accounts that own more than a share of the projects that they may."""
    return await rows(
        """
        SELECT u.id, u.email, COUNT(*) AS projects FROM projects p JOIN users u ON u.id = p.owner_id
        GROUP BY u.id, u.email HAVING COUNT(*) > ? ORDER BY u.id
        """,
        quotas().person_max_projects * share,
    )


async def miscounted_projects() -> list[str]:
    """Return the projects with a wrong size, or number of members, collections, endpoints or flows.

    A collection's number of endpoints counts too, and that of those that a search looks through.
    """
    sizes = " ".join(
        f"LEFT JOIN (SELECT project_id, SUM({size_sql(table)}) AS n FROM {table} "  # noqa: S608 - constants only
        f"GROUP BY project_id) size_of_{table} ON size_of_{table}.project_id = p.id"
        for table in TEXTS
    )
    size = " + ".join(f"COALESCE(size_of_{table}.n, 0)" for table in TEXTS)
    found = await rows(
        f"""
        SELECT p.id FROM projects p
        LEFT JOIN (SELECT project_id, COUNT(*) AS n FROM members GROUP BY project_id) m
          ON m.project_id = p.id
        LEFT JOIN (SELECT project_id, COUNT(*) AS n FROM collections GROUP BY project_id) c
          ON c.project_id = p.id
        LEFT JOIN (SELECT project_id, COUNT(*) AS n FROM endpoints GROUP BY project_id) e
          ON e.project_id = p.id
        LEFT JOIN (SELECT project_id, COUNT(*) AS n FROM flows GROUP BY project_id) f
          ON f.project_id = p.id
        LEFT JOIN (SELECT project_id, SUM(entries) AS n FROM search_blocks GROUP BY project_id) s
          ON s.project_id = p.id
        {sizes}
        WHERE p.member_count <> COALESCE(m.n, 0) OR p.collection_count <> COALESCE(c.n, 0)
          OR p.endpoint_count <> COALESCE(e.n, 0) OR p.flow_count <> COALESCE(f.n, 0)
          OR COALESCE(s.n, 0) <> COALESCE(e.n, 0) OR p.size <> {size}
          OR p.id IN (
            SELECT k.project_id FROM collections k
            LEFT JOIN (SELECT collection_id, COUNT(*) AS n FROM endpoints GROUP BY collection_id) x
              ON x.collection_id = k.id
            WHERE k.endpoint_count <> COALESCE(x.n, 0)
          )
        ORDER BY p.id
        """  # noqa: S608 - as above
    )
    return [str(one["id"]) for one in found]
