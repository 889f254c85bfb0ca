"""Every write to members and invitations."""

from contextlib import suppress
from dataclasses import dataclass

from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.database import execute, statements
from gassapi_backend.models import Member, User, new_id
from gassapi_backend.models.rows import InvitationRow, StoredInvitation
from gassapi_backend.server.access.callers import NOBODY, Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts.queries import own_account
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, Failure, Forbidden, Gone, NotFound
from gassapi_backend.server.limits.invitations import Mailing
from gassapi_backend.server.limits.quotas import require
from gassapi_backend.server.mail.outbox import MailKind, put_in_outbox
from gassapi_backend.server.members import queries
from gassapi_backend.server.members.rows import new_row
from gassapi_backend.server.members.schemas import NewInvitation
from gassapi_backend.server.names import email_key
from gassapi_backend.server.projects.rows import new_member
from gassapi_backend.server.tokens.actions import revoke_tokens_of

INVITATION_SECONDS = 7 * 24 * 3600
MAX_PENDING = 100  # invitations of one project at a time


@dataclass(frozen=True)
class Chosen:
    """An invitation that somebody answers to.

    ``generation`` is that of its link; ``None`` where it was named by its id, for which it has to
    be addressed to them and their address to be confirmed.
    """

    invitation_id: str
    generation: int | None = None


async def invite(
    actor: Actor, project_id: str, new: NewInvitation, mailing: Mailing | None
) -> InvitationRow:
    """Invite an address to a project, for 7 days; by mail too, with ``mailing``.

    Where it is invited already, that invitation is renewed, and the old link stops working. Raises
    ``Conflict`` where it is a member's address, or too many invitations wait for an answer, and
    ``TooMany`` where too many were mailed.
    """
    if mailing is None:
        return await _invite(actor, project_id, new.email, is_mailed=False)
    key = email_key(new.email)
    await mailing.take(actor, key)
    try:
        return await _invite(actor, project_id, new.email, is_mailed=True)
    except Failure:
        await mailing.give_back(actor, key)
        raise


async def _invite(actor: Actor, project_id: str, email: str, *, is_mailed: bool) -> InvitationRow:

    async def write(made: Change) -> InvitationRow:
        if await Member.exists(project_id=project_id, user__email_key=email_key(email)):
            raise Conflict("Somebody with this address is a member already.")
        invitation = await _renewed_or_new(made, email)
        generation = invitation["generation"]
        made.record(
            "invitation_created" if generation == 1 else "invitation_renewed",
            "invitation",
            invitation["id"],
            email=email,
        )
        if is_mailed:
            facts = {"invitation_id": invitation["id"], "generation": generation}
            await put_in_outbox(made, MailKind.INVITATION, email, **facts)
        return invitation

    return await change(actor, project_id, Permission.INVITE, write)


async def revoke_invitation(actor: Actor, project_id: str, invitation_id: str) -> None:
    """Withdraw an invitation of a project. Raises ``NotFound``."""

    async def revoke(made: Change) -> None:
        invitation = await queries.invitation_in(project_id, invitation_id)
        if invitation is None:
            raise NotFound("There is no such invitation in this project.")
        await _remove(made, invitation, "invitation_revoked")

    await change(actor, project_id, Permission.INVITE, revoke)


async def expire_invitations() -> None:
    """Remove the invitations that are over, so that whoever follows their projects hears of it."""
    nobody = Actor(NOBODY)

    async def expire(made: Change) -> None:
        project_id = made.locked_project.id
        for found in await queries.expired_invitations(project_id, stored(now())):
            await _remove(made, found, "invitation_expired")

    for project_id in await queries.projects_with_expired(stored(now())):
        with suppress(NotFound):  # deleted meanwhile
            await change(nobody, project_id, Permission.PUBLIC, expire)


async def accept_invitation(actor: Actor, project_id: str, chosen: Chosen) -> None:
    """Become a member of the project of an invitation, which is gone then.

    So is one that is for the account's own address. Raises what ``decline_invitation()`` raises,
    and ``Conflict`` for a member.
    """

    async def accept(made: Change) -> None:
        user, invitation = await _answered(made, chosen)
        await _remove(made, invitation, "invitation_accepted")
        await _join(made, user)

    await change(actor, project_id, Permission.SIGNED_IN, accept)


async def decline_invitation(actor: Actor, project_id: str, chosen: Chosen) -> None:
    """Turn an invitation down.

    Raises ``Gone`` where it is used up, renewed or expired, ``NotFound`` where it is addressed to
    somebody else, and ``Forbidden`` where their address is not confirmed.
    """

    async def decline(made: Change) -> None:
        _, invitation = await _answered(made, chosen)
        await _remove(made, invitation, "invitation_declined")

    await change(actor, project_id, Permission.SIGNED_IN, decline)


async def add_member(actor: Actor, project_id: str, user_id: str) -> None:
    """Make an account a member without asking it; an invitation for its address is gone then."""

    async def add(made: Change) -> None:
        user = made.account_of(user_id)
        if not user.is_active:
            raise Conflict("This account is deactivated: it cannot become a member.")
        await _join(made, user)

    await change(actor, project_id, Permission.TRANSFER, add, accounts=[user_id])


async def remove_member(actor: Actor, project_id: str, user_id: str) -> None:
    """End somebody's membership, at once, and their tokens for the project with it.

    Members remove themselves, and the owner removes others. Those have no way back: the invitations
    that they sent, and one for their address, are withdrawn. Raises ``Forbidden``, ``NotFound``
    and, for the owner, ``Conflict``.
    """

    async def remove(made: Change) -> None:
        project = made.locked_project
        is_leaving = user_id == actor.caller.user_id
        if not is_leaving and not made.may(Permission.REMOVE_MEMBERS):
            raise Forbidden("Only the owner may remove other members.")
        member = await Member.filter(project_id=project_id, user_id=user_id).first()
        if member is None:
            raise NotFound("There is no such member in this project.")
        if user_id == project.owner_id:
            raise Conflict("The owner cannot leave. Hand the project over to somebody first.")
        user = await User.get(id=user_id)
        await member.delete()
        project.member_count -= 1
        made.save_project("member_count")
        made.record("member_left" if is_leaving else "member_removed", "member", user.id, user.name)
        made.ends_access()
        await revoke_tokens_of(
            made, user_id, "creator left" if is_leaving else "creator was removed"
        )
        if not is_leaving:
            await _withdraw_all_of(made, user)

    await change(actor, project_id, Permission.LEAVE, remove)


async def _renewed_or_new(made: Change, email: str) -> InvitationRow:
    project_id, moment = made.locked_project.id, stored(now())
    found = await queries.invitation_to(project_id, email_key(email))
    if found is not None and found["expires_at"] > moment:
        await _renew(made, found, email)
        return found
    if found is not None:
        await _remove(made, found, "invitation_expired")
    if await queries.count_waiting(project_id, moment) >= MAX_PENDING:
        raise Conflict(
            f"{MAX_PENDING} invitations wait for an answer. Withdraw some, or wait for answers."
        )
    new = new_row(
        new_id(),
        project_id=project_id,
        email=email,
        invited_by_id=made.actor.caller.user_id,
        expires_at=stored(ahead(INVITATION_SECONDS)),
        moment=moment,
    )
    await statements.insert("invitations", [new])
    return new


async def _renew(made: Change, invitation: StoredInvitation, email: str) -> None:
    """Have an invitation begin anew, under its id; the old link stops working."""
    columns = {
        "email": email,
        "invited_by_id": made.actor.caller.user_id,
        "generation": invitation["generation"] + 1,
        "expires_at": stored(ahead(INVITATION_SECONDS)),
    }
    await statements.update("invitations", invitation["id"], columns)
    invitation.update(columns)  # type: ignore[typeddict-item]  # they are its columns


async def _answered(made: Change, chosen: Chosen) -> tuple[User, InvitationRow]:
    """Return who answers and the invitation, if they may answer to it now."""
    user = await own_account(made.actor.user_id)
    found = await queries.invitation_in(made.locked_project.id, chosen.invitation_id)
    if chosen.generation is not None:
        if found is None or found["generation"] != chosen.generation:
            raise over()
    elif found is None or found["email_key"] != user.email_key:
        raise no_invitation()
    elif user.email_verified_at is None:  # anybody could have registered it
        raise Forbidden(
            "Confirm your e-mail address first, or open the invitation's link: it shows that the "
            "invitation is meant for you. Whoever invited you can give it to you.",
        )
    if found["expires_at"] <= stored(now()):
        raise over()
    return user, found


async def _join(made: Change, user: User) -> None:
    project = made.locked_project
    if await Member.exists(project_id=project.id, user_id=user.id):
        raise Conflict("This account is a member of the project already.")
    require(
        "project_max_members",
        project.member_count + 1,
        so="A project can have {limit} members",
        now="Remove somebody who no longer needs it.",
    )
    member = new_member(new_id(), project_id=project.id, user_id=user.id, moment=stored(now()))
    await statements.insert("members", [member])
    project.member_count += 1
    made.save_project("member_count")
    made.record("member_joined", "member", user.id, user.name)
    if invitation := await queries.invitation_to(project.id, user.email_key):
        await _remove(made, invitation, "invitation_revoked")


async def _withdraw_all_of(made: Change, user: User) -> None:
    """Withdraw the invitations to the project that somebody sent, and one for their address."""
    found = await queries.invitations_about(made.locked_project.id, user.id, user.email_key)
    for invitation in found:
        made.record(
            "invitation_withdrawn",
            "invitation",
            invitation["id"],
            invitation["email"],
            reason="member_removed",
        )
    ids = [invitation["id"] for invitation in found]
    await statements.send(statements.for_ids("DELETE FROM invitations WHERE id IN ({ids})", ids))


async def _remove(made: Change, invitation: InvitationRow, action: str) -> None:
    await execute("DELETE FROM invitations WHERE id = ?", invitation["id"])
    made.record(action, "invitation", invitation["id"], email=invitation["email"])


def over() -> Gone:
    """Return the refusal of an invitation that is no longer good."""
    return Gone("This invitation is used up or too old. Ask for a new one.")


def no_invitation() -> NotFound:
    """Return the refusal where there is no such invitation for this person."""
    return NotFound("There is no such invitation for you.")
