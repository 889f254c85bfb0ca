"""Reads of the audit log: each a page, and its count where there is more."""

from gassapi_backend.database import Row
from gassapi_backend.database.pages import page_of
from gassapi_backend.server.audit.schemas import ActivitySearch, MyActivitySearch

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


async def project_activity(project_id: str, search: ActivitySearch) -> tuple[list[Row], int]:
    """Return a page of what was done in a project, and the number of all entries."""
    if search.actor_id is None:
        return await _activity("a.project_id = ?", [project_id], search)
    scope = "a.project_id = ? AND a.actor_id = ?"
    return await _activity(scope, [project_id, search.actor_id], search)


async def user_activity(user_id: str, search: MyActivitySearch) -> tuple[list[Row], int]:
    """Return a page of what somebody did, themselves or by a token, and the number of entries."""
    return await _activity("a.actor_id = ?", [user_id], search)


async def instance_activity(search: ActivitySearch) -> tuple[list[Row], int]:
    """Return a page of what was done outside projects, and the number of all entries."""
    if search.actor_id is None:
        return await _activity("a.project_id IS NULL", [], search)
    return await _activity("a.project_id IS NULL AND a.actor_id = ?", [search.actor_id], search)


async def _activity(
    where: str, values: list[str], search: MyActivitySearch
) -> tuple[list[Row], int]:
    for condition, value in (
        ("a.action = ?", search.action),
        ("a.resource_type = ?", search.resource_type),
        ("a.at >= ?", search.from_date),
        ("a.at <= ?", search.to_date),
    ):
        if value is not None:
            where, values = f"{where} AND {condition}", [*values, value]
    return await page_of(
        f"audit_log a WHERE {where}",
        *values,
        columns="a.id",
        order="a.at DESC, a.id DESC",
        limit=search.limit,
        offset=search.offset,
        around=_AROUND,
    )
