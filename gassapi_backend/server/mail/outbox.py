"""The mail that waits to be sent: put in by actions, taken out by whoever sends it."""

import asyncio
from enum import StrEnum
from typing import Any
from weakref import WeakSet

from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.database import execute, rows
from gassapi_backend.database.statements import for_ids, insert, send
from gassapi_backend.models import Mail, new_id
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.mail.queries import mails_to
from gassapi_backend.server.mail.rows import new_row

LEASE = 180  # seconds a mail is left to whoever claimed it; longer than sending may take
DELAYS = [minutes * 60 for minutes in (1, 5, 15, 60, 120, 240, 480, 720, 1200)]
"""Seconds from one attempt to the next: two days in all; after the last the mail is given up."""

KEEP_SECONDS = 30 * 24 * 3600
"""How long a mail that was given up is kept, and what became of a mailed link is known."""

_bells: WeakSet[asyncio.Event] = WeakSet()


class MailKind(StrEnum):
    """What a mail is about; each has its writer."""

    INVITATION = "invitation"
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a kind, not a password
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind, not a password
    TOKEN_ISSUED = "token_issued"  # noqa: S105 - a kind, not a token
    EMAIL_CHANGED = "email_changed"
    NEW_DEVICE = "new_device"


async def put_in_outbox(made: Change, kind: MailKind, recipient: str, **facts: Any) -> None:
    """Have a mail sent once the open change is committed.

    ``facts`` are ids and names for its template, never a secret: links are made as it is sent.
    Where no mail is set up, do not call it.
    """
    mail = new_row(
        new_id(), kind=kind.value, recipient=recipient, facts=facts, moment=stored(now())
    )
    await insert("mails", [mail])
    made.afterwards(ring)


def bell() -> asyncio.Event:
    """Return an event that is set whenever this process has put mail in the outbox."""
    event = asyncio.Event()
    _bells.add(event)
    return event


def ring() -> None:
    """Say that there is mail to send."""
    for event in _bells:
        event.set()


async def claim() -> Mail | None:
    """Return a mail that is due, which nobody else gets for the time of ``LEASE``.

    Moving it forward is one statement, which succeeds for one of those who try at once. Should this
    process die before it has sent it, the mail is due again after that time. Meanwhile it was tried
    and has no error: so ``is_being_sent()`` knows it.
    """
    due = await rows(
        "SELECT id, attempts FROM mails WHERE due_at <= ? ORDER BY due_at LIMIT 10", stored(now())
    )
    for found in due:
        is_ours = await execute(
            "UPDATE mails SET due_at = ?, attempts = attempts + 1, last_error = NULL "
            "WHERE id = ? AND attempts = ? AND due_at <= ?",
            stored(ahead(LEASE)),
            found["id"],
            found["attempts"],
            stored(now()),
        )
        if is_ours and (mail := await Mail.get_or_none(id=found["id"])):
            return mail
    return None


def is_being_sent(mail: Mail) -> bool:
    """Whether somebody who claimed a mail still has it."""
    is_leased = mail.due_at is not None and mail.due_at > now()
    return is_leased and mail.attempts > 0 and mail.last_error is None


async def forget(mail: Mail) -> None:
    """Remove a mail that is sent, or has become pointless."""
    await Mail.filter(id=mail.id).delete()


async def forget_those_to(email_key: str) -> None:
    """Remove the mails to an address, in the open change."""
    ids = [found["id"] async for found in mails_to(email_key)]
    await send(for_ids("DELETE FROM mails WHERE id IN ({ids})", ids))


async def put_back(mail: Mail, reason: str, *, for_good: bool) -> bool:
    """Keep a mail that could not be sent for the next attempt; return whether there will be one.

    ``for_good``: the mail server will not take it later either.
    """
    is_over = for_good or mail.attempts > len(DELAYS)
    due_at = None if is_over else ahead(DELAYS[mail.attempts - 1])
    await Mail.filter(id=mail.id).update(due_at=due_at, last_error=reason[:500])
    return not is_over
