"""Reads about sessions: each a single statement."""

from typing import cast

from gassapi_backend.database import row, rows
from gassapi_backend.database.statements import locking
from gassapi_backend.models.rows import SessionRow
from gassapi_backend.server.sessions.rows import ListedSession

_COLUMNS = ", ".join(SessionRow.__annotations__)


async def list_sessions(user_id: str, now: str) -> list[ListedSession]:
    """Return a person's living sessions, the last used first. ``now`` as the database has it."""
    found = await rows(
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
    return cast("list[ListedSession]", found)


async def surplus_sessions(
    user_id: str, ip: str | None, user_agent: str | None, now: str, *, keep: int
) -> list[SessionRow]:
    """Return a person's living sessions but for ``keep``; of a program at an address more.

    Kept are those from elsewhere before those from there, and the last used before others.
    """
    found = await rows(
        f"""
        SELECT {_COLUMNS} FROM sessions
        WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ?
        ORDER BY CASE WHEN ip = ? AND user_agent = ? THEN 1 ELSE 0 END, last_used_at DESC, id DESC
        LIMIT 1000 OFFSET ?
        """,  # noqa: S608 - constants only
        user_id,
        now,
        ip,
        user_agent,
        keep,
    )
    return cast("list[SessionRow]", found)


async def lock_session(session_id: str) -> SessionRow | None:
    """Return a session as it is now, and keep others from writing it."""
    found = await row(f"SELECT {_COLUMNS} FROM sessions WHERE id = ?{locking()}", session_id)  # noqa: S608 - constants only
    return cast("SessionRow | None", found)


async def recent_sessions(user_id: str) -> list[ListedSession]:
    """Return a person's last sessions, ended ones too, as far as they are kept."""
    found = await rows(
        """
        SELECT id, ip, user_agent, created_at, last_used_at
        FROM sessions WHERE user_id = ? ORDER BY id DESC LIMIT 200
        """,
        user_id,
    )
    return cast("list[ListedSession]", found)
