"""Reads about accounts: each a single statement."""

from gassapi_backend.database import Row, contains, row, rows
from gassapi_backend.models import User, folded, is_id
from gassapi_backend.server.accounts.schemas import email_key


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


async def search_users(text: str | None) -> list[User]:
    """Return the accounts whose name or address contains a text, in the order of addresses."""
    wanted = User.all().order_by("email_key")
    if text and (key := folded(text)):
        found = await rows(
            "SELECT id FROM users WHERE email_key LIKE ? ESCAPE '!' OR name_key LIKE ? ESCAPE '!'",
            contains(key),
            contains(key),
        )
        wanted = wanted.filter(id__in=[row["id"] for row in found])
    return await wanted
