"""A whole project over HTTP."""

from aiohttp import web

from gassapi_backend.server.collections.queries import list_collections
from gassapi_backend.server.context import queries
from gassapi_backend.server.context.schemas import ContextAnswer, context_tree
from gassapi_backend.server.environments.queries import list_environments
from gassapi_backend.server.environments.schemas import environment_view
from gassapi_backend.server.flows.schemas import flow_summary
from gassapi_backend.server.projects.schemas import project_view
from gassapi_backend.server.web.state import ACTOR, PROJECT


async def show_context(request: web.Request) -> ContextAnswer:
    """Show a project with all that is in it, endpoints and flows in short.

    What a client needs to start, in one answer. Its `ETag` is the project's revision: 304 where
    nothing has changed since. Secret values are masked.
    """
    project = request[PROJECT]
    collections = await list_collections(project["id"])
    return {
        "project": project_view(project, request[ACTOR].user_id),
        "environments": [environment_view(row) for row in await list_environments(project["id"])],
        "collections": await context_tree(collections, queries.endpoint_summaries(project["id"])),
        "flows": [flow_summary(row) for row in await queries.list_flow_summaries(project["id"])],
    }
