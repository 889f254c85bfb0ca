"""A whole project in one answer: what a client needs to start."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import cast

import orjson
from typing_extensions import TypedDict

from gassapi_backend.database import Row, pieces, rows
from gassapi_backend.models.rows import CollectionRow, FlowSummaryRow
from gassapi_backend.server.collections.schemas import CollectionView, collection_view, nested
from gassapi_backend.server.environments.schemas import EnvironmentView
from gassapi_backend.server.flows.schemas import FlowSummary
from gassapi_backend.server.projects.schemas import ProjectView


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


async def context_tree(
    collections: list[CollectionRow], endpoints: AsyncIterator[list[Row]]
) -> list[ContextCollection]:
    """Nest a project's collections and put its endpoints into them, in the order of the rows.

    Endpoints are written as JSON as they come: thousands of objects at once would be slow to keep.
    """
    written: defaultdict[str, list[bytes]] = defaultdict(list)
    async for some in endpoints:
        for row in some:
            written[row["collection_id"]].append(orjson.dumps(_summary(row)))
    nodes: dict[str, ContextCollection] = {
        row["id"]: {
            **collection_view(row),
            "endpoints": orjson.Fragment(b"[" + b",".join(written[row["id"]]) + b"]"),  # type: ignore[typeddict-item]  # JSON
            "subCollections": [],
        }
        for row in collections
    }
    return nested(nodes, lambda node: node["subCollections"])


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


def endpoint_summaries(project_id: str) -> AsyncIterator[list[Row]]:
    """Yield all of a project's endpoints, short, by position, then by age, some at a time."""
    return pieces(
        """
        SELECT id, collection_id, name, method, url, description, purpose, revision
        FROM endpoints WHERE project_id = ? ORDER BY position, id
        """,
        project_id,
    )


async def list_flow_summaries(project_id: str) -> list[FlowSummaryRow]:
    """Return all of a project's flows, without their data, by name."""
    found = await rows(
        """
        SELECT id, project_id, collection_id, name, description, is_active, revision, created_at,
               updated_at
        FROM flows WHERE project_id = ? ORDER BY name_key, id
        """,
        project_id,
    )
    return cast("list[FlowSummaryRow]", found)
