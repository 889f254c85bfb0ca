"""Mails that tell people what was done to their account, where mail is set up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gassapi_backend.clock import now, rfc3339
from gassapi_backend.models import User
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.mail.outbox import MailKind, put_in_outbox
from gassapi_backend.settings import Settings

_in_force: list[bool] = []


@contextmanager
def notices_in_force(settings: Settings) -> Iterator[None]:
    """Have people told in this process, if mail is set up, for as long as the block goes on."""
    is_mailing = settings.smtp_url is not None
    _in_force.append(is_mailing)
    try:
        yield
    finally:
        _in_force.remove(is_mailing)


def are_sent() -> bool:
    """Whether people are told."""
    return bool(_in_force) and _in_force[-1]


async def notify(made: Change, kind: MailKind, user: User, **facts: Any) -> None:
    """Have somebody told once the open change is committed, of when and from where it was made.

    Only at an address that is confirmed: another may be a stranger's. ``facts`` as in
    ``put_in_outbox()``.
    """
    if are_sent() and user.email_verified_at is not None:
        common = {"at": rfc3339(now()), "ip": made.actor.ip or ""}
        await put_in_outbox(made, kind, user.email, **common, **facts)
