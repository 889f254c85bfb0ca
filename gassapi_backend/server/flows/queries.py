"""Reads of flows: each a single statement."""

from typing import Any

from gassapi_backend.database import Row, contains, row, rows
from gassapi_backend.models import folded
from gassapi_backend.server.flows.schemas import FlowSearch

_SUMMARY = """
  id, project_id, collection_id, name, description, is_active, revision, created_at, updated_at
"""


async def list_flows(project_id: str, search: FlowSearch) -> tuple[list[Row], int]:
    """Return a page of a project's flows by name, without their data, and their number.

    Asks for one row more than the page shows: where there is none, the list ends here and needs no
    counting.
    """
    where, values = "project_id = ?", list[Any]([project_id])
    if search.is_active is not None:
        where, values = f"{where} AND is_active = ?", [*values, search.is_active]
    if search.collection_id:
        where, values = f"{where} AND collection_id = ?", [*values, search.collection_id]
    if search.search and (wanted := folded(search.search)):
        where, values = f"{where} AND name_key LIKE ? ESCAPE '!'", [*values, contains(wanted)]
    found = await rows(
        f"""
        SELECT {_SUMMARY} FROM flows WHERE {where} ORDER BY name_key, id
        LIMIT {search.limit + 1} OFFSET {search.offset}
        """,  # noqa: S608 - constants, and numbers that were checked
        *values,
    )
    if len(found) <= search.limit and (found or search.page == 1):
        return found, search.offset + len(found)
    counted = await row(f"SELECT COUNT(*) AS total FROM flows WHERE {where}", *values)  # noqa: S608 - as above
    return found[: search.limit], counted["total"] if counted else 0
