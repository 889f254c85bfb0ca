"""Tools about flows: requests in order, with what is passed from one to the next."""

from typing import Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from gassapi_backend.models.rows import FlowRow
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.flows import actions
from gassapi_backend.server.flows.schemas import FlowChanges, NewFlow, flow_view
from gassapi_backend.server.mcp.answers import fitted, read_on
from gassapi_backend.server.mcp.arguments import (
    ConfirmName,
    Entries,
    Updated,
    Written,
    body_of,
)
from gassapi_backend.server.mcp.calls import Call
from gassapi_backend.server.mcp.collection_tools import Deleted
from gassapi_backend.server.mcp.deleting import confirmed
from gassapi_backend.server.mcp.project_tools import Cursor, Item
from gassapi_backend.server.mcp.tool import Arguments
from gassapi_backend.server.web.bodies import optional

DATA = (
    "{version, config, steps: [{id, name, method, url, headers, body, outputs}]}; {{input.x}} "
    "is an input, {{step.output}} an output of an earlier step. Or {nodes, edges}."
)
INPUTS = "Each {name, type, required?, default?, description?}"


class FlowWanted(Arguments):
    """Which flow to show."""

    flow_id: str
    cursor: Cursor = optional(description="Of a field in cut, to read on in it")


class FlowFound(TypedDict):
    """A flow, or another part of one of its fields."""

    flow: NotRequired[Item]
    cut: NotRequired[list[Item]]
    field: NotRequired[str]
    text: NotRequired[str]
    nextCursor: NotRequired[str]


async def get_flow(call: Call, wanted: FlowWanted) -> FlowFound:
    """A flow as it was written, with its inputs."""
    entered = await call.enter_at(Permission.READ, "flow_id", wanted.flow_id)
    view: dict[str, Any] = dict(flow_view(entered.subject))  # type: ignore[arg-type]  # its columns
    if wanted.cursor is not None:
        return read_on(view, wanted.cursor)  # type: ignore[return-value]  # a part
    shown, cuts = fitted(view)
    return {"flow": shown, "cut": [dict(one) for one in cuts]} if cuts else {"flow": shown}


class FlowMade(TypedDict):
    """What a flow is now, in short."""

    flow: Item


class FlowToCreate(Written):
    """A flow to create."""

    name: str
    flow_data: dict[str, Any] = Field(description=DATA)
    description: str = optional()
    collection_id: str = optional()
    flow_inputs: Entries = optional(description=INPUTS)
    is_active: bool = optional()


async def create_flow(call: Call, wanted: FlowToCreate) -> FlowMade:
    """Create a flow. Its references and the order of its steps are checked."""
    new = body_of(NewFlow, wanted.given("idempotency_key"))
    return _made(await actions.create_flow(call.actor, call.project_id, new))


class FlowToUpdate(Updated):
    """What to change about a flow."""

    flow_id: str
    name: str = optional()
    description: str = optional()
    collection_id: str = optional()
    flow_data: dict[str, Any] = optional(description="All of it, as get_flow shows it")
    flow_inputs: Entries = optional(description="All of them")
    is_active: bool = optional()
    clear: list[Literal["description", "collection_id", "flow_inputs"]] = optional()


async def update_flow(call: Call, wanted: FlowToUpdate) -> FlowMade:
    """Change the given fields of a flow; clear names fields to empty."""
    await call.enter_at(Permission.WRITE, "flow_id", wanted.flow_id)
    given = wanted.given("flow_id", "if_revision", "idempotency_key", "clear")
    changes = body_of(FlowChanges, given, wanted.clear or ())
    return _made(
        await actions.update_flow(
            call.actor, call.project_id, wanted.flow_id, changes, wanted.if_match
        )
    )


class FlowToDelete(Arguments):
    """A flow to delete."""

    flow_id: str
    confirm_name: ConfirmName
    if_revision: int = optional()


async def delete_flow(call: Call, wanted: FlowToDelete) -> Deleted:
    """Delete a flow. Cannot be undone."""
    entered = await call.enter_at(Permission.WRITE, "flow_id", wanted.flow_id)
    row: Any = entered.subject
    if_match = confirmed(row, "flow", wanted.confirm_name, wanted.if_revision)
    await actions.delete_flow(call.actor, call.project_id, row["id"], if_match)
    return {"deleted": {"id": row["id"], "name": row["name"]}}


def _made(row: FlowRow) -> FlowMade:
    shown: Item = {name: row[name] for name in ("id", "name", "revision")}
    return {"flow": {**shown, "isActive": bool(row["is_active"])}}
