"""Reads of the audit log: each a page, and its count where there is more."""

from collections.abc import Mapping
from dataclasses import dataclass

from gassapi_backend.database import Row, taking
from gassapi_backend.database.indexes import ENTRIES_BY_ACTOR
from gassapi_backend.database.pages import page_of
from gassapi_backend.server.audit.schemas import (
    ActivitySearch,
    MyActivitySearch,
    ProjectActivitySearch,
)
from gassapi_backend.server.web.cursors import Place, place_of

_COLUMNS = """
  a.id, a.at, a.project_id, a.revision, a.action, a.resource_type, a.resource_id, a.resource_name,
  a.actor_type, a.actor_id, a.token_id, a.details, u.name AS actor_name, t.name AS token_name
"""

_AROUND = f"""
SELECT {_COLUMNS} FROM ({{page}}) page JOIN audit_log a ON a.id = page.id
LEFT JOIN users u ON u.id = a.actor_id LEFT JOIN mcp_tokens t ON t.id = a.token_id
ORDER BY a.at DESC, a.id DESC
"""  # noqa: S608 - our own text
"""Joins what is on the page, not what comes before it: late pages of a long log took seconds."""


_PROJECT, _ACTOR = "project", "actor_i"
_INDEXES = {
    (_PROJECT, None): "idx_audit_log_project_1515e1",
    (_PROJECT, "token_id"): "idx_audit_log_project_efa833",
    (_PROJECT, "action"): "idx_audit_log_project_0cb745",
    (_PROJECT, "actor_id"): "idx_audit_log_project_83486d",
    (_PROJECT, "resource_type"): "idx_audit_log_project_dbf269",
    (_ACTOR, None): ENTRIES_BY_ACTOR,
    (_ACTOR, "action"): "idx_audit_log_actor_i_15c491",
    (_ACTOR, "resource_type"): "idx_audit_log_actor_i_4e4659",
}
"""What has the entries of a project, or of somebody, in their order; also of one kind."""


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of entries: what it comes after, how many there are, what the next comes after."""

    rows: list[Row]
    place: Place
    total: int
    end: Place


async def project_activity(project_id: str, search: ProjectActivitySearch) -> Entries:
    """Return a page of what was done in a project. Raises ``Invalid`` for a wrong cursor."""
    filters = {"token_id": search.token_id, "action": search.action, "actor_id": search.actor_id}
    return await _activity(_PROJECT, "a.project_id = ?", [project_id], filters, search)


async def user_activity(user_id: str, search: MyActivitySearch) -> Entries:
    """Return a page of what somebody did, themselves or by a token."""
    filters = {"action": search.action}
    return await _activity(_ACTOR, "a.actor_id = ?", [user_id], filters, search)


async def instance_activity(search: ActivitySearch) -> Entries:
    """Return a page of what was done outside projects."""
    filters = {"action": search.action, "actor_id": search.actor_id}
    return await _activity(_PROJECT, "a.project_id IS NULL", [], filters, search)


async def _activity(
    whose: str,
    where: str,
    values: list[str],
    filters: Mapping[str, str | None],
    search: MyActivitySearch,
) -> Entries:
    """Take the index of the first filter that is given: what an action is about follows of it."""
    wanted = {**filters, "resource_type": search.resource_type}
    given = [(column, value) for column, value in wanted.items() if value is not None]
    index = _INDEXES[whose, given[0][0] if given else None]
    conditions: list[tuple[str, str | None]] = [(f"a.{name} = ?", value) for name, value in given]
    place = place_of(search.cursor, search.offset, (str, str))
    until = "+a.at <= ?" if place.key else "a.at <= ?"  # SQLite would begin there, not at the place
    conditions += [("a.at >= ?", search.from_date), (until, search.to_date)]
    for condition, value in conditions:
        if value is not None:
            where, values = f"{where} AND {condition}", [*values, value]
    found, total = await page_of(
        f"audit_log a {taking(index)} WHERE {where}",
        *values,
        columns="a.id, a.at",
        order="a.at DESC, a.id DESC",
        limit=search.limit,
        offset=place.before,
        after=place.key,
        around=_AROUND,
    )
    last = (str(found[-1]["at"]), found[-1]["id"]) if found else ()
    return Entries(found, place, total, Place(place.before + len(found), last))
