"""Reads of endpoints: each a single statement."""

from typing import cast

from gassapi_backend.database import contains, row
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import folded
from gassapi_backend.models.rows import EndpointRow
from gassapi_backend.server.endpoints.schemas import MAX_URL, EndpointSearch

COLUMNS = """
  e.id, e.project_id, e.collection_id, e.name, e.method, e.url, e.description, e.position,
  e.headers, e.params, e.body, e.body_type, e.auth, e.examples, e.purpose, e.request_params,
  e.response_schema, e.header_docs, e.is_gone, e.revision, e.created_at, e.updated_at
"""


async def list_in_collection(
    collection_id: str, search: EndpointSearch, count: int
) -> tuple[list[EndpointRow], int]:
    """Return part of a collection's endpoints by position, then by age, and their number.

    ``count`` is how many the collection holds, filters aside.
    """
    return await _list("e.collection_id", collection_id, "e.position, e.id", search, count)


async def list_in_project(
    project_id: str, search: EndpointSearch, count: int
) -> tuple[list[EndpointRow], int]:
    """Return part of a project's endpoints by age, and their number.

    ``count`` is how many the project holds, filters aside.
    """
    return await _list("e.project_id", project_id, "e.id", search, count)


async def _list(
    column: str, value: str, order: str, search: EndpointSearch, count: int
) -> tuple[list[EndpointRow], int]:
    """Find the page by ids first: MySQL would read every row before it whole."""
    where, values = f"{column} = ?", [value]
    if search.method:
        where, values = f"{where} AND e.method = ?", [*values, search.method]
    if search.search and (wanted := folded(search.search, MAX_URL)):
        pattern = contains(wanted)
        where += " AND (e.name_key LIKE ? ESCAPE '!' OR e.url_key LIKE ? ESCAPE '!')"
        values = [*values, pattern, pattern]
    found, total = await page_of(
        f"endpoints e WHERE {where}",
        *values,
        columns="e.id",
        order=order,
        limit=search.limit,
        offset=search.offset,
        around=f"""
        SELECT {COLUMNS} FROM endpoints e JOIN ({{page}}) page ON page.id = e.id ORDER BY {order}
        """,  # noqa: S608 - constants only
        total=count if len(values) == 1 else None,
    )
    return cast("list[EndpointRow]", found), total


async def load_endpoint(project_id: str, endpoint_id: str) -> EndpointRow | None:
    """Return an endpoint of a project."""
    found = await row(
        f"SELECT {COLUMNS} FROM endpoints e WHERE e.id = ? AND e.project_id = ?",  # noqa: S608 - constants only
        endpoint_id,
        project_id,
    )
    return cast("EndpointRow | None", found)
