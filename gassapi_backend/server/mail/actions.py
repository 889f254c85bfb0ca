"""What the operator does about mail in the outbox."""

from gassapi_backend.clock import now, stored
from gassapi_backend.database.statements import for_ids, send
from gassapi_backend.models import Mail, is_id
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Conflict, NotFound
from gassapi_backend.server.mail.outbox import is_being_sent, ring


async def retry(actor: Actor, mail_id: str | None) -> int:
    """Have a mail, or all that were given up, tried again from the start; return how many.

    Raises ``NotFound``, and ``Conflict`` for a mail that is being sent just now.
    """

    async def put_back(made: Change) -> int:
        if mail_id is None:
            wanted = Mail.filter(due_at=None)
        else:
            wanted = Mail.filter(id=mail_id if is_id(mail_id) else "")
        mails = await wanted.select_for_update()
        if mail_id is not None and not mails:
            raise NotFound("There is no such mail in the outbox.")
        if any(is_being_sent(mail) for mail in mails):
            raise Conflict("This mail is being sent just now.")
        ids = [mail.id for mail in mails]
        sql = "UPDATE mails SET due_at = ?, attempts = 0 WHERE id IN ({ids})"
        await send(for_ids(sql, ids, stored(now())))
        for mail in mails:
            made.record("mail_retried", "mail", mail.id, kind=mail.kind)
        made.afterwards(ring)
        return len(mails)

    return await change(actor, None, Permission.ADMINISTER, put_back)


async def note_trial(actor: Actor, *, is_mailed: bool) -> None:
    """Put it on record that an administrator had a mail sent to themselves."""

    async def note(made: Change) -> None:
        made.note("mail_tried", "instance", None, is_mailed=is_mailed)

    await change(actor, None, Permission.ADMINISTER, note)
