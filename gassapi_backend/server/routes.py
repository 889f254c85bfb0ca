"""Every endpoint, in one table: method, path, handler, permission."""

from gassapi_backend.server.access import Permission as P
from gassapi_backend.server.accounts import handlers as accounts
from gassapi_backend.server.activity import handlers as activity
from gassapi_backend.server.collections import handlers as collections
from gassapi_backend.server.context import handlers as context
from gassapi_backend.server.endpoints import handlers as endpoints
from gassapi_backend.server.environments import handlers as environments
from gassapi_backend.server.flows import handlers as flows
from gassapi_backend.server.members import handlers as members
from gassapi_backend.server.pages import handlers as pages
from gassapi_backend.server.projects import handlers as projects
from gassapi_backend.server.recovery import handlers as recovery
from gassapi_backend.server.routing import Route
from gassapi_backend.server.service import handlers as service
from gassapi_backend.server.tokens import handlers as tokens
from gassapi_backend.server.users import handlers as users

ROUTES: tuple[Route, ...] = (
    # Authentication
    Route(
        "POST",
        "/auth/register",
        accounts.register,
        P.PUBLIC,
        status=201,
        is_secret=True,
        refuses=(403,),
    ),
    Route("POST", "/auth/login", accounts.login, P.PUBLIC, is_secret=True, refuses=(401, 403)),
    Route("POST", "/auth/refresh", accounts.refresh, P.PUBLIC, is_secret=True, refuses=(401, 403)),
    Route("POST", "/auth/logout", accounts.logout, P.SIGNED_IN),
    Route("GET", "/auth/sessions", accounts.list_sessions, P.SIGNED_IN),
    Route("DELETE", "/auth/sessions/{session_id}", accounts.end_session, P.SIGNED_IN),
    Route(
        "POST",
        "/auth/verify-email",
        recovery.verify_email,
        P.PUBLIC,
        refuses=(410,),
    ),
    Route(
        "GET",
        "/auth/verify/{link}",
        recovery.open_verification,
        P.PUBLIC,
        refuses=(410,),
    ),
    Route("POST", "/auth/resend-verification", recovery.resend_verification, P.SIGNED_IN),
    Route("POST", "/auth/forgot-password", recovery.forgot_password, P.PUBLIC),
    Route(
        "POST",
        "/auth/reset-password",
        recovery.reset_password,
        P.PUBLIC,
        refuses=(410,),
    ),
    # Users
    Route("GET", "/users/profile", accounts.show_profile, P.SIGNED_IN, resource="user"),
    Route("PUT", "/users/profile", accounts.update_profile, P.SIGNED_IN, resource="user"),
    Route("GET", "/users/activity", activity.list_own, P.SIGNED_IN),
    Route("PATCH", "/users/profile", accounts.update_profile, P.SIGNED_IN, resource="user"),
    Route("DELETE", "/users/account", users.delete_account, P.SIGNED_IN, refuses=(409,)),
    Route("GET", "/users/projects", projects.list_projects, P.SIGNED_IN),
    Route("GET", "/users/export", users.export, P.SIGNED_IN),
    Route("GET", "/users/stats", users.stats, P.ADMINISTER),
    Route("GET", "/users", users.list_users, P.ADMINISTER),
    Route("POST", "/users", users.create, P.ADMINISTER, status=201, resource="user"),
    Route("GET", "/users/{user_id}", users.show, P.ADMINISTER, resource="user"),
    Route(
        "PATCH",
        "/users/{user_id}",
        users.update,
        P.ADMINISTER,
        resource="user",
        refuses=(409,),
    ),
    Route("PUT", "/users/password", accounts.change_password, P.SIGNED_IN, refuses=(409,)),
    # Projects
    Route("GET", "/projects", projects.list_projects, P.LIST_PROJECTS),
    Route("POST", "/projects", projects.create, P.SIGNED_IN, status=201, resource="project"),
    Route("GET", "/projects/{project_id}", projects.show, P.READ, resource="project"),
    Route("PUT", "/projects/{project_id}", projects.update, P.EDIT_PROJECT, resource="project"),
    Route("PATCH", "/projects/{project_id}", projects.update, P.EDIT_PROJECT, resource="project"),
    Route(
        "DELETE",
        "/projects/{project_id}",
        projects.delete,
        P.DELETE_PROJECT,
        takes_if_match=True,
    ),
    Route(
        "GET",
        "/projects/{project_id}/settings",
        projects.show_settings,
        P.EDIT_PROJECT,
        resource="",
    ),
    Route(
        "PUT",
        "/projects/{project_id}/settings",
        projects.replace_settings,
        P.EDIT_PROJECT,
        resource="",
    ),
    Route(
        "PATCH",
        "/projects/{project_id}/settings",
        projects.patch_settings,
        P.EDIT_PROJECT,
        resource="",
    ),
    Route(
        "POST",
        "/projects/{project_id}/transfer",
        projects.transfer,
        P.TRANSFER,
        resource="project",
        takes_if_match=True,
    ),
    Route("GET", "/projects/{project_id}/activity", activity.list_project, P.READ_ACTIVITY),
    Route(
        "GET", "/projects/{project_id}/context", context.show_context, P.READ, resource="project"
    ),
    # Members and invitations
    Route("GET", "/projects/{project_id}/members", members.list_members, P.READ_MEMBERS),
    Route(
        "DELETE",
        "/projects/{project_id}/members/{member_id}",
        members.remove_member,
        P.LEAVE,
        refuses=(409,),
    ),
    Route(
        "POST",
        "/projects/{project_id}/members",
        members.invite,
        P.INVITE,
        status=201,
        is_secret=True,
    ),
    Route(
        "GET",
        "/projects/{project_id}/invitations",
        members.list_invitations,
        P.INVITE,
        is_secret=True,
    ),
    Route(
        "DELETE",
        "/projects/{project_id}/invitations/{invitation_id}",
        members.revoke_invitation,
        P.INVITE,
    ),
    Route("GET", "/invitations", members.list_own, P.SIGNED_IN),
    Route(
        "GET",
        "/invitations/{invitation_token}",
        members.show_link,
        P.PUBLIC,
        refuses=(410,),
    ),
    Route(
        "POST",
        "/invitations/accept",
        members.accept,
        P.SIGNED_IN,
        refuses=(404, 410),
    ),
    Route(
        "POST",
        "/invitations/decline",
        members.decline,
        P.SIGNED_IN,
        refuses=(404, 410),
    ),
    # Collections
    Route("GET", "/projects/{project_id}/collections", collections.list_collections, P.READ),
    Route(
        "POST",
        "/projects/{project_id}/collections",
        collections.create,
        P.WRITE,
        status=201,
        resource="collection",
    ),
    Route("GET", "/collections/{collection_id}", collections.show, P.READ, resource="collection"),
    Route(
        "PUT",
        "/collections/{collection_id}",
        collections.update,
        P.WRITE,
        resource="collection",
        refuses=(409,),
    ),
    Route(
        "PATCH",
        "/collections/{collection_id}",
        collections.update,
        P.WRITE,
        resource="collection",
        refuses=(409,),
    ),
    Route(
        "DELETE",
        "/collections/{collection_id}",
        collections.delete,
        P.WRITE,
        takes_if_match=True,
    ),
    Route(
        "POST",
        "/collections/{collection_id}/duplicate",
        collections.duplicate,
        P.WRITE,
        status=201,
        resource="collection",
    ),
    # Endpoints
    Route("GET", "/collections/{collection_id}/endpoints", endpoints.list_in_collection, P.READ),
    Route("GET", "/projects/{project_id}/endpoints", endpoints.list_in_project, P.READ),
    Route(
        "POST",
        "/collections/{collection_id}/endpoints",
        endpoints.create,
        P.WRITE,
        status=201,
        resource="endpoint",
    ),
    Route("GET", "/endpoints/{endpoint_id}", endpoints.show, P.READ, resource="endpoint"),
    Route("PUT", "/endpoints/{endpoint_id}", endpoints.update, P.WRITE, resource="endpoint"),
    Route("PATCH", "/endpoints/{endpoint_id}", endpoints.update, P.WRITE, resource="endpoint"),
    Route("DELETE", "/endpoints/{endpoint_id}", endpoints.delete, P.WRITE, takes_if_match=True),
    Route(
        "POST",
        "/endpoints/{endpoint_id}/duplicate",
        endpoints.duplicate,
        P.WRITE,
        status=201,
        resource="endpoint",
    ),
    # Environments
    Route(
        "GET",
        "/projects/{project_id}/environments",
        environments.list_environments,
        P.READ,
        refuses=(409,),
    ),
    Route(
        "POST",
        "/projects/{project_id}/environments",
        environments.create,
        P.WRITE,
        status=201,
        resource="environment",
    ),
    Route(
        "GET",
        "/environments/{environment_id}",
        environments.show,
        P.READ,
        resource="environment",
        refuses=(409,),
    ),
    Route(
        "PUT",
        "/environments/{environment_id}",
        environments.update,
        P.WRITE,
        resource="environment",
        refuses=(409,),
    ),
    Route(
        "PATCH",
        "/environments/{environment_id}",
        environments.update,
        P.WRITE,
        resource="environment",
        refuses=(409,),
    ),
    Route(
        "DELETE",
        "/environments/{environment_id}",
        environments.delete,
        P.WRITE,
        takes_if_match=True,
        refuses=(409,),
    ),
    Route(
        "POST",
        "/environments/{environment_id}/duplicate",
        environments.duplicate,
        P.WRITE,
        status=201,
        resource="environment",
        takes_if_match=True,
    ),
    Route(
        "POST",
        "/environments/{environment_id}/default",
        environments.make_default,
        P.WRITE,
        resource="environment",
        takes_if_match=True,
    ),
    # Flows
    Route("GET", "/projects/{project_id}/flows", flows.list_flows, P.READ),
    Route(
        "POST", "/projects/{project_id}/flows", flows.create, P.WRITE, status=201, resource="flow"
    ),
    Route("GET", "/flows/{flow_id}", flows.show, P.READ, resource="flow"),
    Route("PUT", "/flows/{flow_id}", flows.update, P.WRITE, resource="flow"),
    Route("PATCH", "/flows/{flow_id}", flows.update, P.WRITE, resource="flow"),
    Route("DELETE", "/flows/{flow_id}", flows.delete, P.WRITE),
    Route(
        "POST", "/flows/{flow_id}/duplicate", flows.duplicate, P.WRITE, status=201, resource="flow"
    ),
    Route(
        "POST",
        "/flows/{flow_id}/toggle",
        flows.toggle,
        P.WRITE,
        resource="flow",
        takes_if_match=True,
    ),
    Route("GET", "/flows/{flow_id}/ui", flows.show_drawing, P.READ, resource="flow"),
    Route("PUT", "/flows/{flow_id}/ui", flows.redraw, P.WRITE, resource="flow"),
    # MCP
    Route(
        "POST",
        "/projects/{project_id}/generate-config",
        tokens.generate_config,
        P.ISSUE_TOKENS,
        status=201,
        is_secret=True,
    ),
    Route("GET", "/mcp/validate", tokens.validate, P.VALIDATE_TOKEN, refuses=(404,)),
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
    Route("GET", "/openapi.json", service.openapi, P.PUBLIC, produces=("application/json",)),
    Route("GET", "/docs", service.docs, P.PUBLIC, produces=("text/html",)),
    # Pages that mailed links lead to
    Route(
        "GET",
        "/invite/{link}",
        pages.invite,
        P.PUBLIC,
        prefix="",
        produces=("text/html",),
    ),
    Route(
        "GET",
        "/verify/{link}",
        pages.verify,
        P.PUBLIC,
        prefix="",
        produces=("text/html",),
    ),
    Route(
        "GET",
        "/reset/{link}",
        pages.reset,
        P.PUBLIC,
        prefix="",
        produces=("text/html",),
    ),
    Route(
        "GET",
        "/pages/{page_file}",
        pages.page_file,
        P.PUBLIC,
        prefix="",
        produces=("text/css", "text/javascript"),
    ),
    # The same at the addresses where people and load balancers look first
    Route("GET", "/", service.home, P.PUBLIC, status=302, prefix=""),
    Route("GET", "/health", service.health, P.PUBLIC, is_limited=False, prefix=""),
    Route("GET", "/health/live", service.live, P.PUBLIC, is_limited=False, prefix=""),
    Route("GET", "/health/ready", service.ready, P.PUBLIC, is_limited=False, prefix=""),
    Route(
        "GET", "/openapi.json", service.openapi, P.PUBLIC, produces=("application/json",), prefix=""
    ),
    Route("GET", "/docs", service.docs, P.PUBLIC, produces=("text/html",), prefix=""),
    Route(
        "GET",
        "/docs/{file}",
        service.docs_file,
        P.PUBLIC,
        produces=("text/css", "text/javascript"),
        prefix="",
    ),
)
