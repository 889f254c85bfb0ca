"""Projects over HTTP."""

from aiohttp import web

from gassapi_backend.server.http import Message
from gassapi_backend.server.keys import ACTOR, PROJECT
from gassapi_backend.server.preconditions import if_match
from gassapi_backend.server.projects import actions, queries
from gassapi_backend.server.projects.schemas import (
    Deletion,
    NewProject,
    ProjectAnswer,
    ProjectChanges,
    ProjectsAnswer,
    ProjectSearch,
    project_summary,
    project_view,
    row_of,
)


async def list_projects(request: web.Request, search: ProjectSearch) -> ProjectsAnswer:
    """List one's projects; an MCP token sees its own project."""
    caller = request[ACTOR].caller
    found, total = await queries.list_projects(request[ACTOR].user_id, search, caller.project_id)
    return {
        "projects": [project_summary(row, caller.user_id) for row in found],
        "pagination": search.of(total),
    }


async def create(request: web.Request, new: NewProject) -> ProjectAnswer:
    """Create a project with its default environment."""
    actor = request[ACTOR]
    project = await actions.create_project(actor, new)
    row = row_of(project, owner_name=actor.caller.name, is_member=True)
    return {"project": project_view(row, actor.user_id)}


async def show(request: web.Request) -> ProjectAnswer:
    """Show a project with its counts and settings."""
    return {"project": project_view(request[PROJECT], request[ACTOR].user_id)}


async def update(request: web.Request, changes: ProjectChanges) -> ProjectAnswer:
    """Change a project's name, description, visibility or settings."""
    loaded = request[PROJECT]
    project = await actions.update_project(request[ACTOR], loaded["id"], changes, if_match(request))
    row = row_of(project, owner_name=loaded["owner_name"], is_member=loaded["is_member"])
    return {"project": project_view(row, request[ACTOR].user_id)}


async def delete(request: web.Request, proof: Deletion) -> Message:
    """Delete a project and everything in it."""
    await actions.delete_project(request[ACTOR], request[PROJECT]["id"], if_match(request))
    return {"message": "The project is deleted."}
