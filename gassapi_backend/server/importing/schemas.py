"""What goes in and out about imports and exports."""

from typing import Annotated, Any, ClassVar, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.server.names import Name
from gassapi_backend.server.web.bodies import JSON, Body, Id, Query

MULTIPART = "multipart/form-data"
EXPORTED = ("application/json", "application/yaml", "text/plain", "text/x-shellscript")
"""The media types of documents that leave."""

FormatName = Annotated[str, StringConstraints(max_length=50)]
Version = Annotated[str, StringConstraints(max_length=20)]


class ImportOptions(Body):
    """How to import a document."""

    parent_id: Id | None = Field(
        default=None, description="The collection that it goes into. Default: the top."
    )
    collection_id: Id | None = Field(
        default=None,
        description="With `mode=merge`, the collection to merge into. Default: the one that an "
        "earlier version of the document became.",
    )
    format: FormatName | None = Field(
        default=None, description="What it is, where that should not be found out by looking."
    )
    mode: Literal["new", "merge"] = Field(
        default="new",
        description="`merge` brings what an earlier version became up to date; what people edited "
        "here stays.",
    )
    prefer: Literal["ours", "source"] = Field(
        default="ours", description="Whose word counts where both changed something differently."
    )
    prune: bool = Field(
        default=False,
        description="With `mode=merge`, delete what the source has no more and nobody edited here.",
    )
    dry_run: bool = Field(default=False, description="Only report what would be done.")


class CollectionImport(ImportOptions):
    """A document to import: as `data`, or as the file of a form with the same fields."""

    media_types: ClassVar[tuple[str, ...]] = (JSON, MULTIPART)

    project_id: Id
    data: Any = Field(description="The document: as text, or as the JSON value that it is.")


class ProjectImport(Body):
    """An exported project to import: as `data`, or as the file of a form with the same fields."""

    media_types: ClassVar[tuple[str, ...]] = (JSON, MULTIPART)

    name: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None, description="What to call it. Default: as it is called in the document."
    )
    data: Any = Field(description="The document, as `GET /projects/{id}/export` gives it.")


class DemoProject(Body):
    """What to call a demo project."""

    name: Name | None = Field(default=None, description="Default: Demo shop.")


class Imported(TypedDict):
    """How much was created."""

    collections: int
    endpoints: int
    environments: int
    variables: int


class ReportLine(TypedDict):
    """What happened to one thing. `pointer` is a JSON pointer into the document, or `line N`.

    In a conflict, `field` is what both changed, `ours` its value here and `source` that of the
    document; null where one has it no more.
    """

    what: Literal["created", "renamed", "updated", "kept", "skipped", "conflict", "gone"]
    kind: str
    id: NotRequired[str]
    name: str
    pointer: str
    reason: str
    field: NotRequired[str]
    ours: NotRequired[Any]
    source: NotRequired[Any]


class ImportAnswer(TypedDict):
    """What came of an import: numbers of everything, and at most 1,000 lines of report."""

    format: str
    version: str
    dryRun: bool
    collectionId: str | None
    imported: Imported
    updated: int
    unchanged: int
    kept: int
    skipped: int
    conflicts: int
    report: list[ReportLine]
    reportTruncated: bool


class ProjectImportAnswer(TypedDict):
    """The project that an imported document became."""

    projectId: str
    imported: Imported
    flows: int


class CollectionExport(Query):
    """How to export a collection."""

    format: FormatName = Field(
        description="`postman`, `openapi`, `insomnia`, `har`, `curl`, `http` or `opencollection`."
    )
    version: Version = Field(
        default="", description="Of the format: `3.0` of OpenAPI, `4` of Insomnia."
    )
    include_sub_collections: bool = Field(default=True, description="With the collections below.")
    include_examples: bool = Field(default=True, description="With saved examples.")
    environment: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None,
        description="The name or the id of an environment whose variables are filled in.",
    )
    reveal: bool = Field(
        default=False,
        description="With secret values: for those who may write here, and audited.",
    )


class EnvironmentExport(Query):
    """How to export an environment."""

    format: Literal["postman", "insomnia", "dotenv"] = "postman"
    reveal: bool = Field(
        default=False,
        description="With secret values: for those who may write here, and audited.",
    )


class ProjectExport(Query):
    """How to export a project."""

    reveal: bool = Field(
        default=False,
        description="With secret values: for those who may write here, and audited.",
    )
