"""Every write to flows."""

from typing import Any

from gassapi_backend.clock import now, stored
from gassapi_backend.database import statements
from gassapi_backend.models import Collection, new_id, search_key
from gassapi_backend.models.rows import FlowRow
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.flows.documents import checked, redrawn, shaped
from gassapi_backend.server.flows.queries import load_flow
from gassapi_backend.server.flows.rows import new_row
from gassapi_backend.server.flows.schemas import (
    Copy,
    DrawingChanges,
    FlowChanges,
    NewFlow,
    Toggle,
    drawing_view,
    flow_view,
)
from gassapi_backend.server.items import copy_name
from gassapi_backend.server.items.bulk import add_item, count_items
from gassapi_backend.server.items.sizes import growth, size_of
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale


async def create_flow(actor: Actor, project_id: str, new: NewFlow) -> FlowRow:
    """Create a flow, once its data passed its checks."""
    data, inputs = await checked(new.flow_data, new.flow_inputs or [])

    async def create(made: Change) -> FlowRow:
        await _require_collection(project_id, new.collection_id)
        flow_id = new_id()
        flow = new_row(
            flow_id,
            project_id=project_id,
            collection_id=new.collection_id,
            name=new.name,
            description=new.description,
            flow_data=data,
            flow_inputs=inputs,
            is_active=new.is_active,
            revision=made.record("flow_created", "flow", flow_id, new.name),
            moment=stored(now()),
        )
        add_item(made, "flows", flow)
        return flow

    return await change(actor, project_id, Permission.WRITE, create)


async def update_flow(
    actor: Actor,
    project_id: str,
    flow_id: str,
    changes: FlowChanges,
    if_match: IfMatch = ANY_REVISION,
) -> FlowRow:
    """Change a flow.

    Data and inputs are checked against each other before anything is locked, and again only if
    somebody else wrote in between. Whether the write is meant for this state is checked first.
    """
    values = {field: getattr(changes, field) for field in changes.model_fields_set}
    before = await _current(project_id, flow_id, if_match)
    texts = await _written(before, values)

    async def update(made: Change) -> FlowRow:
        flow = await _current(project_id, flow_id, if_match)
        is_as_before = flow["revision"] == before["revision"]
        written = texts if is_as_before else await _written(flow, values)
        if "collection_id" in values:
            await _require_collection(project_id, changes.collection_id)
        _save(made, flow, values | written)
        return flow

    return await change(actor, project_id, Permission.WRITE, update)


async def redraw_flow(
    actor: Actor,
    project_id: str,
    flow_id: str,
    changes: DrawingChanges,
    if_match: IfMatch = ANY_REVISION,
) -> tuple[FlowRow, dict[str, Any]]:
    """Change a flow's drawing; it keeps the shape in which it is stored. Returns both."""
    values = {field: getattr(changes, field) for field in changes.model_fields_set}
    before = await _drawn(project_id, flow_id, if_match)
    redrawn_before = await redrawn(before["flow_data"], before["flow_inputs"], values)

    async def redraw(made: Change) -> tuple[FlowRow, dict[str, Any]]:
        flow = await _drawn(project_id, flow_id, if_match)
        data, drawing = redrawn_before
        if flow["revision"] != before["revision"]:
            data, drawing = await redrawn(flow["flow_data"], flow["flow_inputs"], values)
        _save(made, flow, {"flow_data": data})
        return flow, drawing

    return await change(actor, project_id, Permission.WRITE, redraw)


async def toggle_flow(
    actor: Actor, project_id: str, flow_id: str, wanted: Toggle, if_match: IfMatch = ANY_REVISION
) -> FlowRow:
    """Make a flow active or not; switch it over where that is not said."""

    async def toggle(made: Change) -> FlowRow:
        flow = await _current(project_id, flow_id, if_match)
        is_active = not flow["is_active"] if wanted.is_active is None else wanted.is_active
        _save(made, flow, {"is_active": is_active})
        return flow

    return await change(actor, project_id, Permission.WRITE, toggle)


async def duplicate_flow(
    actor: Actor, project_id: str, flow_id: str, wanted: Copy, if_match: IfMatch = ANY_REVISION
) -> FlowRow:
    """Copy a flow beside itself."""

    async def duplicate(made: Change) -> FlowRow:
        source = await _current(project_id, flow_id, if_match)
        copy_id, name = new_id(), wanted.name or copy_name(source["name"])
        flow = new_row(
            copy_id,
            project_id=project_id,
            collection_id=source["collection_id"],
            name=name,
            description=source["description"],
            flow_data=source["flow_data"],
            flow_inputs=source["flow_inputs"],
            is_active=source["is_active"],
            revision=made.record("flow_created", "flow", copy_id, name, source=flow_id),
            moment=stored(now()),
        )
        add_item(made, "flows", flow)
        return flow

    return await change(actor, project_id, Permission.WRITE, duplicate)


async def delete_flow(
    actor: Actor, project_id: str, flow_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete a flow."""

    async def delete(made: Change) -> None:
        flow = await _current(project_id, flow_id, if_match)
        made.record("flow_deleted", "flow", flow_id, flow["name"])
        made.later(("DELETE FROM flows WHERE id = ?", [flow_id]))
        count_items(made, flows=-1, size=-size_of("flows", flow))

    await change(actor, project_id, Permission.WRITE, delete)


async def _current(project_id: str, flow_id: str, if_match: IfMatch) -> FlowRow:
    """Return a flow as it is now. Raises ``NotFound`` and ``Stale``."""
    flow = await _found(project_id, flow_id)
    if if_match.misses(flow["revision"]):
        raise stale(flow_view(flow))
    return flow


async def _drawn(project_id: str, flow_id: str, if_match: IfMatch) -> FlowRow:
    """Return the same, with the drawing where it is stale."""
    flow = await _found(project_id, flow_id)
    if if_match.misses(flow["revision"]):
        raise stale(drawing_view(flow, await shaped(flow["flow_data"], "ui")))
    return flow


async def _found(project_id: str, flow_id: str) -> FlowRow:
    flow = await load_flow(project_id, flow_id)
    if flow is None:
        raise NotFound("There is no such flow.")
    return flow


async def _require_collection(project_id: str, collection_id: str | None) -> None:
    if collection_id is None:
        return
    if not await Collection.filter(id=collection_id, project_id=project_id).exists():
        raise Invalid.field("collectionId", "There is no such collection in this project.")


def _save(made: Change, flow: FlowRow, values: dict[str, Any]) -> None:
    """Write the values that are new; nothing at all where there are none."""
    changed = statements.differing(flow, values)
    if not changed:
        return
    name = changed.get("name", flow["name"])
    revision = made.record("flow_updated", "flow", flow["id"], name, fields=sorted(changed))
    columns = {**changed, "updated_at": stored(now()), "revision": revision}
    count_items(made, size=growth("flows", flow, changed))
    flow.update(columns)  # type: ignore[typeddict-item]  # they are its columns
    if "name" in changed:
        columns["name_key"] = search_key(name)
    made.later(statements.updating("flows", flow["id"], columns))


async def _written(flow: FlowRow, values: dict[str, Any]) -> dict[str, str]:
    """Return the texts of the new data and inputs, checked with those that stay."""
    if not {"flow_data", "flow_inputs"} & values.keys():
        return {}
    both = {"flow_data": flow["flow_data"], "flow_inputs": flow["flow_inputs"]} | values
    data, inputs = await checked(both["flow_data"], both["flow_inputs"])
    texts = {"flow_data": data, "flow_inputs": inputs}
    return {field: text for field, text in texts.items() if field in values}
