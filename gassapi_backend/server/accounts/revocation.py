"""What ends with a password or an account: sessions, tokens, invitations, reset links."""

from typing import cast

from gassapi_backend.clock import now, stored
from gassapi_backend.database import execute, rows
from gassapi_backend.database.statements import for_ids, locking, send
from gassapi_backend.models import Invitation, McpToken, Project, Purpose, User
from gassapi_backend.models.rows import SessionRow
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.errors import Conflict
from gassapi_backend.server.tokens.actions import end_tokens

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
    sql = "UPDATE sessions SET revoked_at = ?, revoked_reason = ? WHERE id IN ({ids})"
    await send(for_ids(sql, ids, stored(now()), reason))
    for session in sessions:
        made.record(
            "session_ended", "session", session["id"], userId=session["user_id"], reason=reason
        )
    made.ends_access()


async def revoke_account_tokens(made: Change, user: User, reason: str) -> int:
    """Revoke every MCP token of a locked account; return how many died.

    The projects they are for have to be locked. Raises ``Conflict`` where one is not.
    """
    living = await McpToken.filter(creator_id=user.id, revoked_at=None)
    for token in living:
        project = _locked(made, token.project_id)
        made.record(
            "mcp_token_revoked",
            "mcp_token",
            token.id,
            token.name,
            in_project=project,
            reason=reason,
        )
    if living:
        await end_tokens(made, [token.id for token in living], reason)
    return len(living)


async def withdraw_invitations(made: Change, user: User, reason: str) -> None:
    """Withdraw the invitations that a locked account sent, as ``revoke_account_tokens()`` does."""
    for sent in await Invitation.filter(invited_by_id=user.id):
        project = _locked(made, sent.project_id)
        made.record(
            "invitation_withdrawn",
            "invitation",
            sent.id,
            sent.email,
            in_project=project,
            reason=reason,
        )
    await Invitation.filter(invited_by_id=user.id).delete()


def _locked(made: Change, project_id: str) -> Project:
    if project_id not in made.projects:
        raise Conflict("The projects of this account changed at the same moment. Try again.")
    return made.projects[project_id]


async def end_reset_links(user_id: str) -> None:
    """Make every link that would set somebody's password worthless, in the open change."""
    await execute(
        "UPDATE one_time_tokens SET used_at = ? "
        "WHERE user_id = ? AND purpose = ? AND used_at IS NULL",
        stored(now()),
        user_id,
        Purpose.RESET_PASSWORD.value,
    )
