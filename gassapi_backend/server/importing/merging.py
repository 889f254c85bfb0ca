"""Merging a document into what an earlier version of it became: read, compare, lock, write."""

import asyncio
from hashlib import sha256

from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.collections.queries import ids_above, load_collection
from gassapi_backend.server.collections.schemas import collection_view
from gassapi_backend.server.errors import Conflict, Invalid, Unavailable
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Document, Read, read_document
from gassapi_backend.server.importing.merged_rows import write_merge
from gassapi_backend.server.importing.programs import Importing, read_options
from gassapi_backend.server.importing.reports import import_report
from gassapi_backend.server.importing.rows import document_key
from gassapi_backend.server.importing.schemas import ImportAnswer, ImportOptions
from gassapi_backend.server.importing.stored import merge_frame, packed
from gassapi_backend.server.web.etags import IfMatch, stale

ATTEMPTS = 4
MOST_CANDIDATES = 500
"""How many collections of a document are looked for here."""


class _Overtaken(Exception):
    """What was compared has changed since."""


async def merge_document(
    actor: Actor,
    project_id: str,
    wanted: ImportOptions,
    document: Document,
    name: str,
    program: Importing,
    if_match: IfMatch,
) -> tuple[ImportAnswer, bool]:
    """Merge a document; return the answer, and whether anything was written.

    It is compared before anything is locked, and again if others have written since. Raises
    ``Conflict`` with the candidates if it is not clear what to merge into.
    """
    root_id = wanted.collection_id or await _find_target(
        project_id, wanted, document, name, program
    )
    for _ in range(ATTEMPTS):
        try:
            return await _merge_once(
                actor, project_id, root_id, wanted, document, name, program, if_match
            )
        except _Overtaken:
            continue
    raise Unavailable("Others kept changing this collection. Try again.", retry_after=2)


async def _find_target(
    project_id: str, wanted: ImportOptions, document: Document, name: str, program: Importing
) -> str | None:
    """Return the one collection that an earlier version became; ``None`` for environments alone."""
    options = read_options(wanted, name, program.settings, 0)
    read = await read_document(document, "child.updating:identified", options)
    if not read.described["counts"]["collections"]:
        return None
    described = read.described
    is_one = len(described["sourceIds"]) == 1
    names = [described["sourceId"]] if is_one else described["sourceIds"]
    keys = [key for one in names if (key := document_key(described["format"], one))]
    found = await queries.documents_named(project_id, keys[:MOST_CANDIDATES])
    if is_one and len(found) == 1:
        return str(found[0]["id"])
    many = (
        f"It holds {len(names)} collections, and one is merged at a time"
        if not is_one and found
        else "Several collections here came from this document"
        if found
        else "No collection here came from this document"
    )
    raise Conflict(
        f"{many}. Name the one to merge into with collectionId, or import it as a new one.",
        details={"candidates": [{"id": one["id"], "name": one["name"]} for one in found]},
    )


async def _merge_once(
    actor: Actor,
    project_id: str,
    root_id: str | None,
    wanted: ImportOptions,
    document: Document,
    name: str,
    program: Importing,
    if_match: IfMatch,
) -> tuple[ImportAnswer, bool]:
    revision = await queries.project_revision(project_id)
    await _check_target(project_id, root_id, if_match)
    above = len(await ids_above(project_id, root_id)) - 1 if root_id else 0
    stored = await _stored(project_id, root_id)
    options = {
        **read_options(wanted, name, program.settings, above),
        "rootId": root_id,
        "prefer": wanted.prefer,
        "prune": wanted.prune,
    }
    read = await read_document(document, "child.updating:merged", options, *stored)
    if wanted.dry_run or _is_nothing(read):
        is_dry = wanted.dry_run
        answer = await import_report(
            read, collection_id=root_id, is_dry=is_dry, ids={}, is_merge=True
        )
        return answer, False
    digest = await _digest(stored)

    async def write(made: Change) -> ImportAnswer:
        if made.locked_project.revision != revision:
            await _check_target(project_id, root_id, if_match)
            if await _digest(await _stored(project_id, root_id)) != digest:
                raise _Overtaken
        ids = await write_merge(made, project_id, root_id, read, program.vault)
        return await import_report(
            read, collection_id=root_id, is_dry=False, ids=ids, is_merge=True
        )

    return await change(actor, project_id, Permission.WRITE, write), True


async def _check_target(project_id: str, root_id: str | None, if_match: IfMatch) -> None:
    if root_id is None:
        return
    root = await load_collection(project_id, root_id)
    if root is None:
        raise Invalid.field("collectionId", "There is no such collection in this project.")
    if if_match.misses(root["revision"]):
        raise stale(collection_view(root))


async def _stored(project_id: str, root_id: str | None) -> list[bytes]:
    """Return everything that a merge compares, as frames in an order that is always the same.

    It comes in parts: all of it at once would be much for the event loop.
    """
    if root_id is None:
        found = await queries.lone_environments(project_id)
        return [await packed(merge_frame("environment", row, None) for row in found)]
    parts = []
    async for some in queries.merged_collections(root_id):
        parts.append(await packed(merge_frame("collection", row, root_id) for row in some))
    async for some in queries.merged_endpoints(root_id):
        parts.append(await packed(merge_frame("endpoint", row, root_id) for row in some))
    environments = await queries.environments_of_document(root_id)
    parts.append(await packed(merge_frame("environment", row, root_id) for row in environments))
    async for some in queries.deleted_origins(root_id):
        frames = (merge_frame(row["owner_type"], row, root_id, is_deleted=True) for row in some)
        parts.append(await packed(frames))
    return parts


async def _digest(stored: list[bytes]) -> bytes:
    def digest() -> bytes:
        found = sha256()
        for part in stored:
            found.update(part)
        return found.digest()

    return await asyncio.to_thread(digest)


def _is_nothing(read: Read) -> bool:
    return not any((read.rows, read.updates, read.rebases, *(read.decisions or {}).values()))
