"""Every endpoint, in one table: method, path, handler, permission."""

from gassapi_backend.server.access import Permission as P
from gassapi_backend.server.accounts import handlers as accounts
from gassapi_backend.server.feed import handlers as feed
from gassapi_backend.server.projects import handlers as projects
from gassapi_backend.server.routing import Route
from gassapi_backend.server.service import handlers as service
from gassapi_backend.server.tokens import handlers as tokens

ROUTES: tuple[Route, ...] = (
    # Authentication
    Route("POST", "/auth/register", accounts.register, P.PUBLIC, status=201, is_secret=True),
    Route("POST", "/auth/login", accounts.login, P.PUBLIC, is_secret=True),
    Route("POST", "/auth/refresh", accounts.refresh, P.PUBLIC, is_secret=True),
    Route("POST", "/auth/logout", accounts.logout, P.SIGNED_IN),
    Route("GET", "/auth/sessions", accounts.list_sessions, P.SIGNED_IN),
    Route("DELETE", "/auth/sessions/{session_id}", accounts.end_session, P.SIGNED_IN),
    # Users
    Route("GET", "/users/profile", accounts.show_profile, P.SIGNED_IN, resource="user"),
    Route("PUT", "/users/profile", accounts.update_profile, P.SIGNED_IN, resource="user"),
    Route("PUT", "/users/password", accounts.change_password, P.SIGNED_IN),
    # Projects
    Route("GET", "/projects", projects.list_projects, P.LIST_PROJECTS),
    Route("POST", "/projects", projects.create, P.SIGNED_IN, status=201, resource="project"),
    Route("GET", "/projects/{project_id}", projects.show, P.READ, resource="project"),
    Route("PUT", "/projects/{project_id}", projects.update, P.EDIT_PROJECT, resource="project"),
    Route("PATCH", "/projects/{project_id}", projects.update, P.EDIT_PROJECT, resource="project"),
    Route("DELETE", "/projects/{project_id}", projects.delete, P.DELETE_PROJECT),
    Route("GET", "/projects/{project_id}/changes", feed.list_changes, P.READ),
    Route("GET", "/projects/{project_id}/events", feed.follow, P.READ),
    # Members and invitations
    # Collections
    # Endpoints
    # Environments
    # Flows
    # MCP
    Route(
        "POST",
        "/projects/{project_id}/generate-config",
        tokens.generate_config,
        P.ISSUE_TOKENS,
        status=201,
        is_secret=True,
    ),
    Route("GET", "/mcp/validate", tokens.validate, P.VALIDATE_TOKEN),
    Route("GET", "/mcp/tokens", tokens.list_tokens, P.ISSUE_TOKENS),
    Route("POST", "/mcp/tokens", tokens.issue, P.ISSUE_TOKENS, status=201, is_secret=True),
    Route("POST", "/mcp/revoke-token", tokens.revoke, P.ISSUE_TOKENS),
    Route(
        "POST",
        "/mcp/regenerate-token",
        tokens.regenerate,
        P.ISSUE_TOKENS,
        status=201,
        is_secret=True,
    ),
    # Service
    Route("GET", "/health", service.health, P.PUBLIC, is_limited=False),
    Route("GET", "/health/live", service.live, P.PUBLIC, is_limited=False),
    Route("GET", "/health/ready", service.ready, P.PUBLIC, is_limited=False),
    Route("GET", "/status", service.status, P.SIGNED_IN),
    Route("GET", "/openapi.json", service.openapi, P.PUBLIC),
    Route("GET", "/docs", service.docs, P.PUBLIC),
    # The same at the addresses where people and load balancers look first
    Route("GET", "/", service.home, P.PUBLIC, prefix=""),
    Route("GET", "/health", service.health, P.PUBLIC, is_limited=False, prefix=""),
    Route("GET", "/health/live", service.live, P.PUBLIC, is_limited=False, prefix=""),
    Route("GET", "/health/ready", service.ready, P.PUBLIC, is_limited=False, prefix=""),
    Route("GET", "/openapi.json", service.openapi, P.PUBLIC, prefix=""),
    Route("GET", "/docs", service.docs, P.PUBLIC, prefix=""),
    Route("GET", "/docs/{file}", service.docs_file, P.PUBLIC, prefix=""),
)
