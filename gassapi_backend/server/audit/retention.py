"""Removing old audit entries so that what stays can still be checked.

Entries go in the order of their chain; the last one's number and hash stay as the chain's anchor,
from which the next one follows. Where an entry is not what was recorded, the chain is left as it is
from there on: retention does not hide what somebody did to the record.
"""

import structlog
from tortoise.transactions import in_transaction

from gassapi_backend.clock import ago, stored
from gassapi_backend.database import Row, dialect, execute, row, rows
from gassapi_backend.server.audit.queries import find_ends
from gassapi_backend.server.changes.chain import COLUMNS, Place, hash_of, values_of

DAY = 24 * 3600
BATCH = 500  # entries in one transaction

_log = structlog.get_logger("gassapi.audit")


async def remove_old(keep_days: int) -> None:
    """Remove the entries that are older than so many days; none for 0."""
    if not keep_days:
        return
    before = stored(ago(keep_days * DAY))
    found = await rows("SELECT DISTINCT project_id FROM audit_log WHERE at < ?", before)
    for project_id in [one["project_id"] for one in found]:
        while await _remove_some(project_id, before):
            pass


async def _remove_some(project_id: str | None, before: str) -> bool:
    """Remove a batch in one transaction; return whether there may be more."""
    async with in_transaction("default"):
        if project_id is None:
            return await _remove_unchained("project_id IS NULL", [], before) == BATCH
        await _lock(project_id)
        count = await _remove_unchained("project_id = ?", [project_id], before)
        if count:
            ends = await find_ends(project_id)
            await _keep_anchor(project_id, ends.anchor)
            return True
        return await _remove_chained(project_id, before)


async def _lock(project_id: str) -> None:
    """Keep others from going on with the chain, or with its removal."""
    if dialect() != "mysql":
        return  # SQLite has locked as the transaction began
    for table, column in (("projects", "id"), ("audit_chains", "project_id")):
        if await row(f"SELECT {column} FROM {table} WHERE {column} = ? FOR UPDATE", project_id):  # noqa: S608 - the names above
            return


async def _remove_unchained(where: str, values: list[str], before: str) -> int:
    found = await rows(
        f"SELECT id FROM audit_log WHERE {where} AND number IS NULL AND at < ? LIMIT {BATCH}",  # noqa: S608 - constants only
        *values,
        before,
    )
    if found:
        marks = ", ".join("?" * len(found))
        await execute(f"DELETE FROM audit_log WHERE id IN ({marks})", *(one["id"] for one in found))  # noqa: S608 - question marks
    return len(found)


async def _remove_chained(project_id: str, before: str) -> bool:
    anchor = (await find_ends(project_id)).anchor
    found = await rows(
        f"""
        SELECT {", ".join(COLUMNS)}, number, hash FROM audit_log
        WHERE project_id = ? AND number IS NOT NULL ORDER BY number LIMIT {BATCH}
        """,  # noqa: S608 - the table's columns, a number
        project_id,
    )
    last = _last_to_go(anchor, found, before)
    if last == anchor:
        return False
    await execute(
        "DELETE FROM audit_log WHERE project_id = ? AND number <= ?", project_id, last.number
    )
    await _keep_anchor(project_id, last)
    return last.number - anchor.number == BATCH


def _last_to_go(anchor: Place, found: list[Row], before: str) -> Place:
    last = anchor
    for entry in found:
        if entry["at"] >= before:
            break
        number = last.number + 1
        if entry["number"] != number or entry["hash"] != hash_of(
            last.hash, number, values_of(entry)
        ):
            _log.warning(
                "an audit entry is not what was recorded: it and those after it are kept",
                projectId=entry["project_id"],
                number=entry["number"],
                advice="gassapi-backend audit verify",
            )
            break
        last = Place(number, entry["hash"])
    return last


async def _keep_anchor(project_id: str, last: Place) -> None:
    """Keep where the chain begins from now on; it is locked."""
    if await row("SELECT project_id FROM audit_chains WHERE project_id = ?", project_id):
        await execute(
            "UPDATE audit_chains SET anchor_number = ?, anchor_hash = ? WHERE project_id = ?",
            last.number,
            last.hash,
            project_id,
        )
    else:
        await execute(
            "INSERT INTO audit_chains (project_id, anchor_number, anchor_hash) VALUES (?, ?, ?)",
            project_id,
            last.number,
            last.hash,
        )
