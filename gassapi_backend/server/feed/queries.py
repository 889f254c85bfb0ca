"""Reads about changes and about who follows them: each a single statement."""

from collections.abc import Collection

from gassapi_backend.database import Row, row, rows
from gassapi_backend.server.items.sizes import TEXTS, octets_sql

_LARGE = {
    "project": ("projects", ("settings",)),
    **{table.removesuffix("s"): (table, columns) for table, columns in TEXTS.items()},
}
"""By type of resource: its table, and the columns that may be large."""

OVERHEAD = 500
"""Bytes of a resource in an answer beside its texts, about: many small ones are large, too."""

_PARENTS = {"collection": "parent_id", "endpoint": "collection_id"}


async def list_entries(project_id: str, since: int, limit: int) -> list[Row]:
    """Return the audit entries that came after a revision of a project, the oldest first."""
    return await rows(
        f"""
        SELECT a.revision, a.at, a.action, a.resource_type, a.resource_id, a.resource_name,
               a.actor_type, a.actor_id, u.name AS actor,
               p.size + {OVERHEAD} * (p.collection_count + p.endpoint_count + p.flow_count)
                 AS project_size,
               CASE WHEN a.action = 'project_transferred' THEN a.details END AS details
        FROM audit_log a LEFT JOIN users u ON u.id = a.actor_id
        LEFT JOIN projects p ON p.id = a.project_id
        WHERE a.project_id = ? AND a.revision > ?
        ORDER BY a.revision LIMIT {limit}
        """,  # noqa: S608 - numbers
        project_id,
        since,
    )


async def last_before(project_id: str, revision: int, oldest: str) -> int | None:
    """Return the last revision after one before those whose entries are from ``oldest`` on.

    Where there are none of these, the last there is. ``oldest`` as the database has times.
    """
    found = await row(
        """
        SELECT COALESCE(MIN(CASE WHEN at >= ? THEN revision END) - 1, MAX(revision)) AS revision
        FROM audit_log WHERE project_id = ? AND revision > ?
        """,
        oldest,
        project_id,
        revision,
    )
    return None if found is None else found["revision"]


async def list_sizes(
    project_id: str, named: Collection[tuple[str, str | None]], after: int, up_to: int
) -> list[Row]:
    """Return the ``size`` in bytes, about, of resources with their ``type``.

    Of those that are named, each with its ``id`` and revision; and of all together whose last
    change was one of a revision in (after, up_to], whose ``id`` is ``None``.
    """
    wanted, values = list[str](), list[object]()
    for kind, (table, texts) in _LARGE.items():
        size = " + ".join([str(OVERHEAD), *map(octets_sql, texts)])
        ids = [one for name, one in named if name == kind and one is not None]
        if ids:
            columns = f"'{kind}' AS type, id, revision, {size} AS size"
            wanted.append(f"SELECT {columns} FROM {table} WHERE id IN ({_marks(ids)})")  # noqa: S608 - constants
            values += ids
        if kind != "project":
            wanted.append(
                f"SELECT '{kind}' AS type, NULL AS id, revision, SUM({size}) AS size FROM {table} "  # noqa: S608 - as above
                "WHERE project_id = ? AND revision > ? AND revision <= ? GROUP BY revision"
            )
            values += [project_id, after, up_to]
    return await rows(" UNION ALL ".join(wanted), *values)


async def list_places(project_id: str, revisions: Collection[int]) -> list[Row]:
    """Return into which collections some changes wrote, as far as it is their last change.

    For each revision a row of every ``parent`` that was not itself written by it, with the number
    of collections and endpoints in there that were, and the ``id`` of one of them.
    """
    written = " UNION ALL ".join(
        f"SELECT revision, id, {_PARENTS[kind]} AS parent FROM {_LARGE[kind][0]} "  # noqa: S608 - constants and question marks
        f"WHERE project_id = ? AND revision IN ({_marks(revisions)})"
        for kind in _PARENTS
    )
    return await rows(
        f"""
        SELECT w.revision, w.parent, COUNT(*) AS number, MIN(w.id) AS id FROM ({written}) w
        LEFT JOIN collections c ON c.id = w.parent AND c.revision = w.revision
        WHERE c.id IS NULL GROUP BY w.revision, w.parent
        """,  # noqa: S608 - as above
        *[project_id, *revisions] * len(_PARENTS),
    )


async def find_followed(project_ids: Collection[str], user_ids: Collection[str]) -> list[Row]:
    """Return projects with their revisions, a row for each of the people who is a member."""
    return await rows(
        f"""
        SELECT p.id, p.revision, p.is_public, m.user_id
        FROM projects p
        LEFT JOIN members m ON m.project_id = p.id AND m.user_id IN ({_marks(user_ids)})
        WHERE p.id IN ({_marks(project_ids)})
        """,  # noqa: S608 - question marks
        *user_ids,
        *project_ids,
    )


async def living_sessions(session_ids: Collection[str], now: str) -> set[str]:
    """Return the sessions that go on, of people who may sign in. ``now`` as the database has it."""
    found = await rows(
        f"""
        SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id IN ({_marks(session_ids)})
          AND s.revoked_at IS NULL AND s.expires_at > ? AND u.is_active = ?
        """,  # noqa: S608 - as above
        *session_ids,
        now,
        True,
    )
    return {row["id"] for row in found}


async def living_tokens(token_ids: Collection[str], now: str) -> set[str]:
    """Return the MCP tokens that are good, whose creators are still active members.

    ``now`` as the database has times.
    """
    found = await rows(
        f"""
        SELECT t.id FROM mcp_tokens t
        JOIN users u ON u.id = t.creator_id
        JOIN members m ON m.project_id = t.project_id AND m.user_id = t.creator_id
        WHERE t.id IN ({_marks(token_ids)}) AND t.revoked_at IS NULL AND u.is_active = ?
          AND (t.expires_at IS NULL OR t.expires_at > ?)
        """,  # noqa: S608 - as above
        *token_ids,
        True,
        now,
    )
    return {row["id"] for row in found}


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values)) or "NULL"
