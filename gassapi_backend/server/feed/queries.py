"""Reads about changes and about who follows them: each a single statement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from gassapi_backend.database import Row, row, rows, taking
from gassapi_backend.database.indexes import BY_COLLECTION_AND_REVISION, BY_REVISION
from gassapi_backend.server.items.outlines import marks
from gassapi_backend.server.items.sizes import TEXTS, octets_sql

_OF_CONTENT = {table.removesuffix("s"): (table, columns) for table, columns in TEXTS.items()}
_LARGE = {"project": ("projects", ("settings",)), **_OF_CONTENT}
"""By type of resource: its table, and the columns that may be large."""

CONTENT = tuple(_OF_CONTENT)
"""Types whose rows carry the revision of their last change."""

OVERHEAD = 500
"""Bytes of a resource in an answer beside its texts, about: many small ones are large, too."""

_PARENTS = {"collection": "parent_id", "endpoint": "collection_id"}

Span = tuple[int, int]
"""All revisions between two, without these."""


def spans(after: int, up_to: int, without: Iterable[int]) -> list[Span]:
    """Return the revisions in (after, up_to] but for some, which are few."""
    edges = [after, *sorted(one for one in without if after < one <= up_to), up_to + 1]
    return [(start, end) for start, end in pairwise(edges) if end > start + 1]


def within(table: str) -> str:
    """Return which rows of a project those of a span are, from FROM on: their index has to do it.

    A span is a statement's, or a branch's of a union: with OR, MySQL reads the whole project.
    """
    index = taking(BY_REVISION[table])
    return f"FROM {table} {index} WHERE project_id = ? AND revision > ? AND revision < ?"


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


async def list_counts(
    project_id: str, after: Mapping[str, int], up_to: int, limit: int
) -> list[Row]:
    """Return by ``type`` and revision the number of rows it was last to write.

    Of each type named in ``after`` those behind that revision, the first ``limit`` rows: no more
    are looked at, in an index that has all of that, so that the last number may be too small.
    """
    counts, values = list[str](), list[object]()
    for kind, start in after.items():
        counts.append(
            f"""
            SELECT '{kind}' AS type, revision, COUNT(*) AS number FROM (
              SELECT revision {within(_LARGE[kind][0])} ORDER BY revision LIMIT {limit}
            ) w GROUP BY revision
            """  # noqa: S608 - constants and a number
        )
        values += [project_id, start, up_to + 1]
    return await rows(" UNION ALL ".join(counts), *values)


async def list_sizes(project_id: str, written: Mapping[str, Sequence[Span]]) -> list[Row]:
    """Return the ``size`` in bytes, about, of what was last written in spans of each type.

    Each with its ``type``, ``id``, revision and what it is in, its ``parent``.
    """
    wanted, values = list[str](), list[object]()
    for kind, some in written.items():
        for span in some:
            wanted.append(f"{_sized(kind)} {within(_LARGE[kind][0])}")
            values += [project_id, *span]
    return await rows(" UNION ALL ".join(wanted), *values) if wanted else []


async def list_named_sizes(named: Collection[tuple[str, str | None]]) -> list[Row]:
    """Return the same of resources with these types and ids."""
    wanted, values = list[str](), list[object]()
    for kind, (table, _) in _LARGE.items():
        ids = [one for name, one in named if name == kind and one is not None]
        if ids:
            wanted.append(f"{_sized(kind)} FROM {table} WHERE id IN ({marks(ids)})")
            values += ids
    return await rows(" UNION ALL ".join(wanted), *values) if wanted else []


def _sized(kind: str) -> str:
    size = " + ".join([str(OVERHEAD), *map(octets_sql, _LARGE[kind][1])])
    parent = _PARENTS.get(kind, "NULL")
    return f"SELECT '{kind}' AS type, id, {parent} AS parent, revision, {size} AS size"


async def list_places(project_id: str, revisions: Collection[int]) -> list[Row]:
    """Return into which collections some changes wrote, as far as it is their last change.

    For each revision a row of every ``parent`` that was not itself written by it, with the number
    of collections and endpoints in there that were; there are two endpoints for any more. They are
    looked for in an index, from each collection of the project; reading them would take many times
    as long.
    """
    endpoints = f"""
        FROM endpoints e {taking(BY_COLLECTION_AND_REVISION)}
        WHERE e.collection_id = k.id AND e.revision = asked.revision LIMIT 1
    """
    numbers = " UNION ALL ".join(["SELECT ? AS revision"] * len(revisions))
    return await rows(
        f"""
        SELECT found.revision, found.parent, SUM(found.number) AS number FROM (
          SELECT c.revision, c.parent_id AS parent, COUNT(*) AS number
          FROM collections c
          LEFT JOIN collections p ON p.id = c.parent_id AND p.revision = c.revision
          WHERE c.project_id = ? AND c.revision IN ({marks(revisions)}) AND p.id IS NULL
          GROUP BY c.revision, c.parent_id
          UNION ALL
          SELECT asked.revision, k.id,
                 COALESCE((SELECT 1 {endpoints}), 0) + COALESCE((SELECT 1 {endpoints} OFFSET 1), 0)
          FROM ({numbers}) asked CROSS JOIN collections k
          WHERE k.project_id = ? AND k.revision <> asked.revision
        ) found
        WHERE found.number > 0 GROUP BY found.revision, found.parent
        """,  # noqa: S608 - constants and question marks
        project_id,
        *revisions,
        *revisions,
        project_id,
    )


async def find_followed(project_ids: Collection[str], user_ids: Collection[str]) -> list[Row]:
    """Return projects with their revisions, a row for each of the people who is a member."""
    return await rows(
        f"""
        SELECT p.id, p.revision, p.is_public, m.user_id
        FROM projects p
        LEFT JOIN members m ON m.project_id = p.id AND m.user_id IN ({marks(user_ids)})
        WHERE p.id IN ({marks(project_ids)})
        """,  # noqa: S608 - question marks
        *user_ids,
        *project_ids,
    )


async def living_sessions(session_ids: Collection[str], now: str) -> set[str]:
    """Return the sessions that go on, of people who may sign in. ``now`` as the database has it."""
    found = await rows(
        f"""
        SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id IN ({marks(session_ids)})
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
        WHERE t.id IN ({marks(token_ids)}) AND t.revoked_at IS NULL AND u.is_active = ?
          AND (t.expires_at IS NULL OR t.expires_at > ?)
        """,  # noqa: S608 - as above
        *token_ids,
        True,
        now,
    )
    return {row["id"] for row in found}
