"""What goes out when a client starts."""

import asyncio

from typing_extensions import TypedDict

from gassapi_backend.database import Row
from gassapi_backend.server.collections.schemas import CollectionView, collection_view, nested
from gassapi_backend.server.environments.schemas import EnvironmentView
from gassapi_backend.server.flows.schemas import FlowSummary
from gassapi_backend.server.projects.schemas import ProjectView

AT_ONCE = 500  # endpoints shown before other requests get their turn


class EndpointSummary(TypedDict):
    """An endpoint, short."""

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


async def context_tree(collections: list[Row], endpoints: list[Row]) -> list[ContextCollection]:
    """Nest a project's collections and put its endpoints into them, in the order of the rows.

    Of thousands of endpoints, some at a time, so that other requests do not wait.
    """
    nodes: dict[str, ContextCollection] = {
        row["id"]: {**collection_view(row), "endpoints": [], "subCollections": []}
        for row in collections
    }
    for number, row in enumerate(endpoints, 1):
        if node := nodes.get(row["collection_id"]):  # else it came while we were reading
            node["endpoints"].append(_summary(row))
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
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
