"""Every write to accounts as a whole: made, changed and deleted by others, or deleted by oneself.

Over HTTP at least one administrator always stays: whoever shuts out or demotes somebody is locked
together with them, and has to be an administrator still. The console may do anything: whoever has
it can make an administrator again.
"""

from contextlib import suppress

from tortoise.exceptions import IntegrityError

from gassapi_backend.models import (
    Invitation,
    McpToken,
    Member,
    OneTimeToken,
    Project,
    Session,
    User,
    folded,
    is_id,
)
from gassapi_backend.server.access.callers import Actor, Kind
from gassapi_backend.server.access.session_tokens import invalid_token
from gassapi_backend.server.accounts.actions import (
    email_taken,
    lock_user,
    put_active,
    put_admin,
    save_user,
)
from gassapi_backend.server.accounts.passwords import Passwords
from gassapi_backend.server.accounts.queries import own_account
from gassapi_backend.server.accounts.revocation import living_sessions, revoke_sessions
from gassapi_backend.server.accounts.schemas import user_view
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, Forbidden, Invalid, NotFound
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.mail.outbox import forget_those_to
from gassapi_backend.server.names import email_key
from gassapi_backend.server.projects.actions import erase_project
from gassapi_backend.server.users import queries
from gassapi_backend.server.users.schemas import (
    AccountDeletion,
    NewEmail,
    UserChanges,
    shared_project,
    user_details,
)
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale

_REASON = "account_deleted"


async def update_user(
    actor: Actor, user_id: str, changes: UserChanges, if_match: IfMatch = ANY_REVISION
) -> None:
    """Rename somebody, let them in or shut them out, make them an administrator or no longer.

    Raises ``NotFound``, ``Stale``, and over HTTP ``Forbidden`` where the actor is no administrator
    any more and ``Conflict`` where they would shut out or demote themselves.
    """
    fields = changes.model_fields_set
    async with change(actor) as made:
        people = await _lock(user_id, actor.caller.user_id)
        if actor.caller.kind is not Kind.CONSOLE:
            _check_administrator(people.get(actor.user_id), user_id, changes)
        user = people.get(user_id)
        if user is None:
            raise _no_such_user()
        if if_match.misses(user.revision):
            current = await queries.load_user(user_id)
            raise stale(current and user_details(current))
        if "name" in fields and user.name != changes.name:
            user.name, user.name_key = changes.name, folded(changes.name)
            await save_user(user, "name", "name_key")
            made.record("user_updated", "user", user.id, user.email, fields=["name"])
            made.ends_access()  # the remembered caller carries the name
        if "is_active" in fields:
            await put_active(made, user, is_active=changes.is_active)
        if "is_admin" in fields:
            await put_admin(made, user, is_admin=changes.is_admin)


def _check_administrator(administrator: User | None, user_id: str, changes: UserChanges) -> None:
    if administrator is None or not _may_administer(administrator):
        raise Forbidden("Only an administrator may do this.")
    if administrator.id == user_id and False in (changes.is_active, changes.is_admin):
        raise Conflict(
            "You cannot deactivate or demote yourself. Ask another administrator to do it."
        )


async def change_email(actor: Actor, user_id: str, new: NewEmail) -> User:
    """Give somebody another e-mail address, which is not verified yet.

    Links that were mailed to the old one stop working. Raises ``Conflict`` when it is taken.
    """
    try:
        async with change(actor) as made:
            user = await lock_user(user_id)
            if user.email != new.email:
                user.email, user.email_key = new.email, email_key(new.email)
                user.email_verified_at = None  # type: ignore[assignment]  # the field allows it
                await save_user(user, "email", "email_key", "email_verified_at")
                await OneTimeToken.filter(user_id=user.id).delete()
                made.record("user_updated", "user", user.id, user.email, fields=["email"])
    except IntegrityError:
        raise email_taken() from None
    return user


async def sign_out_user(actor: Actor, user_id: str) -> int:
    """End all sessions of somebody; return how many ended."""
    async with change(actor) as made:
        sessions = await living_sessions((await lock_user(user_id)).id)
        await revoke_sessions(made, sessions, "ended_by_operator")
    return len(sessions)


async def note_export(actor: Actor, user_id: str, email: str) -> None:
    """Have it on record that everything about somebody was handed out."""
    async with change(actor) as made:
        made.note("user_exported", "user", user_id, email)


async def delete_own_account(
    actor: Actor,
    proof: AccountDeletion,
    passwords: Passwords,
    attempts: Attempts,
    if_match: IfMatch = ANY_REVISION,
) -> None:
    """Delete the actor's account, as ``delete_user()`` does, for their password.

    The last administrator stays while there is anybody else (``Conflict``).
    """
    user = await own_account(actor.user_id)
    if if_match.misses(user.revision):
        raise stale(user_view(user))
    async with attempts.one(user.id):
        if not await passwords.verify(proof.password.get_secret_value(), user.password_hash):
            raise Invalid.field("password", "It is not your password.")
        await attempts.forgive(user.id)
    await delete_user(actor, user.id, password_hash=user.password_hash, if_match=if_match)


async def delete_user(
    actor: Actor,
    user_id: str,
    *,
    password_hash: str | None = None,
    if_match: IfMatch = ANY_REVISION,
) -> None:
    """Delete an account with the projects that nobody else is in.

    Its memberships end, its tokens and sessions die, the invitations it sent are withdrawn,
    and mail that waits for its address is not sent; what it made in other people's projects stays,
    and so do audit entries. Raises ``Conflict`` while it
    owns projects with other members, and where ``password_hash`` is no longer its password's.
    """
    project_ids = await queries.projects_of(user_id)
    administrators = await queries.administrators()
    async with change(actor) as made:
        projects: dict[str, Project] = {}
        for project_id in project_ids:
            with suppress(NotFound):  # deleted in the meantime
                projects[project_id] = await made.lock_also(project_id)
        people = await _lock(user_id, *administrators)
        user = people.pop(user_id, None)
        if user is None:
            raise _no_such_user() if actor.caller.kind is Kind.CONSOLE else invalid_token()
        if if_match.misses(user.revision):
            raise stale(user_view(user))
        if password_hash not in (None, user.password_hash):
            raise Conflict("The password was changed at the same moment. Sign in again.")
        if actor.caller.kind is not Kind.CONSOLE:
            await _check_not_the_last(user, people)
        await _check_projects(user, projects)
        await _clear(made, user, projects)
        await user.delete()
        made.record("user_deleted", "user", user.id, user.email)
        made.ends_access()


async def _check_not_the_last(user: User, others: dict[str, User]) -> None:
    if not _may_administer(user) or any(_may_administer(other) for other in others.values()):
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


async def _clear(made: Change, user: User, projects: dict[str, Project]) -> None:
    """Delete what goes with an account, and record it in each of the locked projects."""
    for project in projects.values():
        if project.owner_id == user.id:
            await erase_project(made, project)
    for token in await McpToken.filter(creator_id=user.id, revoked_at=None):
        made.record(
            "mcp_token_revoked",
            "mcp_token",
            token.id,
            token.name,
            in_project=projects[token.project_id],
            reason=_REASON,
        )
    for invitation in await Invitation.filter(invited_by_id=user.id):
        made.record(
            "invitation_withdrawn",
            "invitation",
            invitation.id,
            invitation.email,
            in_project=projects[invitation.project_id],
            reason=_REASON,
        )
    for member in await Member.filter(user_id=user.id):
        project = projects[member.project_id]
        project.member_count -= 1
        made.save_project("member_count", project=project)
        made.record("member_left", "member", user.id, user.name, in_project=project, reason=_REASON)
    await Invitation.filter(invited_by_id=user.id).delete()
    await McpToken.filter(creator_id=user.id).delete()
    for model in (Member, OneTimeToken, Session):
        await model.filter(user_id=user.id).delete()
    await forget_those_to(user.email_key)


async def _lock(*user_ids: str | None) -> dict[str, User]:
    """Return accounts by id, as they are now, locked in the order of their ids."""
    found: dict[str, User] = {}
    for user_id in sorted({one for one in user_ids if one is not None and is_id(one)}):
        user = await User.filter(id=user_id).select_for_update().first()
        if user is not None:
            found[user_id] = user
    return found


def _may_administer(user: User) -> bool:
    return bool(user.is_admin and user.is_active)


def _no_such_user() -> NotFound:
    return NotFound("There is no such user.")
