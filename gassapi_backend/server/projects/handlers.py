"""Projects over HTTP."""

from functools import partial
from typing import Annotated

import orjson
from aiohttp import web

from gassapi_backend.server.projects import actions, queries
from gassapi_backend.server.projects.context import ContextAnswer, whole_project
from gassapi_backend.server.projects.schemas import (
    RESOURCE,
    Deletion,
    NewProject,
    NewProjectAnswer,
    NewSettings,
    ProjectAnswer,
    ProjectChanges,
    ProjectsAnswer,
    ProjectSearch,
    SettingsAnswer,
    SettingsPatch,
    ShownProject,
    Transfer,
    listed_project,
    project_view,
    row_of,
    settings_answer,
    usage_view,
)
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.pieces import send_answer
from gassapi_backend.server.web.reading import Message
from gassapi_backend.server.web.state import ACTOR, PROJECT


async def list_projects(request: web.Request, search: ProjectSearch) -> ProjectsAnswer:
    """List your projects; an MCP token sees its own project."""
    user_id, only = request[ACTOR].user_id, request[ACTOR].caller.project_id
    found, total = await queries.list_projects(user_id, search, only)
    return {
        "projects": [listed_project(row, user_id) for row in found],
        "pagination": search.of(total),
    }


async def create(request: web.Request, new: NewProject) -> NewProjectAnswer:
    """Create a project with its default environment."""
    actor = request[ACTOR]
    project, is_second = await actions.create_project(actor, new)
    row = row_of(project, owner_name=actor.caller.name, is_member=True)
    warnings = [f'You own another project called "{new.name}".'] if is_second else []
    return {"project": project_view(row, actor.user_id), "warnings": warnings}


async def show(request: web.Request) -> ShownProject:
    """Show a project with its counts and settings, and how much more it can hold."""
    project = request[PROJECT]
    return {
        "project": project_view(project, request[ACTOR].user_id),
        "usage": usage_view(project),
    }


async def update(request: web.Request, changes: ProjectChanges) -> ProjectAnswer:
    """Change a project's name, description, visibility or settings."""
    loaded = request[PROJECT]
    project = await actions.update_project(request[ACTOR], loaded["id"], changes, if_match(request))
    row = row_of(project, owner_name=loaded["owner_name"], is_member=loaded["is_member"])
    return {"project": project_view(row, request[ACTOR].user_id)}


async def show_settings(request: web.Request) -> SettingsAnswer:
    """Show a project's settings."""
    project = request[PROJECT]
    return settings_answer(project["settings"], project["revision"])


async def replace_settings(request: web.Request, new: NewSettings) -> SettingsAnswer:
    """Replace a project's settings by the object that is sent."""
    project = await actions.replace_settings(
        request[ACTOR], request[PROJECT]["id"], new.content, if_match(request)
    )
    return settings_answer(orjson.dumps(project.settings), project.revision)


async def patch_settings(request: web.Request, patch: SettingsPatch) -> SettingsAnswer:
    """Merge the object that is sent into a project's settings.

    It is a JSON merge patch (RFC 7396): `null` removes a key, an object is merged, anything else
    takes the old value's place. `application/merge-patch+json` is taken as well.
    """
    project = await actions.patch_settings(
        request[ACTOR], request[PROJECT]["id"], patch.content, if_match(request)
    )
    return settings_answer(orjson.dumps(project.settings), project.revision)


async def transfer(request: web.Request, to: Transfer) -> ProjectAnswer:
    """Hand a project over to one of its members; its owner stays a member."""
    actor = request[ACTOR]
    project, owner = await actions.transfer_project(
        actor, request[PROJECT]["id"], to.user_id, if_match(request)
    )
    row = row_of(project, owner_name=owner.name, is_member=True)
    return {"project": project_view(row, actor.user_id)}


async def delete(request: web.Request, proof: Deletion) -> Message:
    """Delete a project and everything in it."""
    await actions.delete_project(request[ACTOR], request[PROJECT]["id"], if_match(request))
    return {"message": "The project is deleted."}


async def show_context(request: web.Request) -> Annotated[web.StreamResponse, ContextAnswer]:
    """Show a project with all that is in it, endpoints and flows in short.

    What a client needs to start, in one answer. Its `ETag` is the project's revision: 304 where
    nothing has changed since. Secret values are masked.
    """
    answer = partial(whole_project, request[ACTOR].user_id)
    return await send_answer(request, answer, RESOURCE)
