"""What goes in and out about accounts: one's own, and those that administrators see."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, WithJsonSchema
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.models import User
from gassapi_backend.models.rows import UserRow
from gassapi_backend.server.accounts.rows import SHOWN, SharedProjectRow, UserWithCounts
from gassapi_backend.server.names import Email, Name
from gassapi_backend.server.web.bodies import Body, Page, Pagination, optional
from gassapi_backend.server.web.etags import Resource


def _check_avatar(value: str) -> str:
    parts = urlsplit(value)  # which drops line breaks
    if not value.isprintable() or " " in value:
        raise ValueError("It contains characters that a URL cannot have.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("It has to be an http or https URL.")
    return value


NewSecret = Annotated[
    SecretStr,
    WithJsonSchema({"type": "string", "format": "password", "minLength": 8, "maxLength": 128}),
]
AvatarUrl = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(_check_avatar),
    Field(json_schema_extra={"format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
]


class NewAccount(Body):
    """An account to create."""

    email: Email
    password: NewSecret
    name: Name


class ProfileChanges(Body):
    """What people may change about themselves."""

    name: Name = optional()
    avatar_url: AvatarUrl | None = optional()


RevokeTokens = Annotated[
    bool, Field(description="Revoke the account's MCP client tokens too, in all projects.")
]


class NewPassword(Body):
    """A change of your password."""

    current_password: SecretStr
    new_password: NewSecret
    revoke_tokens: RevokeTokens = False


class UserView(TypedDict):
    """An account; ``isProvisional``: its person has to choose a password of their own first."""

    id: str
    email: str
    name: str
    avatarUrl: str | None
    isActive: bool
    isAdmin: bool
    isProvisional: bool
    emailVerified: bool
    lastLoginAt: str | None
    createdAt: str
    updatedAt: str
    revision: int


class UserAnswer(TypedDict):
    """One account."""

    user: UserView


def user_view(user: User) -> UserView:
    """Show an account."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "avatarUrl": user.avatar_url,
        "isActive": bool(user.is_active),
        "isAdmin": bool(user.is_admin),
        "isProvisional": bool(user.must_change_password),
        "emailVerified": user.email_verified_at is not None,
        "lastLoginAt": rfc3339(user.last_login_at) if user.last_login_at else None,
        "createdAt": rfc3339(user.created_at),
        "updatedAt": rfc3339(user.updated_at),
        "revision": user.revision,
    }


class NewUser(NewAccount):
    """An account that an administrator makes for somebody."""

    is_admin: bool = False


class UserChanges(Body):
    """What an administrator may change about an account."""

    name: Name = optional()
    is_active: bool = optional()
    is_admin: bool = optional()


class NewEmail(Body):
    """Another e-mail address for an account."""

    email: Email


class AccountDeletion(Body):
    """Proof that the deletion of your account is meant, and by whom."""

    password: SecretStr
    confirmation: Literal["DELETE_MY_ACCOUNT"]


class UserSearch(Page):
    """Which accounts to list, and in which order."""

    search: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None, description="Part of the name or of the e-mail address."
    )
    is_active: bool | None = None
    is_admin: bool | None = None
    sort: Literal["name", "email", "created_at", "last_login_at"] = "name"
    order: Literal["asc", "desc"] | None = Field(
        default=None, description="Texts ascend and times descend unless told otherwise."
    )


class UserDetails(UserView):
    """An account with what it has; ``memberships`` are those in other people's projects."""

    ownedProjects: int
    memberships: int
    activeSessions: int


class UserDetailsAnswer(TypedDict):
    """One account, with the number of its projects and sessions."""

    user: UserDetails


class EndedAnswer(TypedDict):
    """How many sessions ended."""

    endedCount: int


class UsersAnswer(TypedDict):
    """A page of accounts."""

    users: list[UserView]
    pagination: Pagination


class UserStats(TypedDict):
    """How many accounts there are, and what they made.

    ``activeLast24Hours`` counts people who signed in or refreshed a session.
    """

    total: int
    active: int
    inactive: int
    admins: int
    verified: int
    newLast7Days: int
    newLast30Days: int
    activeLast24Hours: int
    projects: int
    collections: int
    endpoints: int
    flows: int
    activeTokens: int


class UserStatsAnswer(TypedDict):
    """Statistics of the instance."""

    stats: UserStats


class SharedProject(TypedDict):
    """A project that has members beside its owner; ``memberCount`` counts the owner too."""

    id: str
    name: str
    memberCount: int


def shown_user(row: UserRow) -> UserView:
    """Show an account that was read with the columns ``SHOWN``, or more."""
    return user_view(User(**{column: value for column, value in row.items() if column in SHOWN}))


def user_details(row: UserWithCounts) -> UserDetails:
    """Show an account with what it has."""
    return {
        **shown_user(row),
        "ownedProjects": row["owned_projects"],
        "memberships": row["memberships"],
        "activeSessions": row["active_sessions"],
    }


def shared_project(row: SharedProjectRow) -> SharedProject:
    """Show what stands in the way of an account's deletion."""
    return {"id": row["id"], "name": row["name"], "memberCount": row["members"]}


RESOURCE = Resource(
    "user",  # /users/profile depends on the caller; the numbers are for administrators
    beside=("id", "lastLoginAt", "ownedProjects", "memberships", "activeSessions"),
)
