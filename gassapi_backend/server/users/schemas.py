"""What goes in and out about other people's accounts, and about leaving with one's own."""

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.database import Row
from gassapi_backend.models import User
from gassapi_backend.server.accounts.schemas import NewAccount, UserView, user_view
from gassapi_backend.server.names import Email, Name
from gassapi_backend.server.web.bodies import Body, Page, Pagination, optional

SHOWN = (
    "id",
    "email",
    "name",
    "avatar_url",
    "is_active",
    "is_admin",
    "email_verified_at",
    "last_login_at",
    "revision",
    "created_at",
    "updated_at",
)
"""The columns of an account that somebody may see: all but its keys and the password's hash."""


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
    """Proof that the deletion of one's account is meant, and by whom."""

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
    """One account, with what it has."""

    user: UserDetails


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


class ExportedSession(TypedDict):
    """A device that was or is signed in."""

    id: str
    ip: str | None
    userAgent: str | None
    createdAt: str
    lastUsedAt: str
    expiresAt: str
    revokedAt: str | None
    revokedReason: str | None


class ExportedProject(TypedDict):
    """A project that one owns or is a member of."""

    id: str
    name: str
    role: Literal["owner", "member"]
    joinedAt: str


class ExportedToken(TypedDict):
    """An MCP token that one issued, without the token."""

    id: str
    projectId: str
    name: str
    scope: Literal["read", "write"]
    prefix: str
    createdAt: str
    lastValidatedAt: str | None
    validationCount: int
    revokedAt: str | None
    revokedReason: str | None


class ExportedInvitation(TypedDict):
    """An invitation that waits for an answer, without its link."""

    id: str
    projectId: str
    projectName: str
    email: str
    createdAt: str
    expiresAt: str


class ExportedLink(TypedDict):
    """A mailed link that works once, without the link."""

    id: str
    purpose: str
    createdAt: str
    expiresAt: str
    usedAt: str | None


class ExportedEntry(TypedDict):
    """Something that one did."""

    id: str
    at: str
    actorType: str
    tokenId: str | None
    projectId: str | None
    revision: int | None
    action: str
    resourceType: str
    resourceId: str | None
    resourceName: str | None
    details: dict[str, Any] | None
    ip: str | None
    requestId: str | None


class ExportedEntryOfOthers(TypedDict):
    """Something that others did to one's account, without who they are."""

    id: str
    at: str
    actorType: str
    action: str
    resourceName: str | None
    details: dict[str, Any] | None


class ExportedMail(TypedDict):
    """A mail to one's address that is not sent, without its text and link."""

    id: str
    kind: str
    email: str
    createdAt: str
    state: Literal["waiting", "given up"]


class ExportAnswer(TypedDict):
    """Everything that is stored about a person."""

    exportedAt: str
    user: UserView
    sessions: list[ExportedSession]
    projects: list[ExportedProject]
    mcpTokens: list[ExportedToken]
    invitationsSent: list[ExportedInvitation]
    invitationsReceived: list[ExportedInvitation]
    links: list[ExportedLink]
    activity: list[ExportedEntry]
    activityOfOthers: list[ExportedEntryOfOthers]
    mails: list[ExportedMail]


def shown_user(row: Row) -> UserView:
    """Show an account that was read with the columns ``SHOWN``."""
    return user_view(User(**{column: row[column] for column in SHOWN}))


def user_details(row: Row) -> UserDetails:
    """Show an account with what it has."""
    return {
        **shown_user(row),
        "ownedProjects": row["owned_projects"],
        "memberships": row["memberships"],
        "activeSessions": row["active_sessions"],
    }


def shared_project(row: Row) -> SharedProject:
    """Show what stands in the way of an account's deletion."""
    return {"id": row["id"], "name": row["name"], "memberCount": row["members"]}


def exported_role(row: Row) -> Literal["owner", "member"]:
    """Return what the person of a membership is in its project."""
    return "owner" if row["owner_id"] == row["user_id"] else "member"
