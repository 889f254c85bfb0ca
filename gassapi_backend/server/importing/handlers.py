"""Imports and exports over HTTP."""

from typing import Annotated

from aiohttp import web

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.importing import actions, exporting
from gassapi_backend.server.importing.demo.document import FILE_NAME, demo_document
from gassapi_backend.server.importing.projects import project_pieces
from gassapi_backend.server.importing.schemas import (
    CollectionExport,
    CollectionImport,
    DemoProject,
    EnvironmentExport,
    ImportAnswer,
    ProjectExport,
    ProjectImport,
    ProjectImportAnswer,
)
from gassapi_backend.server.importing.sending import (
    file_headers,
    importing_of,
    received,
    send_written,
    unchanged,
    while_there,
)
from gassapi_backend.server.web.admission import admit_to
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.pieces import moment_of, send_pieces
from gassapi_backend.server.web.reading import reply, validated
from gassapi_backend.server.web.state import ACTOR, HANDLING, PROJECT, SUBJECT, VAULT


async def import_collections(request: web.Request) -> Annotated[web.Response, ImportAnswer]:
    """Import a document of another tool, or update what an earlier version of it became.

    Postman, OpenAPI and Swagger, Insomnia, Bruno, OpenCollection, Hoppscotch, `.http`, HAR and cURL
    are recognised by their content. With `dryRun`, or if nothing changed, it answers 200. Nothing
    in the document is fetched or opened.
    """
    async with received(request) as upload:
        wanted = validated(CollectionImport, {**upload.fields, "data": ""})
        await admit_to(request, Permission.WRITE, "project_id", wanted.project_id)
        answer, is_written = await while_there(
            request,
            actions.import_document(
                request[ACTOR],
                wanted.project_id,
                wanted,
                upload.document,
                upload.name,
                importing_of(request),
                if_match(request),
            ),
        )
    return reply(answer, status=201 if is_written else 200)


async def export_collection(request: web.Request, wanted: CollectionExport) -> web.StreamResponse:
    """Export a collection with everything below it, as a file for another tool.

    What was imported from the same format goes back unchanged, except for edits made here. Secret
    values are left out unless `reveal` asks for them, which is audited.
    """
    loaded = request[SUBJECT]
    if wanted.reveal:
        request[HANDLING].reveals = True
    if (same := unchanged(request, loaded["audit_hash"])) is not None:
        return same
    options, rows = await exporting.collection_rows(
        request[ACTOR], loaded["project_id"], loaded["id"], wanted, request.app[VAULT]
    )
    job = "child.exporting:exported"
    return await send_written(request, job, options, rows, loaded["audit_hash"])


async def export_environment(request: web.Request, wanted: EnvironmentExport) -> web.StreamResponse:
    """Export an environment as a file for another tool.

    Secret values are left out unless `reveal` asks for them, which is audited.
    """
    loaded = request[SUBJECT]
    if wanted.reveal:
        request[HANDLING].reveals = True
    if (same := unchanged(request, loaded["audit_hash"])) is not None:
        return same
    rows = await exporting.environment_rows(
        request[ACTOR], loaded["project_id"], loaded["id"], wanted, request.app[VAULT]
    )
    job = "child.exporting:exported_environment"
    return await send_written(request, job, {"format": wanted.format}, rows, loaded["audit_hash"])


async def import_project(request: web.Request) -> ProjectImportAnswer:
    """Create a project from an exported one: all of it, under new ids, owned by the caller."""
    async with received(request) as upload:
        wanted = validated(ProjectImport, {**upload.fields, "data": ""})
        program = importing_of(request)
        return await while_there(
            request,
            actions.import_project(request[ACTOR], wanted, upload.document, upload.name, program),
        )


async def make_demo(request: web.Request, wanted: DemoProject) -> ProjectImportAnswer:
    """Create a project to explore: the API of a shop, with environments and flows."""
    program = importing_of(request)
    options = ProjectImport(name=wanted.name, data="")
    async with program.document(demo_document()) as document:
        made = actions.import_project(request[ACTOR], options, document, FILE_NAME, program)
        return await while_there(request, made)


async def export_project(request: web.Request, wanted: ProjectExport) -> web.StreamResponse:
    """Export a project with its environments, collections, endpoints and flows as one document.

    `POST /projects/import` reads it back. Members, tokens and activity are not exported. Secret
    values are left out unless `reveal` asks for them, which is audited.
    """
    project = request[PROJECT]
    if wanted.reveal:
        request[HANDLING].reveals = True
        await exporting.reveal_project(request[ACTOR], project["id"], request.app[VAULT])
    if (same := unchanged(request, project["audit_hash"])) is not None:
        return same
    async with moment_of(request) as moment:
        project = request[PROJECT]
        found = project_pieces(project, request.app[VAULT] if wanted.reveal else None)
        headers = file_headers(request, f"{project['name']}.gassapi.json", project["audit_hash"])
        return await send_pieces(request, moment, found, headers)
