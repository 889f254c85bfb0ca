"""Reads about accounts: each a single statement."""

from gassapi_backend.database import Row, row, rows


async def find_session(session_id: str) -> Row | None:
    """Return a session with its person."""
    return await row(
        """
        SELECT s.revoked_at, u.id AS user_id, u.name, u.is_active, u.is_admin
        FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = ?
        """,
        session_id,
    )


async def list_sessions(user_id: str, now: str) -> list[Row]:
    """Return a person's living sessions, the last used first. ``now`` as the database has it."""
    return await rows(
        """
        SELECT id, ip, user_agent, created_at, last_used_at
        FROM sessions
        WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ?
        ORDER BY last_used_at DESC, id DESC
        LIMIT 100
        """,
        user_id,
        now,
    )
