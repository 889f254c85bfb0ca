"""Who did what, over HTTP."""

from collections.abc import Awaitable

from aiohttp import web

from gassapi_backend.fair_share import Fairly
from gassapi_backend.server.audit import activity
from gassapi_backend.server.audit.schemas import (
    ActivityAnswer,
    ActivitySearch,
    MyActivitySearch,
    ProjectActivitySearch,
    Verification,
    VerificationAnswer,
    VerificationStart,
    broken_view,
    entry_view,
)
from gassapi_backend.server.audit.state import CHECKING
from gassapi_backend.server.web.cursors import new_cursor
from gassapi_backend.server.web.state import ACTOR, PROJECT


async def list_project(request: web.Request, search: ProjectActivitySearch) -> ActivityAnswer:
    """List what was done in a project and by whom, the newest first."""
    return await Fairly(_shown(activity.project_activity(request[PROJECT]["id"], search), search))


async def list_instance(request: web.Request, search: ActivitySearch) -> ActivityAnswer:
    """List what was done outside projects, to accounts for example, the newest first.

    What was done in a project, its members see.
    """
    return await Fairly(_shown(activity.instance_activity(search), search))


async def verify(request: web.Request, start: VerificationStart) -> VerificationAnswer:
    """Check that no entry of any project was changed, removed, inserted or moved, part by part.

    Ask again with `after` until there is no `nextCursor`. 429 while somebody else verifies.
    """
    part = await request.app[CHECKING].part(start.after)
    found: Verification = {
        "isWhole": not part.broken and not part.unfinished,
        "chains": part.chains,
        "entries": part.entries,
        "checked": part.begun + part.chains,
        "total": part.total,
        "broken": [broken_view(verdict) for verdict in part.broken],
        "unfinished": part.unfinished,
        "nextCursor": None if part.is_last else part.last,
    }
    return {"verification": found}


async def list_own(request: web.Request, search: MyActivitySearch) -> ActivityAnswer:
    """List what you did, yourself or through an MCP token, the newest first."""
    return await Fairly(_shown(activity.user_activity(request[ACTOR].user_id, search), search))


async def _shown(reading: Awaitable[activity.Entries], search: MyActivitySearch) -> ActivityAnswer:
    found = await reading
    page = search.from_place(found.place.before, found.end.before, found.total)
    if page["hasNext"] and found.rows:
        page["nextCursor"] = new_cursor(found.end)
    return {"activity": [entry_view(row) for row in found.rows], "pagination": page}
