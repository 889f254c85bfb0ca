"""Every write of an import: one transaction, one audit entry, one revision, whatever its size."""

from gassapi_backend.exchange.fitting import distinct
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import let_go
from gassapi_backend.folding import folded, name_hash
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.collections.actions import MAX_DEPTH
from gassapi_backend.server.collections.queries import ids_above
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Document, Read, read_document
from gassapi_backend.server.importing.merging import merge_document
from gassapi_backend.server.importing.programs import Importing, read_options
from gassapi_backend.server.importing.project_import import (
    checked_flows,
    checked_project,
    write_project,
)
from gassapi_backend.server.importing.reports import import_report, imported
from gassapi_backend.server.importing.rows import NewRows, add_tree, document_key
from gassapi_backend.server.importing.schemas import (
    ImportAnswer,
    ImportOptions,
    ProjectImport,
    ProjectImportAnswer,
)
from gassapi_backend.server.importing.writing import (
    check_environments,
    insert_rows,
    record_import,
    renamed_line,
)
from gassapi_backend.server.items import places
from gassapi_backend.server.projects.queries import count_of_projects
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch
from gassapi_backend.vault import Vault


async def import_document(
    actor: Actor,
    project_id: str,
    wanted: ImportOptions,
    document: Document,
    name: str,
    program: Importing,
    if_match: IfMatch = ANY_REVISION,
) -> tuple[ImportAnswer, bool]:
    """Import a document into a project; return the answer, and whether anything was written.

    Raises ``Invalid`` for what cannot be read or put there, ``Conflict``, ``Stale``,
    ``Unavailable``, and, checked again under the lock, ``NotFound`` and ``Forbidden``.
    """
    if wanted.mode == "merge":
        return await merge_document(actor, project_id, wanted, document, name, program, if_match)
    above = await _levels_above(project_id, wanted.parent_id)
    options = read_options(wanted, name, program.settings, above)
    read = await read_document(document, "child.jobs:read", options)
    await document.let_go()
    if wanted.dry_run:
        renamed = await _tell_apart(read, project_id, wanted.parent_id)
        answer = await import_report(read, collection_id=None, is_dry=True, ids={}, renamed=renamed)
        return answer, False

    async def write(made: Change) -> ImportAnswer:
        await _check_place(project_id, wanted.parent_id, read)
        return await _write(made, project_id, wanted.parent_id, read, program.vault)

    try:
        return await change(actor, project_id, Permission.WRITE, write), True
    finally:
        await let_go(read.rows)


async def import_project(
    actor: Actor,
    wanted: ProjectImport,
    document: Document,
    name: str,
    program: Importing,
    owner_id: str | None = None,
) -> ProjectImportAnswer:
    """Create a project from an exported one. Raises ``Invalid`` and ``Unavailable``.

    ``owner_id`` is for the command line, which is not a user that could own it.
    """
    options = read_options(ImportOptions(), name, program.settings, 0)
    read = await read_document(document, "child.projects:read", options)
    await document.let_go()
    new, flows = checked_project(read, wanted.name), await checked_flows(read)
    owner = owner_id or actor.user_id

    async def write(made: Change) -> ProjectImportAnswer:
        project = await write_project(made, owner, new, read, flows, program.vault)
        return {
            "projectId": project.id,
            "imported": imported(read),
            "flows": len(flows),
        }

    asks = [count_of_projects(owner)]
    try:
        return await change(actor, None, Permission.SIGNED_IN, write, accounts=[owner], asks=asks)
    finally:
        await let_go(read.rows)


async def _levels_above(project_id: str, parent_id: str | None) -> int:
    if parent_id is None:
        return 0
    above = await ids_above(project_id, parent_id)
    if not above:
        raise Invalid.field("parentId", "There is no such collection in this project.")
    if len(above) >= MAX_DEPTH:
        raise Invalid.field("parentId", f"Collections go at most {MAX_DEPTH} deep.")
    return len(above)


async def _check_place(project_id: str, parent_id: str | None, read: Read) -> None:
    """Check again, under the lock, whether a document can go to its destination."""
    above = await _levels_above(project_id, parent_id)
    if above + read.depth > MAX_DEPTH:
        raise Invalid.field("parentId", f"Collections go at most {MAX_DEPTH} deep.")


async def _write(
    made: Change, project_id: str, parent_id: str | None, read: Read, vault: Vault
) -> ImportAnswer:
    renamed = await _tell_apart(read, project_id, parent_id)
    collections = [one for one in read.tops if one.said["node"] == "collection"]
    environments = [one for one in read.tops if one.said["node"] == "environment"]
    await check_environments(project_id, len(environments))
    rows = NewRows(project_id, 0, vault)
    first = (collections or environments)[0].said
    rows.revision = record_import(made, read, first["node"], rows.id_of(first["number"]), first)
    end = await places.count_in(parent_id or project_id)
    await add_tree(rows, read.rows, parent_id, end)
    keys = _document_keys(read, [one.said for one in collections])
    for frame in collections:
        origin = rows.origin_of(frame.said["number"])
        if origin is not None:
            origin["document_key"] = keys[frame.said["number"]]
            origin["given_name"] = frame.said.get("givenName")
    ids = [rows.id_of(one.said["number"]) for one in collections]
    for frame in environments:
        place = 0 if len(collections) == 1 else frame.said["collection"]
        document_id = None if place is None or not ids else ids[place]
        id_ = rows.add_environment(frame.said)
        given = frame.said.get("givenName")
        rows.add_origin(frame, "environment", id_, document_id=document_id, given_name=given)
    await insert_rows(made, rows)
    await rows.let_go()
    root = rows.id_of(first["number"]) if collections else None
    return await import_report(
        read, collection_id=root, is_dry=False, ids=rows.ids, renamed=renamed
    )


async def _tell_apart(read: Read, project_id: str, parent_id: str | None) -> list[Json]:
    """Number the names that are taken where a document goes; return notes about them."""
    lines = []
    for kind, limit in (("collection", 255), ("environment", 100)):
        tops = [one.said for one in read.tops if one.said["node"] == kind]
        if not tops:
            continue
        taken = (
            await queries.sibling_names(parent_id or project_id)
            if kind == "collection"
            else await queries.environment_names(project_id)
        )
        names = [said.get("ownName", said["fields"]["name"]) for said in tops]
        for said, name, own in zip(
            tops, distinct(names, folded, taken=taken, limit=limit), names, strict=True
        ):
            said["ownName"] = own
            said["fields"]["name"] = name
            said["keys"]["name_hash"] = name_hash(name)
            said["givenName"] = name if name != own else None
            if name != own:
                lines.append(renamed_line(said, own, name))
    return lines


def _document_keys(read: Read, tops: list[Json]) -> dict[int, str | None]:
    """Return, by collection number, the key that identifies its document across versions."""
    format_, named = read.described["format"], read.described["sourceId"]
    if len(tops) == 1:
        return {tops[0]["number"]: document_key(format_, named)}
    return {
        said["number"]: document_key(format_, (said["origin"] or {}).get("source_id"))
        for said in tops
    }
