"""What ends with a password or an account: sessions, and links that would set a password."""

from typing import cast

from gassapi_backend.clock import now, stored
from gassapi_backend.database import execute, rows
from gassapi_backend.database.statements import locking
from gassapi_backend.models import Purpose, Session
from gassapi_backend.models.rows import SessionRow
from gassapi_backend.server.changes.change import Change

_COLUMNS = ", ".join(SessionRow.__annotations__)


async def living_sessions(user_id: str) -> list[SessionRow]:
    """Return somebody's sessions that have not ended, locked."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM sessions WHERE user_id = ? AND revoked_at IS NULL{locking()}",  # noqa: S608 - constants only
        user_id,
    )
    return cast("list[SessionRow]", found)


async def revoke_sessions(made: Change, sessions: list[SessionRow], reason: str) -> None:
    """End sessions at once."""
    if not sessions:
        return
    ids = [session["id"] for session in sessions]
    await Session.filter(id__in=ids).update(revoked_at=now(), revoked_reason=reason)
    for session in sessions:
        made.record(
            "session_ended", "session", session["id"], userId=session["user_id"], reason=reason
        )
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
