"""Reads about sessions: each a single statement."""

from gassapi_backend.database import Row, rows


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
