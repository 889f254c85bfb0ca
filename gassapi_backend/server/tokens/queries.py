"""Reads of MCP tokens: each a single statement."""

from typing import TypedDict, cast

from gassapi_backend.clock import now, stored
from gassapi_backend.database import row, rows, taking
from gassapi_backend.database.indexes import LIVING_TOKENS_BY_CREATOR, TOKENS_BY_CREATOR
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import is_id
from gassapi_backend.models.rows import TokenRow
from gassapi_backend.server.tokens.rows import OwnToken, TokenWithCreator
from gassapi_backend.server.tokens.schemas import MyTokenSearch, Status, TokenSearch

_COLUMNS = ", ".join(f"t.{column}" for column in TokenRow.__annotations__)
COLUMNS = f"{_COLUMNS}, u.name AS creator_name"
SOURCE = "mcp_tokens t JOIN users u ON u.id = t.creator_id"
_NAMES = """
  (SELECT u.name FROM users u WHERE u.id = t.creator_id) AS creator_name,
  (SELECT p.name FROM projects p WHERE p.id = t.project_id) AS project_name
"""
_EXPIRY = {
    "active": "(t.expires_at IS NULL OR t.expires_at > ?)",
    "expired": "t.expires_at <= ?",
}
_NEWEST_FIRST = "t.created_at DESC, t.id DESC"


class ValidatedRow(TypedDict):
    """A project, and the name and variables of its default environment."""

    id: str
    name: str
    description: str | None
    revision: int
    environment: str | None
    variables: str


class ConfiguredRow(TypedDict):
    """The environment that a configuration is for."""

    id: str
    name: str
    variables: str


async def find_validated(project_id: str) -> ValidatedRow | None:
    """Return what validating a token answers: its project and the project's default environment."""
    found = await row(
        """
        SELECT p.id, p.name, p.description, p.revision, e.name AS environment, e.variables
        FROM projects p LEFT JOIN environments e ON e.default_of = p.id
        WHERE p.id = ?
        """,
        project_id,
    )
    return cast("ValidatedRow | None", found)


async def find_environment(
    project_id: str, wanted: str | None, wanted_hash: str
) -> ConfiguredRow | None:
    """Return an environment by id or by the hash of its name; the default one for ``None``."""
    if wanted is None:
        column, value = "default_of", project_id
    else:
        column, value = ("id", wanted) if is_id(wanted) else ("name_hash", wanted_hash)
    found = await row(
        f"SELECT id, name, variables FROM environments WHERE project_id = ? AND {column} = ?",  # noqa: S608 - one of three
        project_id,
        value,
    )
    return cast("ConfiguredRow | None", found)


async def find_token(project_id: str, token_id: str) -> TokenRow | None:
    """Return a token of a project."""
    found = await row(
        f"SELECT {_COLUMNS} FROM mcp_tokens t WHERE t.id = ? AND t.project_id = ?",  # noqa: S608 - constants only
        token_id,
        project_id,
    )
    return cast("TokenRow | None", found)


async def living_tokens(project_id: str, creator_id: str | None = None) -> list[TokenRow]:
    """Return the tokens of a project that are not revoked: all, or those that somebody issued."""
    where, values = "t.project_id = ? AND t.revoked_at IS NULL", [project_id]
    if creator_id is not None:
        where, values = f"{where} AND t.creator_id = ?", [*values, creator_id]
    found = await rows(f"SELECT {_COLUMNS} FROM mcp_tokens t WHERE {where}", *values)  # noqa: S608 - as above
    return cast("list[TokenRow]", found)


async def list_tokens(project_id: str, search: TokenSearch) -> tuple[list[TokenWithCreator], int]:
    """Return a page of a project's tokens, the newest first, and their number."""
    where, values = _where("t.project_id = ?", project_id, search.status)
    if search.created_by:
        where, values = f"{where} AND t.creator_id = ?", [*values, search.created_by]
    found, total = await page_of(
        f"{SOURCE} WHERE {where}",
        *values,
        columns=COLUMNS,
        order=_NEWEST_FIRST,
        limit=search.limit,
        offset=search.offset,
    )
    return cast("list[TokenWithCreator]", found), total


async def list_own(user_id: str, search: MyTokenSearch) -> tuple[list[OwnToken], int]:
    """Return a page of the tokens that somebody issued, the newest first, and their number."""
    where, values = _where("t.creator_id = ?", user_id, search.status)
    index = LIVING_TOKENS_BY_CREATOR if search.status in _EXPIRY else TOKENS_BY_CREATOR
    found, total = await page_of(
        f"mcp_tokens t {taking(index)} WHERE {where}",
        *values,
        columns=f"{_COLUMNS}, {_NAMES}",
        order=_NEWEST_FIRST,
        limit=search.limit,
        offset=search.offset,
    )
    return cast("list[OwnToken]", found), total


def _where(scope: str, value: str, status: Status | None) -> tuple[str, list[str]]:
    where, values = scope, [value]
    if status:
        where += f" AND t.revoked_at IS {'NOT NULL' if status == 'revoked' else 'NULL'}"
    if status in _EXPIRY:
        where, values = f"{where} AND {_EXPIRY[status]}", [*values, stored(now())]
    return where, values


async def count_living(project_id: str, creator_id: str) -> tuple[int, int]:
    """Return how many good tokens a person has, and how many a project has."""
    moment = stored(now())
    found = await row(
        f"""
        SELECT COUNT(*) AS all_here, (
          SELECT COUNT(*) FROM mcp_tokens t
          WHERE t.creator_id = ? AND t.revoked_at IS NULL AND {_EXPIRY["active"]}
        ) AS own
        FROM mcp_tokens t
        WHERE t.project_id = ? AND t.revoked_at IS NULL AND {_EXPIRY["active"]}
        """,  # noqa: S608 - constants only
        creator_id,
        moment,
        project_id,
        moment,
    )
    return (found["own"], found["all_here"]) if found else (0, 0)


async def all_tokens(project_id: str) -> list[TokenWithCreator]:
    """Return all of a project's tokens, the newest first."""
    found = await rows(
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE t.project_id = ? ORDER BY {_NEWEST_FIRST}",  # noqa: S608 - constants only
        project_id,
    )
    return cast("list[TokenWithCreator]", found)
