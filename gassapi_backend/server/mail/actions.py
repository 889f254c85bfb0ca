"""What the operator does about mail in the outbox."""

from gassapi_backend.clock import now
from gassapi_backend.models import Mail
from gassapi_backend.server.changes import afterwards, change
from gassapi_backend.server.errors import NotFound
from gassapi_backend.server.identity import Actor
from gassapi_backend.server.mail.outbox import ring


async def retry(actor: Actor, mail_id: str | None) -> int:
    """Have a mail, or all that were given up, tried again from the start; return how many.

    Raises ``NotFound``.
    """
    async with change(actor) as made:
        wanted = Mail.filter(id=mail_id) if mail_id else Mail.filter(due_at=None)
        mails = await wanted.select_for_update()
        if mail_id and not mails:
            raise NotFound("There is no such mail in the outbox.")
        ids = [mail.id for mail in mails]
        await Mail.filter(id__in=ids).update(due_at=now(), attempts=0)
        for mail in mails:
            made.record("mail_retried", "mail", mail.id, kind=mail.kind)
        afterwards(ring)
    return len(mails)
