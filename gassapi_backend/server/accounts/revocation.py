"""What ends with a password or an account: sessions, and links that would set a password."""

from typing import Any

from gassapi_backend.clock import now, stored
from gassapi_backend.database import execute
from gassapi_backend.models import Purpose, Session
from gassapi_backend.server.changes.change import Change


async def living_sessions(user_id: str) -> list[Session]:
    """Return somebody's sessions that have not ended, locked."""
    living: Any = Session.filter(user_id=user_id, revoked_at=None).select_for_update()
    return list(await living)


async def revoke_sessions(made: Change, sessions: list[Session], reason: str) -> None:
    """End sessions at once."""
    if not sessions:
        return
    ids = [session.id for session in sessions]
    await Session.filter(id__in=ids).update(revoked_at=now(), revoked_reason=reason)
    for session in sessions:
        made.record("session_ended", "session", session.id, userId=session.user_id, reason=reason)
    made.ends_access()


async def end_reset_links(user_id: str) -> None:
    """Make every link that would set somebody's password worthless, in the open change."""
    await execute(
        "UPDATE one_time_tokens SET used_at = ? "
        "WHERE user_id = ? AND purpose = ? AND used_at IS NULL",
        stored(now()),
        user_id,
        Purpose.RESET_PASSWORD.value,
    )
