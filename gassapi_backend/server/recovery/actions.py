"""Every write that confirms an address or resets a password."""

from gassapi_backend.clock import now
from gassapi_backend.models import Mail, OneTimeToken, Purpose, User
from gassapi_backend.server.access.callers import NOBODY, Actor, acting_as
from gassapi_backend.server.access.session_tokens import account_inactive
from gassapi_backend.server.accounts.actions import replace_password
from gassapi_backend.server.accounts.passwords import Passwords, check_password
from gassapi_backend.server.accounts.revocation import end_reset_links
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, NotFound
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.mail.outbox import MailKind, put_in_outbox
from gassapi_backend.server.names import email_key
from gassapi_backend.server.recovery.links import Links, Way, is_gone, use_up


async def verify_email(actor: Actor, token: str, links: Links) -> User:
    """Confirm the address that a link was mailed to. Raises ``Invalid`` and ``Gone``."""
    found, _ = await links.find(token, Purpose.VERIFY_EMAIL)
    async with change(actor) as made:
        user = await _owner_of(found)
        await use_up(found)
        made.actor = acting_as(user, actor)
        if user.email_verified_at is None:
            user.email_verified_at = user.updated_at = now()
            user.revision += 1
            await user.save(update_fields=["email_verified_at", "revision", "updated_at"])
        made.record("email_verified", "user", user.id, user.email)
    return user


async def resend_verification(actor: Actor, links: Links, attempts: Attempts) -> None:
    """Mail the actor a further link that confirms their address.

    Raises ``Conflict`` when it is confirmed, ``TooMany`` when they asked too often.
    """
    await attempts.take(actor.user_id)
    async with change(actor) as made:
        user = await _lock(actor.user_id)
        if user is None:
            raise NotFound("There is no such user.")
        if user.email_verified_at is not None:
            raise Conflict("Your e-mail address is confirmed already.")
        await links.ask_to_verify(user)
        made.record("verification_requested", "user", user.id, user.email)


async def request_reset(actor: Actor, email: str, links: Links, attempts: Attempts) -> None:
    """Note that somebody wants to reset the password of an address.

    Does the same work whether or not there is such an account: nothing here looks for it. That is
    for ``prepare_link()``, as the mail is about to be sent. Raises ``TooMany``.
    """
    await attempts.take(email_key(email), actor.ip or "")
    async with change(actor) as made:
        made.record("reset_requested", "user", None)
        if links.are_sent:
            facts = {"ip": actor.ip or "", "request_id": actor.request_id or ""}
            await put_in_outbox(MailKind.RESET_PASSWORD, email, **facts)


async def prepare_link(mail: Mail, links: Links) -> str | None:
    """Return the token for a mail that is about to be sent, good for its full time from now.

    ``None`` where nobody needs it any more: there is no such account, or it may not sign in, its
    address is confirmed, or the link was used or replaced by a newer one. A new password's link is
    made here, at the first attempt; older ones of the account end.
    """
    purpose, facts = Purpose(mail.kind), mail.facts
    actor = Actor(NOBODY, ip=facts.get("ip") or None, request_id=facts.get("request_id") or None)
    async with change(actor) as made:
        user = await User.filter(email_key=email_key(mail.recipient)).select_for_update().first()
        if user is None or not user.is_active:
            return None
        if purpose is Purpose.VERIFY_EMAIL and user.email_verified_at is not None:
            return None
        if known := await OneTimeToken.get_or_none(id=facts.get("token_id") or ""):
            is_over = known.used_at is not None or known.user_id != user.id
            return None if is_over else await links.renew(known)
        if purpose is Purpose.RESET_PASSWORD:
            token, token_id = await _new_reset_link(made, user, links, Way.BY_MAIL)
        else:
            token, token_id = await links.new_token(user, purpose)
        mail.recipient, mail.facts = user.email, {"token_id": token_id}
        await mail.save(update_fields=["recipient", "facts"])
    return token


async def make_reset_link(actor: Actor, user_id: str, links: Links) -> str:
    """Return the token of a link with which somebody sets their password; for the console.

    Raises ``NotFound``, and ``Forbidden`` for a deactivated account.
    """
    async with change(actor) as made:
        user = await _lock(user_id)
        if user is None:
            raise NotFound("There is no such user.")
        if not user.is_active:
            raise account_inactive()
        token, _ = await _new_reset_link(made, user, links, Way.BY_HAND)
    return token


async def reset_password(
    actor: Actor,
    token: str,
    password: str,
    passwords: Passwords,
    links: Links,
    logins: Attempts,
) -> User:
    """Set the password of whoever a link was given to, and end all their sessions.

    A mailed link proves the address too. Raises ``Invalid`` and ``Gone``.
    """
    found, way = await links.find(token, Purpose.RESET_PASSWORD)
    user = await User.get_or_none(id=found.user_id)
    if user is None or not user.is_active:
        raise is_gone()
    check_password(password, email=user.email, name=user.name)
    hashed = await passwords.hash(password)
    async with change(actor) as made:
        user = await _owner_of(found)
        await use_up(found)
        made.actor = acting_as(user, actor)
        if way is Way.BY_MAIL and user.email_verified_at is None:
            user.email_verified_at = now()
        await replace_password(made, user, hashed, "password_reset")
    await logins.forgive(user.email_key, actor.ip or "")
    return user


async def _new_reset_link(made: Change, user: User, links: Links, way: Way) -> tuple[str, str]:
    await end_reset_links(user.id)
    made.record("reset_link_made", "user", user.id, user.email, way=way.name.lower())
    return await links.new_token(user, Purpose.RESET_PASSWORD, way)


async def _lock(user_id: str) -> User | None:
    return await User.filter(id=user_id).select_for_update().first()


async def _owner_of(token: OneTimeToken) -> User:
    """Lock the person a link is for. Raises ``Gone`` for one who is deactivated."""
    user = await _lock(token.user_id)
    if user is None or not user.is_active:
        raise is_gone()
    return user
