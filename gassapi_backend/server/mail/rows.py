"""The row of a new mail, made without a database."""

from typing import Any

import orjson

from gassapi_backend.models.rows import StoredMail


def new_row(
    mail_id: str, *, kind: str, recipient: str, facts: dict[str, Any], moment: str
) -> StoredMail:
    """Return the row of a mail that is due at once; ``moment`` as databases have it."""
    return {
        "id": mail_id,
        "kind": kind,
        "recipient": recipient,
        "facts": orjson.dumps(facts).decode(),
        "attempts": 0,
        "due_at": moment,
        "last_error": None,
        "created_at": moment,
    }
