"""JSON Web Tokens of one kind: ours, signed with HS256 (RFC 7515 and 7519).

The header is the same in all of them. So that is compared, not read: whatever else it might name as
an algorithm, type or key is refused. PyJWT, which the tests check this with, takes 9 MB.
"""

import base64
import hmac
from collections.abc import Mapping
from typing import Any

import orjson


def encoded(claims: Mapping[str, Any], key: bytes) -> str:
    """Return the token that says this."""
    said = f"{_HEADER}.{_base64url(orjson.dumps(claims))}"
    return f"{said}.{_signature(said, key)}"


def decoded(token: str, key: bytes) -> dict[str, Any]:
    """Return what a token says, which may be out of date. Raises ``ValueError`` if it is not ours.

    Ours are all of this form, down to the last bit: there is one spelling of each.
    """
    said, _, signature = token.rpartition(".")
    header, _, claims = said.partition(".")
    if header != _HEADER or not hmac.compare_digest(
        _signature(said, key).encode(), signature.encode()
    ):
        raise ValueError("not a token that was signed with this key")
    found = orjson.loads(base64.urlsafe_b64decode(f"{claims}=="))
    if not isinstance(found, dict):
        raise ValueError("not a token that says anything")
    return found


def _signature(said: str, key: bytes) -> str:
    return _base64url(hmac.digest(key, said.encode(), "sha256"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


_HEADER = _base64url(b'{"alg":"HS256","typ":"JWT"}')
