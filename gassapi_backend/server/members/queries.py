"""Reads about members and invitations; ``now`` is the time as the database has it."""

from typing import cast

from gassapi_backend.database import row, rows, taking
from gassapi_backend.database.indexes import INVITATIONS_BY_AGE
from gassapi_backend.database.pages import page_of
from gassapi_backend.models.rows import InvitationRow, StoredInvitation
from gassapi_backend.server.members.rows import InvitationWithNames, ListedMember

MOST_AT_ONCE = 200

_SHOWN = ", ".join(f"i.{column}" for column in InvitationRow.__annotations__)
_COLUMNS = f"""
  {_SHOWN}, (SELECT u.name FROM users u WHERE u.id = i.invited_by_id) AS inviter_name,
  (SELECT p.name FROM projects p WHERE p.id = i.project_id) AS project_name
"""  # noqa: S608 - constants only
_STORED = ", ".join(StoredInvitation.__annotations__)


async def list_members(
    project_id: str, *, limit: int, offset: int
) -> tuple[list[ListedMember], int]:
    """Return a page of a project's members, the owner first, then by name; and their number."""
    found, total = await page_of(
        "members m JOIN users u ON u.id = m.user_id JOIN projects p ON p.id = m.project_id "
        "WHERE m.project_id = ?",
        project_id,
        columns="u.id, u.name, u.email, u.avatar_url, m.created_at, u.id = p.owner_id AS is_owner",
        order="is_owner DESC, u.name_key, u.id",
        limit=limit,
        offset=offset,
    )
    return cast("list[ListedMember]", found), total


async def list_invitations(
    project_id: str, now: str, *, limit: int, offset: int
) -> tuple[list[InvitationWithNames], int]:
    """Return a page of a project's living invitations, the oldest first, and their number."""
    found, total = await page_of(
        f"invitations i {taking(INVITATIONS_BY_AGE)} WHERE i.project_id = ? AND i.expires_at > ?",
        project_id,
        now,
        columns=_COLUMNS,
        order="i.created_at, i.id",
        limit=limit,
        offset=offset,
    )
    return cast("list[InvitationWithNames]", found), total


async def list_invitations_of(
    user_id: str, now: str, *, limit: int, offset: int
) -> tuple[list[InvitationWithNames], int]:
    """Return a page of the living invitations to somebody's address, and their number.

    None while the address is not confirmed: anybody could have registered it.
    """
    found, total = await page_of(
        "invitations i JOIN users me ON me.email_key = i.email_key "
        "WHERE me.id = ? AND me.email_verified_at IS NOT NULL AND i.expires_at > ?",
        user_id,
        now,
        columns=_COLUMNS,
        order="i.created_at, i.id",
        limit=limit,
        offset=offset,
    )
    return cast("list[InvitationWithNames]", found), total


async def find_invitation(invitation_id: str) -> InvitationWithNames | None:
    """Return an invitation with the names of its project and of who made it."""
    found = await row(
        f"SELECT {_COLUMNS} FROM invitations i WHERE i.id = ?",  # noqa: S608 - constants only
        invitation_id,
    )
    return cast("InvitationWithNames | None", found)


async def invitation_in(project_id: str, invitation_id: str) -> StoredInvitation | None:
    """Return an invitation to a project."""
    return await _stored(project_id, "id", invitation_id)


async def invitation_to(project_id: str, email_key: str) -> StoredInvitation | None:
    """Return the invitation of an address to a project, expired or not."""
    return await _stored(project_id, "email_key", email_key)


async def invitations_about(
    project_id: str, user_id: str, email_key: str
) -> list[StoredInvitation]:
    """Return the invitations to a project that somebody sent, and the one for their address."""
    found = await rows(
        f"SELECT {_STORED} FROM invitations "  # noqa: S608 - constants only
        "WHERE project_id = ? AND (invited_by_id = ? OR email_key = ?)",
        project_id,
        user_id,
        email_key,
    )
    return cast("list[StoredInvitation]", found)


async def expired_invitations(project_id: str, now: str) -> list[StoredInvitation]:
    """Return the invitations to a project that are over."""
    found = await rows(
        f"SELECT {_STORED} FROM invitations WHERE project_id = ? AND expires_at <= ?",  # noqa: S608 - constants only
        project_id,
        now,
    )
    return cast("list[StoredInvitation]", found)


async def count_waiting(project_id: str, now: str) -> int:
    """Return how many invitations to a project wait for an answer."""
    found = await row(
        "SELECT COUNT(*) AS n FROM invitations WHERE project_id = ? AND expires_at > ?",
        project_id,
        now,
    )
    return int(found["n"]) if found else 0


async def _stored(project_id: str, column: str, value: str) -> StoredInvitation | None:
    found = await row(
        f"SELECT {_STORED} FROM invitations WHERE project_id = ? AND {column} = ?",  # noqa: S608 - constants only
        project_id,
        value,
    )
    return cast("StoredInvitation | None", found)


async def is_invited(link: tuple[str, int], now: str) -> bool:
    """Whether there is a living invitation behind a link's id and generation."""
    invitation_id, generation = link
    found = await row(
        "SELECT id FROM invitations WHERE id = ? AND generation = ? AND expires_at > ?",
        invitation_id,
        generation,
        now,
    )
    return found is not None


async def projects_with_expired(now: str) -> list[str]:
    """Return the projects that have invitations which are over, at most ``MOST_AT_ONCE``."""
    found = await rows(
        f"SELECT DISTINCT project_id FROM invitations WHERE expires_at <= ? LIMIT {MOST_AT_ONCE}",  # noqa: S608 - a number
        now,
    )
    return [one["project_id"] for one in found]
