"""Every write to sessions: signing in, staying signed in, signing out."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from gassapi_backend.addresses import counted_as
from gassapi_backend.clock import ago, ahead, now, stored
from gassapi_backend.database import statements
from gassapi_backend.database.shared_clock import shared_seconds
from gassapi_backend.models import User, new_id
from gassapi_backend.models.rows import SessionRow
from gassapi_backend.server.access.callers import NOBODY, Actor, acting_as
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.access.session_tokens import (
    REFRESH_SECONDS,
    account_inactive,
    invalid_token,
)
from gassapi_backend.server.accounts.passwords import Passwords
from gassapi_backend.server.accounts.revocation import living_sessions, revoke_sessions
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Code, NotFound, Unauthenticated
from gassapi_backend.server.limits.logins import Logins
from gassapi_backend.server.mail.notices import are_sent, notify
from gassapi_backend.server.mail.outbox import MailKind
from gassapi_backend.server.names import email_key
from gassapi_backend.server.sessions import queries
from gassapi_backend.server.sessions.devices import Devices
from gassapi_backend.server.sessions.rows import Refused, new_row
from gassapi_backend.server.sessions.schemas import Credentials

GRACE_SECONDS = 10
MAX_NOTICES = 10  # of new devices, in an hour
MAX_SESSIONS = 100  # of an account; as many as its list shows


async def sign_in(
    actor: Actor,
    credentials: Credentials,
    passwords: Passwords,
    logins: Logins,
    devices: Devices,
    max_days: int,
) -> tuple[User, SessionRow]:
    """Start a session of at most ``max_days`` for an e-mail address and a password.

    Costs the same time and gives the same answer for unknown addresses and wrong passwords.
    """
    key = email_key(credentials.email)
    password = credentials.password.get_secret_value()
    user = await User.filter(email_key=key).first()
    async with logins.one(key, actor.ip or "", devices.known(user)):
        stored = user.password_hash if user else None
        if not await passwords.verify(password, stored) or user is None:
            raise Unauthenticated("The e-mail address or the password is wrong.")
    fresh = await passwords.hash(password) if passwords.is_outdated(user.password_hash) else None

    async def start(made: Change) -> tuple[User, SessionRow]:
        locked = made.accounts.get(user.id)
        if locked is None or locked.password_hash != user.password_hash:  # since we checked it
            raise Unauthenticated("The e-mail address or the password is wrong.")
        if not locked.is_active:
            raise account_inactive()
        locked.password_hash = fresh or locked.password_hash
        locked.last_login_at = now()
        await locked.save(update_fields=["password_hash", "last_login_at"])
        if are_sent() and devices.known(user) is None:
            await _tell_of_device(made, locked)
        session = await start_session(made, locked, max_days)
        return locked, session

    person = acting_as(user, actor)
    return await change(person, None, Permission.PUBLIC, start, accounts=[user.id])


async def refresh_session(
    actor: Actor, session_id: str, generation: int, max_days: int
) -> SessionRow:
    """Exchange a refresh token for its successor, unless the session is ``max_days`` old.

    The token of a number is used once. A second use within ``GRACE_SECONDS`` of the first gets the
    same successor (two browser tabs); a later one means that it was stolen, and ends the session.
    """

    async def refresh(made: Change) -> SessionRow | None:
        session = await queries.lock_session(session_id)
        if session is None:
            raise invalid_token()
        user = await User.get(id=session["user_id"])
        if not user.is_active:
            raise account_inactive()
        if session["revoked_at"]:
            raise invalid_token()
        end = _end_of(session["created_at"], max_days)
        if min(session["expires_at"], end) <= stored(now()):
            raise Unauthenticated("The refresh token has expired.", code=Code.TOKEN_EXPIRED)
        moment = await shared_seconds()
        recent = {
            number: used
            for number, used in orjson.loads(session["rotations"])
            if -GRACE_SECONDS <= moment - used <= GRACE_SECONDS
        }
        if generation == session["generation"]:
            used = [*recent.items(), (generation, moment)]
            await _renew(session, orjson.dumps(used).decode(), actor.ip, end)
            made.actor = acting_as(user, actor)
            made.record("session_refreshed", "session", session_id, userId=user.id)
        elif generation in recent:
            session["generation"] = generation + 1
        else:
            await revoke_sessions(made, [session], "refresh_token_reused")
            return None
        return session

    session = await change(actor, None, Permission.PUBLIC, refresh)
    if session is None:  # only now: the end of the session is to be committed
        raise invalid_token()
    return session


async def sign_out(actor: Actor, *, everywhere: bool) -> int:
    """End the actor's session, or all of theirs; return how many ended."""

    async def end(made: Change) -> int:
        sessions = await living_sessions(actor.user_id)
        if not everywhere:
            sessions = [session for session in sessions if session["id"] == actor.caller.session_id]
        await revoke_sessions(made, sessions, "signed_out")
        return len(sessions)

    return await change(actor, None, Permission.SIGNED_IN, end)


async def end_session(actor: Actor, session_id: str) -> None:
    """End one of the actor's sessions. Raises ``NotFound``."""

    async def end(made: Change) -> None:
        living = await living_sessions(actor.user_id)
        sessions = [session for session in living if session["id"] == session_id]
        if not sessions:
            raise NotFound("There is no such session.")
        await revoke_sessions(made, sessions, "ended_by_user")

    await change(actor, None, Permission.SIGNED_IN, end)


async def start_session(made: Change, user: User, max_days: int) -> SessionRow:
    """Start a session for a locked or new account, in the open change.

    Beyond ``MAX_SESSIONS`` others end for it: those of the same program at the same address first,
    so that a script that signs in all the time ends its own.
    """
    moment = stored(now())
    surplus = await queries.surplus_sessions(
        user.id, made.actor.ip, made.actor.user_agent, moment, keep=MAX_SESSIONS - 1
    )
    await revoke_sessions(made, surplus, "too_many_sessions")
    session = new_row(
        new_id(),
        user_id=user.id,
        ip=made.actor.ip,
        user_agent=made.actor.user_agent,
        expires_at=_expiry(_end_of(moment, max_days)),
        moment=moment,
    )
    await statements.insert("sessions", [session])
    made.record("session_started", "session", session["id"], userId=user.id)
    return session


def _end_of(created_at: str, max_days: int) -> str:
    """Return when a session ends at the latest; times as databases have them."""
    return stored(datetime.fromisoformat(created_at) + timedelta(days=max_days))


def _expiry(end: str) -> str:
    return min(stored(ahead(REFRESH_SECONDS)), end)


async def record_refusals(
    total: Refused, named: Mapping[str, Refused], *, accounts: int, addresses: int
) -> None:
    """Write down how many sign-ins were refused, at how many accounts and from how many addresses.

    ``named`` are counts by the keys of e-mail addresses: those that belong to accounts have an
    entry each.
    """
    known = await User.filter(email_key__in=list(named))

    async def write(made: Change) -> None:
        made.record(
            "sign_ins_refused",
            "instance",
            None,
            **total._asdict(),
            accounts=accounts,
            addresses=addresses,
        )
        for user in known:
            counts = named[user.email_key]._asdict()
            made.record("sign_ins_refused", "user", user.id, user.email, in_project=None, **counts)

    await change(Actor(NOBODY), None, Permission.PUBLIC, write)


async def _tell_of_device(made: Change, user: User) -> None:
    """Mail somebody that a device signed in to their account that never did before.

    One is known by its cookie, see ``Devices``, or from a session that the person sees in their
    list: the same program at the same address. At most ``MAX_NOTICES`` an hour.
    """
    before = await queries.recent_sessions(user.id)
    own = (counted_as(made.actor.ip or ""), made.actor.user_agent)
    if not before or own in {(counted_as(one["ip"] or ""), one["user_agent"]) for one in before}:
        return
    recent = [one for one in before if one["created_at"] > stored(ago(3600))]
    if len(recent) <= MAX_NOTICES:
        device = made.actor.user_agent or "a program that does not say what it is"
        await notify(made, MailKind.NEW_DEVICE, user, device=device)


async def _renew(session: SessionRow, rotations: str, ip: str | None, end: str) -> None:
    """Write a session whose newest refresh token was used, and which has an ``end``."""
    columns = {
        "generation": session["generation"] + 1,
        "rotations": rotations,
        "last_used_at": stored(now()),
        "expires_at": _expiry(end),
        "ip": ip,
    }
    await statements.update("sessions", session["id"], columns)
    session.update(columns)  # type: ignore[typeddict-item]  # they are its columns
