"""The record of every write."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from gassapi_backend.clock import now
from gassapi_backend.models.fields import AsciiField, IdField, JsonField, TimeField, new_id


class AuditEntry(Model):
    """Who did what to which thing, written in the transaction that did it.

    Without foreign keys: an entry outlives the project and the person. ``revision`` is the
    project's revision that the change made, without gaps; NULL where something was only looked at.
    ``number`` is the place in the project's chain (1, 2, …) and ``hash`` what joins it to the entry
    before; NULL outside projects and in entries from before there were chains.
    """

    id = IdField(primary_key=True, default=new_id)
    at = TimeField(default=now, db_index=True)
    actor_type = AsciiField(max_length=16)
    actor_id = IdField(null=True)
    token_id = IdField(null=True)
    project_id = IdField(null=True)
    revision = fields.BigIntField(null=True)
    action = AsciiField(max_length=64)
    resource_type = AsciiField(max_length=32)
    resource_id = IdField(null=True)
    resource_name = fields.CharField(max_length=255, null=True)
    details: Any = JsonField(null=True)
    request_id = AsciiField(max_length=128, null=True)
    ip = AsciiField(max_length=45, null=True)
    number = fields.BigIntField(null=True)
    hash = AsciiField(max_length=64, null=True)

    class Meta:
        table = "audit_log"
        unique_together = (("project_id", "revision"),)
        indexes = (
            ("actor_id", "at"),
            ("actor_id", "action", "at"),
            ("actor_id", "resource_type", "at"),
            ("project_id", "at"),
            ("project_id", "action", "at"),
            ("project_id", "actor_id", "at"),
            ("project_id", "resource_type", "at"),
            ("project_id", "token_id", "at"),
            ("project_id", "number"),
        )


class AuditChain(Model):
    """The ends of a project's chain of audit entries, where ``projects`` cannot tell them.

    ``head_number`` and ``head_hash`` are the last entry's when the project was deleted;
    ``anchor_number`` and ``anchor_hash`` those of the last entry that retention removed. NULL where
    that has not happened.
    """

    project_id = IdField(primary_key=True)
    head_number = fields.BigIntField(null=True)
    head_hash = AsciiField(max_length=64, null=True)
    anchor_number = fields.BigIntField(null=True)
    anchor_hash = AsciiField(max_length=64, null=True)

    class Meta:
        table = "audit_chains"
