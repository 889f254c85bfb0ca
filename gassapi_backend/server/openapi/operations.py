"""What the document says about a route."""

import inspect
import re
from functools import cache
from typing import Any

from gassapi_backend.models.tokens import Scope
from gassapi_backend.server.access.permissions import (
    FOR_TOKENS,
    GRANTS,
    SCOPES,
    Permission,
    Role,
)
from gassapi_backend.server.openapi.descriptions import described
from gassapi_backend.server.openapi.examples import GOOD, example, example_id
from gassapi_backend.server.openapi.links import links
from gassapi_backend.server.openapi.refusals import (
    ALWAYS_SENT,
    refusals,
    takes_if_match,
    takes_key,
)
from gassapi_backend.server.openapi.rpc import rpc_operation
from gassapi_backend.server.openapi.schemas import Schema, Schemas, answer_type
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import PREFIX, Route
from gassapi_backend.server.web.idempotency import HEADER as KEY_HEADER
from gassapi_backend.server.web.idempotency import REPLAYED
from gassapi_backend.server.web.reading import JSON

_TAGS = {
    "auth": "Authentication",
    "users": "Users",
    "projects": "Projects",
    "members": "Members",
    "invitations": "Members",
    "collections": "Collections",
    "endpoints": "Endpoints",
    "environments": "Environments",
    "flows": "Flows",
    "generate-config": "MCP",
    "mcp": "MCP",
}
_PEOPLE = {
    Permission.PUBLIC: "Anyone may call it.",
    Permission.VALIDATE_TOKEN: "Needs an MCP token.",
    Permission.SIGNED_IN: "Needs somebody who is signed in.",
    Permission.LIST_PROJECTS: "Needs somebody who is signed in.",
    Permission.CALL_TOOLS: "Needs an MCP token.",
    Permission.ADMINISTER: "Needs an administrator of the instance.",
}
_ROLES = {
    Role.READER: "Needs a member of the project; where it is public, anybody who is signed in.",
    Role.MEMBER: "Needs a member of the project.",
    Role.OWNER: "Needs the owner of the project.",
}
_REFRESH = "/auth/refresh"
_BEGINNINGS = {
    "application/octet-stream": "PK…",
    JSON: {"openapi": "3.1.0", "info": {"title": "GassAPI"}},
    "text/css": "body { margin: 0; }",
    "text/html": "<!doctype html>",
    "text/javascript": '"use strict";',
    "text/plain": "…",
    "text/event-stream": ": …",
    "application/yaml": "openapi: 3.1.0",
    "text/x-shellscript": "curl https://example.com",
}
"""What is shown of answers that are whole files."""


def operation(route: Route, schemas: Schemas, names: dict[Route, str]) -> dict[str, Any]:
    """Return a route's operation; ``names`` are all routes' operation ids."""
    if route.is_rpc:
        return rpc_operation(route, names[route], who_may(route.permission))
    summary, _, rest = inspect.getdoc(route.handler).partition("\n\n")  # type: ignore[union-attr]  # a test sees to it
    found: dict[str, Any] = {
        "operationId": names[route],
        "summary": summary.replace("\n", " ").rstrip("."),
        "description": "\n\n".join(filter(None, [rest, who_may(route.permission)])),
        "tags": [tag(route)],
        "x-permission": route.permission.value,
        "parameters": _parameters(route, schemas),
        "responses": _responses(route, schemas, names),
        "security": _security(route),
    }
    if route.body is not None:
        schema = schemas.of(route.body)
        found["requestBody"] = {
            "required": not route.body_is_optional,
            "content": {
                kind: {"schema": schema, "example": example(schemas, schema)}
                for kind in getattr(route.body, "media_types", (JSON,))
            },
        }
    return found


@cache
def operation_ids() -> dict[Route, str]:
    """Return the routes' operation ids, like ``post_project_collections``."""
    return {route: _operation_id(route) for route in ROUTES}


def _operation_id(route: Route) -> str:
    """Return the method and the path, in which ``things/{thing_id}`` is a ``thing``."""
    path = re.sub(r"s/{\w+_id}", "", route.path)
    place = re.sub(r"[^a-z0-9]+", "_", path.lower()).strip("_")
    method = route.method.lower()
    if route.prefix != PREFIX:
        place = f"root_{place}".rstrip("_")
    return f"{method}_{place}"


def tag(route: Route) -> str:
    """Return the heading a route comes under: what it is about, below a project too."""
    parts = route.path.split("/")
    if parts[1] == "projects" and len(parts) > 3:
        return _TAGS.get(parts[3], "Projects")
    return _TAGS.get(parts[1], "Service")


def who_may(permission: Permission) -> str:
    """Return who has a permission, in words."""
    people = _PEOPLE.get(permission) or next(
        text for role, text in _ROLES.items() if permission in GRANTS[role]
    )
    if permission in FOR_TOKENS or permission not in SCOPES[Scope.WRITE]:
        return people
    scope = "" if permission in SCOPES[Scope.READ] else " with scope `write`"
    return f"{people} An MCP token of the project{scope} works too."


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.path == _REFRESH:
        return [{}, {"refreshToken": []}, {"refreshCookie": []}]
    if route.permission is Permission.PUBLIC:
        return []
    person: list[dict[str, list[str]]] = [{"accessToken": []}, {"accessCookie": []}]
    token: list[dict[str, list[str]]] = [{"mcpToken": []}, {"mcpBearer": []}]
    if route.permission is Permission.VALIDATE_TOKEN:
        return token
    takes_tokens = any(route.permission in allowed for allowed in SCOPES.values())
    return person + token if takes_tokens else person


def _parameters(route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    found = [_path_parameter(name) for name in route.parameters]
    if route.query is not None:
        schema = schemas.resolved(schemas.of(route.query))
        required = schema.get("required", ())
        found += [
            _query_parameter(schemas, name, rule, is_required=name in required)
            for name, rule in schema["properties"].items()
        ]
    if route.has_etag and route.method == "GET":
        text = "An `ETag`: the answer is 304 if it is still current."
        found.append(_header("If-None-Match", '"6"', text))
    if route.produces == ("text/event-stream",):
        text = "The `id` of the last event you have: the stream goes on after it."
        found.append(_header("Last-Event-ID", "7", text))
    if takes_if_match(route):
        text = "The `ETag` that this is meant for: 412 if it is out of date. `*` for any."
        found.append(_header("If-Match", '"7"', text))
    if takes_key(route):
        text = "For 24 hours, the same key with the same body gives the first answer again."
        rules = {"minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"}
        found.append(_header(KEY_HEADER, "order-42", text, **rules))
    return found


def _path_parameter(name: str) -> dict[str, Any]:
    is_id = name.endswith("_id")
    rule = {"format": "uuid"} if is_id else {}
    sample = example_id(name) if is_id else GOOD.get(name, name)
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The id of the {name[:-3]}." if is_id else described(name),
        "schema": {"type": "string", **rule},
        "example": sample,
    }


def _query_parameter(
    schemas: Schemas, name: str, rule: Schema, *, is_required: bool
) -> dict[str, Any]:
    rule = dict(rule)
    for option in rule.pop("anyOf", ()):  # a query has no null: what is left out is None
        rule |= {} if option.get("type") == "null" else option
    if rule.get("default") is None:
        rule.pop("default", None)
    return {
        "name": name,
        "in": "query",
        "required": is_required,
        "description": rule.pop("description", None) or described(name),
        "schema": rule,
        "example": example(schemas, rule, name),
    }


def _header(name: str, sample: str, text: str, **rules: Any) -> dict[str, Any]:
    schema = {"type": "string", **rules}
    return {"name": name, "in": "header", "description": text, "schema": schema, "example": sample}


def _responses(route: Route, schemas: Schemas, names: dict[Route, str]) -> dict[str, Any]:
    headers = list(ALWAYS_SENT)
    if route.is_limited:
        headers += ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    if route.has_etag:
        headers.append("ETag")
    good: dict[str, Any] = {
        "description": "To the documentation." if route.status == 302 else "It worked.",
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"}
            for name in [
                *headers,
                *([REPLAYED] if takes_key(route) else []),
                *(["Cache-Control"] if route.is_secret else []),
                *(["Location"] if route.status == 302 else []),
            ]
        },
    }
    if content := _content(route, schemas):
        good["content"] = content
    if found := links(route, schemas, names):
        good["links"] = found
    responses = {str(status): good for status in (route.status, *route.also)}
    if route.has_etag and route.method == "GET":
        meaning = "It is still what `If-None-Match` names."
        responses["304"] = {"description": meaning, "headers": good["headers"]}
    for status in sorted(refusals(route)):
        responses[str(status)] = {"$ref": f"#/components/responses/Refused{status}"}
    if route.path == "/health":
        media = good["content"][JSON]
        shown = {**media["example"], "success": False, "status": "unhealthy"}
        content = {JSON: {**media, "example": shown}}
        responses["503"] = {**good, "description": "It is unhealthy.", "content": content}
    return responses


def _content(route: Route, schemas: Schemas) -> dict[str, Any]:
    if (answer := answer_type(route)) is not None:
        schema = schemas.of(answer)
        shown = {"success": True} | example(schemas, schema)
        return {JSON: {"schema": schema, "example": shown}}
    if route.status == 302:
        return {}
    kinds = route.produces or ("text/plain",)
    return {
        kind: {
            "schema": {"type": ["object", "array"], "additionalProperties": True, "items": {}}
            if kind == JSON
            else {"type": "string"},
            "example": _BEGINNINGS[kind],
        }
        for kind in kinds
    }
