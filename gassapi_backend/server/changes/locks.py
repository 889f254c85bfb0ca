"""Locking what a change is about, and asking in the same statement who its caller is by now.

The order is that of every change, so that no two wait for each other: projects by their ids, then
accounts by theirs, then a session or a token. What is asked has to be true after the wait for a
lock. A plain sub-select does not promise that: MariaDB reads one that needs nothing of the locked
row before it waits, and from then on the whole transaction sees the past. One that locks in share
mode reads what is committed, and keeps it so until the change is: whoever signs out meanwhile waits
for it. ``IS NOT NULL`` ties it to the locked row, so that nobody waits for one who still waits.
SQLite has locked everything as the transaction began.
"""

from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from gassapi_backend.clock import stored_now
from gassapi_backend.database import Row, Statement, dialect
from gassapi_backend.models import Project, User
from gassapi_backend.server.access.callers import Caller, Kind
from gassapi_backend.server.access.decisions import Standing

_ABOUT = "caller_"  # what the columns begin with that are about the caller
_IS_MEMBER, _IS_ACTIVE, _IS_CURRENT = (
    f"{_ABOUT}{name}" for name in ("is_member", "is_active", "is_current")
)

COUNTED = ("member_count", "collection_count", "endpoint_count", "flow_count", "size")
NEEDED = ("id", "owner_id", "is_public", "revision", "audit_number", "audit_hash", *COUNTED)
"""The columns of a project by which access is decided and entries are chained, and its counts."""

NEEDED_OF_ACCOUNT = ("id", "is_active", "is_admin")

_MEMBER = "SELECT 1 FROM members m WHERE m.user_id = ? AND m.project_id = p.id"
_ACTIVE = "SELECT u.is_active FROM users u WHERE u.id = ? AND p.id IS NOT NULL"
_GOOD = "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?)"
_TOKEN = f"SELECT {_GOOD} FROM mcp_tokens t WHERE t.id = ? AND p.id IS NOT NULL"  # noqa: S608 - SQL
_SESSION = """
SELECT s.revoked_at IS NULL AND s.expires_at > ? FROM sessions s
WHERE s.id = ? AND s.user_id = ? AND {0}.id IS NOT NULL
"""
_OF_PERSON = (("is_member", _MEMBER), ("is_active", _ACTIVE))
_OF_TOKEN = (*_OF_PERSON, ("is_current", _TOKEN))
_OF_SESSION = (*_OF_PERSON, ("is_current", _SESSION.format("p")))


class LockedProject(NamedTuple):
    """A project as it is now, and its caller's standing where that was asked for.

    ``answers`` are the rows of further statements.
    """

    project: Project
    standing: Standing | None
    answers: list[list[Row]]


class LockedAccount(NamedTuple):
    """An account as it is now, and whether its session goes on; ``None`` without a session.

    ``answers`` are the rows of further statements.
    """

    user: User
    is_current: bool | None
    answers: list[list[Row]]


def project_lock(
    project_id: str,
    caller: Caller | None = None,
    *,
    for_reading: bool = False,
    is_whole: bool = True,
) -> Statement:
    """Return what keeps others from writing a project.

    ``caller`` is whose standing is asked for. ``for_reading`` lets others do the same. Without
    ``is_whole`` it has no more than ``NEEDED``.

    By hand: building the statement anew cost more than everything else in a write.
    """
    columns, values = _questions(caller)
    sql = _project_sql(dialect(), columns, for_reading=for_reading, is_whole=is_whole)
    return sql, [*values, project_id]


def locked_project(answers: Sequence[list[Row]], *, is_whole: bool = True) -> LockedProject | None:
    """Return the project that ``project_lock()`` was answered, ``None`` where it is gone.

    The ``answers`` are to that, and to what was asked behind it.
    """
    locked, *others = answers
    if not locked:
        return None
    (found,) = locked
    standing = _standing(found) if _IS_ACTIVE in found else None
    project = Project._init_from_db(**found) if is_whole else _part_of_project(found)
    return LockedProject(project, standing, others)


def _part_of_project(found: Row) -> Project:
    """Return what has only these columns of a project, as they are in the database."""
    return cast("Project", SimpleNamespace(**found))


def account_lock(
    user_id: str, session_id: str | None = None, *, is_whole: bool = True
) -> Statement:
    """Return what keeps others from writing an account, and asks whether a session goes on.

    Without ``is_whole`` it has no more than ``NEEDED_OF_ACCOUNT``.
    """
    values = [] if session_id is None else [stored_now(), session_id, user_id]
    sql = _account_sql(dialect(), with_session=bool(values), is_whole=is_whole)
    return sql, [*values, user_id]


def locked_account(answers: Sequence[list[Row]], *, is_whole: bool = True) -> LockedAccount | None:
    """Return the account that ``account_lock()`` was answered, ``None`` where it is gone.

    The ``answers`` are to that, and to what was asked behind it.
    """
    locked, *others = answers
    if not locked:
        return None
    (found,) = locked
    is_current = found.pop(_IS_CURRENT)
    user = User._init_from_db(**found) if is_whole else cast("User", SimpleNamespace(**found))
    return LockedAccount(user, _truth(is_current), others)


def _questions(caller: Caller | None) -> tuple[tuple[tuple[str, str], ...], list[Any]]:
    """Return what to ask about a caller, by the names of the columns, and the values for it."""
    if caller is None:
        return (), []
    user_id = caller.user_id
    if caller.kind is Kind.TOKEN:
        return _OF_TOKEN, [user_id, user_id, stored_now(), caller.token_id]
    if caller.session_id is None:  # of the demo data, say: as good as their account
        return _OF_PERSON, [user_id, user_id]
    return _OF_SESSION, [user_id, user_id, stored_now(), caller.session_id, user_id]


def _standing(found: Row) -> Standing:
    """Take what is about the caller out of a row."""
    is_active = found.pop(_IS_ACTIVE)
    is_current = found.pop(_IS_CURRENT, None if is_active is None else True)
    return Standing(
        is_current=_truth(is_current),
        is_active=bool(is_active),
        is_member=bool(found.pop(_IS_MEMBER)),
    )


def _truth(found: Any) -> bool | None:
    return None if found is None else bool(found)


@cache
def _project_sql(
    spoken: str,
    questions: tuple[tuple[str, str], ...],
    *,
    for_reading: bool,
    is_whole: bool,
) -> str:
    exclusive, shared = _locking(spoken)
    wanted = sorted(Project._meta.db_fields) if is_whole else NEEDED
    columns = ", ".join(f"p.{column}" for column in wanted)
    asked = "".join(f", ({sql}{shared}) AS {_ABOUT}{name}" for name, sql in questions)
    locking = shared if for_reading else exclusive
    return f"SELECT {columns}{asked} FROM projects p WHERE p.id = ?{locking}"  # noqa: S608 - the model's columns


@cache
def _account_sql(spoken: str, *, with_session: bool, is_whole: bool) -> str:
    exclusive, shared = _locking(spoken)
    wanted = sorted(User._meta.db_fields) if is_whole else NEEDED_OF_ACCOUNT
    columns = ", ".join(f"u.{column}" for column in wanted)
    is_current = f"({_SESSION.format('u')}{shared})" if with_session else "1"
    return (
        f"SELECT {columns}, {is_current} AS {_ABOUT}is_current FROM users u "  # noqa: S608 - as above
        f"WHERE u.id = ?{exclusive}"
    )


def _locking(spoken: str) -> tuple[str, str]:
    return (" FOR UPDATE", " LOCK IN SHARE MODE") if spoken == "mysql" else ("", "")
