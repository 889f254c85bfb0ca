"""The OpenAPI 3.1 document, derived from the route table and the handlers' types."""

import inspect
import re
from typing import Any, get_type_hints

from aiohttp import web
from pydantic import TypeAdapter

from gassapi_backend import __version__
from gassapi_backend.server.access import ABOUT_NO_PROJECT, SCOPES, Permission
from gassapi_backend.server.http import JSON
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from gassapi_backend.server.service.schemas import HealthAnswer

REF = "#/components/schemas/{model}"
REFUSALS = {
    400: "The request breaks a rule.",
    401: "No, wrong, expired or revoked credentials.",
    403: "Known, but not allowed.",
    404: "There is no such thing.",
    409: "It clashes with what is there.",
    410: "It was there once and is no longer: a used link, changes that are not kept.",
    412: "`If-Match` is stale; `details.current` is the current state.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Slow down; `Retry-After` says how long.",
    500: "A fault of the server.",
    503: "The server cannot do it now; nothing was written.",
}
PAGES = {
    "/docs": "text/html",
    "/docs/{file}": "text/css",
    "/projects/{project_id}/events": "text/event-stream",
}


def document(server_url: str) -> dict[str, Any]:
    """Return the document for a server at that address. Takes a while: not on the event loop."""
    schemas, components = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.full_path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GassAPI",
            "version": __version__,
            "description": "The HTTP API of a GassAPI server.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server_url}],
        "tags": [{"name": tag} for tag in dict.fromkeys(_tag(route) for route in ROUTES)],
        "paths": paths,
        "components": {
            "schemas": components | {"Error": _error_schema()},
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "accessCookie": {"type": "apiKey", "in": "cookie", "name": "gassapi_access"},
                "mcpToken": {"type": "apiKey", "in": "header", "name": "X-MCP-Token"},
            },
        },
    }


def _schemas() -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    """Return the schema of every type the routes use, and the named ones they refer to."""
    wanted: dict[Any, str] = {}
    for route in ROUTES:
        for kind in (route.body, route.query):
            if kind is not None:
                wanted[kind] = "validation"
        if (answer := _answer_type(route)) is not None:
            wanted[answer] = "serialization"
    found, rest = TypeAdapter.json_schemas(
        [(kind, mode, TypeAdapter(kind)) for kind, mode in wanted.items()],  # type: ignore[misc]  # modes are literals
        ref_template=REF,
    )
    schemas = {kind: found[kind, mode] for kind, mode in wanted.items()}  # type: ignore[index]  # as above
    return schemas, rest.get("$defs", {})


def _answer_type(route: Route) -> Any:
    if route.path in ("/health",):
        return HealthAnswer
    answer = get_type_hints(route.handler)["return"]
    is_schema = not (inspect.isclass(answer) and issubclass(answer, web.StreamResponse))
    return answer if is_schema else None


def _operation(route: Route, schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    summary, _, rest = inspect.getdoc(route.handler).partition("\n\n")  # type: ignore[union-attr]  # a test sees to it
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": summary.replace("\n", " ").rstrip("."),
        "tags": [_tag(route)],
        "parameters": _parameters(route, schemas),
        "responses": _responses(route, schemas),
        "security": _security(route),
    }
    if rest:
        operation["description"] = rest
    if route.body is not None:
        operation["requestBody"] = {
            "required": not route.body_is_optional,
            "content": {JSON: {"schema": schemas[route.body]}},
        }
    return operation


def _operation_id(route: Route) -> str:
    place = re.sub(r"[^a-z0-9]+", "_", route.full_path.lower()).strip("_")
    return f"{route.method.lower()}_{place or 'root'}"


def _tag(route: Route) -> str:
    first = route.path.split("/")[1]
    names = {
        "auth": "Authentication",
        "users": "Users",
        "projects": "Projects",
        "invitations": "Members",
        "collections": "Collections",
        "endpoints": "Endpoints",
        "environments": "Environments",
        "flows": "Flows",
        "mcp": "MCP",
    }
    if first == "projects":  # what is listed below a project has its own name
        below = route.path.split("/")[3:4]
        first = {"members": "invitations"}.get(below[0], below[0]) if below else first
        return names.get(first, "Projects")
    return names.get(first, "Service")


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.permission is Permission.PUBLIC:
        return []
    person: list[dict[str, list[str]]] = [{"accessToken": []}, {"accessCookie": []}]
    token: list[dict[str, list[str]]] = [{"mcpToken": []}]
    if route.permission is Permission.VALIDATE_TOKEN:
        return token
    takes_tokens = any(route.permission in allowed for allowed in SCOPES.values())
    return person + token if takes_tokens else person


def _parameters(route: Route, schemas: dict[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"} | ({"format": "uuid"} if name.endswith("_id") else {}),
        }
        for name in route.parameters
    ]
    if route.query is not None:
        schema = schemas[route.query]
        if "$ref" in schema:
            schema = route.query.model_json_schema(ref_template=REF)
        for name, rule in schema["properties"].items():
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in schema.get("required", ()),
                    "schema": rule,
                }
            )
    if _takes_precondition(route):
        header = "If-None-Match" if route.method == "GET" else "If-Match"
        found.append({"name": header, "in": "header", "schema": {"type": "string"}})
    if route.path.endswith("/events"):
        found.append({"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}})
    return found


def _responses(route: Route, schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    answer = _answer_type(route)
    if answer is not None:
        schema: dict[str, Any] = {
            "allOf": [
                {
                    "type": "object",
                    "properties": {"success": {"type": "boolean"}},
                    "required": ["success"],
                },
                schemas[answer],
            ]
        }
        content: dict[str, Any] = {JSON: {"schema": schema}}
    elif route.path == "/openapi.json":
        content = {JSON: {"schema": {"type": "object"}}}
    else:
        content = {PAGES.get(route.path, "text/plain"): {"schema": {"type": "string"}}}
    good: dict[str, Any] = {"description": "It worked.", "content": content}
    if route.resource is not None:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
    responses: dict[str, Any] = {str(route.status): good}
    if route.path == "/":
        responses = {"302": {"description": "To the documentation."}}
    if route.resource is not None and route.method == "GET":
        responses["304"] = {"description": "It is as `If-None-Match` says."}
    for status in sorted(_refusals(route)):
        if route.path == "/health" and status == 503:
            responses["503"] = {"description": "It is unhealthy.", "content": content}
            continue
        responses[str(status)] = {
            "description": REFUSALS[status],
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
    return responses


def _refusals(route: Route) -> set[int]:
    found = {500, 503}
    if route.is_limited:
        found.add(429)
    if route.body is not None or route.query is not None:
        found.add(400)
    if route.body is not None:
        found |= {413, 415}
    if route.permission is not Permission.PUBLIC:
        found |= {401, 403}
    elif route.body is not None:
        found |= {401, 403, 409}
    if route.permission is Permission.VALIDATE_TOKEN:
        found.add(400)
    if route.parameters or route.permission not in ABOUT_NO_PROJECT:
        found.add(404)
    if route.method != "GET" and route.permission is not Permission.PUBLIC:
        found.add(409)
    if _takes_precondition(route) and route.method != "GET":
        found.add(412)
    if route.path.endswith(("/changes", "/events")):
        found.add(410)
    return found


def _takes_precondition(route: Route) -> bool:
    """Whether ``If-Match`` or ``If-None-Match`` means something."""
    return route.method != "POST" and (
        route.resource is not None or route.permission is Permission.DELETE_PROJECT
    )


def _error_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["success", "error", "requestId"],
        "properties": {
            "success": {"const": False},
            "requestId": {"type": "string"},
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "details": {
                        "description": "`{field, reason}` for each broken rule, or an object.",
                        "anyOf": [
                            {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["field", "reason"],
                                    "properties": {
                                        "field": {"type": "string"},
                                        "reason": {"type": "string"},
                                    },
                                },
                            },
                            {"type": "object"},
                        ],
                    },
                },
            },
        },
    }
