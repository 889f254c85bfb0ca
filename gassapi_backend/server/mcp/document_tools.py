"""Tools that bring documents of other tools in and out."""

from typing import Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.errors import Invalid, TooLarge
from gassapi_backend.server.importing import actions, exporting
from gassapi_backend.server.importing.children import written_by
from gassapi_backend.server.importing.schemas import CollectionExport, ImportOptions
from gassapi_backend.server.importing.sending import while_there
from gassapi_backend.server.mcp.answers import MAX_ANSWER, new_cursor, packed, read_cursor
from gassapi_backend.server.mcp.arguments import Written, body_of, revision_of
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.project_tools import CURSOR, Cursor, Item
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional

SECONDS = 180  # that a document may take
MAX_EXPORT = 1_000_000
"""Bytes of a document that is handed out in parts; a larger one is a file, not an answer."""
PIECE = 20_000  # characters of it in each answer


class ExportWanted(Arguments):
    """What to export, and as what."""

    collection_id: str
    format: Literal["postman", "openapi", "insomnia", "har", "curl", "http", "opencollection"]
    version: str = optional(description="3.0 of OpenAPI, 4 of Insomnia")
    environment: str = optional(description="Id or name of one whose variables are filled in")
    cursor: Cursor = optional(description=CURSOR)


class Exported(TypedDict):
    """A document, or a part of it."""

    filename: str
    mediaType: str
    characters: int
    text: str
    nextCursor: NotRequired[str]


async def export_collection(call: Call, wanted: ExportWanted) -> Exported:
    """A collection with all below it as a document of another tool. Long ones come in parts:
    join the texts. Secret values are left out.
    """
    entered = await call.enter_at(Permission.READ, "collection_id", wanted.collection_id)
    state = entered.project["audit_hash"] or ""
    start = _start(wanted.cursor, state)
    query = body_of(CollectionExport, wanted.given("collection_id", "cursor"))
    address = f"mcp {wanted.collection_id} {query.model_dump_json()}"
    document = call.answers.get(state, address) if state else None
    if document is None:
        document = await _document(call, wanted.collection_id, query)
        if state:
            call.answers.put(state, address, document)
    described, _, content = document.partition(b"\n")
    media_type, _, filename = described.decode().partition(" ")
    text = content.decode()
    found: Exported = {
        "filename": filename,
        "mediaType": media_type,
        "characters": len(text),
        "text": text[start : start + PIECE],
    }
    if start + PIECE < len(text):
        found["nextCursor"] = new_cursor(start + PIECE, state)
    return found


def _start(cursor: str | None, state: str) -> int:
    if cursor is None:
        return 0
    match read_cursor(cursor):
        case [int(start), str(then)] if start >= 0 and then == state:
            return start
    raise Invalid("The project was changed since this cursor was made. Export again without it.")


async def _document(call: Call, collection_id: str, query: CollectionExport) -> bytes:
    """Return a document with its type and name on a line before it. Raises ``TooLarge``."""
    call.extend(SECONDS)
    options, rows = await exporting.collection_rows(
        call.actor, call.project_id, collection_id, query, call.vault
    )
    job, children = "child.exporting:exported", call.program.children
    async with written_by(children, job, options, rows) as (said, frames):
        kind = said["mediaType"].replace(" ", "")
        name = " ".join(said["filename"].split())
        found = bytearray(f"{kind} {name}\n".encode("utf-8", "replace"))
        async for frame in frames:
            found += frame.blobs[0]
            if len(found) > MAX_EXPORT:
                raise TooLarge(
                    "The document is larger than 1 MB: too much for an answer. Export a collection "
                    f"below this one, or fetch GET /api/v1/collections/{collection_id}/export."
                )
    return bytes(found)


class ImportWanted(Written):
    """What to import, and how."""

    document: str = Field(description="The text: OpenAPI, Postman, Insomnia, Bruno, HAR, cURL …")
    format: str = optional(description="Where it should not be found out by looking")
    parent_id: str = optional(description="The collection it goes into; default the top")
    collection_id: str = optional(description="With mode merge: the one to merge into")
    mode: Literal["new", "merge"] = optional(
        description="merge brings what an earlier version became up to date, keeping edits"
    )
    prefer: Literal["ours", "source"] = optional(description="In conflicts; default ours")
    prune: bool = optional(description="With mode merge: delete what the source has no more")
    dry_run: bool = optional(description="Default true: only report. false imports it")
    if_revision: int = optional(description="With mode merge: of the collection")


class ImportDone(TypedDict):
    """What came of it, or would."""

    dryRun: bool
    format: str
    imported: Item
    collectionId: NotRequired[str]
    updated: int
    unchanged: int
    kept: int
    skipped: int
    conflicts: int
    report: list[Item]
    reportTruncated: bool


async def import_document(call: Call, wanted: ImportWanted) -> ImportDone:
    """Import a document of another tool into the project. First look at what it would do (dry_run),
    then call again with dry_run false.
    """
    await call.enter(Permission.WRITE)
    call.extend(SECONDS)
    given = wanted.given("document", "if_revision", "idempotency_key")
    options = body_of(ImportOptions, {"dry_run": True, **given})
    answer, _ = await while_there(
        call.request,
        actions.import_document(
            call.actor,
            call.project_id,
            options,
            wanted.document.encode(),
            "",
            call.program,
            revision_of(wanted.if_revision),
        ),
    )
    lines, is_cut = packed([dict(line) for line in answer["report"]], MAX_ANSWER - 2_000)
    found: dict[str, Any] = {
        name: value for name, value in answer.items() if value is not None and name != "version"
    }
    found |= {"report": lines, "reportTruncated": is_cut or answer["reportTruncated"]}
    return found  # type: ignore[return-value]  # its fields
