"""What an export of everything that is stored about a person contains."""

from typing import Any, Literal

from typing_extensions import TypedDict

from gassapi_backend.server.accounts.rows import MembershipRow
from gassapi_backend.server.accounts.schemas import UserView


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
    """A project that the person owns or is a member of."""

    id: str
    name: str
    role: Literal["owner", "member"]
    joinedAt: str


class ExportedToken(TypedDict):
    """An MCP token that the person issued, without the token."""

    id: str
    projectId: str
    name: str
    scope: Literal["read", "write"]
    prefix: str
    createdAt: str
    expiresAt: str | None
    lastUsedAt: str | None
    lastUsedIp: str | None
    lastClient: str | None
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
    """Something that the person did."""

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
    """Something that others did to the account, without saying who they are."""

    id: str
    at: str
    actorType: str
    action: str
    resourceName: str | None
    details: dict[str, Any] | None


class ExportedMail(TypedDict):
    """A mail to the person's address that has not been sent, without its text and link."""

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


def exported_role(row: MembershipRow) -> Literal["owner", "member"]:
    """Return the role that a membership gives."""
    return "owner" if row["owner_id"] == row["user_id"] else "member"
