"""Completion: the handles of things whose name contains what was typed."""

from collections.abc import Iterable, Mapping
from typing import Any

from gassapi_backend.models import search_key
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.environments.queries import list_environments
from gassapi_backend.server.mcp import queries
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.handles import ID_LENGTH, handle_of

MAX_VALUES = 100  # the protocol's limit


async def complete(call: Call, argument: str, typed: str) -> dict[str, Any]:
    """Return handles for an argument that names a thing of some kind; none for other arguments.

    What was typed may be part of a name, or of a handle that was chosen before.
    """
    await call.enter(Permission.READ)
    handles = [handle_of(row["name"], row["id"]) for row in await _found(call, argument, typed)]
    shown = handles[:MAX_VALUES]
    return {"completion": {"values": shown, "hasMore": len(handles) > len(shown)}}


async def _found(call: Call, kind: str, typed: str) -> Iterable[Mapping[str, Any]]:
    text = _searched(typed)
    if kind == "collection":
        return await queries.search_collections(call.project_id, text, 0)
    if kind == "endpoint":
        return await queries.list_endpoints(call.project_id, 0, search=text)
    if kind == "flow":
        return await queries.search_flows(call.project_id, text, 0)
    if kind == "environment":
        rows = await list_environments(call.project_id)
        return [row for row in rows if search_key(text) in search_key(row["name"])]
    return []


def _searched(typed: str) -> str:
    """Return the words in what was typed: a handle has hyphens where the name has spaces."""
    if len(typed) > ID_LENGTH and typed[-ID_LENGTH - 1] == ".":
        typed = typed[: -ID_LENGTH - 1].replace("-", " ")
    return typed[:255]
