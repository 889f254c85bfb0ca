"""Creating one's own account, and signing in with it."""

from gassapi_backend.clock import now, stored
from gassapi_backend.database.statements import insert
from gassapi_backend.models import User, new_id
from gassapi_backend.models.rows import SessionRow
from gassapi_backend.server.access.callers import Actor, acting_as
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts.actions import check_new
from gassapi_backend.server.accounts.passwords import Passwords
from gassapi_backend.server.accounts.rows import new_row, user_of
from gassapi_backend.server.accounts.schemas import NewAccount
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Code, Forbidden
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.members.queries import is_invited
from gassapi_backend.server.recovery.links import Links
from gassapi_backend.server.sessions.actions import start_session
from gassapi_backend.settings import Registration


async def register(
    actor: Actor,
    new: NewAccount,
    invitation: tuple[str, int] | None,
    registration: Registration,
    passwords: Passwords,
    attempts: Attempts,
    links: Links,
    max_days: int,
) -> tuple[User, SessionRow]:
    """Create one's own account and sign in with it, for at most ``max_days``.

    Where one has to be invited, ``invitation`` is what the token of an invitation's link says. That
    there is one for the address is not enough: nobody has shown yet that the address is theirs.
    """
    if registration is Registration.CLOSED:
        raise Forbidden(
            "Registration is closed here. Ask an administrator for an account.",
            code=Code.REGISTRATION_CLOSED,
        )
    check_new(new, passwords)  # refused in itself, it is no attempt
    await attempts.take(actor.ip or "")
    if registration is Registration.INVITED:  # counted, so that nobody tries out who is
        await _require_invitation(invitation)
    row = new_row(
        new_id(),
        email=new.email,
        name=new.name,
        password_hash=await passwords.hash(new.password.get_secret_value()),
        moment=stored(now()),
    )
    user = user_of(row)

    async def create(made: Change) -> tuple[User, SessionRow]:
        await insert("users", [row])
        made.record("user_registered", "user", user.id, user.email)
        await links.ask_to_verify(made, user)
        session = await start_session(made, user, max_days)
        return user, session

    return await change(acting_as(user, actor), None, Permission.PUBLIC, create)


async def _require_invitation(invitation: tuple[str, int] | None) -> None:
    if invitation is None or not await is_invited(invitation, stored(now())):
        raise Forbidden(
            "Only invited people register here. Follow the link of your invitation; if you have "
            "none, ask a member of a project to invite you.",
            code=Code.REGISTRATION_CLOSED,
        )
