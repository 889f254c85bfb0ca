"""Reads of MCP tokens: each a single statement."""

from gassapi_backend.database import Row, row, rows
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import is_id
from gassapi_backend.server.tokens.schemas import TokenSearch

COLUMNS = """
  t.id, t.project_id, t.name, t.scope, t.prefix, t.created_at, t.last_validated_at,
  t.validation_count, t.revoked_at, t.revoked_reason, u.id AS creator_id, u.name AS creator_name
"""
SOURCE = "mcp_tokens t JOIN users u ON u.id = t.creator_id"
_NEWEST_FIRST = "t.created_at DESC, t.id DESC"


async def find_validated(project_id: str) -> Row | None:
    """Return what a token's validation answers: its project and that one's default environment."""
    return await row(
        """
        SELECT p.id, p.name, p.description, p.revision, e.name AS environment, e.variables
        FROM projects p LEFT JOIN environments e ON e.default_of = p.id
        WHERE p.id = ?
        """,
        project_id,
    )


async def find_environment(project_id: str, wanted: str | None, wanted_hash: str) -> Row | None:
    """Return an environment by id or by the hash of its name; the default one for ``None``."""
    if wanted is None:
        return await row(
            "SELECT id, name, variables FROM environments WHERE default_of = ?", project_id
        )
    column, value = ("id", wanted) if is_id(wanted) else ("name_hash", wanted_hash)
    return await row(
        f"SELECT id, name, variables FROM environments WHERE project_id = ? AND {column} = ?",  # noqa: S608 - one of two
        project_id,
        value,
    )


async def list_tokens(project_id: str, search: TokenSearch) -> tuple[list[Row], int]:
    """Return a page of a project's tokens, the newest first, and their number."""
    where, values = "t.project_id = ?", [project_id]
    if search.status:
        where += f" AND t.revoked_at IS {'NULL' if search.status == 'active' else 'NOT NULL'}"
    if search.created_by:
        where, values = f"{where} AND t.creator_id = ?", [*values, search.created_by]
    return await page_of(
        f"{SOURCE} WHERE {where}",
        *values,
        columns=COLUMNS,
        order=_NEWEST_FIRST,
        limit=search.limit,
        offset=search.offset,
    )


async def all_tokens(project_id: str) -> list[Row]:
    """Return all of a project's tokens, the newest first."""
    return await rows(
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE t.project_id = ? ORDER BY {_NEWEST_FIRST}",  # noqa: S608 - constants only
        project_id,
    )
