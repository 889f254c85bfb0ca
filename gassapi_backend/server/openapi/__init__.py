"""The OpenAPI 3.1 document, derived from the route table and the handlers' types."""

from typing import Any

from gassapi_backend import __version__
from gassapi_backend.server.openapi.examples import example_id
from gassapi_backend.server.openapi.operations import operation, operation_ids, tag
from gassapi_backend.server.openapi.refusals import (
    ERROR_SCHEMA,
    MEANINGS,
    REASON_SCHEMA,
    refusal_response,
    refusal_schema,
)
from gassapi_backend.server.openapi.schemas import Schemas
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.web.idempotency import REPLAYED

ABOUT = """
The HTTP API of a GassAPI server. JSON in and out, camelCase keys, UTF-8.

Every answer has `success`; a refusal has `error` with a stable `code` for programs and a `message`
for people, and the `requestId` under which the server's log has it. Ids are UUIDs in lower case,
times are UTC with milliseconds (RFC 3339). Updates change only the fields present, `null` clears
an optional one, and unknown fields are refused.

Send `X-Request-Id` to give a request an id of your own.
""".strip()
TAGS = {
    "Authentication": "Accounts and sign-in: access tokens live for 15 minutes, "
    "refresh tokens for 7 days.",
    "Users": "One's own account; accounts of others for administrators.",
    "Projects": "What people work on together: everything else belongs to one.",
    "Members": "Who works in a project, and invitations to it.",
    "Collections": "Folders of endpoints, at most twelve deep.",
    "Endpoints": "Saved requests, and what they are for.",
    "Environments": "Named sets of variables; one is the project's default.",
    "Flows": "Requests in an order, with what goes from one to the next.",
    "MCP": "Tokens and configurations for AI assistants.",
    "Service": "The server's health and status, and this document.",
}
HEADERS: dict[str, tuple[str, dict[str, Any], Any, bool]] = {
    "X-Request-Id": (
        "The request's id in the log: yours, if you sent a well-formed one.",
        {"type": "string", "minLength": 1, "maxLength": 128},
        example_id("request"),
        True,
    ),
    "RateLimit-Limit": ("Requests in a window.", {"type": "integer"}, 300, False),
    "RateLimit-Remaining": ("How many of them are left.", {"type": "integer"}, 299, False),
    "RateLimit-Reset": ("Seconds until the next window.", {"type": "integer"}, 42, False),
    "Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 1}, 5, True),
    "ETag": (
        "The revision, for `If-Match` and `If-None-Match`; after a dot, what is shown beside it, "
        "like the number of a collection's endpoints. For a file, a mark of its content.",
        {"type": "string", "pattern": '^"[0-9a-f]+([.-][0-9a-f]+)?"$'},
        '"7"',
        True,
    ),
    "Cache-Control": ("It carries a token: do not store it.", {"const": "no-store"}, None, True),
    REPLAYED: ("It is the answer that the first such request got.", {"const": "true"}, None, False),
    "Location": ("Its address.", {"type": "string"}, "docs", True),
    "WWW-Authenticate": (
        "How a caller is identified.",
        {"type": "string"},
        'Bearer realm="gassapi"',
        True,
    ),
}
"""The headers of responses: meaning, schema, example, whether always there."""

SECURITY: dict[str, dict[str, str]] = {
    "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "accessCookie": {"type": "apiKey", "in": "cookie", "name": "gassapi_access"},
    "refreshToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A refresh token; it may also be in the body.",
    },
    "refreshCookie": {"type": "apiKey", "in": "cookie", "name": "gassapi_refresh"},
    "mcpToken": {"type": "apiKey", "in": "header", "name": "X-MCP-Token"},
    "mcpBearer": {"type": "http", "scheme": "bearer", "description": "An MCP token."},
}


def document(server_url: str) -> dict[str, Any]:
    """Return the document for a server at that address. Takes a while: not on the event loop."""
    schemas, names = Schemas(), operation_ids()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        path = paths.setdefault(route.full_path, {})
        path[route.method.lower()] = operation(route, schemas, names)
    tags = dict.fromkeys(tag(route) for route in ROUTES)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GassAPI",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server_url}],
        "tags": [{"name": name, "description": TAGS[name]} for name in tags],
        "paths": paths,
        "components": {
            "schemas": schemas.published
            | {"Error": ERROR_SCHEMA, "Reason": REASON_SCHEMA}
            | {f"Refused{status}": refusal_schema(status) for status in MEANINGS},
            "responses": {f"Refused{status}": refusal_response(status) for status in MEANINGS},
            "headers": {name: _header(*about) for name, about in HEADERS.items()},
            "securitySchemes": SECURITY,
        },
    }


def _header(meaning: str, schema: dict[str, Any], sample: Any, is_sure: bool) -> dict[str, Any]:
    found = {"description": meaning, "required": is_sure, "schema": schema}
    return found if sample is None else {**found, "example": sample}
