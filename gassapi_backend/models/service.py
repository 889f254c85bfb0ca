"""What the server itself remembers: mail that waits, and answers that may be asked for again."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from gassapi_backend.clock import now
from gassapi_backend.models.fields import AsciiField, IdField, JsonField, TimeField, new_id


class Mail(Model):
    """A mail that waits to be sent, written in the transaction of what it is about.

    ``kind`` names its template and ``facts`` are ids and names for it, never a secret: links are
    made as it is sent. ``due_at`` is when to try next, NULL once given up; whoever sends it moves
    that forward first, so that nobody else does, and deletes the row once the mail server has it.
    """

    id = IdField(primary_key=True, default=new_id)
    kind = AsciiField(max_length=32)
    recipient = fields.CharField(max_length=254)
    facts: Any = JsonField(default=dict)
    attempts = fields.IntField(default=0)
    due_at = TimeField(null=True, default=now, db_index=True)
    last_error = fields.CharField(max_length=500, null=True)
    created_at = TimeField(default=now)

    class Meta:
        table = "mails"


class Idempotency(Model):
    """A request with an ``Idempotency-Key`` that was carried out, and its answer.

    Written in the transaction of the change that was made. ``key`` is the SHA-256 of who asked for
    what under which key, ``body_hash`` that of the body. ``answer`` is encrypted, since an answer
    may carry a token.
    """

    key = AsciiField(max_length=64, primary_key=True)
    body_hash = AsciiField(max_length=64)
    status = fields.IntField()
    answer = fields.BinaryField()
    expires_at = TimeField(db_index=True)

    class Meta:
        table = "idempotency"
