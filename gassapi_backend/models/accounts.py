"""People, the devices they are signed in on, and the links mailed to them."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from gassapi_backend.clock import now
from gassapi_backend.models.fields import (
    AsciiField,
    FoldedField,
    IdField,
    JsonField,
    TimeField,
    new_id,
)


class User(Model):
    """An account."""

    id = IdField(primary_key=True, default=new_id)
    email = fields.CharField(max_length=254)
    email_key = FoldedField(max_length=320, unique=True)
    name = fields.CharField(max_length=255)
    name_key = FoldedField(max_length=255)
    avatar_url = fields.CharField(max_length=500, null=True)
    password_hash = AsciiField(max_length=128)
    is_active = fields.BooleanField(default=True)
    is_admin = fields.BooleanField(default=False)
    must_change_password = fields.BooleanField(default=False, db_default=False)
    email_verified_at = TimeField(null=True)
    last_login_at = TimeField(null=True)
    revision = fields.BigIntField(default=1)
    created_at = TimeField(default=now)
    updated_at = TimeField(default=now)

    class Meta:
        table = "users"
        indexes = (
            ("name_key", "id"),
            ("is_active", "name_key", "id"),
            ("is_admin", "name_key", "id"),
            ("created_at", "id"),
            ("last_login_at", "id"),
        )


class Session(Model):
    """One signed-in device.

    ``generation`` numbers its refresh tokens: only the newest is good, and ``rotations`` keeps
    ``[generation, used at]`` (epoch seconds) of those used within the grace period.
    """

    id = IdField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", db_index=True
    )
    user_id: str
    generation = fields.BigIntField(default=1)
    rotations: Any = JsonField(default=list)
    ip = AsciiField(max_length=45, null=True)
    user_agent = fields.CharField(max_length=255, null=True)
    created_at = TimeField(default=now)
    last_used_at = TimeField(default=now)
    expires_at = TimeField(db_index=True)
    revoked_at = TimeField(null=True)
    revoked_reason = AsciiField(max_length=32, null=True)

    class Meta:
        table = "sessions"
        indexes = (("user", "revoked_at"),)


class Purpose(StrEnum):
    """What a one-time token is good for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password


class OneTimeToken(Model):
    """A link that works once; only the token's SHA-256 is kept."""

    id = IdField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="one_time_tokens", db_index=True
    )
    user_id: str
    purpose = fields.CharEnumField(Purpose, max_length=32)
    token_hash = AsciiField(max_length=64, unique=True)
    created_at = TimeField(default=now)
    expires_at = TimeField(db_index=True)
    used_at = TimeField(null=True)

    class Meta:
        table = "one_time_tokens"


class SetupLink(Model):
    """The link by which an empty instance gets its first administrator: one row at most.

    Its token is derived from ``token_id``, so that all servers of an instance tell the same one.
    """

    id = fields.IntField(primary_key=True, generated=False)
    token_id = IdField()
    token_hash = AsciiField(max_length=64)
    created_at = TimeField(default=now)
    expires_at = TimeField()
    used_at = TimeField(null=True)

    class Meta:
        table = "setup_links"


class Attempt(Model):
    """How often something guarded was tried within its window, shared by all workers."""

    key = AsciiField(max_length=64, primary_key=True)
    count = fields.IntField(default=0)
    expires_at = TimeField(db_index=True)

    class Meta:
        table = "attempts"
