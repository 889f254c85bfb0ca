"""Flows over HTTP."""

from aiohttp import web

from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.flows import actions, queries
from gassapi_backend.server.flows.documents import shaped
from gassapi_backend.server.flows.schemas import (
    Copy,
    DrawingAnswer,
    DrawingChanges,
    FlowAnswer,
    FlowChanges,
    FlowsAnswer,
    FlowSearch,
    NewFlow,
    ShownAs,
    Toggle,
    drawing_view,
    flow_summary,
    flow_view,
)
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.reading import Message
from gassapi_backend.server.web.state import ACTOR, PROJECT, SUBJECT


async def list_flows(request: web.Request, search: FlowSearch) -> FlowsAnswer:
    """List a project's flows by name, without their data."""
    found, total = await queries.list_flows(request[PROJECT]["id"], search)
    return {"flows": [flow_summary(row) for row in found], "pagination": search.of(total)}


async def create(request: web.Request, new: NewFlow) -> FlowAnswer:
    """Create a flow.

    Step ids are unique; `{{input.x}}` names a declared input, `{{step.output}}` an output of an
    earlier step; edges join existing nodes and make no cycle.
    """
    flow = await actions.create_flow(request[ACTOR], request[PROJECT]["id"], new)
    return {"flow": flow_view(flow)}


async def show(request: web.Request, wanted: ShownAs) -> FlowAnswer:
    """Show a flow, its data as it was written or in the shape that is wanted."""
    row = request[SUBJECT]
    shown = None if wanted.shape is None else await shaped(row["flow_data"], wanted.shape)
    return {"flow": flow_view(row, shown)}


async def update(request: web.Request, changes: FlowChanges) -> FlowAnswer:
    """Change a flow."""
    flow = await actions.update_flow(*_named(request), changes, if_match(request))
    return {"flow": flow_view(flow)}


async def delete(request: web.Request) -> Message:
    """Delete a flow."""
    await actions.delete_flow(*_named(request), if_match(request))
    return {"message": "The flow is deleted."}


async def duplicate(request: web.Request, copy: Copy) -> FlowAnswer:
    """Copy a flow beside itself."""
    flow = await actions.duplicate_flow(*_named(request), copy, if_match(request))
    return {"flow": flow_view(flow)}


async def toggle(request: web.Request, wanted: Toggle) -> FlowAnswer:
    """Make a flow active or inactive: switch it over, or set it as the body says."""
    flow = await actions.toggle_flow(*_named(request), wanted, if_match(request))
    return {"flow": flow_view(flow)}


async def show_drawing(request: web.Request) -> DrawingAnswer:
    """Show a flow as nodes and edges, whichever shape it is stored in."""
    row = request[SUBJECT]
    drawing = await shaped(row["flow_data"], "ui")
    return {"flow": drawing_view(row, drawing)}


async def redraw(request: web.Request, changes: DrawingChanges) -> DrawingAnswer:
    """Change a flow's nodes and edges; one that is stored as steps stays so."""
    flow, drawing = await actions.redraw_flow(*_named(request), changes, if_match(request))
    return {"flow": drawing_view(flow, drawing)}


def _named(request: web.Request) -> tuple[Actor, str, str]:
    """Return who acts, on which project's flow."""
    loaded = request[SUBJECT]
    return request[ACTOR], loaded["project_id"], loaded["id"]
