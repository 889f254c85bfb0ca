"""Reads about members and invitations; ``now`` is the time as the database has it."""

from gassapi_backend.database import Row, row, rows
from gassapi_backend.database.pages import page_of

MOST_AT_ONCE = 200

_INVITATIONS = """
invitations i JOIN projects p ON p.id = i.project_id LEFT JOIN users u ON u.id = i.invited_by_id
"""
_COLUMNS = """
  i.id, i.project_id, i.email, i.generation, i.created_at, i.expires_at, i.invited_by_id,
  u.name AS inviter_name, p.name AS project_name
"""


async def list_members(project_id: str, *, limit: int, offset: int) -> tuple[list[Row], int]:
    """Return a page of a project's members, the owner first, then by name; and their number."""
    return await page_of(
        "members m JOIN users u ON u.id = m.user_id JOIN projects p ON p.id = m.project_id "
        "WHERE m.project_id = ?",
        project_id,
        columns="u.id, u.name, u.email, u.avatar_url, m.created_at, u.id = p.owner_id AS is_owner",
        order="is_owner DESC, u.name_key, u.id",
        limit=limit,
        offset=offset,
    )


async def list_invitations(
    project_id: str, now: str, *, limit: int, offset: int
) -> tuple[list[Row], int]:
    """Return a page of a project's living invitations, the oldest first, and their number."""
    return await page_of(
        f"{_INVITATIONS} WHERE i.project_id = ? AND i.expires_at > ?",
        project_id,
        now,
        columns=_COLUMNS,
        order="i.created_at, i.id",
        limit=limit,
        offset=offset,
    )


async def list_invitations_of(
    user_id: str, now: str, *, limit: int, offset: int
) -> tuple[list[Row], int]:
    """Return a page of the living invitations to somebody's address, and their number.

    None while the address is not confirmed: anybody could have registered it.
    """
    return await page_of(
        f"{_INVITATIONS} JOIN users me ON me.email_key = i.email_key "
        "WHERE me.id = ? AND me.email_verified_at IS NOT NULL AND i.expires_at > ?",
        user_id,
        now,
        columns=_COLUMNS,
        order="i.created_at, i.id",
        limit=limit,
        offset=offset,
    )


async def find_invitation(invitation_id: str) -> Row | None:
    """Return an invitation with the names of its project and of who made it."""
    return await row(
        f"SELECT {_COLUMNS} FROM {_INVITATIONS} WHERE i.id = ?",  # noqa: S608 - constants only
        invitation_id,
    )


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
