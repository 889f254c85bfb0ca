"""Projects, who works in them, and their environments."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from gassapi_backend.clock import now
from gassapi_backend.models.accounts import User
from gassapi_backend.models.fields import (
    AsciiField,
    FoldedField,
    IdField,
    JsonField,
    TimeField,
    new_id,
)


class Project(Model):
    """A project. ``revision`` grows by one with every audited change to anything in it.

    The counts, and the ``size`` in bytes of all texts in it, are columns, kept by the change that
    alters them, so that no list and no quota ever counts. ``audit_number`` and ``audit_hash`` are
    those of the last entry of its chain.
    """

    id = IdField(primary_key=True, default=new_id)
    owner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="owned_projects", on_delete=fields.RESTRICT
    )
    owner_id: str
    name = fields.CharField(max_length=255)
    name_key = FoldedField(max_length=255)
    description = fields.TextField(null=True)
    is_public = fields.BooleanField(default=False)
    settings: Any = JsonField(default=dict)
    member_count = fields.IntField(default=1)
    collection_count = fields.IntField(default=0)
    endpoint_count = fields.IntField(default=0)
    flow_count = fields.IntField(default=0, db_default=0)
    size = fields.BigIntField(default=0, db_default=0)
    revision = fields.BigIntField(default=0)
    audit_number = fields.BigIntField(null=True)
    audit_hash = AsciiField(max_length=64, null=True)
    created_at = TimeField(default=now)
    updated_at = TimeField(default=now)

    class Meta:
        table = "projects"
        indexes = (("owner", "name_key"),)


class Member(Model):
    """A person in a project. Its owner is a member too; ``Project.owner`` says who that is."""

    id = IdField(primary_key=True, default=new_id)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="members", db_index=True
    )
    project_id: str
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="memberships"
    )
    user_id: str
    created_at = TimeField(default=now)

    class Meta:
        table = "members"
        unique_together = (("user", "project"),)


class Invitation(Model):
    """An offer to join a project, to whoever has that e-mail address.

    Its link is derived from the id and the ``generation``, which grows as it is renewed. It is gone
    once it is accepted, declined or withdrawn.
    """

    id = IdField(primary_key=True, default=new_id)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="invitations"
    )
    project_id: str
    email = fields.CharField(max_length=254)
    email_key = FoldedField(max_length=320, db_index=True)
    invited_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User",
        related_name="invitations",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
    )
    invited_by_id: str | None
    generation = fields.IntField(default=1)
    created_at = TimeField(default=now)
    expires_at = TimeField(db_index=True)

    class Meta:
        table = "invitations"
        unique_together = (("project", "email_key"),)
        indexes = (("project", "created_at"),)


class Environment(Model):
    """A named set of variables.

    A variable's secret value is kept encrypted in ``variables``.

    ``name_hash`` is the SHA-256 of the folded name. ``default_of`` holds the project's id in its
    default environment and NULL in the others, so that the database allows one default at most.
    """

    id = IdField(primary_key=True, default=new_id)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="environments"
    )
    project_id: str
    name = fields.CharField(max_length=100)
    name_hash = AsciiField(max_length=64)
    description = fields.CharField(max_length=500, null=True)
    variables: Any = JsonField(default=list)
    default_of = IdField(null=True, unique=True)
    revision = fields.BigIntField(default=0)
    created_at = TimeField(default=now)
    updated_at = TimeField(default=now)

    class Meta:
        table = "environments"
        unique_together = (("project", "name_hash"),)
        indexes = (("project", "revision"),)
