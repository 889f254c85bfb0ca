"""Calling a tool: reading its arguments, returning its answer or explaining its refusal."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from aiohttp import web

from gassapi_backend.fair_share import Fairly
from gassapi_backend.server.errors import Code, Failure, Invalid, Unauthenticated
from gassapi_backend.server.mcp.answers import marked_json
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.failures import said_of
from gassapi_backend.server.mcp.tool import Arguments, Tool
from gassapi_backend.server.web.answers import JsonResponse
from gassapi_backend.server.web.bodies import validated
from gassapi_backend.server.web.idempotency import carry_out_once, tool_ticket
from gassapi_backend.server.web.unexpected import unexpected

Result = dict[str, Any]


async def run_tool(call: Call, tool: Tool, arguments: Mapping[str, Any] | None) -> Result:
    """Return the outcome of calling a tool: a result, or an error that says what to do next.

    The result's structured content is JSON already. Raises ``Unauthenticated`` if the token has
    ended in the meantime.
    """
    try:
        call.require(tool.permission)
        read = validated(tool.arguments, _given(arguments or {}, tool))
        answer = await _run(call, tool, read)
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


def _given(arguments: Mapping[str, Any], tool: Tool) -> dict[str, Any]:
    """Leave out what is null: some clients send null for every argument that was not given.

    Raises ``Invalid`` for a null that could be meant to empty something.
    """
    nulls = [name for name, value in arguments.items() if value is None]
    if nulls and "clear" in tool.arguments.model_fields:
        reason = "null is ambiguous. Leave it out to keep it, or name it in clear to empty it."
        raise Invalid.field(nulls[0], reason)
    return {name: value for name, value in arguments.items() if value is not None}


async def _run(call: Call, tool: Tool, arguments: Arguments) -> bytes:
    """Return the tool's answer as JSON; for a repeated write with a key, the first answer."""
    key = getattr(arguments, "idempotency_key", None)
    if key is None:
        work = _written(call, tool, arguments)
        return await (Fairly(work) if tool.is_large else work)
    asked = f"{tool.name}\0{arguments.model_dump_json(exclude_unset=True)}"
    ticket = tool_ticket(call.request, key, asked.encode())
    response = await carry_out_once(call.request, ticket, partial(_response, call, tool, arguments))
    body = response.body if isinstance(response, web.Response) else b""
    answer = bytes(body) if isinstance(body, (bytes, bytearray)) else b""
    if response.status >= 400:
        raise _refusal(response.status, orjson.loads(answer)["error"])
    return answer


async def _written(call: Call, tool: Tool, arguments: Arguments) -> bytes:
    return orjson.dumps(await tool.run(call, arguments))


async def _response(call: Call, tool: Tool, arguments: Arguments) -> web.StreamResponse:
    return JsonResponse(await _written(call, tool, arguments))


def _refusal(status: int, error: Mapping[str, Any]) -> Failure:
    failure = Failure(error["message"], code=Code(error["code"]), details=error.get("details"))
    failure.status = status
    return failure
