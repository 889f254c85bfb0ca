"""The requests and answers of imports and exports."""

from typing import Annotated, Any, ClassVar, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.server.names import Name
from gassapi_backend.server.web.bodies import JSON, MULTIPART, Body, Id, Query

EXPORTED = ("application/json", "application/yaml", "text/plain", "text/x-shellscript")
"""The media types of exported documents."""

FormatName = Annotated[str, StringConstraints(max_length=50)]
Version = Annotated[str, StringConstraints(max_length=20)]


class ImportOptions(Body):
    """How to import a document."""

    parent_id: Id | None = Field(
        default=None, description="The collection to import into. Default: the top level."
    )
    collection_id: Id | None = Field(
        default=None,
        description="With `mode=merge`, the collection to merge into. Default: the one that an "
        "earlier version of the document became; of several in a document, each its own.",
    )
    format: FormatName | None = Field(
        default=None, description="The document's format. Default: recognised by its content."
    )
    mode: Literal["new", "merge"] = Field(
        default="new",
        description="`merge` updates what an earlier version of the document became; edits made "
        "here are kept.",
    )
    prefer: Literal["ours", "source"] = Field(
        default="ours", description="Which side wins if both changed the same thing differently."
    )
    prune: bool = Field(
        default=False,
        description="With `mode=merge`, delete what is gone from the source, unless edited here.",
    )
    dry_run: bool = Field(default=False, description="Only report what the import would do.")


class CollectionImport(ImportOptions):
    """A document to import: as `data`, or as the file in a form with the same fields."""

    media_types: ClassVar[tuple[str, ...]] = (JSON, MULTIPART)

    project_id: Id
    data: Any = Field(description="The document: as text, or as a JSON value.")


class ProjectImport(Body):
    """An exported project to import: as `data`, or as the file in a form with the same fields."""

    media_types: ClassVar[tuple[str, ...]] = (JSON, MULTIPART)

    name: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None, description="The project's name. Default: the name in the document."
    )
    data: Any = Field(description="The document, as `GET /projects/{id}/export` gives it.")


class DemoProject(Body):
    """The name of a demo project."""

    name: Name | None = Field(default=None, description="Default: Demo shop.")


class Imported(TypedDict):
    """The counts of what was created."""

    collections: int
    endpoints: int
    environments: int
    variables: int


class ReportLine(TypedDict):
    """What happened to one thing. `pointer` is a JSON pointer into the document, or `line N`.

    In a conflict, `field` is what both changed, `ours` its value here and `source` its value in the
    document; null if it no longer exists on that side.
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
    """The result of an import: counts of everything, and at most 1,000 report lines."""

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
    include_sub_collections: bool = Field(default=True, description="Include collections below it.")
    include_examples: bool = Field(default=True, description="Include saved examples.")
    environment: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None,
        description="The name or id of an environment whose variables are filled in.",
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
