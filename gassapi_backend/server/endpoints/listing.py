"""Lists of endpoints, and what is found in them.

A list takes an index that has its rows in their order: left to itself, MariaDB walks through the
rows of other projects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gassapi_backend.database import contains, search, taking
from gassapi_backend.database.indexes import (
    BY_AGE,
    BY_ID,
    BY_METHOD_AND_AGE,
    BY_METHOD_AND_PLACE,
    BY_PLACE,
)
from gassapi_backend.database.pages import AtLeast, page_of
from gassapi_backend.models import search_key
from gassapi_backend.models.rows import EndpointRow
from gassapi_backend.server.endpoints.queries import COLUMNS
from gassapi_backend.server.endpoints.schemas import MAX_URL, EndpointSearch
from gassapi_backend.server.items.sizes import TEXTS, octets_sql
from gassapi_backend.server.web.cursors import Place, place_of


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

FEW = 500
"""Endpoints that are looked through one by one."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list: what it comes after, how many rows there are, what the next comes after."""

    rows: list[ListedEndpoint]
    place: Place
    total: int
    end: Place

    @property
    def has_more(self) -> bool:
        """Whether there is a page behind this one."""
        return self.end.before < self.total


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which endpoints are listed, in which order, and by which index."""

    where: str
    values: tuple[Any, ...]
    sort: tuple[str, ...]
    index: str | None

    def having(self, where: str, *values: Any, index: str | None = None) -> "_Scope":
        """Return those of them that meet another condition."""
        return _Scope(
            f"{self.where} AND {where}", (*self.values, *values), self.sort, index or self.index
        )

    def among(self, ids: Sequence[str]) -> "_Scope":
        """Return those that have one of some ids, which are few."""
        marks = ", ".join("?" * len(ids)) or "NULL"
        return self.having(f"e.id IN ({marks})", *ids, index=BY_ID)


async def list_in_collection(collection: Mapping[str, Any], listed: EndpointSearch) -> Listed:
    """Return part of a collection's endpoints by position, then by age.

    In one with more than ``FEW``, what is searched for is first found in the whole project. If
    that has too much of it, the collection has some soon: it is gone through until the page is
    full, and what comes after that is not counted. Raises ``Invalid`` for a cursor of other lists.
    """
    scope = _Scope("e.collection_id = ?", (collection["id"],), ("position", "id"), BY_PLACE)
    place = place_of(listed.cursor, listed.offset, (int, str))
    wanted, count = _wanted(listed), collection["endpoint_count"]
    if listed.method:
        scope = scope.having("e.method = ?", listed.method, index=BY_METHOD_AND_PLACE)
    if not wanted:
        return await _page(scope, listed, place, total=None if listed.method else count)
    if count > FEW:
        project_id = collection["project_id"]
        found = await search.find(project_id, wanted, method=listed.method, enough=FEW + 1)
        if found.is_all and len(found.ids) <= FEW:
            return await _page(scope.among(found.ids), listed, place)
    scope = scope.having(_CONTAINS, contains(wanted), contains(wanted))
    return await _page(scope, listed, place, is_counted=count <= FEW)


_CONTAINS = "(e.name_key LIKE ? ESCAPE '!' OR e.url_key LIKE ? ESCAPE '!')"


async def list_in_project(project_id: str, count: int, listed: EndpointSearch) -> Listed:
    """Return part of a project's endpoints by age.

    ``count`` is how many the project holds. What is searched for is counted as far as it is read.
    Raises ``Invalid`` for a cursor of other lists.
    """
    scope = _Scope("e.project_id = ?", (project_id,), ("id",), BY_AGE)
    place = place_of(listed.cursor, listed.offset, (str,))
    if wanted := _wanted(listed):
        return await _found(scope, listed, place, project_id, wanted)
    if listed.method:
        scope = scope.having("e.method = ?", listed.method, index=BY_METHOD_AND_AGE)
        return await _page(scope, listed, place)
    return await _page(scope, listed, place, total=count)


async def _found(
    scope: _Scope, listed: EndpointSearch, place: Place, project_id: str, wanted: str
) -> Listed:
    end = place.skipped + listed.limit
    after = str(place.key[0]) if place.key else ""
    found = await search.find(project_id, wanted, method=listed.method, after=after, enough=end + 1)
    number = place.before - place.skipped + len(found.ids)
    scope = scope.among(found.ids[place.skipped : end])
    here = Place(place.before, (after,))  # there is nothing to skip any more
    return await _page(scope, listed, here, total=number if found.is_all else AtLeast(number))


def _wanted(listed: EndpointSearch) -> str:
    """Return what to look for; nothing where nobody said, or said nothing that can be found."""
    return search_key(listed.search or "", MAX_URL)


async def _page(
    scope: _Scope,
    listed: EndpointSearch,
    place: Place,
    *,
    total: int | None = None,
    is_counted: bool = True,
) -> Listed:
    """Find the page by ids first: MySQL would read every row before it whole."""
    sort = ", ".join(scope.sort)
    order = ", ".join(f"e.{column}" for column in scope.sort)
    found, total = await page_of(
        f"endpoints e {taking(scope.index)} WHERE {scope.where}",
        *scope.values,
        columns=f"e.{', e.'.join(scope.sort)}, {_omitted(listed)} AS omitted,"
        f" {_size(listed)} AS size",
        order=order,
        limit=listed.limit,
        offset=place.before,
        after=place.key,
        around=f"""
        SELECT {_shown(listed)}, page.omitted, page.in_page FROM endpoints e JOIN (
          SELECT id, omitted, COUNT(*) OVER () AS in_page,
            SUM(size) OVER (ORDER BY {sort} ROWS UNBOUNDED PRECEDING) - size AS so_far
          FROM ({{page}}) sized
        ) page ON page.id = e.id WHERE page.so_far < {MAX_PAGE} ORDER BY {order}
        """,  # noqa: S608 - constants only
        total=total,
        is_counted=is_counted,
    )
    rows = cast("list[ListedEndpoint]", found)
    last = tuple(found[-1][column] for column in scope.sort) if found else ()
    return Listed(rows, place, total, Place(place.before + len(rows), last))


def _omitted(listed: EndpointSearch) -> str:
    """Return the expression for what is left out: a bit for each of ``OMISSIBLE``."""
    if listed.whole:
        return "0"
    return " + ".join(
        f"{1 << bit} * ({octets_sql(f'e.{column}')} > {MAX_LISTED})"
        for bit, column in enumerate(OMISSIBLE)
    )


def _size(listed: EndpointSearch) -> str:
    """Return the expression for about how large a row is in the answer."""
    parts = []
    for column in TEXTS["endpoints"]:
        length = octets_sql(f"e.{column}")
        if column in OMISSIBLE and not listed.whole:
            length = f"CASE WHEN {length} > {MAX_LISTED} THEN 0 ELSE {length} END"
        parts.append(length)
    return " + ".join(parts)


def _shown(listed: EndpointSearch) -> str:
    """Return the columns, those that are left out as ``NULL``."""
    if listed.whole:
        return COLUMNS
    columns = [column.strip() for column in COLUMNS.split(",")]
    for bit, name in enumerate(OMISSIBLE):
        at = columns.index(f"e.{name}")
        columns[at] = f"CASE WHEN page.omitted & {1 << bit} THEN NULL ELSE e.{name} END AS {name}"
    return ", ".join(columns)
