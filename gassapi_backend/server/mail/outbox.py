"""The mail that waits to be sent."""

from enum import StrEnum

from gassapi_backend.models import Mail


class MailKind(StrEnum):
    """What a mail is about; each has its template."""

    INVITATION = "invitation"
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a kind, not a password


async def put_in_outbox(kind: MailKind, recipient: str, **facts: str) -> None:
    """Have a mail sent once the open change is committed.

    ``facts`` are ids and names for its template, never a secret: links are made as it is sent.
    Where no mail is set up, do not call it.
    """
    await Mail.create(kind=kind.value, recipient=recipient, facts=facts)
