"""What goes in and out about accounts."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, WithJsonSchema
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.models import User
from gassapi_backend.server.names import Email, Name
from gassapi_backend.server.web.bodies import Body, optional


def _check_avatar(value: str) -> str:
    parts = urlsplit(value)  # which drops line breaks
    if not value.isprintable() or " " in value:
        raise ValueError("It contains characters that a URL cannot have.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("It has to be an http or https URL.")
    return value


NewSecret = Annotated[
    SecretStr,
    WithJsonSchema({"type": "string", "format": "password", "minLength": 8, "maxLength": 128}),
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


class UserAnswer(TypedDict):
    """One account."""

    user: UserView


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
