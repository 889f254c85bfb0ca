"""The row of a new account, made without a database, and how accounts are read."""

from typing import TypedDict

from gassapi_backend.models import User, search_key
from gassapi_backend.models.rows import InvitationRow, MemberRow, StoredUser, UserRow
from gassapi_backend.server.names import email_key

SHOWN = tuple(UserRow.__annotations__)
"""The columns of an account that somebody may see: all but its keys and the password's hash."""


class UserWithCounts(UserRow):
    """An account and how much it has; ``memberships`` are those in other people's projects."""

    email_key: str
    owned_projects: int
    memberships: int
    active_sessions: int


class MembershipRow(MemberRow):
    """A membership, with the name of its project and who owns that."""

    name: str
    owner_id: str


class InvitationToProject(InvitationRow):
    """An invitation, with the name of its project."""

    project_name: str


class SharedProjectRow(TypedDict):
    """A project that its owner is not alone in; ``members`` counts the owner too."""

    id: str
    name: str
    members: int


def new_row(
    user_id: str,
    *,
    email: str,
    name: str,
    password_hash: str,
    moment: str,
    is_admin: bool = False,
    is_verified: bool = False,
    must_change_password: bool = False,
) -> StoredUser:
    """Return the row of an account; ``moment`` as databases have it."""
    return {
        "id": user_id,
        "email": email,
        "email_key": email_key(email),
        "name": name,
        "name_key": search_key(name),
        "avatar_url": None,
        "password_hash": password_hash,
        "is_active": True,
        "is_admin": is_admin,
        "must_change_password": must_change_password,
        "email_verified_at": moment if is_verified else None,
        "last_login_at": None,
        "revision": 1,
        "created_at": moment,
        "updated_at": moment,
    }


def user_of(row: StoredUser) -> User:
    """Return an account as it is locked by a change, of its row."""
    return User._init_from_db(**row)
