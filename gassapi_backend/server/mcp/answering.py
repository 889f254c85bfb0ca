"""What the kernel calls for each method; results are in the form that is sent."""

from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CallToolRequestParams,
    CompleteRequestParams,
    GetPromptRequestParams,
    PaginatedRequestParams,
    ReadResourceRequestParams,
)

from gassapi_backend.server.errors import Failure, NotFound, Unauthenticated
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.completion import complete
from gassapi_backend.server.mcp.eras import MODERN, has_titles
from gassapi_backend.server.mcp.failures import unknown_name
from gassapi_backend.server.mcp.messages import INTERNAL_ERROR, INVALID_PARAMS
from gassapi_backend.server.mcp.prompts import PROMPTS, PROMPTS_BY_NAME, get_prompt
from gassapi_backend.server.mcp.resources import list_resources, list_templates, read_resource
from gassapi_backend.server.mcp.running import run_tool
from gassapi_backend.server.mcp.tools import BY_NAME, tools_of
from gassapi_backend.server.web.reading import printable
from gassapi_backend.server.web.unexpected import unexpected

Context = ServerRequestContext[Any, Call]
Result = dict[str, Any]
T = TypeVar("T")

COMPLETE = {"resultType": "complete"}  # what the kernel leaves out for older versions
OLD_NOT_FOUND = -32002  # of a resource, before 2026-07-28


class Missing(MCPError):
    """There is no such thing."""


async def list_tools(context: Context, params: PaginatedRequestParams | None) -> Result:
    """Return the tools that the caller may call."""
    _one_page(params)
    titles = has_titles(context.protocol_version)
    tools = [tool.described(with_titles=titles) for tool in tools_of(_call(context).scope)]
    return {"tools": tools, **COMPLETE}


async def call_tool(context: Context, params: CallToolRequestParams) -> Result:
    """Return a tool's result, with the parts that are JSON already kept separate."""
    call = _call(context)
    result = await tool_result(call, params.name, params.arguments, context.protocol_version)
    if not result["isError"]:
        call.written.update(result)
        result = {"content": [], "isError": False}
    return {**result, **COMPLETE}


async def tool_result(
    call: Call, name: str, arguments: Mapping[str, Any] | None, version: str
) -> Result:
    """Return the part of a tool's result that differs between calls.

    Raises ``MCPError`` for an unknown tool.
    """
    tool = BY_NAME.get(name)
    if tool is None:
        known = [tool.name for tool in tools_of(call.scope)]
        raise MCPError(INVALID_PARAMS, unknown_name("tool", name, known))
    result = await run_tool(call, tool, arguments)
    if "structuredContent" in result and not has_titles(version):
        del result["structuredContent"]
    return result


async def list_resources_page(context: Context, params: PaginatedRequestParams | None) -> Result:
    """Return a page of the resources that can be attached."""
    call, cursor = _call(context), params.cursor if params else None
    return {**await _told(call, list_resources(call, cursor)), **COMPLETE}


async def list_resource_templates(_: Context, params: PaginatedRequestParams | None) -> Result:
    """Return the templates of resources, which are attached by choosing one."""
    _one_page(params)
    return {**list_templates(), **COMPLETE}


async def read_resource_at(context: Context, params: ReadResourceRequestParams) -> Result:
    """Return the resource at an address."""
    call, uri = _call(context), str(params.uri)
    try:
        return {**await _told(call, read_resource(call, uri)), **COMPLETE}
    except Missing as error:
        code = INVALID_PARAMS if context.protocol_version == MODERN else OLD_NOT_FOUND
        raise MCPError(code, error.error.message, {"uri": printable(uri, 500)}) from None


async def list_prompts(_: Context, params: PaginatedRequestParams | None) -> Result:
    """Return the prompts."""
    _one_page(params)
    return {"prompts": [prompt.described() for prompt in PROMPTS], **COMPLETE}


async def get_prompt_named(context: Context, params: GetPromptRequestParams) -> Result:
    """Return a prompt with its subject filled in."""
    call, prompt = _call(context), PROMPTS_BY_NAME.get(params.name)
    if prompt is None:
        text = unknown_name("prompt", params.name, list(PROMPTS_BY_NAME))
        raise MCPError(INVALID_PARAMS, text)
    return {**await _told(call, get_prompt(call, prompt, params.arguments or {})), **COMPLETE}


async def complete_argument(context: Context, params: CompleteRequestParams) -> Result:
    """Return completions for an argument of a prompt or an address."""
    call = _call(context)
    found = complete(call, params.argument.name, params.argument.value)
    return {**await _told(call, found), **COMPLETE}


def _call(context: Context) -> Call:
    if context.request is None:
        raise RuntimeError("A message comes with its request.")
    return context.request


def _one_page(params: PaginatedRequestParams | None) -> None:
    if params is not None and params.cursor is not None:
        raise MCPError(INVALID_PARAMS, "There is one page: leave the cursor out.")


async def _told(call: Call, work: Awaitable[T]) -> T:
    """Return the result of some work; raise its refusals as protocol errors, in words."""
    try:
        return await work
    except Unauthenticated:
        raise
    except NotFound as failure:
        raise Missing(INVALID_PARAMS, failure.message) from None
    except Failure as failure:
        raise _error(failure) from None
    except Exception as error:
        raise _error(unexpected(error, call.request)) from None


def _error(failure: Failure) -> MCPError:
    code = INVALID_PARAMS if failure.status < 500 else INTERNAL_ERROR
    details = failure.details if isinstance(failure.details, list) else ()
    reasons = [f"{one['field']}: {one['reason']}" for one in details]
    return MCPError(code, " ".join([failure.message, *reasons]))
