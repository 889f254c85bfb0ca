"""Access and refresh tokens: made and read, without a database.

An access token is a JWT (RFC 7519, HS256). A refresh token is ``gassr_`` and base64url of the
session's id, the token's number in it and an HMAC over both: it can be made again at any time, so
that a repeated refresh gets the same successor although no token is stored.
"""

import base64
import binascii
import hmac
import time
from dataclasses import dataclass
from uuid import UUID

from gassapi_backend.server.errors import Code, Forbidden, Unauthenticated
from gassapi_backend.third_party import without

with without("cryptography"):  # 9 MB that PyJWT has for other algorithms than HS256
    import jwt

ACCESS_SECONDS = 900
REFRESH_SECONDS = 7 * 24 * 3600
LEEWAY_SECONDS = 60  # that the clocks of two servers may be apart (RFC 7519, 4.1.4)
ISSUER = AUDIENCE = "gassapi"
REFRESH_PREFIX = "gassr_"

_CLAIMS = ["sub", "sid", "typ", "iss", "aud", "iat", "exp"]


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says; ``expires`` in epoch seconds."""

    user_id: str
    session_id: str
    expires: float


def make_access_token(key: bytes, *, user_id: str, session_id: str) -> str:
    """Return a token that is good for 15 minutes."""
    issued = int(time.time())
    claims = {
        "sub": user_id,
        "sid": session_id,
        "typ": "access",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": issued,
        "exp": issued + ACCESS_SECONDS,
    }
    return jwt.encode(claims, key, algorithm="HS256")


def read_access_token(key: bytes, token: str) -> AccessClaims:
    """Check an access token. Raises ``Unauthenticated``."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=LEEWAY_SECONDS,
            options={"require": _CLAIMS, "verify_iat": False},  # another server's clock is ahead
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("The access token has expired.", code=Code.TOKEN_EXPIRED) from None
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        claims = {}
    user_id, session_id = claims.get("sub"), claims.get("sid")
    if (
        claims.get("typ") != "access"
        or not isinstance(user_id, str)
        or not isinstance(session_id, str)
    ):
        raise invalid_token()
    return AccessClaims(user_id, session_id, float(claims["exp"]) + LEEWAY_SECONDS)


def make_refresh_token(key: bytes, *, session_id: str, generation: int) -> str:
    """Return the refresh token of that number in a session."""
    body = UUID(session_id).bytes + generation.to_bytes(6, "big")
    mac = hmac.digest(key, body, "sha256")
    return REFRESH_PREFIX + base64.urlsafe_b64encode(body + mac).decode().rstrip("=")


def read_refresh_token(key: bytes, token: str) -> tuple[str, int]:
    """Return the session and the number of a refresh token. Raises ``Unauthenticated``."""
    if not token.startswith(REFRESH_PREFIX) or len(token) != len(REFRESH_PREFIX) + 72:
        raise invalid_token()
    try:
        raw = base64.b64decode(token[len(REFRESH_PREFIX) :], altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        raise invalid_token() from None
    body, mac = raw[:22], raw[22:]
    if not hmac.compare_digest(mac, hmac.digest(key, body, "sha256")):
        raise invalid_token()
    return str(UUID(bytes=body[:16])), int.from_bytes(body[16:], "big")


def invalid_token() -> Unauthenticated:
    """Return the refusal of a credential that is made up, broken or revoked."""
    return Unauthenticated("The token is not valid.", code=Code.TOKEN_INVALID)


def account_inactive() -> Forbidden:
    """Return the refusal of a deactivated account."""
    return Forbidden(
        "This account is deactivated. Ask an administrator.", code=Code.ACCOUNT_INACTIVE
    )
