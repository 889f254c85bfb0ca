"""A whole project in one answer: what a client needs to start."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import orjson
from typing_extensions import TypedDict

from gassapi_backend.database import Row, rows
from gassapi_backend.server.collections.schemas import CollectionView
from gassapi_backend.server.collections.trees import tree_pieces
from gassapi_backend.server.environments.queries import environments_in_parts
from gassapi_backend.server.environments.schemas import EnvironmentView
from gassapi_backend.server.flows.queries import SUMMARY
from gassapi_backend.server.flows.schemas import FlowSummary, flow_summary
from gassapi_backend.server.items.outlines import array_pieces, in_parts, marks, outlines
from gassapi_backend.server.projects.schemas import ProjectView, project_view

PAGE = 200  # endpoints at a time

_COLUMNS = "id, collection_id, position, name, method, url, description, purpose, revision"


class EndpointSummary(TypedDict):
    """An endpoint, in short."""

    id: str
    name: str
    method: str
    url: str
    description: str | None
    purpose: str | None
    revision: int


class ContextCollection(CollectionView):
    """A collection with its endpoints and the collections below it."""

    endpoints: list[EndpointSummary]
    subCollections: "list[ContextCollection]"


class ContextAnswer(TypedDict):
    """A project, its environments, its collections with their endpoints, and its flows."""

    project: ProjectView
    environments: list[EnvironmentView]
    collections: list[ContextCollection]
    flows: list[FlowSummary]


async def endpoints_in(collections: Sequence[Row]) -> Callable[[str], AsyncIterator[bytes]]:
    """Read what is in some collections, in short; one alone may have any number of endpoints."""
    if len(collections) == 1:
        return _pages
    ids = [one["id"] for one in collections]
    found = await rows(
        f"SELECT {_COLUMNS} FROM endpoints WHERE collection_id IN ({marks(ids)}) "  # noqa: S608 - constants and question marks
        "ORDER BY collection_id, position, id",
        *ids,
    )
    written = defaultdict[str, list[Row]](list)
    for row in found:
        written[row["collection_id"]].append(row)

    async def within(collection_id: str) -> AsyncIterator[bytes]:
        yield _written(written[collection_id])

    return within


async def _pages(collection_id: str) -> AsyncIterator[bytes]:
    start, position, last = b"", -1, ""
    while True:
        found = await rows(
            f"SELECT {_COLUMNS} FROM endpoints WHERE collection_id = ? AND position >= ? "  # noqa: S608 - constants only
            f"AND (position > ? OR id > ?) ORDER BY position, id LIMIT {PAGE}",
            collection_id,
            position,
            position,
            last,
        )
        if found:
            yield start + _written(found)
        if len(found) < PAGE:
            return
        start, position, last = b",", found[-1]["position"], found[-1]["id"]


def _written(found: list[Row]) -> bytes:
    return orjson.dumps([_summary(row) for row in found])[1:-1]


def _summary(row: Row) -> EndpointSummary:
    return {
        "id": row["id"],
        "name": row["name"],
        "method": row["method"],
        "url": row["url"],
        "description": row["description"],
        "purpose": row["purpose"],
        "revision": row["revision"],
    }


async def flow_parts(project_id: str) -> AsyncIterator[list[FlowSummary]]:
    """Yield all of a project's flows, without their data, by name, some at a time."""
    found = await outlines("flows", "name_key", project_id, "name_key, id")
    async for some in in_parts(found, SUMMARY, "flows"):
        yield [flow_summary(row) for row in some]


async def whole_project(user_id: str | None, project: Row) -> dict[str, Any]:
    """Return a project with what is in it (``ContextAnswer``), as it is read."""
    project_id = project["id"]
    environments = await environments_in_parts(project)
    return {
        "project": project_view(project, user_id),
        "environments": environments["environments"],
        "collections": tree_pieces(project_id, endpoints_in),
        "flows": array_pieces(flow_parts(project_id)),
    }
