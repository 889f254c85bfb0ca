"""Calling a tool: its arguments read, its answer as text and as data, its refusals in words."""

from collections.abc import Mapping
from typing import Any

import orjson

from gassapi_backend.server.errors import Failure, Unauthenticated
from gassapi_backend.server.mcp.answers import marked_json
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.failures import said_of
from gassapi_backend.server.mcp.tool import Tool
from gassapi_backend.server.web.bodies import validated
from gassapi_backend.server.web.unexpected import unexpected

Result = dict[str, Any]


async def run_tool(call: Call, tool: Tool, arguments: Mapping[str, Any] | None) -> Result:
    """Return what calling a tool gives: a result, or an error that says what to do next.

    The result's structured content is JSON that is written already. Raises ``Unauthenticated``
    where the token has ended meanwhile.
    """
    try:
        call.require(tool.permission)
        read = validated(tool.arguments, _without_nulls(arguments or {}))
        answer = orjson.dumps(await tool.run(call, read))
    except Unauthenticated:
        raise
    except Failure as failure:
        return _error(said_of(failure, tool))
    except Exception as error:
        told = unexpected(error, call.request)
        request_id = f" Request id: {call.actor.request_id}" if told.status == 500 else ""
        return _error(said_of(told, tool) + request_id)
    content = [{"type": "text", "text": marked_json(answer.decode())}]
    return {"content": content, "structuredContent": orjson.Fragment(answer), "isError": False}


def _error(text: str) -> Result:
    return {"content": [{"type": "text", "text": text}], "isError": True}


def _without_nulls(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is null: some clients send it for everything that was not given."""
    return {name: value for name, value in arguments.items() if value is not None}
