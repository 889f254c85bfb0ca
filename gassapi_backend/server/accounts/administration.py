"""Every write to accounts as a whole: made, changed and deleted by others, or deleted by oneself.

Over HTTP at least one administrator always stays: whoever shuts out or demotes somebody is locked
together with them, and still has to be an administrator. The console may do anything: whoever has
it can make an administrator again.
"""

from gassapi_backend.models import (
    OneTimeToken,
    User,
    search_key,
)
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts import queries
from gassapi_backend.server.accounts.actions import (
    put_active,
    put_admin,
    save_user,
)
from gassapi_backend.server.accounts.revocation import living_sessions, revoke_sessions
from gassapi_backend.server.accounts.schemas import NewEmail, UserChanges, user_details
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict
from gassapi_backend.server.names import email_key
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale


async def update_user(
    actor: Actor, user_id: str, changes: UserChanges, if_match: IfMatch = ANY_REVISION
) -> None:
    """Rename somebody, let them in or shut them out, make them an administrator or no longer.

    Raises ``NotFound``, ``Stale``, and ``Conflict`` where they would shut out or demote themselves.
    """
    fields = changes.model_fields_set

    async def update(made: Change) -> None:
        if user_id == actor.caller.user_id and False in (changes.is_active, changes.is_admin):
            raise Conflict(
                "You cannot deactivate or demote yourself. Ask another administrator to do it."
            )
        user = made.account_of(user_id)
        if if_match.misses(user.revision):
            current = await queries.load_user(user_id)
            raise stale(current and user_details(current))
        if "name" in fields and user.name != changes.name:
            user.name, user.name_key = changes.name, search_key(changes.name)
            await save_user(user, "name", "name_key")
            made.record("user_updated", "user", user.id, user.email, fields=["name"])
            made.ends_access()  # the remembered caller carries the name
        if "is_active" in fields:
            await put_active(made, user, is_active=changes.is_active)
        if "is_admin" in fields:
            await put_admin(made, user, is_admin=changes.is_admin)

    await change(actor, None, Permission.ADMINISTER, update, accounts=[user_id])


async def change_email(actor: Actor, user_id: str, new: NewEmail) -> User:
    """Give somebody another e-mail address, which is not verified yet.

    Links that were mailed to the old one stop working. Raises ``Conflict`` when it is taken.
    """

    async def put(made: Change) -> User:
        user = made.account_of(user_id)
        if user.email != new.email:
            user.email, user.email_key = new.email, email_key(new.email)
            user.email_verified_at = None  # type: ignore[assignment]  # the field allows it
            await save_user(user, "email", "email_key", "email_verified_at")
            await OneTimeToken.filter(user_id=user.id).delete()
            made.record("user_updated", "user", user.id, user.email, fields=["email"])
        return user

    return await change(actor, None, Permission.ADMINISTER, put, accounts=[user_id])


async def sign_out_user(actor: Actor, user_id: str) -> int:
    """End all sessions of somebody; return how many ended."""

    async def sign_out(made: Change) -> int:
        sessions = await living_sessions(made.account_of(user_id).id)
        await revoke_sessions(made, sessions, "ended_by_operator")
        return len(sessions)

    return await change(actor, None, Permission.ADMINISTER, sign_out, accounts=[user_id])


async def note_export(actor: Actor, user_id: str, email: str) -> None:
    """Put it on record that everything about somebody was handed out."""

    async def note(made: Change) -> None:
        made.note("user_exported", "user", user_id, email)

    await change(actor, None, Permission.ADMINISTER, note)


def may_administer(user: User) -> bool:
    """Whether somebody is an administrator who can sign in."""
    return bool(user.is_admin and user.is_active)
