"""Every write of an import: one transaction, one audit entry, one revision, whatever its size."""

from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.importing.children import Document, read_document
from gassapi_backend.server.importing.merging import merge_document
from gassapi_backend.server.importing.new_documents import (
    check_place,
    levels_above,
    tell_apart,
    write_new,
)
from gassapi_backend.server.importing.programs import Importing, read_options
from gassapi_backend.server.importing.project_import import (
    checked_flows,
    checked_project,
    write_project,
)
from gassapi_backend.server.importing.reports import import_report, imported
from gassapi_backend.server.importing.schemas import (
    ImportAnswer,
    ImportOptions,
    ProjectImport,
    ProjectImportAnswer,
)
from gassapi_backend.server.projects.queries import count_of_projects
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch


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
    above = await levels_above(project_id, wanted.parent_id)
    options = read_options(wanted, name, program.settings, above)
    read = await read_document(document, "child.jobs:read", options)
    await document.let_go()

    async def write(made: Change) -> ImportAnswer:
        await check_place(project_id, wanted.parent_id, read)
        return await write_new(made, project_id, wanted.parent_id, read, program.vault)

    try:
        if not wanted.dry_run:
            return await change(actor, project_id, Permission.WRITE, write), True
        renamed = await tell_apart(read, project_id, wanted.parent_id)
        answer = await import_report(read, collection_id=None, is_dry=True, ids={}, renamed=renamed)
        return answer, False
    finally:
        await read.let_go()


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
        await read.let_go()
