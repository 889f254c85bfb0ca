"""Every tool, in one table: name, title, permission, function. Its order is that of the list."""

from gassapi_backend.models.tokens import Scope
from gassapi_backend.server.access.permissions import SCOPES
from gassapi_backend.server.access.permissions import Permission as P
from gassapi_backend.server.mcp import collection_tools as collections
from gassapi_backend.server.mcp import document_tools as documents
from gassapi_backend.server.mcp import endpoint_tools as endpoints
from gassapi_backend.server.mcp import environment_tools as environments
from gassapi_backend.server.mcp import flow_tools as flows
from gassapi_backend.server.mcp import project_tools as project
from gassapi_backend.server.mcp import rendering
from gassapi_backend.server.mcp.tool import Tool

TOOLS: tuple[Tool, ...] = (
    Tool(
        "get_project_context",
        "Project at a glance",
        P.READ,
        project.get_project_context,
        is_large=True,
    ),
    Tool("search_project", "Search the project", P.READ, project.search_project, is_large=True),
    Tool("list_endpoints", "List endpoints", P.READ, endpoints.list_endpoints, is_large=True),
    Tool("get_collection", "Show a collection", P.READ, collections.get_collection, is_large=True),
    Tool("get_endpoint", "Show an endpoint", P.READ, endpoints.get_endpoint),
    Tool("get_environment", "Show an environment", P.READ, environments.get_environment),
    Tool("get_flow", "Show a flow", P.READ, flows.get_flow),
    Tool("render_request", "Show a request as it is sent", P.READ, rendering.render_request),
    Tool("list_changes", "List changes", P.READ, project.list_changes, is_large=True),
    Tool(
        "export_collection",
        "Export a collection",
        P.READ,
        documents.export_collection,
        is_large=True,
    ),
    Tool("create_collection", "Create a collection", P.WRITE, collections.create_collection),
    Tool(
        "update_collection",
        "Change a collection",
        P.WRITE,
        collections.update_collection,
        is_destructive=True,
        is_idempotent=True,
    ),
    Tool(
        "delete_collection",
        "Delete a collection",
        P.WRITE,
        collections.delete_collection,
        is_destructive=True,
    ),
    Tool("create_endpoint", "Create an endpoint", P.WRITE, endpoints.create_endpoint),
    Tool(
        "update_endpoint",
        "Change an endpoint",
        P.WRITE,
        endpoints.update_endpoint,
        is_destructive=True,
        is_idempotent=True,
    ),
    Tool(
        "delete_endpoint",
        "Delete an endpoint",
        P.WRITE,
        endpoints.delete_endpoint,
        is_destructive=True,
    ),
    Tool("create_environment", "Create an environment", P.WRITE, environments.create_environment),
    Tool(
        "update_environment",
        "Change an environment",
        P.WRITE,
        environments.update_environment,
        is_destructive=True,
        is_idempotent=True,
    ),
    Tool(
        "delete_environment",
        "Delete an environment",
        P.WRITE,
        environments.delete_environment,
        is_destructive=True,
    ),
    Tool("create_flow", "Create a flow", P.WRITE, flows.create_flow),
    Tool(
        "update_flow",
        "Change a flow",
        P.WRITE,
        flows.update_flow,
        is_destructive=True,
        is_idempotent=True,
    ),
    Tool("delete_flow", "Delete a flow", P.WRITE, flows.delete_flow, is_destructive=True),
    Tool(
        "import_document",
        "Import a document",
        P.WRITE,
        documents.import_document,
        is_destructive=True,
    ),
)
BY_NAME = {tool.name: tool for tool in TOOLS}


def tools_of(scope: Scope) -> list[Tool]:
    """Return the tools that a token with that scope may call."""
    return [tool for tool in TOOLS if tool.permission in SCOPES[scope]]
