"""Tools that bring documents of other tools in and out."""

import asyncio
import zlib
from typing import Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.errors import Invalid, TooLarge
from gassapi_backend.server.importing import actions, exporting
from gassapi_backend.server.importing.children import written_by
from gassapi_backend.server.importing.schemas import CollectionExport, ImportOptions
from gassapi_backend.server.importing.sending import while_there
from gassapi_backend.server.mcp.answers import (
    MAX_ANSWER,
    bad_cursor,
    new_cursor,
    packed,
    read_cursor,
)
from gassapi_backend.server.mcp.arguments import Written, body_of, revision_of
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.project_tools import CURSOR, Cursor, Item
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional

SECONDS = 180  # that a document may take
MAX_EXPORT = 20_000_000  # bytes of a document that is handed out piece by piece
PIECE = 20_000  # characters of it in each answer
PART = 20 * PIECE  # characters that all kept documents may have together


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
    part = await _part(call, wanted.collection_id, query, state, start // PART)
    described, _, text = part.partition("\n")
    characters, media_type, filename = described.split(" ", 2)
    found: Exported = {
        "filename": filename,
        "mediaType": media_type,
        "characters": int(characters),
        "text": text[start % PART : start % PART + PIECE],
    }
    if start + PIECE < found["characters"]:
        found["nextCursor"] = new_cursor(start + PIECE, state)
    return found


def _start(cursor: str | None, state: str) -> int:
    if cursor is None:
        return 0
    match read_cursor(cursor):
        case [int(start), str(then)] if start >= 0 and then == state:
            return start - start % PIECE
    raise Invalid("The project was changed since this cursor was made. Export again without it.")


async def _part(
    call: Call, collection_id: str, query: CollectionExport, state: str, number: int
) -> str:
    """Return a part of a document, after a line that describes the whole.

    The parts are kept until the project changes, so that reading on does not export again. Raises
    ``Invalid`` for a part that does not exist.
    """
    address = f"mcp {collection_id} {query.model_dump_json()}"
    kept = call.answers.get(state, f"{address} {number}") if state else None
    if kept is not None:
        return zlib.decompress(kept).decode()
    described, document = await _document(call, collection_id, query)
    parts = await asyncio.to_thread(_parts, described, document)
    if number >= len(parts):
        raise bad_cursor()
    if state:
        for at, part in enumerate(parts):
            call.answers.put(state, f"{address} {at}", part)
    return zlib.decompress(parts[number]).decode()


def _parts(described: str, document: bytearray) -> list[bytes]:
    text = document.decode()
    line = f"{len(text)} {described}\n"
    starts = range(0, max(len(text), 1), PART)
    return [zlib.compress((line + text[start : start + PART]).encode(), 1) for start in starts]


async def _document(
    call: Call, collection_id: str, query: CollectionExport
) -> tuple[str, bytearray]:
    """Return a document with its type and name. Raises ``TooLarge``."""
    call.extend(SECONDS)
    options, rows = await exporting.collection_rows(
        call.actor, call.project_id, collection_id, query, call.vault
    )
    job, children = "child.exporting:exported", call.program.children
    async with written_by(children, job, options, rows) as (said, frames):
        kind = said["mediaType"].replace(" ", "")
        name = " ".join(said["filename"].split())
        found = bytearray()
        async for frame in frames:
            found += frame.blobs[0]
            if len(found) > MAX_EXPORT:
                raise TooLarge(
                    f"The document is larger than {MAX_EXPORT // 1_000_000} MB: too much for "
                    "answers. Export a collection below this one, or fetch "
                    f"GET /api/v1/collections/{collection_id}/export."
                )
    return f"{kind} {name}", found


class ImportWanted(Written):
    """What to import, and how."""

    document: str = Field(description="The text: OpenAPI, Postman, Insomnia, Bruno, HAR, cURL …")
    format: str = optional(description="Default: recognised by its content")
    parent_id: str = optional(description="The collection it goes into; default the top")
    collection_id: str = optional(description="With mode merge: the one to merge into")
    mode: Literal["new", "merge"] = optional(
        description="merge brings what an earlier version became up to date, keeping edits"
    )
    prefer: Literal["ours", "source"] = optional(description="In conflicts; default ours")
    prune: bool = optional(description="With mode merge: delete what is gone from the source")
    dry_run: bool = optional(description="Default true: only report. false imports it")
    if_revision: int = optional(description="With mode merge: of the collection")


class ImportDone(TypedDict):
    """What the import did, or would do."""

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
    async with call.program.document(wanted.document.encode()) as document:
        answer, _ = await while_there(
            call.request,
            actions.import_document(
                call.actor,
                call.project_id,
                options,
                document,
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
