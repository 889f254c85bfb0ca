"""Tools about a whole project: its contents, a search, its changes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired

import orjson
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.database import Row
from gassapi_backend.models import search_key
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.environments.queries import list_environments
from gassapi_backend.server.feed.reading import read_changes
from gassapi_backend.server.feed.schemas import sight_of
from gassapi_backend.server.mcp import queries
from gassapi_backend.server.mcp.answers import packed, short
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.listing import Section, listed
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional

Item = dict[str, Any]
Cursor = Annotated[str, StringConstraints(max_length=500)]
CURSOR = "nextCursor of the previous answer"

MAX_SHOWN = 300  # characters of each text in a list
MAX_CHANGES = 200


class ContextWanted(Arguments):
    """How to look at a project."""

    cursor: Cursor = optional(description=CURSOR)


class Context(TypedDict):
    """What is in a project, in short."""

    project: Item
    environments: NotRequired[list[Item]]
    collections: NotRequired[list[Item]]
    endpoints: NotRequired[list[Item]]
    flows: NotRequired[list[Item]]
    nextCursor: NotRequired[str]


async def get_project_context(call: Call, wanted: ContextWanted) -> Context:
    """Start here: the project with its environments, collections, endpoints and flows, each with
    its id. Continue with nextCursor while there is one.
    """
    entered = await call.enter(Permission.READ)
    project = entered.project
    sections = _sections(project["id"])
    shown = {
        "id": project["id"],
        "name": project["name"],
        "description": short(project["description"], MAX_SHOWN),
        "revision": project["revision"],
        "collectionCount": project["collection_count"],
        "endpointCount": project["endpoint_count"],
        "yourScope": call.scope.value,
    }
    return {"project": shown, **await listed(sections, wanted.cursor)}  # type: ignore[typeddict-item]  # the sections' names


def _sections(project_id: str) -> Sequence[Section]:
    async def environments(offset: int) -> Sequence[Mapping[str, Any]]:
        return [environment_item(row) for row in (await list_environments(project_id))[offset:]]

    async def collections(offset: int) -> Sequence[Mapping[str, Any]]:
        return [collection_item(row) for row in await queries.list_collections(project_id, offset)]

    async def endpoints(offset: int) -> Sequence[Mapping[str, Any]]:
        return [endpoint_item(row) for row in await queries.list_endpoints(project_id, offset)]

    async def flows(offset: int) -> Sequence[Mapping[str, Any]]:
        return [flow_item(row) for row in await queries.list_flows(project_id, offset)]

    return (
        ("environments", environments),
        ("collections", collections),
        ("endpoints", endpoints),
        ("flows", flows),
    )


def environment_item(row: Mapping[str, Any]) -> Item:
    """Show an environment in a list: the names of its variables, without values."""
    names = [one["key"] for one in orjson.loads(row["variables"])]
    item = {
        "id": row["id"],
        "name": row["name"],
        "isDefault": row["default_of"] is not None,
        "variables": names[:50],
    }
    return item if len(names) <= 50 else {**item, "variableCount": len(names)}


def collection_item(row: Row) -> Item:
    """Show a collection in a list."""
    item = {"id": row["id"], "name": row["name"], "endpointCount": row["endpoint_count"]}
    return {**item, "parentId": row["parent_id"]} if row["parent_id"] else item


def endpoint_item(row: Row) -> Item:
    """Show an endpoint in a list."""
    item = {
        "id": row["id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "method": row["method"],
        "url": short(row["url"], MAX_SHOWN),
    }
    return {**item, "purpose": short(row["purpose"], MAX_SHOWN)} if row["purpose"] else item


def flow_item(row: Row) -> Item:
    """Show a flow in a list."""
    return {"id": row["id"], "name": row["name"], "isActive": bool(row["is_active"])}


class Search(Arguments):
    """What to look for."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(
        description="Part of a name, of a URL or of a variable's name, in any case"
    )
    kind: Literal["collection", "endpoint", "environment", "flow"] = optional(
        description="Only this kind"
    )
    cursor: Cursor = optional(description=CURSOR)


class Found(TypedDict):
    """What was found."""

    collections: NotRequired[list[Item]]
    endpoints: NotRequired[list[Item]]
    environments: NotRequired[list[Item]]
    flows: NotRequired[list[Item]]
    nextCursor: NotRequired[str]


async def search_project(call: Call, wanted: Search) -> Found:
    """Find collections, endpoints (also by URL), environments (also by the name of a variable) and
    flows, with their ids.
    """
    entered = await call.enter(Permission.READ)
    sections = _matching(entered.project["id"], wanted.text)
    chosen = [
        section for section in sections if wanted.kind in (None, section[0].removesuffix("s"))
    ]
    return await listed(chosen, wanted.cursor)  # type: ignore[return-value]  # the sections' names


def _matching(project_id: str, text: str) -> Sequence[Section]:
    async def collections(offset: int) -> Sequence[Mapping[str, Any]]:
        found = await queries.search_collections(project_id, text, offset)
        return [{"id": row["id"], "name": row["name"]} for row in found]

    async def endpoints(offset: int) -> Sequence[Mapping[str, Any]]:
        found = await queries.list_endpoints(project_id, offset, search=text)
        return [endpoint_item(row) for row in found]

    async def environments(offset: int) -> Sequence[Mapping[str, Any]]:
        found = [
            environment_item(row)
            for row in await list_environments(project_id)
            if any(search_key(text) in search_key(name) for name in _names(row))
        ]
        return found[offset:]

    async def flows(offset: int) -> Sequence[Mapping[str, Any]]:
        found = await queries.search_flows(project_id, text, offset)
        return [{"id": row["id"], "name": row["name"]} for row in found]

    return (
        ("collections", collections),
        ("endpoints", endpoints),
        ("environments", environments),
        ("flows", flows),
    )


def _names(environment: Mapping[str, Any]) -> list[str]:
    keys = [one["key"] for one in orjson.loads(environment["variables"])]
    return [environment["name"], *keys]


class ChangesWanted(Arguments):
    """From which revision to list changes."""

    since_revision: int = Field(ge=0, description="The project's revision that you know, 0 for all")
    limit: int = optional(ge=1, le=MAX_CHANGES, description=f"At most {MAX_CHANGES}, default 50")


class ChangesFound(TypedDict):
    """Changes in order; ``revision`` is what to ask for next."""

    changes: list[Item]
    revision: int
    hasMore: bool


async def list_changes(call: Call, wanted: ChangesWanted) -> ChangesFound:
    """What changed in the project after a revision, in order: what, by whom, when. Ask again with
    the revision of the answer while hasMore is true.
    """
    entered = await call.enter(Permission.READ)
    project = entered.project
    found = await read_changes(
        project["id"],
        wanted.since_revision,
        current=project["revision"],
        limit=wanted.limit or 50,
        sight=sight_of(entered.role, call.actor.caller),
        keep_days=call.settings.changes_keep_days,
    )
    shown, is_cut = packed([_change_item(change) for change in found.changes])
    revision = shown[-1]["revision"] if is_cut else found.revision
    return {"changes": shown, "revision": revision, "hasMore": is_cut or found.has_more}


def _change_item(change: Mapping[str, Any]) -> Item:
    """Show a change without the resource, which its own tool shows."""
    actor = change["actor"] or {}
    item = {name: change[name] for name in ("revision", "at", "action", "resourceType", "name")}
    item |= {"id": change["resourceId"], "by": actor.get("name"), "byType": actor.get("type")}
    return {**item, "deleted": True} if change["deleted"] else item
