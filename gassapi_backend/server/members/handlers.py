"""Members and invitations over HTTP."""

from aiohttp import web

from gassapi_backend.clock import now, stored
from gassapi_backend.models import is_id
from gassapi_backend.server.access.link_tokens import read_link_token
from gassapi_backend.server.access.permissions import Role
from gassapi_backend.server.access.queries import load_project
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.limits.state import INVITATIONS
from gassapi_backend.server.members import actions, queries
from gassapi_backend.server.members.rows import InvitationWithInviter
from gassapi_backend.server.members.schemas import (
    PURPOSE,
    InvitationAnswer,
    InvitationChoice,
    InvitationsAnswer,
    InvitationView,
    JoinedAnswer,
    LinkAnswer,
    MembersAnswer,
    MyInvitationsAnswer,
    NewInvitation,
    invitation_view,
    invite_url,
    link_view,
    member_view,
    my_invitation_view,
)
from gassapi_backend.server.projects.schemas import project_summary
from gassapi_backend.server.web.reading import Message, Page
from gassapi_backend.server.web.state import ACTOR, KEYS, PROJECT, ROLE, SETTINGS
from gassapi_backend.settings import Registration


async def list_members(request: web.Request, page: Page) -> MembersAnswer:
    """List a project's members, the owner first.

    Only members see each other's e-mail addresses.
    """
    found, total = await queries.list_members(
        request[PROJECT]["id"], limit=page.limit, offset=page.offset
    )
    shows_email = request[ROLE] is not Role.READER
    return {
        "members": [member_view(row, shows_email=shows_email) for row in found],
        "pagination": page.of(total),
    }


async def remove_member(request: web.Request) -> Message:
    """Leave a project or, as its owner, remove somebody else from it.

    Access ends at once, and with it the tokens that they issued for the project. When the owner
    removes somebody, the invitations that they sent are withdrawn, and so is one for their address.
    """
    member_id = request.match_info["member_id"]
    await actions.remove_member(
        request[ACTOR], request[PROJECT]["id"], member_id if is_id(member_id) else ""
    )
    return {"message": "They are no longer a member of the project."}


async def invite(request: web.Request, new: NewInvitation) -> InvitationAnswer:
    """Invite an e-mail address to a project, for 7 days.

    Mailed where mail is set up, within limits for each address and each person who invites.
    Inviting again renews the invitation: its old link stops working.
    """
    actor, mailing = request[ACTOR], request.app[INVITATIONS]
    invitation = await actions.invite(actor, request[PROJECT]["id"], new, mailing)
    view = _view(request, {**invitation, "inviter_name": actor.caller.name})
    return {"invitation": view}


async def list_invitations(request: web.Request, page: Page) -> InvitationsAnswer:
    """List the invitations to a project that wait for an answer.

    `inviteUrl` is for whoever sent the invitation and for the project's owner; for others it is
    null.
    """
    found, total = await queries.list_invitations(
        request[PROJECT]["id"], stored(now()), limit=page.limit, offset=page.offset
    )
    return {
        "invitations": [_view(request, row) for row in found],
        "pagination": page.of(total),
    }


async def revoke_invitation(request: web.Request) -> Message:
    """Withdraw an invitation: its link stops working at once."""
    invitation_id = request.match_info["invitation_id"]
    await actions.revoke_invitation(
        request[ACTOR], request[PROJECT]["id"], invitation_id if is_id(invitation_id) else ""
    )
    return {"message": "The invitation is withdrawn."}


async def list_own(request: web.Request, page: Page) -> MyInvitationsAnswer:
    """List the invitations to your e-mail address, once that is confirmed.

    Until then the list is empty, and an invitation is accepted by the token of its link.
    """
    found, total = await queries.list_invitations_of(
        request[ACTOR].user_id, stored(now()), limit=page.limit, offset=page.offset
    )
    return {
        "invitations": [my_invitation_view(row) for row in found],
        "pagination": page.of(total),
    }


async def show_link(request: web.Request) -> LinkAnswer:
    """Show what the link of an invitation is about: for whoever holds it, signed in or not."""
    read = read_link_token(request.app[KEYS].links, PURPOSE, request.match_info["invitation_token"])
    if read is None:
        raise NotFound("There is no such invitation.")
    invitation_id, generation = read
    found = await queries.find_invitation(invitation_id)
    if found is None or found["generation"] != generation or found["expires_at"] <= stored(now()):
        raise actions.over()
    can_register = request.app[SETTINGS].registration is not Registration.CLOSED
    return {"invitation": link_view(found, can_register=can_register)}


async def accept(request: web.Request, choice: InvitationChoice) -> JoinedAnswer:
    """Accept an invitation: become a member of its project.

    By the token of its link, whoever it is addressed to, or by its id where it is addressed to you
    and your address is confirmed: by a mailed link, or because an administrator made the account.
    """
    actor = request[ACTOR]
    project_id, chosen = await _chosen(request, choice)
    await actions.accept_invitation(actor, project_id, chosen)
    project = await load_project(project_id, actor.user_id)
    if project is None:
        raise NotFound("The project was deleted at the same moment.")
    return {
        "project": project_summary(project, actor.user_id),
        "message": f"You are a member of {project['name']} now.",
    }


async def decline(request: web.Request, choice: InvitationChoice) -> Message:
    """Turn an invitation down, chosen as for accepting: it is gone then."""
    project_id, chosen = await _chosen(request, choice)
    await actions.decline_invitation(request[ACTOR], project_id, chosen)
    return {"message": "The invitation is declined."}


async def _chosen(request: web.Request, choice: InvitationChoice) -> tuple[str, actions.Chosen]:
    """Return the project of the invitation that is meant, and which it is."""
    if choice.token is not None:
        read = read_link_token(request.app[KEYS].links, PURPOSE, choice.token)
        if read is None:
            raise Invalid.field("token", "It is not the token of an invitation.")
        found = await queries.find_invitation(read[0])
        if found is None:
            raise actions.over()
        return found["project_id"], actions.Chosen(*read)
    found = await queries.find_invitation(choice.invitation_id or "")
    if found is None:
        raise actions.no_invitation()
    return found["project_id"], actions.Chosen(found["id"])


def _view(request: web.Request, row: InvitationWithInviter) -> InvitationView:
    if request[ACTOR].user_id not in (row["invited_by_id"], request[PROJECT]["owner_id"]):
        return invitation_view(row, None)
    url = invite_url(request.app[SETTINGS].base_url, request.app[KEYS].links, row)
    return invitation_view(row, url)
