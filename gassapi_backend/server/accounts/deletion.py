"""Deleting accounts, and what goes with them."""

from gassapi_backend.models import (
    McpToken,
    Member,
    OneTimeToken,
    Project,
    Session,
    User,
)
from gassapi_backend.server.access.callers import Actor, Kind
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts import queries
from gassapi_backend.server.accounts.administration import may_administer
from gassapi_backend.server.accounts.passwords import Passwords
from gassapi_backend.server.accounts.queries import own_account
from gassapi_backend.server.accounts.revocation import (
    revoke_account_tokens,
    withdraw_invitations,
)
from gassapi_backend.server.accounts.schemas import (
    AccountDeletion,
    shared_project,
    user_view,
)
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, Invalid
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.mail.outbox import forget_those_to
from gassapi_backend.server.projects.actions import erase_project
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale

_REASON = "account_deleted"


async def delete_own_account(
    actor: Actor,
    proof: AccountDeletion,
    passwords: Passwords,
    attempts: Attempts,
    if_match: IfMatch = ANY_REVISION,
) -> None:
    """Delete the actor's account, as ``delete_user()`` does, if the password is theirs.

    The last administrator cannot go while there is anybody else (``Conflict``).
    """
    user = await own_account(actor.user_id)
    if if_match.misses(user.revision):
        raise stale(user_view(user))
    async with attempts.one(user.id):
        if not await passwords.verify(proof.password.get_secret_value(), user.password_hash):
            raise Invalid.field("password", "It is not your password.")
        await attempts.forgive(user.id)
    await delete_user(actor, user.id, user.password_hash, if_match)


async def delete_user(
    actor: Actor,
    user_id: str,
    password_hash: str | None = None,
    if_match: IfMatch = ANY_REVISION,
) -> None:
    """Delete an account with the projects that nobody else is in.

    Its memberships end, its tokens and sessions die, the invitations it sent are withdrawn, and
    mail that waits for its address is not sent; what it made in other people's projects stays, and
    so do audit entries. Raises ``Conflict`` while it owns projects with other members, and where
    ``password_hash`` is no longer the one of its password.
    """
    project_ids = await queries.projects_of(user_id)
    administrators = await queries.administrators()

    async def delete(made: Change) -> None:
        user = made.account_of(user_id)
        if if_match.misses(user.revision):
            raise stale(user_view(user))
        if password_hash not in (None, user.password_hash):
            raise Conflict("The password was changed at the same moment. Sign in again.")
        if actor.caller.kind is not Kind.CONSOLE:
            await _check_not_the_last(user, made.accounts)
        await _check_projects(user, made.projects)
        await _clear(made, user)
        await user.delete()
        made.record("user_deleted", "user", user.id, user.email)
        made.ends_access()

    await change(
        actor,
        None,
        Permission.SIGNED_IN,
        delete,
        also=project_ids,
        accounts=[user_id, *administrators],
    )


async def _check_not_the_last(user: User, locked: dict[str, User]) -> None:
    others = [other for other in locked.values() if other.id != user.id]
    if not may_administer(user) or any(may_administer(other) for other in others):
        return
    if await User.exclude(id=user.id).exists():
        raise Conflict(
            "You are the only administrator of this server. Make somebody else one first."
        )


async def _check_projects(user: User, locked: dict[str, Project]) -> None:
    if not locked.keys() >= set(await queries.projects_of(user.id)):
        raise Conflict("The projects of this account changed at the same moment. Try again.")
    if shared := await queries.shared_projects(user.id):
        raise Conflict(
            "Other people are members of projects that this account owns. "
            "Hand those projects over or remove their members first.",
            details={"projects": [shared_project(row) for row in shared]},
        )


async def _clear(made: Change, user: User) -> None:
    """Delete what goes with an account, and record it in each of the locked projects."""
    projects = made.projects
    for project in projects.values():
        if project.owner_id == user.id:
            await erase_project(made, project)
    await revoke_account_tokens(made, user, _REASON)
    await withdraw_invitations(made, user, _REASON)
    for member in await Member.filter(user_id=user.id):
        project = projects[member.project_id]
        project.member_count -= 1
        made.save_project("member_count", project=project)
        made.record("member_left", "member", user.id, user.name, in_project=project, reason=_REASON)
    await McpToken.filter(creator_id=user.id).delete()
    for model in (Member, OneTimeToken, Session):
        await model.filter(user_id=user.id).delete()
    await forget_those_to(user.email_key)
