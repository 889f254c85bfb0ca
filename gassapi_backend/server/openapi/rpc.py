"""What the document says about the route that speaks JSON-RPC, and of its tools."""

import inspect
from typing import Any

from gassapi_backend.server.mcp.eras import HEADER, VERSIONS
from gassapi_backend.server.mcp.tools import TOOLS
from gassapi_backend.server.openapi.refusals import ALWAYS_SENT, refusals
from gassapi_backend.server.routing import Route
from gassapi_backend.server.web.reading import JSON

_MESSAGE = {
    "type": "object",
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["string", "integer"]},
        "method": {"type": "string"},
        "params": {"type": ["object", "null"]},
    },
    "required": ["jsonrpc", "method"],
}
_RESULT = {
    "type": "object",
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["string", "integer"]},
        "result": {"type": "object", "additionalProperties": True},
    },
    "required": ["jsonrpc", "id", "result"],
    "additionalProperties": False,
}
_ERROR = {
    "type": "object",
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["string", "integer", "null"]},
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "data": {},
            },
            "required": ["code", "message"],
            "additionalProperties": False,
        },
    },
    "required": ["jsonrpc", "id", "error"],
    "additionalProperties": False,
}
_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_OWN = {400, 404}
"""Statuses with which errors of the protocol come."""


def rpc_operation(route: Route, name: str, who: str) -> dict[str, Any]:
    """Return the operation of a route that speaks JSON-RPC; ``who`` says who may call it."""
    summary, _, rest = inspect.getdoc(route.handler).partition("\n\n")  # type: ignore[union-attr]  # a test sees to it
    responses = {
        "200": _response("The answer.", {"oneOf": [_RESULT, _ERROR]}, _answer()),
        "202": {"description": "A notification is taken and dropped.", "headers": _headers()},
        "400": _response(
            "The message breaks a rule of the protocol.",
            {"oneOf": [_ERROR, {"$ref": "#/components/schemas/Error"}]},
            _error(-32600, "The message must name its method."),
        ),
        "404": _response("There is no such method.", _ERROR, _error(-32601, "Method not found")),
    }
    for status in sorted(refusals(route) - _OWN):
        responses[str(status)] = {"$ref": f"#/components/responses/Refused{status}"}
    return {
        "operationId": name,
        "summary": summary.replace("\n", " ").rstrip("."),
        "description": "\n\n".join([rest, who, _tools()]),
        "tags": ["MCP"],
        "x-permission": route.permission.value,
        "parameters": [_version()],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _MESSAGE, "example": _call()}},
        },
        "responses": responses,
        "security": [{"mcpToken": []}, {"mcpBearer": []}],
    }


def _tools() -> str:
    lines = [
        f"- `{tool.name}`{'' if tool.is_read else ' (scope `write`)'}: {tool.description}"
        for tool in TOOLS
    ]
    return "\n".join(["The tools:", "", *lines])


def _version() -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "description": "The version of the protocol. Clients of older versions leave it out.",
        "schema": {"type": "string", "enum": list(VERSIONS)},
        "example": VERSIONS[1],
    }


def _response(text: str, schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    content = {JSON: {"schema": schema, "example": example}}
    return {"description": text, "headers": _headers(), "content": content}


def _headers() -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*ALWAYS_SENT, *_LIMITS)}


def _call() -> dict[str, Any]:
    params = {"name": "get_project_context", "arguments": {}}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def _answer() -> dict[str, Any]:
    content = [{"type": "text", "text": '{"project": {"name": "Shop"}}'}]
    return {"jsonrpc": "2.0", "id": 1, "result": {"content": content, "isError": False}}


def _error(code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}
