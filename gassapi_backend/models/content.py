"""What a project holds: collections of endpoints, and flows."""

from tortoise import fields
from tortoise.models import Model

from gassapi_backend.clock import now
from gassapi_backend.models.fields import (
    AsciiField,
    AsciiTextField,
    FoldedField,
    FoldedTextField,
    IdField,
    JsonTextField,
    SearchedField,
    TimeField,
    new_id,
)
from gassapi_backend.models.projects import Project


class Collection(Model):
    """A folder of endpoints and of further collections.

    ``name_key`` is what a search looks in. ``sibling_of`` is the parent's id, or the project's at
    the top, and ``name_hash`` the SHA-256 of the folded name, so that the database keeps names
    unique among siblings (NULLs are distinct in an index). Folders and endpoints of one parent
    share one count of ``position``, their place. ``endpoint_count`` counts the endpoints directly
    in it and is kept by the change that alters them. ``variables``, ``auth`` and ``headers`` are
    JSON text, inherited by everything below. ``is_gone``: it was imported, and the source has it
    no more.
    """

    id = IdField(primary_key=True, default=new_id)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="collections"
    )
    project_id: str
    parent: fields.ForeignKeyNullableRelation["Collection"] = fields.ForeignKeyField(
        "models.Collection", related_name="children", null=True, db_index=True
    )
    parent_id: str | None
    sibling_of = IdField()
    name = fields.CharField(max_length=255)
    name_key = FoldedField(max_length=255, db_default="")
    name_hash = AsciiField(max_length=64)
    description = fields.TextField(null=True)
    variables = JsonTextField(null=True)
    auth = JsonTextField(null=True)
    headers = JsonTextField(null=True)
    is_gone = fields.BooleanField(null=True)
    position = fields.IntField(default=0)
    endpoint_count = fields.IntField(default=0)
    revision = fields.BigIntField(default=0)
    created_at = TimeField(default=now)
    updated_at = TimeField(default=now)

    class Meta:
        table = "collections"
        unique_together = (("sibling_of", "name_hash"),)
        indexes = (
            ("sibling_of", "position"),
            ("project", "position", "id"),
            ("project", "revision"),
        )


class Endpoint(Model):
    """A saved request.

    The JSON columns hold JSON text, so that reads pass it through. ``name_key`` and ``url_key`` are
    what a search looks in, which finds them by ``SearchBlock``. ``is_gone``: it was imported, and
    the source has it no more.
    """

    id = IdField(primary_key=True, default=new_id)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="endpoints"
    )
    project_id: str
    collection: fields.ForeignKeyRelation[Collection] = fields.ForeignKeyField(
        "models.Collection", related_name="endpoints"
    )
    collection_id: str
    name = fields.CharField(max_length=255)
    name_key = FoldedField(max_length=255)
    method = AsciiField(max_length=20)
    url = fields.TextField()
    url_key = FoldedTextField()
    description = fields.TextField(null=True)
    position = fields.IntField(default=0)
    headers = JsonTextField(default="{}")
    params = JsonTextField(null=True)
    body = JsonTextField(null=True)
    body_type = AsciiField(max_length=50, null=True)
    auth = JsonTextField(null=True)
    examples = JsonTextField(null=True)
    purpose = fields.TextField(null=True)
    request_params = JsonTextField(null=True)
    response_schema = JsonTextField(null=True)
    header_docs = JsonTextField(null=True)
    is_gone = fields.BooleanField(null=True)
    revision = fields.BigIntField(default=0)
    created_at = TimeField(default=now)
    updated_at = TimeField(default=now)

    class Meta:
        table = "endpoints"
        indexes = (
            ("collection", "position", "id"),
            ("collection", "method", "position", "id"),
            ("collection", "revision"),
            ("project", "id"),
            ("project", "method", "id"),
            ("project", "revision"),
        )


class SearchBlock(Model):
    """What searches look in, of some dozens of a project's endpoints that follow each other by id.

    ``id`` is the project's, a slash and that of the first endpoint: a block has the endpoints from
    there to the next block, the first one also those before. ``last_id`` is the greatest in it.
    ``heads`` and ``texts`` have a line for each: its id and method, its name and URL. ``size`` is
    their length, ``entries`` how many they are.
    """

    id = AsciiField(max_length=73, primary_key=True)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="search_blocks", db_index=True
    )
    project_id: str
    last_id = IdField()
    entries = fields.IntField()
    size = fields.IntField()
    heads = AsciiTextField()
    texts = SearchedField()

    class Meta:
        table = "search_blocks"


class Flow(Model):
    """Requests in an order, with what flows from one to the next.

    ``flow_data`` is JSON text in the shape in which it was written: steps, or nodes and edges.
    """

    id = IdField(primary_key=True, default=new_id)
    project: fields.ForeignKeyRelation[Project] = fields.ForeignKeyField(
        "models.Project", related_name="flows"
    )
    project_id: str
    collection: fields.ForeignKeyNullableRelation[Collection] = fields.ForeignKeyField(
        "models.Collection",
        related_name="flows",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
    )
    collection_id: str | None
    name = fields.CharField(max_length=255)
    name_key = FoldedField(max_length=255)
    description = fields.TextField(null=True)
    flow_data = JsonTextField()
    flow_inputs = JsonTextField(default="[]")
    is_active = fields.BooleanField(default=True)
    revision = fields.BigIntField(default=0)
    created_at = TimeField(default=now)
    updated_at = TimeField(default=now)

    class Meta:
        table = "flows"
        indexes = (
            ("project", "name_key", "id"),
            ("project", "is_active", "name_key", "id"),
            ("project", "revision"),
        )
