"""Environments over HTTP."""

from typing import Annotated

from aiohttp import web

from gassapi_backend.server.environments import actions, queries
from gassapi_backend.server.environments.schemas import (
    Duplication,
    EnvironmentAnswer,
    EnvironmentChanges,
    EnvironmentsAnswer,
    NewEnvironment,
    environment_view,
)
from gassapi_backend.server.items.schemas import Reveal
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.pieces import SMALL, send_answer
from gassapi_backend.server.web.reading import Message, reply
from gassapi_backend.server.web.state import ACTOR, HANDLING, PROJECT, SUBJECT, VAULT


async def list_environments(
    request: web.Request, wanted: Reveal
) -> Annotated[web.StreamResponse, EnvironmentsAnswer]:
    """List a project's environments, the default one first, then by name.

    Secret values are masked unless `reveal` asks for them, which is audited.
    """
    project_id = request[PROJECT]["id"]
    if wanted.reveal:
        request[HANDLING].reveals = True
        shown = await actions.reveal_all(request[ACTOR], project_id, request.app[VAULT])
        return reply({"environments": shown, "total": len(shown)})
    if request[PROJECT]["size"] <= SMALL:
        shown = [environment_view(row) for row in await queries.list_environments(project_id)]
        return reply({"environments": shown, "total": len(shown)})
    return await send_answer(request, queries.environments_in_parts)


async def create(request: web.Request, new: NewEnvironment) -> EnvironmentAnswer:
    """Create an environment. With `isDefault` it takes that from the one that has it."""
    made = await actions.create_environment(
        request[ACTOR], request[PROJECT]["id"], new, request.app[VAULT]
    )
    return {"environment": environment_view(made)}


async def show(request: web.Request, wanted: Reveal) -> EnvironmentAnswer:
    """Show an environment.

    Secret values are masked unless `reveal` asks for them, which is audited. Such an answer is
    never to be stored, and `If-None-Match` means nothing to it.
    """
    loaded = request[SUBJECT]
    if not wanted.reveal:
        return {"environment": environment_view(loaded)}
    request[HANDLING].reveals = True
    shown = await actions.reveal(
        request[ACTOR], loaded["project_id"], loaded["id"], request.app[VAULT]
    )
    return {"environment": shown}


async def update(request: web.Request, changes: EnvironmentChanges) -> EnvironmentAnswer:
    """Change an environment: the fields that are sent, and `variables` as a whole.

    A secret value that is sent as the mask stays as it is.
    """
    loaded = request[SUBJECT]
    environment = await actions.update_environment(
        request[ACTOR],
        loaded["project_id"],
        loaded["id"],
        changes,
        request.app[VAULT],
        if_match(request),
    )
    return {"environment": environment_view(environment)}


async def delete(request: web.Request) -> Message:
    """Delete an environment that is not the default one."""
    loaded = request[SUBJECT]
    await actions.delete_environment(
        request[ACTOR], loaded["project_id"], loaded["id"], if_match(request)
    )
    return {"message": "The environment is deleted."}


async def duplicate(request: web.Request, wanted: Duplication) -> EnvironmentAnswer:
    """Copy an environment with its variables, secret values too."""
    loaded = request[SUBJECT]
    copy = await actions.duplicate_environment(
        request[ACTOR],
        loaded["project_id"],
        loaded["id"],
        wanted,
        request.app[VAULT],
        if_match(request),
    )
    return {"environment": environment_view(copy)}


async def make_default(request: web.Request) -> EnvironmentAnswer:
    """Make an environment the project's default one."""
    loaded = request[SUBJECT]
    environment = await actions.make_default(
        request[ACTOR], loaded["project_id"], loaded["id"], if_match(request)
    )
    return {"environment": environment_view(environment)}
