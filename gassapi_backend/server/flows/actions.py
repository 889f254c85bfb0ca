"""Every write to flows."""

from typing import Any

from gassapi_backend.clock import now
from gassapi_backend.database import Row
from gassapi_backend.models import Collection, Flow, folded, new_id
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.flows.documents import checked, redrawn, shaped
from gassapi_backend.server.flows.schemas import (
    DrawingChanges,
    FlowChanges,
    NewFlow,
    drawing_view,
    flow_view,
    row_of,
)
from gassapi_backend.server.items import copy_name
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale


async def create_flow(actor: Actor, project_id: str, new: NewFlow) -> Flow:
    """Create a flow, once its data passed its checks."""
    data, inputs = await checked(new.flow_data, new.flow_inputs or [])

    async def create(made: Change) -> Flow:
        await _require_collection(project_id, new.collection_id)
        flow = Flow(
            id=new_id(),
            project_id=project_id,
            collection_id=new.collection_id,
            name=new.name,
            name_key=folded(new.name),
            description=new.description,
            flow_data=data,
            flow_inputs=inputs,
            is_active=new.is_active,
        )
        flow.revision = made.record("flow_created", "flow", flow.id, flow.name)
        await flow.save(force_create=True)
        return flow

    return await change(actor, project_id, Permission.WRITE, create)


async def update_flow(
    actor: Actor, loaded: Row, changes: FlowChanges, if_match: IfMatch = ANY_REVISION
) -> Flow:
    """Change a flow; ``loaded`` is its row as it was found.

    Data and inputs are checked against each other before anything is locked, and again only if
    somebody else wrote in between. Before that comes whether the write is meant for this state.
    """
    if if_match.misses(loaded["revision"]):
        raise stale(flow_view(loaded))
    values = {field: getattr(changes, field) for field in changes.model_fields_set}
    texts = await _written(loaded, values)

    async def update(made: Change) -> Flow:
        flow = await _require(made, loaded["id"], if_match)
        is_as_loaded = flow.revision == loaded["revision"]
        written = texts if is_as_loaded else await _written(row_of(flow), values)
        if "collection_id" in values:
            await _require_collection(flow.project_id, changes.collection_id)
        await _save(made, flow, values | written)
        return flow

    return await change(actor, loaded["project_id"], Permission.WRITE, update)


async def redraw_flow(
    actor: Actor, loaded: Row, changes: DrawingChanges, if_match: IfMatch = ANY_REVISION
) -> tuple[Flow, dict[str, Any]]:
    """Change a flow's drawing; it keeps the shape in which it is stored. Returns both."""
    if if_match.misses(loaded["revision"]):
        raise stale(drawing_view(loaded, await shaped(loaded["flow_data"], "ui")))
    values = {field: getattr(changes, field) for field in changes.model_fields_set}
    as_loaded = await redrawn(loaded["flow_data"], loaded["flow_inputs"], values)

    async def redraw(made: Change) -> tuple[Flow, dict[str, Any]]:
        flow = await _require(made, loaded["id"])
        if if_match.misses(flow.revision):
            raise stale(drawing_view(row_of(flow), await shaped(flow.flow_data, "ui")))
        data, drawing = as_loaded
        if flow.revision != loaded["revision"]:
            data, drawing = await redrawn(flow.flow_data, flow.flow_inputs, values)
        await _save(made, flow, {"flow_data": data})
        return flow, drawing

    return await change(actor, loaded["project_id"], Permission.WRITE, redraw)


async def toggle_flow(
    actor: Actor, loaded: Row, is_active: bool | None, if_match: IfMatch = ANY_REVISION
) -> Flow:
    """Make a flow active or not; turn it over for ``None``."""

    async def toggle(made: Change) -> Flow:
        flow = await _require(made, loaded["id"], if_match)
        wanted = not flow.is_active if is_active is None else is_active
        await _save(made, flow, {"is_active": wanted})
        return flow

    return await change(actor, loaded["project_id"], Permission.WRITE, toggle)


async def duplicate_flow(
    actor: Actor, loaded: Row, name: str | None, if_match: IfMatch = ANY_REVISION
) -> Flow:
    """Copy a flow beside itself."""

    async def duplicate(made: Change) -> Flow:
        source = await _require(made, loaded["id"], if_match)
        flow = Flow(**row_of(source) | {"id": new_id(), "created_at": now(), "updated_at": now()})
        flow.name = name or copy_name(source.name)
        flow.name_key = folded(flow.name)
        flow.revision = made.record("flow_created", "flow", flow.id, flow.name, source=source.id)
        await flow.save(force_create=True)
        return flow

    return await change(actor, loaded["project_id"], Permission.WRITE, duplicate)


async def delete_flow(actor: Actor, loaded: Row, if_match: IfMatch = ANY_REVISION) -> None:
    """Delete a flow."""

    async def delete(made: Change) -> None:
        flow = await _require(made, loaded["id"], if_match)
        made.record("flow_deleted", "flow", flow.id, flow.name)
        await flow.delete()

    await change(actor, loaded["project_id"], Permission.WRITE, delete)


async def _require(made: Change, flow_id: str, if_match: IfMatch = ANY_REVISION) -> Flow:
    """Read a flow as it is now, under the project's lock. Raises ``NotFound`` and ``Stale``."""
    flow = await Flow.filter(id=flow_id, project_id=made.locked_project.id).first()
    if flow is None:
        raise NotFound("There is no such flow.")
    if if_match.misses(flow.revision):
        raise stale(flow_view(row_of(flow)))
    return flow


async def _require_collection(project_id: str, collection_id: str | None) -> None:
    if collection_id is None:
        return
    if not await Collection.filter(id=collection_id, project_id=project_id).exists():
        raise Invalid.field("collectionId", "There is no such collection in this project.")


async def _save(made: Change, flow: Flow, values: dict[str, Any]) -> None:
    """Write those values that are new; nothing at all where none is."""
    fields = sorted(field for field, value in values.items() if getattr(flow, field) != value)
    if not fields:
        return
    for field in fields:
        setattr(flow, field, values[field])
    flow.name_key = folded(flow.name)
    flow.updated_at = now()
    flow.revision = made.record("flow_updated", "flow", flow.id, flow.name, fields=fields)
    await flow.save(update_fields=[*fields, "name_key", "updated_at", "revision"])


async def _written(stored: Row, values: dict[str, Any]) -> dict[str, str]:
    """Return the texts of the new data and inputs, checked with those that stay."""
    if not {"flow_data", "flow_inputs"} & values.keys():
        return {}
    both = {"flow_data": stored["flow_data"], "flow_inputs": stored["flow_inputs"]} | values
    data, inputs = await checked(both["flow_data"], both["flow_inputs"])
    texts = {"flow_data": data, "flow_inputs": inputs}
    return {field: text for field, text in texts.items() if field in values}
