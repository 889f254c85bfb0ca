"""Reads about accounts: each a single statement."""

from gassapi_backend.database import Row, row, rows
from gassapi_backend.models import User, is_id
from gassapi_backend.server.access.session_tokens import invalid_token
from gassapi_backend.server.names import email_key


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


async def find_user(who: str) -> User | None:
    """Return the account of an e-mail address or an id."""
    if is_id(who):
        return await User.get_or_none(id=who)
    return await User.filter(email_key=email_key(who)).first()


async def own_account(user_id: str) -> User:
    """Return a caller's account. Raises ``Unauthenticated`` where it has just been deleted."""
    user = await User.get_or_none(id=user_id)
    if user is None:
        raise invalid_token()
    return user
