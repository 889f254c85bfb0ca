"""Reads of endpoints: each a single statement."""

from typing import cast

from gassapi_backend.database import contains, row
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import folded
from gassapi_backend.models.rows import EndpointRow
from gassapi_backend.server.endpoints.schemas import MAX_URL, EndpointSearch
from gassapi_backend.server.items.sizes import TEXTS, octets_sql

COLUMNS = """
  e.id, e.project_id, e.collection_id, e.name, e.method, e.url, e.description, e.position,
  e.headers, e.params, e.body, e.body_type, e.auth, e.examples, e.purpose, e.request_params,
  e.response_schema, e.header_docs, e.is_gone, e.revision, e.created_at, e.updated_at
"""


class ListedEndpoint(EndpointRow):
    """An endpoint in a list; ``omitted`` has a bit for each of ``OMISSIBLE`` that is left out."""

    omitted: int


OMISSIBLE = (
    "description",
    "params",
    "body",
    "examples",
    "request_params",
    "response_schema",
    "header_docs",
)
"""The columns that may be large: a list leaves out what is larger than ``MAX_LISTED``."""

MAX_LISTED = 20_000  # bytes of one field
MAX_PAGE = 2_000_000  # bytes of a page's fields, unless one row alone has more


async def list_in_collection(
    collection_id: str, search: EndpointSearch, count: int
) -> tuple[list[ListedEndpoint], int]:
    """Return part of a collection's endpoints by position, then by age, and their number.

    ``count`` is how many the collection holds, filters aside.
    """
    return await _list("collection_id", collection_id, ("position", "id"), search, count)


async def list_in_project(
    project_id: str, search: EndpointSearch, count: int
) -> tuple[list[ListedEndpoint], int]:
    """Return part of a project's endpoints by age, and their number.

    ``count`` is how many the project holds, filters aside.
    """
    return await _list("project_id", project_id, ("id",), search, count)


async def _list(
    column: str, value: str, sort: tuple[str, ...], search: EndpointSearch, count: int
) -> tuple[list[ListedEndpoint], int]:
    """Find the page by ids first: MySQL would read every row before it whole."""
    where, values = f"e.{column} = ?", [value]
    if search.method:
        where, values = f"{where} AND e.method = ?", [*values, search.method]
    if search.search and (wanted := folded(search.search, MAX_URL)):
        pattern = contains(wanted)
        where += " AND (e.name_key LIKE ? ESCAPE '!' OR e.url_key LIKE ? ESCAPE '!')"
        values = [*values, pattern, pattern]
    order = ", ".join(f"e.{column}" for column in sort)
    found, total = await page_of(
        f"endpoints e WHERE {where}",
        *values,
        columns=f"e.{', e.'.join(sort)}, {_omitted(search)} AS omitted, {_size(search)} AS size",
        order=order,
        limit=search.limit,
        offset=search.offset,
        around=f"""
        SELECT {_shown(search)}, page.omitted, page.in_page FROM endpoints e JOIN (
          SELECT id, omitted, COUNT(*) OVER () AS in_page,
            SUM(size) OVER (ORDER BY {", ".join(sort)} ROWS UNBOUNDED PRECEDING) - size AS so_far
          FROM ({{page}}) sized
        ) page ON page.id = e.id WHERE page.so_far < {MAX_PAGE} ORDER BY {order}
        """,  # noqa: S608 - constants only
        total=count if len(values) == 1 else None,
    )
    return cast("list[ListedEndpoint]", found), total


def _omitted(search: EndpointSearch) -> str:
    """Return the expression for what is left out: a bit for each of ``OMISSIBLE``."""
    if search.whole:
        return "0"
    return " + ".join(
        f"{1 << bit} * ({octets_sql(f'e.{column}')} > {MAX_LISTED})"
        for bit, column in enumerate(OMISSIBLE)
    )


def _size(search: EndpointSearch) -> str:
    """Return the expression for about how large a row is in the answer."""
    parts = []
    for column in TEXTS["endpoints"]:
        length = octets_sql(f"e.{column}")
        if column in OMISSIBLE and not search.whole:
            length = f"CASE WHEN {length} > {MAX_LISTED} THEN 0 ELSE {length} END"
        parts.append(length)
    return " + ".join(parts)


def _shown(search: EndpointSearch) -> str:
    """Return the columns, those that are left out as ``NULL``."""
    if search.whole:
        return COLUMNS
    columns = [column.strip() for column in COLUMNS.split(",")]
    for bit, name in enumerate(OMISSIBLE):
        at = columns.index(f"e.{name}")
        columns[at] = f"CASE WHEN page.omitted & {1 << bit} THEN NULL ELSE e.{name} END AS {name}"
    return ", ".join(columns)


async def load_endpoint(project_id: str, endpoint_id: str) -> EndpointRow | None:
    """Return an endpoint of a project."""
    found = await row(
        f"SELECT {COLUMNS} FROM endpoints e WHERE e.id = ? AND e.project_id = ?",  # noqa: S608 - constants only
        endpoint_id,
        project_id,
    )
    return cast("EndpointRow | None", found)
