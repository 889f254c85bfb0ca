"""What goes in and out about members and invitations."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.models.rows import InvitationRow
from gassapi_backend.server.access.link_tokens import TOKEN_SCHEMA, make_link_token
from gassapi_backend.server.members.rows import (
    InvitationWithInviter,
    InvitationWithNames,
    ListedMember,
)
from gassapi_backend.server.names import Email
from gassapi_backend.server.projects.schemas import ProjectSummary
from gassapi_backend.server.web.bodies import Body, Id, Pagination

PURPOSE = "invitation"
"""What an invitation's link is for, as ``link_tokens`` wants it."""

LinkToken = Annotated[str, StringConstraints(max_length=255), WithJsonSchema(TOKEN_SCHEMA)]


class NewInvitation(Body):
    """Whom to invite."""

    email: Email


class InvitationChoice(Body):
    """Which invitation: the token of its link, or its id where it is to your confirmed address."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [name], "properties": {name: {"type": "string"}}}
                for name in ("token", "invitationId")
            ]
        }
    )

    token: LinkToken | None = Field(default=None, description="Either this or `invitationId`.")
    invitation_id: Id | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.token is None) == (self.invitation_id is None):
            raise ValueError("Give either token or invitationId.")
        return self


class PersonView(TypedDict):
    """Somebody, in short."""

    id: str
    name: str


class MemberView(TypedDict):
    """A member; ``id`` is the person's. Only members see each other's addresses."""

    id: str
    name: str
    email: str | None
    avatarUrl: str | None
    role: Literal["owner", "member"]
    joinedAt: str


class InvitationView(TypedDict):
    """An invitation, for members of the project.

    ``invitedBy`` is null for the console; ``inviteUrl``, for whoever neither sent it nor owns the
    project.
    """

    id: str
    email: str
    projectId: str
    invitedBy: PersonView | None
    createdAt: str
    expiresAt: str
    inviteUrl: str | None


class InvitedProject(TypedDict):
    """The project one is invited to."""

    id: str
    name: str


class MyInvitation(TypedDict):
    """An invitation as its addressee sees it: without its link."""

    id: str
    email: str
    projectId: str
    project: InvitedProject
    invitedBy: PersonView | None
    createdAt: str
    expiresAt: str


class LinkView(TypedDict):
    """What the link of an invitation tells whoever holds it; the address is masked.

    ``canRegister``: whether they may make themselves an account here.
    """

    projectName: str
    inviterName: str | None
    email: str
    expiresAt: str
    canRegister: bool


class MembersAnswer(TypedDict):
    """A page of members."""

    members: list[MemberView]
    pagination: Pagination


class InvitationAnswer(TypedDict):
    """One invitation."""

    invitation: InvitationView


class InvitationsAnswer(TypedDict):
    """A page of a project's invitations."""

    invitations: list[InvitationView]
    pagination: Pagination


class MyInvitationsAnswer(TypedDict):
    """A page of your invitations."""

    invitations: list[MyInvitation]
    pagination: Pagination


class LinkAnswer(TypedDict):
    """What an invitation's link is about."""

    invitation: LinkView


class JoinedAnswer(TypedDict):
    """The project that one is a member of now."""

    project: ProjectSummary
    message: str


def member_view(row: ListedMember, *, shows_email: bool) -> MemberView:
    """Show a member."""
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"] if shows_email else None,
        "avatarUrl": row["avatar_url"],
        "role": "owner" if row["is_owner"] else "member",
        "joinedAt": rfc3339(row["created_at"]),
    }


def invite_url(base_url: str, key: bytes, row: InvitationRow) -> str:
    """Return the link of an invitation."""
    return f"{base_url}/invite/{make_link_token(key, PURPOSE, row['id'], row['generation'])}"


def invitation_view(row: InvitationWithInviter, url: str | None) -> InvitationView:
    """Show an invitation, and its link if they may see it, to a member of the project."""
    return {
        "id": row["id"],
        "email": row["email"],
        "projectId": row["project_id"],
        "invitedBy": _inviter(row),
        "createdAt": rfc3339(row["created_at"]),
        "expiresAt": rfc3339(row["expires_at"]),
        "inviteUrl": url,
    }


def my_invitation_view(row: InvitationWithNames) -> MyInvitation:
    """Show an invitation to its addressee."""
    return {
        "id": row["id"],
        "email": row["email"],
        "projectId": row["project_id"],
        "project": {"id": row["project_id"], "name": row["project_name"]},
        "invitedBy": _inviter(row),
        "createdAt": rfc3339(row["created_at"]),
        "expiresAt": rfc3339(row["expires_at"]),
    }


def link_view(row: InvitationWithNames, *, can_register: bool) -> LinkView:
    """Show an invitation to whoever holds its link."""
    local, _, domain = row["email"].rpartition("@")
    return {
        "projectName": row["project_name"],
        "inviterName": row["inviter_name"],
        "email": f"{local[:1]}***@{domain}",
        "expiresAt": rfc3339(row["expires_at"]),
        "canRegister": can_register,
    }


def _inviter(row: InvitationWithInviter) -> PersonView | None:
    if row["invited_by_id"] is None:
        return None
    return {"id": row["invited_by_id"], "name": row["inviter_name"] or ""}
