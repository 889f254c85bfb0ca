"""What the mails in the outbox are about: each a single statement."""

from collections.abc import AsyncIterator
from typing import cast

from gassapi_backend.database import row, rows
from gassapi_backend.models import folded
from gassapi_backend.models.rows import MailRow
from gassapi_backend.server.names import KEY_LENGTH, email_key

PAGE = 1000

_COLUMNS = ", ".join(MailRow.__annotations__)


async def list_mails() -> list[MailRow]:
    """Return the mail in the outbox, the oldest first, at most 1000."""
    found = await rows(f"SELECT {_COLUMNS} FROM mails ORDER BY created_at, id LIMIT 1000")  # noqa: S608 - constants only
    return cast("list[MailRow]", found)


async def mails_to(key: str) -> AsyncIterator[MailRow]:
    """Yield the mails in the outbox to an address, named by its ``email_key()``, oldest first.

    Looks through the outbox, a page at a time: it is short, and has no index of addresses.
    """
    before_the_at, last_id = key.rpartition("@")[0], ""
    while True:
        page = await rows(
            f"SELECT {_COLUMNS} FROM mails WHERE id > ? ORDER BY id LIMIT {PAGE}",  # noqa: S608 - as above
            last_id,
        )
        for found in page:
            to = found["recipient"]
            is_like_it = folded(to.rpartition("@")[0], KEY_LENGTH) == before_the_at
            if is_like_it and email_key(to) == key:  # which takes its time
                yield cast("MailRow", found)
        if len(page) < PAGE:
            return
        last_id = page[-1]["id"]


async def count_given_up() -> int:
    """Return how many mails could not be sent and are not tried any more."""
    found = await row("SELECT COUNT(*) AS n FROM mails WHERE due_at IS NULL")
    return int(found["n"]) if found else 0


async def address_of(user_id: str) -> str:
    """Return somebody's e-mail address; empty where their account is gone."""
    found = await row("SELECT email FROM users WHERE id = ?", user_id)
    return str(found["email"]) if found else ""
