"""MCP over HTTP: one message in, one answer out, no sessions."""

import asyncio
from functools import partial
from typing import Any

import orjson
from aiohttp import web

from gassapi_backend.server.errors import Invalid, UnsupportedMediaType
from gassapi_backend.server.importing.sending import importing_of
from gassapi_backend.server.mcp.addresses import check_addresses
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.clients import client_of
from gassapi_backend.server.mcp.eras import HEADER, MODERN, UNSAID, VERSIONS, is_modern
from gassapi_backend.server.mcp.loading import MCP
from gassapi_backend.server.mcp.messages import (
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
    Message,
    ProtocolError,
    read_message,
    reply_error,
    reply_result,
)
from gassapi_backend.server.web.answer_cache import ANSWERS
from gassapi_backend.server.web.reading import JSON, parsed, printable, read_bytes
from gassapi_backend.server.web.state import ACTOR, CLIENT, HANDLING


async def answer(request: web.Request) -> web.Response:
    """Take a message of an MCP client: JSON-RPC over streamable HTTP, without sessions.

    Speaks the protocol's versions 2026-07-28, 2025-11-25, 2025-06-18 and 2025-03-26. Notifications
    are accepted and ignored. The token decides which project is used, and whether `tools/list`
    includes tools that write.
    """
    check_addresses(request)
    try:
        message = read_message(await _body(request))
        version = _version(request, message)
        if message is None:
            return web.Response(status=202)
        if client := client_of(message):
            request[CLIENT] = client
        return await _answered(request, message, version)
    except ProtocolError as error:
        return reply_error(error)


async def _body(request: web.Request) -> Any:
    if request.content_type != JSON:
        raise UnsupportedMediaType(f"Send the message as {JSON}.")
    try:
        return await parsed(await read_bytes(request))
    except Invalid as problem:
        reasons = [f"{one['field']}: {one['reason']}" for one in problem.details or ()]
        raise ProtocolError(PARSE_ERROR, " ".join([problem.message, *reasons])) from None


def _version(request: web.Request, message: Message | None) -> str:
    """Return the protocol version of a message; the latest if it is still to be negotiated."""
    said = request.headers.get(HEADER)
    if message is not None and is_modern(said, message.raw):
        return MODERN
    if said is not None and said not in VERSIONS:
        raise ProtocolError(
            UNSUPPORTED_VERSION,
            f"Unsupported protocol version. This server speaks {', '.join(VERSIONS)}.",
            data={"supported": list(VERSIONS), "requested": printable(said, 100)},
            id_=message.id if message else None,
        )
    return said or UNSAID


async def _answered(request: web.Request, message: Message, version: str) -> web.Response:
    loading, call = request.app[MCP], _call(request)
    key = (call.scope.value, version)
    is_plain_list = message.method == "tools/list" and not (message.params or {}).keys() - {"_meta"}
    kernel = await loading.kernel()
    if is_plain_list and key in loading.lists:
        kernel.check(message, version, call)
        return reply_result(message.id, orjson.Fragment(loading.lists[key]))
    result = await kernel.answer(message, version, call)
    if is_plain_list:
        loading.lists[key] = orjson.dumps(result)
    return reply_result(message.id, result)


def _call(request: web.Request) -> Call:
    actor = request[ACTOR]
    caller = actor.caller
    if caller.project_id is None or caller.scope is None:
        raise RuntimeError("Only tokens are accepted here.")
    return Call(
        actor,
        caller.project_id,
        caller.scope,
        importing_of(request),
        request.app[ANSWERS],
        partial(_extend, request),
        request,
    )


def _extend(request: web.Request, seconds: float) -> None:
    request[HANDLING].deadline.reschedule(asyncio.get_running_loop().time() + seconds)
