"""The tokens that MCP clients use."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from gassapi_backend.clock import now
from gassapi_backend.models.accounts import User
from gassapi_backend.models.fields import AsciiField, IdField, TimeField, new_id
from gassapi_backend.models.projects import Project


class Scope(StrEnum):
    """How far a token reaches."""

    READ = "read"
    WRITE = "write"


class McpToken(Model):
    """A token for one project, for ever or until it expires; only its SHA-256 is kept."""

    id = IdField(primary_key=True, default=new_id)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="mcp_tokens"
    )
    project_id: str
    creator: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="mcp_tokens", db_index=True
    )
    creator_id: str
    name = fields.CharField(max_length=255)
    scope = fields.CharEnumField(Scope, max_length=8)
    token_hash = AsciiField(max_length=64, unique=True)
    prefix = AsciiField(max_length=9)
    created_at = TimeField(default=now)
    expires_at = TimeField(null=True)
    last_used_at = TimeField(null=True)
    last_used_ip = AsciiField(max_length=45, null=True)
    last_client = fields.CharField(max_length=100, null=True)
    last_validated_at = TimeField(null=True)
    validation_count = fields.BigIntField(default=0)
    revoked_at = TimeField(null=True)
    revoked_by_id = IdField(null=True)
    revoked_reason = fields.CharField(max_length=255, null=True)

    class Meta:
        table = "mcp_tokens"
        indexes = (
            ("project", "created_at"),
            ("project", "revoked_at", "created_at"),
            ("creator", "created_at"),
            ("creator", "revoked_at", "created_at"),
        )
