"""The row of a new session, made without a database, and how sessions are listed."""

from typing import NamedTuple, TypedDict

from gassapi_backend.models.rows import SessionRow

NO_ROTATIONS = "[]"


class ListedSession(TypedDict):
    """A session as its person sees it."""

    id: str
    ip: str | None
    user_agent: str | None
    created_at: str
    last_used_at: str


def new_row(
    session_id: str,
    *,
    user_id: str,
    ip: str | None,
    user_agent: str | None,
    expires_at: str,
    moment: str,
) -> SessionRow:
    """Return the row of a session; ``expires_at`` and ``moment`` as databases have it."""
    return {
        "id": session_id,
        "user_id": user_id,
        "generation": 1,
        "rotations": NO_ROTATIONS,
        "ip": ip,
        "user_agent": user_agent,
        "created_at": moment,
        "last_used_at": moment,
        "expires_at": expires_at,
        "revoked_at": None,
        "revoked_reason": None,
    }


class Refused(NamedTuple):
    """How many sign-ins failed, and how many were not even tried since there were too many."""

    failed: int = 0
    locked: int = 0

    def and_one(self, *, is_locked: bool) -> "Refused":
        """Return the counts with one more."""
        return Refused(self.failed + (not is_locked), self.locked + is_locked)

    def plus(self, other: "Refused") -> "Refused":
        """Return the sums."""
        return Refused(self.failed + other.failed, self.locked + other.locked)
