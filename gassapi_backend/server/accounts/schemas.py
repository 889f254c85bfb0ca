"""What goes in and out about accounts."""

import hashlib
import unicodedata
from contextlib import suppress
from functools import cache
from typing import Annotated
from urllib.parse import urlsplit

import email_validator
from pydantic import AfterValidator, Field, SecretStr, StringConstraints, WithJsonSchema
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.database import Row
from gassapi_backend.models import User, folded
from gassapi_backend.server.bodies import Body, optional

_JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}  # the last: flags' tags
_BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")  # letters and a symbol that show nothing


KEY_LENGTH = 320  # characters of an address's key


def check_email(value: str) -> str:
    """Return an address in its normal form (RFC 5321, 6531; the domain's case folded).

    Addresses under ``.test`` and ``.local`` are taken, since private networks use them. Raises
    ``ValueError`` when it is not an address, and for one whose key would have to be cut.
    """
    found = _parsed(value)
    if len(found.normalized) > 254:
        raise ValueError("The email address is too long.")
    if len(_key(found)) > KEY_LENGTH:
        raise ValueError("The part before the @ is too long: some of its characters count as many.")
    return found.normalized


def email_key(text: str) -> str:
    """Return the form in which two spellings of one address are equal; takes any text.

    The part before the @ without case and compatibility forms, the domain as it is registered
    (IDNA 2008, in punycode): there, straße.de and strasse.de are two. Text that is no address gets
    a key that no account has.
    """
    with suppress(ValueError):
        key = _key(_parsed(text))
        if len(key) <= KEY_LENGTH:
            return key
    return "@" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def email_piece(text: str) -> str:
    """Return how a piece of an address, to search for, stands in keys if it ends in its domain."""
    local, at, domain = text.rpartition("@")
    try:
        registered = _parsed(f"x@{domain}.test").ascii_domain.removesuffix(".test")
    except ValueError:  # not whole labels of a domain
        return folded(text)
    return f"{folded(local)}{at}{registered}"


def _parsed(text: str) -> email_validator.ValidatedEmail:
    """Return the parts of an address. Raises ``ValueError``."""
    _allow_private_domains()
    return email_validator.validate_email(text, check_deliverability=False, strict=True)


def _key(address: email_validator.ValidatedEmail) -> str:
    """Return the whole key: never cut, or two domains could have one."""
    return f"{folded(address.local_part, limit=10_000)}@{address.ascii_domain.lower()}"


@cache
def _allow_private_domains() -> None:
    for name in ("test", "local"):
        email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(name)


def check_name(value: str) -> str:
    """Return a name for people to read.

    Raises ``ValueError`` for control characters, those that turn the direction of text, and
    nothing but invisible ones. Joiners belong to Persian and Indic words and to emoji.
    """
    if value.isascii() and value.isprintable() and value.strip():
        return value  # most are
    kinds = {unicodedata.category(character) for character in value if character not in _JOINERS}
    if kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        raise ValueError("It contains characters that cannot be printed.")
    seen = {character for character in value if character not in _JOINERS | _BLANKS}
    if all(unicodedata.category(character)[0] in "MZ" for character in seen):
        raise ValueError("It contains nothing that can be seen.")
    return value


def _check_avatar(value: str) -> str:
    parts = urlsplit(value)  # which drops line breaks
    if not value.isprintable() or " " in value:
        raise ValueError("It contains characters that a URL cannot have.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("It has to be an http or https URL.")
    return value


Email = Annotated[
    str,
    StringConstraints(max_length=320),
    AfterValidator(check_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 320}),
]
NewSecret = Annotated[
    SecretStr,
    WithJsonSchema({"type": "string", "format": "password", "minLength": 8, "maxLength": 128}),
]
NOT_BLANK = Field(json_schema_extra={"pattern": r"\S"})
"""What the document says of names; ``check_name`` refuses more, which no pattern says well."""
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=255),
    AfterValidator(check_name),
    NOT_BLANK,
]
AvatarUrl = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(_check_avatar),
    Field(json_schema_extra={"format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
]


class NewAccount(Body):
    """An account to create."""

    email: Email
    password: NewSecret
    name: Name


class Registrant(NewAccount):
    """Who registers, and the invitation that lets them where one is needed."""

    invitation_token: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None,
        description="The token of an invitation's link. Needed where registration is by invitation "
        "and none is addressed to the e-mail address.",
    )


class Credentials(Body):
    """Who signs in."""

    email: Annotated[str, StringConstraints(max_length=320)]
    password: SecretStr


class RefreshToken(Body):
    """The refresh token, where it is not sent as a header or a cookie."""

    refresh_token: str | None = None


class LogoutOptions(Body):
    """How much to sign out of: this device, or all of them."""

    revoke_all_tokens: bool = False


class ProfileChanges(Body):
    """What people may change about themselves."""

    name: Name = optional()
    avatar_url: AvatarUrl | None = optional()


class NewPassword(Body):
    """A change of one's password."""

    current_password: SecretStr
    new_password: NewSecret


class UserView(TypedDict):
    """An account."""

    id: str
    email: str
    name: str
    avatarUrl: str | None
    isActive: bool
    isAdmin: bool
    emailVerified: bool
    lastLoginAt: str | None
    createdAt: str
    updatedAt: str
    revision: int


class TokensView(TypedDict):
    """A fresh pair of tokens; ``expiresIn`` is the access token's life in seconds."""

    accessToken: str
    refreshToken: str
    expiresIn: int


class SessionView(TypedDict):
    """A signed-in device."""

    id: str
    ip: str | None
    userAgent: str | None
    createdAt: str
    lastUsedAt: str
    current: bool


class UserAnswer(TypedDict):
    """One account."""

    user: UserView


class SignedIn(TypedDict):
    """An account and its fresh tokens."""

    user: UserView
    tokens: TokensView


class Refreshed(TypedDict):
    """Fresh tokens."""

    tokens: TokensView


class SessionsAnswer(TypedDict):
    """One's signed-in devices."""

    sessions: list[SessionView]


def user_view(user: User) -> UserView:
    """Show an account."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "avatarUrl": user.avatar_url,
        "isActive": bool(user.is_active),
        "isAdmin": bool(user.is_admin),
        "emailVerified": user.email_verified_at is not None,
        "lastLoginAt": rfc3339(user.last_login_at) if user.last_login_at else None,
        "createdAt": rfc3339(user.created_at),
        "updatedAt": rfc3339(user.updated_at),
        "revision": user.revision,
    }


def session_view(row: Row, current: str | None) -> SessionView:
    """Show a signed-in device."""
    return {
        "id": row["id"],
        "ip": row["ip"],
        "userAgent": row["user_agent"],
        "createdAt": rfc3339(row["created_at"]),
        "lastUsedAt": rfc3339(row["last_used_at"]),
        "current": row["id"] == current,
    }
