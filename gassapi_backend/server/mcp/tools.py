"""Every tool, in one table: name, title, permission, function. Its order is that of the list."""

from gassapi_backend.models.tokens import Scope
from gassapi_backend.server.access.permissions import SCOPES
from gassapi_backend.server.access.permissions import Permission as P
from gassapi_backend.server.mcp import collection_tools as collections
from gassapi_backend.server.mcp import endpoint_tools as endpoints
from gassapi_backend.server.mcp import project_tools as project
from gassapi_backend.server.mcp.tool import Tool

TOOLS: tuple[Tool, ...] = (
    Tool("get_project_context", "Project at a glance", P.READ, project.get_project_context),
    Tool("search_project", "Search the project", P.READ, project.search_project),
    Tool("list_endpoints", "List endpoints", P.READ, endpoints.list_endpoints),
    Tool("get_collection", "Show a collection", P.READ, collections.get_collection),
    Tool("get_endpoint", "Show an endpoint", P.READ, endpoints.get_endpoint),
    Tool("list_changes", "List changes", P.READ, project.list_changes),
)
BY_NAME = {tool.name: tool for tool in TOOLS}


def tools_of(scope: Scope) -> list[Tool]:
    """Return the tools that a token of that scope may call."""
    return [tool for tool in TOOLS if tool.permission in SCOPES[scope]]
