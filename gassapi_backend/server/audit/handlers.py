"""Who did what, over HTTP."""

from aiohttp import web

from gassapi_backend.server.audit import activity
from gassapi_backend.server.audit.schemas import (
    ActivityAnswer,
    ActivitySearch,
    MyActivitySearch,
    entry_view,
)
from gassapi_backend.server.web.state import ACTOR, PROJECT


async def list_project(request: web.Request, search: ActivitySearch) -> ActivityAnswer:
    """List what was done in a project and by whom, the newest first."""
    found, total = await activity.project_activity(request[PROJECT]["id"], search)
    return {"activity": [entry_view(row) for row in found], "pagination": search.of(total)}


async def list_instance(request: web.Request, search: ActivitySearch) -> ActivityAnswer:
    """List what was done outside projects, to accounts for example, the newest first.

    What was done in a project, its members see.
    """
    found, total = await activity.instance_activity(search)
    return {"activity": [entry_view(row) for row in found], "pagination": search.of(total)}


async def list_own(request: web.Request, search: MyActivitySearch) -> ActivityAnswer:
    """List what you did, yourself or through an MCP token, the newest first."""
    found, total = await activity.user_activity(request[ACTOR].user_id, search)
    return {"activity": [entry_view(row) for row in found], "pagination": search.of(total)}
