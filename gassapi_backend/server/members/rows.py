"""The row of a new invitation, made without a database, and how this room's rows are read."""

from typing import TypedDict

from gassapi_backend.models.rows import InvitationRow, StoredInvitation
from gassapi_backend.server.names import email_key


class ListedMember(TypedDict):
    """Somebody in a project: their account, and since when they are a member."""

    id: str
    name: str
    email: str
    avatar_url: str | None
    created_at: str
    is_owner: bool


class InvitationWithInviter(InvitationRow):
    """An invitation, and the name of who sent it; ``None`` for the console."""

    inviter_name: str | None


class InvitationWithNames(InvitationWithInviter):
    """An invitation, with the name of its project too."""

    project_name: str


def new_row(
    invitation_id: str,
    *,
    project_id: str,
    email: str,
    invited_by_id: str | None,
    expires_at: str,
    moment: str,
) -> StoredInvitation:
    """Return the row of an invitation; ``expires_at`` and ``moment`` as databases have them."""
    return {
        "id": invitation_id,
        "project_id": project_id,
        "email": email,
        "email_key": email_key(email),
        "invited_by_id": invited_by_id,
        "generation": 1,
        "created_at": moment,
        "expires_at": expires_at,
    }
