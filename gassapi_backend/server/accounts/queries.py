"""Reads about accounts: each a single statement."""

from typing import cast

from gassapi_backend.clock import ago, now, stored
from gassapi_backend.database import contains, row, rows, taking
from gassapi_backend.database.indexes import (
    USERS_BY_AGE,
    USERS_BY_EMAIL,
    USERS_BY_LOGIN,
    USERS_BY_NAME,
)
from gassapi_backend.database.pages import page_of
from gassapi_backend.models import User, folded, is_id, search_key
from gassapi_backend.models.rows import UserRow
from gassapi_backend.server.access.session_tokens import invalid_token
from gassapi_backend.server.accounts.rows import SHOWN, SharedProjectRow, UserWithCounts
from gassapi_backend.server.accounts.schemas import UserSearch, UserStats
from gassapi_backend.server.names import email_key, email_piece

DAY = 24 * 3600  # seconds

_COLUMNS = ", ".join(f"u.{column}" for column in SHOWN)
_SORTS = {
    "name": ("u.name_key", USERS_BY_NAME),
    "email": ("u.email_key", USERS_BY_EMAIL),
    "created_at": ("u.created_at", USERS_BY_AGE),
    "last_login_at": ("u.last_login_at", USERS_BY_LOGIN),
}


async def find_user(who: str) -> User | None:
    """Return the account of an e-mail address or an id."""
    if is_id(who):
        return await User.get_or_none(id=who)
    return await User.filter(email_key=email_key(who)).first()


async def own_account(user_id: str) -> User:
    """Return a caller's account. Raises ``Unauthenticated`` where it has just been deleted."""
    user = await User.get_or_none(id=user_id)
    if user is None:
        raise invalid_token()
    return user


async def has_accounts() -> bool:
    """Return whether there is any account."""
    return await row("SELECT 1 AS found FROM users LIMIT 1") is not None


async def list_users(search: UserSearch) -> tuple[list[UserRow], int]:
    """Return a page of the accounts and their number."""
    where, values = _where(search.search, search.is_active, search.is_admin)
    order = search.order or ("desc" if search.sort.endswith("_at") else "asc")
    column, index = _SORTS[search.sort]
    is_filtered = search.is_active is not None or search.is_admin is not None
    found, total = await page_of(
        f"users u {taking(None if is_filtered else index)} WHERE {where}",
        *values,
        columns=_COLUMNS,
        order=f"{column} {order}" + (f", u.id {order}" if search.sort != "email" else ""),
        limit=search.limit,
        offset=search.offset,
    )
    return cast("list[UserRow]", found), total


async def all_users(
    text: str | None = None, *, is_active: bool | None = None, is_admin: bool | None = None
) -> list[UserRow]:
    """Return the accounts whose name or address contains a text, in the order of addresses."""
    where, values = _where(text, is_active, is_admin)
    found = await rows(
        f"SELECT {_COLUMNS} FROM users u WHERE {where} ORDER BY u.email_key, u.id",  # noqa: S608 - as above
        *values,
    )
    return cast("list[UserRow]", found)


def _where(
    text: str | None, is_active: bool | None, is_admin: bool | None
) -> tuple[str, list[str | bool]]:
    where, values = "1 = 1", list[str | bool]()
    if text and (key := search_key(text)):
        where += (
            " AND (u.email_key LIKE ? ESCAPE '!' OR u.email_key LIKE ? ESCAPE '!'"
            " OR u.name_key LIKE ? ESCAPE '!')"
        )
        values += [contains(folded(text)), contains(email_piece(text)), contains(key)]
    if is_active is not None:
        where, values = f"{where} AND u.is_active = ?", [*values, is_active]
    if is_admin is not None:
        where, values = f"{where} AND u.is_admin = ?", [*values, is_admin]
    return where, values


async def load_user(user_id: str) -> UserWithCounts | None:
    """Return an account with how many projects, memberships elsewhere and sessions it has."""
    if not is_id(user_id):
        return None
    found = await row(
        f"""
        SELECT {_COLUMNS}, u.email_key,
          (SELECT COUNT(*) FROM projects p WHERE p.owner_id = u.id) AS owned_projects,
          (SELECT COUNT(*) FROM members m JOIN projects p ON p.id = m.project_id
           WHERE m.user_id = u.id AND p.owner_id <> u.id) AS memberships,
          (SELECT COUNT(*) FROM sessions s
           WHERE s.user_id = u.id AND s.revoked_at IS NULL AND s.expires_at > ?) AS active_sessions
        FROM users u WHERE u.id = ?
        """,  # noqa: S608 - constants only
        stored(now()),
        user_id,
    )
    return cast("UserWithCounts | None", found)


async def count_everything() -> UserStats:
    """Return the statistics of the instance, in two statements."""
    people = await rows(
        """
        SELECT COUNT(*) AS total, SUM(is_active) AS active, SUM(is_admin AND is_active) AS admins,
          SUM(email_verified_at IS NOT NULL) AS verified, SUM(created_at > ?) AS newLast7Days,
          SUM(created_at > ?) AS newLast30Days
        FROM users
        """,
        stored(ago(7 * DAY)),
        stored(ago(30 * DAY)),
    )
    things = await rows(
        """
        SELECT COUNT(*) AS projects, SUM(collection_count) AS collections,
          SUM(endpoint_count) AS endpoints, (SELECT COUNT(*) FROM flows) AS flows,
          (SELECT COUNT(*) FROM mcp_tokens WHERE revoked_at IS NULL) AS activeTokens,
          (SELECT COUNT(DISTINCT user_id) FROM sessions WHERE last_used_at > ?) AS activeLast24Hours
        FROM projects
        """,
        stored(ago(DAY)),
    )
    counts = {key: int(value or 0) for key, value in {**people[0], **things[0]}.items()}
    counts["inactive"] = counts["total"] - counts["active"]
    return {key: counts[key] for key in UserStats.__annotations__}  # type: ignore[return-value]  # its keys


async def administrators() -> list[str]:
    """Return the ids of those who may administer, as far as is known without a lock."""
    found = await rows("SELECT id FROM users WHERE is_admin = ? AND is_active = ?", True, True)
    return [user["id"] for user in found]


async def projects_of(user_id: str) -> list[str]:
    """Return, in order, the projects that the deletion of an account changes.

    Those it owns or is a member of, and those with an invitation or a living token that it made.
    """
    found = await rows(
        """
        SELECT id FROM projects WHERE owner_id = ?
        UNION SELECT project_id FROM members WHERE user_id = ?
        UNION SELECT project_id FROM invitations WHERE invited_by_id = ?
        UNION SELECT project_id FROM mcp_tokens WHERE creator_id = ? AND revoked_at IS NULL
        """,
        *[user_id] * 4,
    )
    return sorted(project["id"] for project in found)


async def projects_with_tokens_of(user_id: str) -> list[str]:
    """Return the projects for which somebody has a living token."""
    found = await rows(
        "SELECT DISTINCT project_id FROM mcp_tokens WHERE creator_id = ? AND revoked_at IS NULL",
        user_id,
    )
    return [token["project_id"] for token in found]


async def shared_projects(user_id: str) -> list[SharedProjectRow]:
    """Return the projects that somebody owns and others are members of."""
    found = await rows(
        """
        SELECT p.id, p.name, COUNT(*) AS members
        FROM projects p JOIN members m ON m.project_id = p.id
        WHERE p.owner_id = ?
        GROUP BY p.id, p.name, p.name_key, p.owner_id
        HAVING SUM(m.user_id <> p.owner_id) > 0
        ORDER BY p.name_key, p.id
        """,
        user_id,
    )
    return cast("list[SharedProjectRow]", found)
