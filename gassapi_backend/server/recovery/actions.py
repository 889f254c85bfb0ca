"""Every write that confirms an address or resets a password."""

from typing import Any, NamedTuple

from gassapi_backend.clock import now
from gassapi_backend.models import Mail, OneTimeToken, Purpose, User
from gassapi_backend.models.rows import OneTimeTokenRow
from gassapi_backend.server.access.callers import NOBODY, Actor, acting_as
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.access.session_tokens import account_inactive
from gassapi_backend.server.accounts.actions import put_active, replace_password, save_user
from gassapi_backend.server.accounts.passwords import Passwords, check_password
from gassapi_backend.server.accounts.queries import (
    own_account,
    projects_of,
    projects_with_tokens_of,
)
from gassapi_backend.server.accounts.revocation import (
    end_reset_links,
    revoke_account_tokens,
    withdraw_invitations,
)
from gassapi_backend.server.accounts.schemas import user_view
from gassapi_backend.server.audit.actions import Counted
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, Forbidden, Invalid
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.mail.notices import notify
from gassapi_backend.server.mail.outbox import MailKind, put_in_outbox
from gassapi_backend.server.names import email_key
from gassapi_backend.server.recovery import queries
from gassapi_backend.server.recovery.links import Links, Way, is_gone, use_up
from gassapi_backend.server.recovery.schemas import NewAddress, PasswordReset
from gassapi_backend.server.web.etags import IfMatch, stale

CLOSED_DOMAIN = "closed.invalid"
"""Where the address of a disowned account is, which no mail reaches (RFC 2606)."""


async def verify_email(actor: Actor, token: str, links: Links) -> User:
    """Confirm the address that a link was mailed to, as the account that it was mailed for.

    Nobody else may: a click alone would give the address to whoever registered it. Raises
    ``Invalid``, ``Forbidden`` and ``Gone``.
    """
    found, _ = await links.find(token, Purpose.VERIFY_EMAIL)
    if found["user_id"] != actor.user_id:
        raise Forbidden(
            "This link is for another account. Sign in to the one with the address that the mail "
            "went to."
        )

    async def confirm(made: Change) -> User:
        user = _owner_of(made, found)
        await use_up(found)
        if user.email_verified_at is None:
            user.email_verified_at = user.updated_at = now()
            user.revision += 1
            await user.save(update_fields=["email_verified_at", "revision", "updated_at"])
        made.record("email_verified", "user", user.id, user.email)
        return user

    return await change(actor, None, Permission.SIGNED_IN, confirm)


async def change_address(
    actor: Actor,
    wanted: NewAddress,
    links: Links,
    passwords: Passwords,
    logins: Attempts,
    attempts: Attempts,
    if_match: IfMatch,
) -> User:
    """Give the actor another e-mail address, which counts as theirs once it is confirmed.

    The old one is told, links that went there end, and the new one is asked to confirm. Raises
    ``Invalid`` for a wrong password, ``Conflict`` for an address that is taken, and ``TooMany``.
    """
    user = await own_account(actor.user_id)
    if if_match.misses(user.revision):
        raise stale(user_view(user))
    async with logins.one(user.id):
        if not await passwords.verify(wanted.password.get_secret_value(), user.password_hash):
            raise Invalid.field("password", "It is not your password.")
        await logins.forgive(user.id)
    await attempts.take(user.id)  # or whoever has an account finds out who else has one

    async def put(made: Change) -> User:
        locked = made.account
        if if_match.misses(locked.revision):
            raise stale(user_view(locked))
        if locked.password_hash != user.password_hash:
            raise Conflict("The password was changed at the same moment. Sign in again.")
        if locked.email == wanted.email:
            return locked
        await notify(made, MailKind.EMAIL_CHANGED, locked, address=wanted.email)
        locked.email, locked.email_key = wanted.email, email_key(wanted.email)
        locked.email_verified_at = None  # type: ignore[assignment]  # the field allows it
        await save_user(locked, "email", "email_key", "email_verified_at")
        await OneTimeToken.filter(user_id=locked.id).delete()
        made.record("profile_updated", "user", locked.id, locked.email, fields=["email"])
        await links.ask_to_verify(made, locked)
        return locked

    return await change(actor, None, Permission.SIGNED_IN, put)


async def disown_account(actor: Actor, token: str, links: Links) -> None:
    """Close an account for whoever gets its mail but did not make it.

    It is shut out, its sessions and tokens end, the invitations it sent are withdrawn. What it made
    stays, for an administrator to give back; its address does not, so that its owner may register.
    Raises ``Invalid`` and ``Gone``, ``Conflict`` once the address is confirmed.
    """
    found, _ = await links.find(token, Purpose.VERIFY_EMAIL)
    project_ids = await projects_of(found["user_id"])

    async def close(made: Change) -> None:
        user = _owner_of(made, found)
        if user.email_verified_at is not None:
            raise Conflict(
                "This address is confirmed already. If the account is not yours, reset its "
                "password: all its devices are signed out then."
            )
        await use_up(found)
        email, user.email = user.email, f"{user.id}@{CLOSED_DOMAIN}"
        user.email_key = email_key(user.email)
        await save_user(user, "email", "email_key")
        made.record("account_disowned", "user", user.id, email)
        await revoke_account_tokens(made, user, "account_disowned")
        await withdraw_invitations(made, user, "account_disowned")
        await put_active(made, user, is_active=False)

    await change(
        actor, None, Permission.PUBLIC, close, also=project_ids, accounts=[found["user_id"]]
    )


async def resend_verification(actor: Actor, links: Links, attempts: Attempts) -> None:
    """Mail the actor a further link that confirms their address.

    Raises ``Conflict`` when it is confirmed, ``TooMany`` when they asked too often.
    """
    await attempts.take(actor.user_id)

    async def resend(made: Change) -> None:
        user = made.account
        if user.email_verified_at is not None:
            raise Conflict("Your e-mail address is confirmed already.")
        await links.ask_to_verify(made, user)
        made.record("verification_requested", "user", user.id, user.email)

    await change(actor, None, Permission.SIGNED_IN, resend)


async def request_reset(
    actor: Actor,
    email: str,
    links: Links,
    attempts: Attempts,
    mailboxes: Attempts,
    counted: Counted,
) -> None:
    """Count that somebody wants to reset the password of an address, and have a mail written.

    Does the same work whether or not there is such an account: nothing here looks for it. That is
    for ``prepare_link()``, as the mail is about to be sent. Raises ``TooMany`` for whoever asks too
    often; a mailbox that others had mailed to too often is left alone without telling, and the last
    link that was mailed to it still works.
    """
    await attempts.take(email_key(email), actor.ip or "")
    counted.note("reset_requested")
    is_mailed = await mailboxes.passes(email_key(email)) and links.are_sent

    async def request(made: Change) -> None:
        facts = {"ip": actor.ip or "", "request_id": actor.request_id or ""}
        await put_in_outbox(made, MailKind.RESET_PASSWORD, email, **facts)

    if is_mailed:
        await change(actor, None, Permission.PUBLIC, request)


class _Prepared(NamedTuple):
    """The token of a mail's link, and what the mail says of itself from now on."""

    token: str
    recipient: str
    facts: dict[str, Any]


async def prepare_link(mail: Mail, links: Links) -> str | None:
    """Return the token for a mail that is about to be sent, good for its full time from now.

    ``None`` where nobody needs it any more: there is no such account, or it may not sign in, its
    address is confirmed, or the link was used or replaced by a newer one. A new password's link is
    made here, at the first attempt; older ones of the account end.
    """
    purpose, facts = Purpose(mail.kind), mail.facts
    key = email_key(mail.recipient)
    actor = Actor(NOBODY, ip=facts.get("ip") or None, request_id=facts.get("request_id") or None)

    async def prepare(made: Change) -> _Prepared | None:
        user = next((one for one in made.accounts.values() if one.email_key == key), None)
        if user is None or not user.is_active:
            return None
        if purpose is Purpose.VERIFY_EMAIL and user.email_verified_at is not None:
            return None
        if known := await queries.find_token(facts.get("token_id") or ""):
            is_over = known["used_at"] is not None or known["user_id"] != user.id
            return None if is_over else _Prepared(await links.renew(known), mail.recipient, facts)
        if purpose is Purpose.RESET_PASSWORD:
            token, token_id = await _new_reset_link(made, user, links, Way.BY_MAIL)
        else:
            token, token_id = await links.new_token(user, purpose)
        prepared = _Prepared(token, user.email, {"token_id": token_id})
        await Mail.filter(id=mail.id).update(recipient=prepared.recipient, facts=prepared.facts)
        return prepared

    found = await User.get_or_none(email_key=key)
    accounts = [found.id] if found else []
    prepared = await change(actor, None, Permission.PUBLIC, prepare, accounts=accounts)
    if prepared is None:
        return None
    mail.recipient, mail.facts = prepared.recipient, prepared.facts
    return prepared.token


async def make_reset_link(actor: Actor, user_id: str, links: Links) -> str:
    """Return the token of a link with which somebody sets their password; for the console.

    Raises ``NotFound``, and ``Forbidden`` for a deactivated account.
    """

    async def make(made: Change) -> str:
        user = made.account_of(user_id)
        if not user.is_active:
            raise account_inactive()
        token, _ = await _new_reset_link(made, user, links, Way.BY_HAND)
        return token

    return await change(actor, None, Permission.ADMINISTER, make, accounts=[user_id])


async def reset_password(
    actor: Actor,
    given: PasswordReset,
    passwords: Passwords,
    links: Links,
    logins: Attempts,
) -> User:
    """Set the password of whoever a link was given to, and end all their sessions.

    Their MCP tokens too, where that is asked for. A mailed link proves the address. Raises
    ``Invalid`` and ``Gone``.
    """
    found, way = await links.find(given.token, Purpose.RESET_PASSWORD)
    password, evicts = given.password.get_secret_value(), given.revoke_tokens
    user = await User.get_or_none(id=found["user_id"])
    if user is None or not user.is_active:
        raise is_gone()
    check_password(password, email=user.email, name=user.name, servers=passwords.servers)
    hashed = await passwords.hash(password)
    projects = await projects_with_tokens_of(user.id) if evicts else ()

    async def reset(made: Change) -> User:
        user = _owner_of(made, found)
        await use_up(found)
        made.actor = acting_as(user, actor)
        if way is Way.BY_MAIL and user.email_verified_at is None:
            user.email_verified_at = now()
        user.must_change_password = False
        await replace_password(made, user, hashed, "password_reset", evicts=evicts)
        return user

    user = await change(
        actor, None, Permission.PUBLIC, reset, also=projects, accounts=[found["user_id"]]
    )
    await logins.forgive(user.email_key, actor.ip or "")
    return user


async def _new_reset_link(made: Change, user: User, links: Links, way: Way) -> tuple[str, str]:
    await end_reset_links(user.id)
    made.record("reset_link_made", "user", user.id, user.email, way=way.name.lower())
    return await links.new_token(user, Purpose.RESET_PASSWORD, way)


def _owner_of(made: Change, token: OneTimeTokenRow) -> User:
    """Return the locked account that a link is for. Raises ``Gone`` for a deactivated one."""
    user = made.accounts.get(token["user_id"])
    if user is None or not user.is_active:
        raise is_gone()
    return user
