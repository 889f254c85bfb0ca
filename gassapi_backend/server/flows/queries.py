"""Reads of flows: each a single statement."""

from typing import Any, cast

from gassapi_backend.database import contains, row
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import search_key
from gassapi_backend.models.rows import FlowRow, FlowSummaryRow
from gassapi_backend.server.flows.schemas import FlowSearch

SUMMARY = """
  id, project_id, collection_id, name, description, is_active, revision, created_at, updated_at
"""


async def list_flows(project_id: str, search: FlowSearch) -> tuple[list[FlowSummaryRow], int]:
    """Return a page of a project's flows by name, without their data, and their number."""
    where, values = "project_id = ?", list[Any]([project_id])
    if search.is_active is not None:
        where, values = f"{where} AND is_active = ?", [*values, search.is_active]
    if search.collection_id:
        where, values = f"{where} AND collection_id = ?", [*values, search.collection_id]
    if search.search and (wanted := search_key(search.search)):
        where, values = f"{where} AND name_key LIKE ? ESCAPE '!'", [*values, contains(wanted)]
    found, total = await page_of(
        f"flows WHERE {where}",
        *values,
        columns=SUMMARY,
        order="name_key, id",
        limit=search.limit,
        offset=search.offset,
    )
    return cast("list[FlowSummaryRow]", found), total


async def load_flow(project_id: str, flow_id: str) -> FlowRow | None:
    """Return a flow of a project."""
    found = await row(
        f"SELECT {SUMMARY}, flow_data, flow_inputs FROM flows WHERE id = ? AND project_id = ?",  # noqa: S608 - constants only
        flow_id,
        project_id,
    )
    return cast("FlowRow | None", found)
