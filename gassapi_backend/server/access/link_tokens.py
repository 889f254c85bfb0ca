"""The tokens in links that work once: made and read without a database.

An HMAC over what it is for, an id and its generation: it can be made again when a mail is sent, so
that none is stored, and a made-up one is refused without asking the database.
"""

import base64
import binascii
import hmac
from uuid import UUID

_MAC_BYTES = 20

TOKEN_SCHEMA = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_-]{54}$",
    "examples": ["AZjA3gAAcACAAAAAAAAAAQAAAAGb2dgTm90LWEtcmVhbC1saW5r-_x"],
}
"""What the document says of such a token."""


def make_link_token(key: bytes, purpose: str, subject_id: str, generation: int = 1) -> str:
    """Return the token of a link: 54 characters of base64url."""
    body = UUID(subject_id).bytes + generation.to_bytes(4, "big")
    return _written(body + _mac(key, purpose, body))


def read_link_token(key: bytes, purpose: str, token: str) -> tuple[str, int] | None:
    """Return the id and the generation of a link's token; ``None`` where it is not one."""
    if len(token) != 54 or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "==", altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, purpose, body)):
        return None
    if _written(raw) != token:  # the decoder takes other spellings too
        return None
    return str(UUID(bytes=body[:16])), int.from_bytes(body[16:], "big")


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + body, "sha256")[:_MAC_BYTES]
