"""Reads of the audit log and its chains: each a single statement, or one for each page."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from gassapi_backend.database import Row, row, rows
from gassapi_backend.server.changes.chain import COLUMNS, FIRST, START, Place

PAGE = 1000
BEFORE_ALL = -(2**63)

_COLUMNS = ", ".join(f"a.{column}" for column in (*COLUMNS, "number", "hash"))


class Ends(NamedTuple):
    """Where a project's chain begins and ends, as it is kept apart from the entries.

    ``anchor`` is the last entry that retention removed; ``is_trimmed``: it did remove some.
    ``head`` is ``None`` where nobody knows the end: the project is gone, and it was not written
    down. ``name`` and ``revision`` are a living project's.
    """

    anchor: Place
    is_trimmed: bool
    head: Place | None
    name: str | None
    revision: int | None


class Unchained(NamedTuple):
    """Entries of a project from before it had a chain: how many, and the last of them."""

    entries: int
    revision: int
    at: str


async def project_ids() -> list[str]:
    """Return all projects that there are or were, as far as entries or chains tell, in order."""
    found = await rows(
        """
        SELECT id FROM projects UNION SELECT project_id FROM audit_chains
        UNION SELECT project_id FROM audit_log WHERE project_id IS NOT NULL ORDER BY id
        """
    )
    return [one["id"] for one in found]


async def find_ends(project_id: str) -> Ends:
    """Return where a project's chain begins and ends now."""
    found = await row(
        """
        SELECT p.name, p.revision, p.audit_number AS head_number, p.audit_hash AS head_hash,
               c.anchor_number, c.anchor_hash
        FROM projects p LEFT JOIN audit_chains c ON c.project_id = p.id WHERE p.id = ?
        """,
        project_id,
    )
    if found is not None:
        head = Place(found["head_number"] or 0, found["head_hash"] or FIRST)
        return Ends(*_anchor(found), head, found["name"], found["revision"])
    found = await row(
        """
        SELECT head_number, head_hash, anchor_number, anchor_hash
        FROM audit_chains WHERE project_id = ?
        """,
        project_id,
    )
    if found is None:
        return Ends(START, False, None, None, None)
    number = found["head_number"]
    head_or_none = None if number is None else Place(number, found["head_hash"])
    return Ends(*_anchor(found), head_or_none, None, None)


def _anchor(found: Row) -> tuple[Place, bool]:
    if found["anchor_number"] is None:
        return START, False
    return Place(found["anchor_number"], found["anchor_hash"]), True


async def count_unchained(project_id: str) -> Unchained:
    """Return what there is of a project from before it had a chain."""
    found = await row(
        """
        SELECT COUNT(*) AS n, MAX(revision) AS revision, MAX(at) AS at
        FROM audit_log WHERE project_id = ? AND number IS NULL
        """,
        project_id,
    )
    if found is None:
        return Unchained(0, 0, "")
    return Unchained(found["n"], found["revision"] or 0, found["at"] or "")


async def chained(project_id: str, after: int = BEFORE_ALL) -> AsyncIterator[Row]:
    """Return the entries of a project's chain after a number, in order, a page at a time."""
    number, last_id = after, "~"  # behind every id
    while True:
        page = await rows(
            f"""
            SELECT {_COLUMNS} FROM audit_log a
            WHERE a.project_id = ? AND a.number >= ? AND NOT (a.number = ? AND a.id <= ?)
            ORDER BY a.number, a.id LIMIT {PAGE}
            """,  # noqa: S608 - the columns above, a number
            project_id,
            number,
            number,
            last_id,
        )
        for entry in page:
            yield entry
        if len(page) < PAGE:
            return
        number, last_id = page[-1]["number"], page[-1]["id"]


async def unchained(project_id: str | None) -> AsyncIterator[Row]:
    """Return the entries of a project from before its chain; those of no project for ``None``."""
    where = "a.project_id IS NULL" if project_id is None else "a.project_id = ?"
    values = () if project_id is None else (project_id,)
    last_id = ""
    while True:
        page = await rows(
            f"""
            SELECT {_COLUMNS} FROM audit_log a
            WHERE {where} AND a.number IS NULL AND a.id > ? ORDER BY a.id LIMIT {PAGE}
            """,  # noqa: S608 - as above
            *values,
            last_id,
        )
        for entry in page:
            yield entry
        if len(page) < PAGE:
            return
        last_id = page[-1]["id"]


async def newest(
    *,
    limit: int,
    project_id: str | None = None,
    user_id: str | None = None,
    action: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[Row]:
    """Return the newest entries, with names as they are now. Times as the database has them."""
    where, values = ["1 = 1"], list[Any]()
    for condition, value in (
        ("a.project_id = ?", project_id),
        ("a.actor_id = ?", user_id),
        ("a.action = ?", action),
        ("a.at >= ?", since),
        ("a.at <= ?", until),
    ):
        if value is not None:
            where, values = [*where, condition], [*values, value]
    return await rows(
        f"""
        SELECT {_COLUMNS}, u.name AS actor_name, t.name AS token_name, p.name AS project_name
        FROM audit_log a LEFT JOIN users u ON u.id = a.actor_id
        LEFT JOIN mcp_tokens t ON t.id = a.token_id LEFT JOIN projects p ON p.id = a.project_id
        WHERE {" AND ".join(where)} ORDER BY a.at DESC, a.id DESC LIMIT {limit}
        """,  # noqa: S608 - as above
        *values,
    )


async def misplaced_heads() -> list[str]:
    """Return the projects whose last entry is not the one that their chain ends with.

    A quick look: it finds a tail that was cut off, and nothing that was changed before it.
    """
    found = await rows(
        """
        SELECT p.id FROM projects p
        LEFT JOIN audit_log a ON a.project_id = p.id AND a.number = p.audit_number
        LEFT JOIN audit_chains c ON c.project_id = p.id AND c.anchor_number = p.audit_number
        WHERE p.audit_number IS NOT NULL
          AND (COALESCE(a.hash, c.anchor_hash) IS NULL
               OR COALESCE(a.hash, c.anchor_hash) <> p.audit_hash)
        """
    )
    return sorted({one["id"] for one in found})
