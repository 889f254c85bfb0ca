"""Every write to accounts."""

from gassapi_backend.clock import now, stored
from gassapi_backend.database.statements import insert
from gassapi_backend.models import User, new_id, search_key
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts import queries
from gassapi_backend.server.accounts.passwords import Passwords, check_password
from gassapi_backend.server.accounts.queries import own_account
from gassapi_backend.server.accounts.revocation import (
    end_reset_links,
    living_sessions,
    revoke_account_tokens,
    revoke_sessions,
)
from gassapi_backend.server.accounts.rows import new_row, user_of
from gassapi_backend.server.accounts.schemas import (
    NewAccount,
    NewPassword,
    ProfileChanges,
    user_view,
)
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, Invalid
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.mail.notices import notify
from gassapi_backend.server.mail.outbox import MailKind
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale


async def create_user(
    actor: Actor,
    new: NewAccount,
    passwords: Passwords,
    *,
    is_admin: bool = False,
    must_change: bool = False,
) -> User:
    """Create an account for somebody; its address counts as confirmed, as the actor vouches for it.

    ``must_change``: whether they have to choose a password of their own first. Raises ``Conflict``
    when the address is taken, and over HTTP ``Forbidden`` where the actor is no administrator any
    more.
    """
    check_new(new, passwords)
    row = new_row(
        new_id(),
        email=new.email,
        name=new.name,
        password_hash=await passwords.hash(new.password.get_secret_value()),
        is_admin=is_admin,
        is_verified=True,
        must_change_password=must_change,
        moment=stored(now()),
    )

    async def create(made: Change) -> User:
        await insert("users", [row])
        made.record("user_created", "user", row["id"], row["email"], isAdmin=is_admin)
        return user_of(row)

    return await change(actor, None, Permission.ADMINISTER, create)


async def update_profile(actor: Actor, changes: ProfileChanges, if_match: IfMatch) -> User:
    """Change what people may change about themselves."""

    async def update(made: Change) -> User:
        user = made.account
        if if_match.misses(user.revision):
            raise stale(user_view(user))
        given = sorted(changes.model_fields_set)
        fields = [field for field in given if getattr(user, field) != getattr(changes, field)]
        if "name" in fields:
            user.name, user.name_key = changes.name, search_key(changes.name)
        if "avatar_url" in fields:
            user.avatar_url = changes.avatar_url
        if fields:
            await save_user(user, *fields, *(["name_key"] if "name" in fields else []))
            made.record("profile_updated", "user", user.id, user.email, fields=fields)
            made.ends_access()  # the remembered caller carries the name
        return user

    return await change(actor, None, Permission.SIGNED_IN, update)


async def change_password(
    actor: Actor,
    change_to: NewPassword,
    passwords: Passwords,
    attempts: Attempts,
    if_match: IfMatch = ANY_REVISION,
) -> None:
    """Set the actor's password, end their other sessions and, if asked to, their MCP tokens."""
    user = await own_account(actor.user_id)
    if if_match.misses(user.revision):  # no attempt: the password may have been right back then
        raise stale(user_view(user))
    new = change_to.new_password.get_secret_value()
    async with attempts.one(user.id):
        if not await passwords.verify(
            change_to.current_password.get_secret_value(), user.password_hash
        ):
            raise Invalid.field("currentPassword", "It is not your current password.")
        await attempts.forgive(user.id)
    if user.must_change_password and await passwords.verify(new, user.password_hash):
        raise Invalid.field("newPassword", "It is the one that somebody else knows.")
    servers = passwords.servers
    check_password(new, email=user.email, name=user.name, field="newPassword", servers=servers)
    hashed = await passwords.hash(new)
    evicts = change_to.revoke_tokens
    projects = await queries.projects_with_tokens_of(user.id) if evicts else ()

    async def put(made: Change) -> None:
        locked = made.account
        if if_match.misses(locked.revision):
            raise stale(user_view(locked))
        if locked.password_hash != user.password_hash:
            raise Conflict("The password was changed at the same moment. Sign in again.")
        keep = actor.caller.session_id
        if locked.must_change_password:
            locked.must_change_password = False
            made.ends_access()  # the remembered caller may do nothing else
        await replace_password(made, locked, hashed, "password_changed", keep=keep, evicts=evicts)

    await change(actor, None, Permission.SIGNED_IN, put, also=projects)


async def set_password(
    actor: Actor, user_id: str, password: str, passwords: Passwords, *, must_change: bool = False
) -> User:
    """Set somebody's password and end all their sessions.

    ``must_change``: whether they have to choose one of their own when they sign in.
    """
    user = await User.get(id=user_id)
    check_password(password, email=user.email, name=user.name, servers=passwords.servers)
    hashed = await passwords.hash(password)

    async def put(made: Change) -> User:
        locked = made.account_of(user_id)
        locked.must_change_password = must_change
        await replace_password(made, locked, hashed, "password_set")
        return locked

    return await change(actor, None, Permission.ADMINISTER, put, accounts=[user_id])


async def replace_password(
    made: Change,
    user: User,
    hashed: str,
    recorded: str,
    *,
    keep: str | None = None,
    evicts: bool = False,
) -> None:
    """Write the password of a locked account, in the open change, as ``recorded``.

    The links that would reset the old one end, and all sessions but the one to ``keep``; if it
    ``evicts``, the account's MCP tokens too, whose projects have to be locked.
    """
    user.password_hash = hashed
    await save_user(user, "password_hash", "email_verified_at", "must_change_password")
    made.record(recorded, "user", user.id, user.email)
    await end_reset_links(user.id)
    sessions = [session for session in await living_sessions(user.id) if session["id"] != keep]
    await revoke_sessions(made, sessions, recorded)
    await notify(made, MailKind.PASSWORD_CHANGED, user)
    if evicts:
        await revoke_account_tokens(made, user, recorded)


async def set_active(actor: Actor, user_id: str, *, is_active: bool) -> User:
    """Let somebody in again, or shut them out at once; the console may shut out anybody."""

    async def put(made: Change) -> User:
        user = made.account_of(user_id)
        await put_active(made, user, is_active=is_active)
        return user

    return await change(actor, None, Permission.ADMINISTER, put, accounts=[user_id])


async def set_admin(actor: Actor, user_id: str, *, is_admin: bool) -> User:
    """Make somebody an administrator, or no longer; the console may demote even the last."""

    async def put(made: Change) -> User:
        user = made.account_of(user_id)
        await put_admin(made, user, is_admin=is_admin)
        return user

    return await change(actor, None, Permission.ADMINISTER, put, accounts=[user_id])


async def put_active(made: Change, user: User, *, is_active: bool) -> None:
    """Let a locked account in again, or shut it out: its sessions end."""
    if bool(user.is_active) == is_active:
        return
    user.is_active = is_active
    await save_user(user, "is_active")
    action = "user_activated" if is_active else "user_deactivated"
    made.record(action, "user", user.id, user.email)
    made.ends_access()
    if not is_active:
        await revoke_sessions(made, await living_sessions(user.id), "user_deactivated")


async def put_admin(made: Change, user: User, *, is_admin: bool) -> None:
    """Make the owner of a locked account an administrator, or no longer."""
    if bool(user.is_admin) == is_admin:
        return
    user.is_admin = is_admin
    await save_user(user, "is_admin")
    made.record("user_promoted" if is_admin else "user_demoted", "user", user.id, user.email)
    made.ends_access()


def check_new(new: NewAccount, passwords: Passwords) -> None:
    """Raise ``Invalid`` for an account whose password is too easy to guess."""
    password = new.password.get_secret_value()
    check_password(password, email=new.email, name=new.name, servers=passwords.servers)


async def save_user(user: User, *fields: str) -> None:
    """Write these columns of a locked account, with its next revision."""
    user.revision += 1
    user.updated_at = now()
    await user.save(update_fields=[*fields, "revision", "updated_at"])
