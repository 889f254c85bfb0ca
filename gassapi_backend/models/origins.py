"""Where imported things came from: what the source said of them, whole, and what became of it."""

from tortoise import fields
from tortoise.models import Model

from gassapi_backend.models.fields import AsciiField, IdField
from gassapi_backend.models.projects import Project


class Origin(Model):
    """What was imported last as one collection, endpoint or environment.

    ``owner_id`` is the row it is about, and ``document_id`` the collection (or environment) that
    its whole document became. In that one's origin, ``document_key`` is the hash of what names the
    document between its versions. ``original`` and ``base`` are compressed JSON; see the tree's
    ``Origin``. ``parent_id`` and ``position`` say where it was put then, and ``given_name`` what it
    was called where its own name was taken. ``is_deleted``: its owner was deleted here, and stays
    so when the document is imported again. No list reads this table.
    """

    owner_id = IdField(primary_key=True)
    owner_type = AsciiField(max_length=16)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="origins", db_index=True
    )
    project_id: str
    document_id = IdField(null=True, db_index=True)
    document_key = AsciiField(max_length=64, null=True, db_index=True)
    format = AsciiField(max_length=32)
    version = fields.CharField(max_length=64)
    pointer = fields.TextField()
    source_id = fields.TextField(null=True)
    operation_id = fields.TextField(null=True)
    original = fields.BinaryField(null=True)
    base = fields.BinaryField(null=True)
    parent_id = IdField(null=True)
    position = fields.IntField(default=0)
    given_name = fields.CharField(max_length=255, null=True)
    is_deleted = fields.BooleanField(default=False)

    class Meta:
        table = "origins"
