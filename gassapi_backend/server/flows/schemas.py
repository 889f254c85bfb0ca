"""What goes in and out about flows."""

from typing import Annotated, Any

import orjson
from pydantic import (
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.models.rows import FlowRow, FlowSummaryRow
from gassapi_backend.server.flows.described import EDGES, FLOW_DATA, NODES
from gassapi_backend.server.flows.inputs import FlowInput
from gassapi_backend.server.flows.shapes import Shape
from gassapi_backend.server.items import ItemName
from gassapi_backend.server.web.bodies import Body, Id, Page, Pagination, Query, optional
from gassapi_backend.server.web.etags import Resource, as_loaded


def _as_written(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Return inputs as they were sent, once each of them passed its schema."""
    seen: set[str] = set()
    for item in validate(value):
        if item.name in seen:
            raise ValueError(f'The name "{item.name}" is given more than once.')
        seen.add(item.name)
    return value


Description = Annotated[str, StringConstraints(max_length=10_000)]
FlowData = Annotated[
    dict[str, Any],
    Field(
        description="`{version, steps, config}`, or `{nodes, edges}` as React Flow has them; "
        "at most 500 KB. A step: `id, name, method, url, headers, body, outputs`, and more."
    ),
    WithJsonSchema(FLOW_DATA),
]
FlowInputs = Annotated[
    list[FlowInput],
    Field(max_length=100, description="At most 50 KB."),
    WrapValidator(_as_written),
]
Nodes = Annotated[list[dict[str, Any]], WithJsonSchema(NODES)]
Edges = Annotated[list[dict[str, Any]], WithJsonSchema(EDGES)]


class NewFlow(Body):
    """A flow to create."""

    name: ItemName
    description: Description | None = None
    collection_id: Id | None = None
    flow_data: FlowData
    flow_inputs: FlowInputs | None = None
    is_active: bool = True


class FlowChanges(Body):
    """What may change about a flow."""

    name: ItemName = optional()
    description: Description | None = optional()
    collection_id: Id | None = optional()
    flow_data: FlowData = optional()
    flow_inputs: FlowInputs | None = optional()
    is_active: bool = optional()


class DrawingChanges(Body):
    """What may change about a flow's drawing."""

    nodes: Nodes = optional(description="As React Flow has them.")
    edges: Edges = optional(description="As React Flow has them.")
    viewport: dict[str, Any] | None = optional()


class Copy(Body):
    """What a flow's copy is called."""

    name: ItemName | None = Field(default=None, description="Default: the name and “copy”.")


class Toggle(Body):
    """Whether a flow is to be active; switched over if left out."""

    is_active: bool | None = None


class FlowSearch(Page):
    """Which flows of a project to list."""

    search: Annotated[str, StringConstraints(max_length=255)] | None = None
    is_active: bool | None = None
    collection_id: Id | None = None


class ShownAs(Query):
    """The shape in which to show ``flowData``."""

    shape: Shape | None = Field(
        default=None, description="Steps, or nodes and edges (`ui`). Default: as written."
    )


class FlowSummary(TypedDict):
    """A flow as lists show it."""

    id: str
    projectId: str
    collectionId: str | None
    name: str
    description: str | None
    isActive: bool
    revision: int
    createdAt: str
    updatedAt: str


class FlowView(FlowSummary):
    """A flow as it was written."""

    flowData: dict[str, Any]
    flowInputs: list[dict[str, Any]]


class DrawingView(FlowSummary):
    """A flow as a drawing."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    viewport: dict[str, Any] | None
    flowInputs: list[dict[str, Any]]


class FlowAnswer(TypedDict):
    """One flow."""

    flow: FlowView


class DrawingAnswer(TypedDict):
    """One flow as a drawing."""

    flow: DrawingView


class FlowsAnswer(TypedDict):
    """A page of flows."""

    flows: list[FlowSummary]
    pagination: Pagination


def flow_summary(row: FlowSummaryRow) -> FlowSummary:
    """Show a flow in a list."""
    return {
        "id": row["id"],
        "projectId": row["project_id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "description": row["description"],
        "isActive": bool(row["is_active"]),
        "revision": row["revision"],
        "createdAt": rfc3339(row["created_at"]),
        "updatedAt": rfc3339(row["updated_at"]),
    }


def flow_view(row: FlowRow, shown: dict[str, Any] | None = None) -> FlowView:
    """Show a flow; what is stored goes through as it is, unless ``shown`` takes its place."""
    data: Any = orjson.Fragment(row["flow_data"]) if shown is None else shown
    inputs: Any = orjson.Fragment(row["flow_inputs"])
    return {**flow_summary(row), "flowData": data, "flowInputs": inputs}


def drawing_view(row: FlowRow, drawing: dict[str, Any]) -> DrawingView:
    """Show a flow as nodes and edges."""
    inputs: Any = orjson.Fragment(row["flow_inputs"])
    return {
        **flow_summary(row),
        "nodes": drawing["nodes"],
        "edges": drawing["edges"],
        "viewport": drawing.get("viewport"),
        "flowInputs": inputs,
    }


RESOURCE = Resource("flow", of_row=as_loaded)
