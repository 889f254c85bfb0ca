"""Whom a credential stands for, and what a path names: each a single statement."""

from gassapi_backend.clock import stored_now
from gassapi_backend.database import Row, row

LISTED_COLUMNS = """
  p.id, p.name, p.description, p.is_public, p.owner_id, p.member_count, p.collection_count,
  p.endpoint_count, p.revision, p.created_at, p.updated_at, o.name AS owner_name
"""
PROJECT_COLUMNS = f"{LISTED_COLUMNS}, p.flow_count, p.size"

_LOADED = f"{PROJECT_COLUMNS}, p.settings, p.audit_hash, m.id IS NOT NULL AS is_member"
_COUNTED = """
  (SELECT COUNT(*) FROM environments e WHERE e.project_id = p.id) AS environment_count,
  (SELECT COUNT(*) FROM mcp_tokens t WHERE t.project_id = p.id AND t.revoked_at IS NULL)
    AS token_count
"""
_BY_ID = """
FROM projects p
JOIN users o ON o.id = p.owner_id
LEFT JOIN members m ON m.project_id = p.id AND m.user_id = ?
WHERE p.id = ?
"""
_LOAD_PROJECT = f"SELECT {_LOADED} {_BY_ID}"
_LOAD_COUNTED_PROJECT = f"SELECT {_LOADED}, {_COUNTED} {_BY_ID}"


async def find_session(session_id: str) -> Row | None:
    """Return a session with its person, and whether it has not ended."""
    return await row(
        """
        SELECT s.revoked_at IS NULL AND s.expires_at > ? AS is_current,
               u.id AS user_id, u.name, u.is_active, u.is_admin, u.must_change_password
        FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = ?
        """,
        stored_now(),
        session_id,
    )


async def find_token(token_hash: str) -> Row | None:
    """Return a token with its creator and whether they are still a member of its project."""
    return await row(
        """
        SELECT t.id, t.project_id, t.scope, t.revoked_at IS NULL AS is_current, t.expires_at,
               u.id AS user_id, u.name, u.is_active, m.id IS NOT NULL AS is_member
        FROM mcp_tokens t
        JOIN users u ON u.id = t.creator_id
        LEFT JOIN members m ON m.project_id = t.project_id AND m.user_id = t.creator_id
        WHERE t.token_hash = ?
        """,
        token_hash,
    )


async def load_project(
    project_id: str, user_id: str | None, *, is_counted: bool = False
) -> Row | None:
    """Return a project with its counts, its owner's name and whether the person is a member.

    ``is_counted``: also with ``environment_count`` and ``token_count``, which no column keeps.
    """
    sql = _LOAD_COUNTED_PROJECT if is_counted else _LOAD_PROJECT
    return await row(sql, user_id, project_id)
