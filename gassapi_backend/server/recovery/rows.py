"""The row of a new one-time token, made without a database."""

from hashlib import sha256

from gassapi_backend.models import Purpose
from gassapi_backend.models.rows import OneTimeTokenRow


def new_row(
    token_id: str, token: str, *, user_id: str, purpose: Purpose, expires_at: str, moment: str
) -> OneTimeTokenRow:
    """Return the row of a token, of which nothing but its hash is kept.

    ``expires_at`` and ``moment`` as databases have them.
    """
    return {
        "id": token_id,
        "user_id": user_id,
        "purpose": purpose.value,
        "token_hash": hash_of(token),
        "created_at": moment,
        "expires_at": expires_at,
        "used_at": None,
    }


def hash_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256, in hexadecimal."""
    return sha256(token.encode()).hexdigest()
