"""Resources: what a client attaches to a conversation, as Markdown or JSON."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

import orjson

from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.errors import NotFound
from gassapi_backend.server.mcp import markdown, queries
from gassapi_backend.server.mcp.answers import marked_text
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.collection_tools import CollectionWanted, get_collection
from gassapi_backend.server.mcp.endpoint_tools import EndpointWanted, get_endpoint
from gassapi_backend.server.mcp.environment_tools import EnvironmentWanted, get_environment
from gassapi_backend.server.mcp.flow_tools import FlowWanted, get_flow
from gassapi_backend.server.mcp.handles import handle_of, id_of
from gassapi_backend.server.mcp.listing import listed
from gassapi_backend.server.mcp.project_tools import ContextWanted, get_project_context

SCHEME = "gassapi://"
MARKDOWN, JSON = "text/markdown", "application/json"
KINDS = ("collection", "endpoint", "environment", "flow")
LISTED = 15_000  # bytes of a page of the list

View = Mapping[str, Any]


async def list_resources(call: Call, cursor: str | None) -> dict[str, Any]:
    """Return a page of resources with a fixed address: the project and its collections."""

    async def resources(offset: int) -> list[dict[str, Any]]:
        rows = await queries.list_collections(call.project_id, max(offset - len(_PROJECT), 0))
        return [*_PROJECT[offset:], *(_collection(row) for row in rows)]

    await call.enter(Permission.READ)
    return await listed([("resources", resources)], cursor, LISTED)


_PROJECT = [
    {
        "uri": f"{SCHEME}project",
        "name": "project",
        "title": "The project",
        "description": "What is in the project, in short.",
        "mimeType": MARKDOWN,
    },
    {
        "uri": f"{SCHEME}project.json",
        "name": "project.json",
        "title": "The project (JSON)",
        "description": "The same as data.",
        "mimeType": JSON,
    },
]


def _collection(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uri": f"{SCHEME}collections/{handle_of(row['name'], row['id'])}",
        "name": row["name"],
        "title": f"Collection {row['name']}",
        "mimeType": MARKDOWN,
    }


def list_templates() -> dict[str, Any]:
    """Return the templates of resources: one of a kind is chosen, with completion."""
    return {
        "resourceTemplates": [
            {
                "uriTemplate": f"{SCHEME}{kind}s/{{{kind}}}{ending}",
                "name": f"{kind}{ending}",
                "title": f"{'An' if kind[0] in 'ae' else 'A'} {kind}{note}",
                "mimeType": type_,
            }
            for kind in KINDS
            for ending, note, type_ in (("", "", MARKDOWN), (".json", " (JSON)", JSON))
        ]
    }


async def read_resource(call: Call, uri: str) -> dict[str, Any]:
    """Return the resource at an address; in Markdown, people's text is marked as data.

    Raises ``NotFound``, and what the tools raise.
    """
    rest = unquote(uri.removeprefix(SCHEME))
    is_json = rest.endswith(".json")
    place, _, handle = rest.removesuffix(".json").partition("/")
    read = _READERS.get(place)
    if read is None or not uri.startswith(SCHEME) or (place == "project") == bool(handle):
        raise NotFound("There is no such resource.")
    view, text = await read(call, id_of(handle))
    content = orjson.dumps(view).decode() if is_json else marked_text(text)
    kind = JSON if is_json else MARKDOWN
    return {"contents": [{"uri": uri, "mimeType": kind, "text": content}]}


async def _project(call: Call, _: str) -> tuple[View, str]:
    found = await get_project_context(call, ContextWanted())
    return found, markdown.project_text(found)


async def _collection_at(call: Call, id_: str) -> tuple[View, str]:
    found = await get_collection(call, CollectionWanted(collection_id=id_))
    return found, markdown.collection_text(found)


async def _endpoint(call: Call, id_: str) -> tuple[View, str]:
    found = await get_endpoint(call, EndpointWanted(endpoint_id=id_))
    return found, markdown.endpoint_text(found["endpoint"])


async def _environment(call: Call, id_: str) -> tuple[View, str]:
    found = await get_environment(call, EnvironmentWanted(environment_id=id_))
    return found, markdown.environment_text(found["environment"])


async def _flow(call: Call, id_: str) -> tuple[View, str]:
    found = await get_flow(call, FlowWanted(flow_id=id_))
    return found, markdown.flow_text(found["flow"])


_READERS: dict[str, Callable[[Call, str], Awaitable[tuple[View, str]]]] = {
    "project": _project,
    "collections": _collection_at,
    "endpoints": _endpoint,
    "environments": _environment,
    "flows": _flow,
}
