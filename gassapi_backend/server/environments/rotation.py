"""Encrypting every secret value anew, while servers run, even if it breaks off half way."""

from collections.abc import AsyncIterator
from contextlib import suppress

import orjson
from tortoise.transactions import in_transaction

from gassapi_backend.database import dialect, execute, rows
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import NotFound
from gassapi_backend.server.items.queries import list_sealed
from gassapi_backend.server.items.variables import is_outdated, resealed
from gassapi_backend.vault import Vault


async def reseal_everything(actor: Actor, vault: Vault) -> AsyncIterator[tuple[str, int]]:
    """Encrypt with the key in force whatever is not yet, in one change for each project.

    Yields projects and how many values of theirs were encrypted anew, each when that is committed.
    What no key opens stays as it is. The new key has to be where servers find it already.
    """
    await wait_for_writers()
    outdated = {
        row["project_id"]: None
        for row in await list_sealed()
        if any(is_outdated(vault, variable) for variable in orjson.loads(row["variables"]))
    }
    for project_id in outdated:
        with suppress(NotFound):  # deleted in the meantime, and its values with it
            yield project_id, await _reseal_project(actor, project_id, vault)


async def _reseal_project(actor: Actor, project_id: str, vault: Vault) -> int:
    """Revisions stay: what is shown of environments and collections is the same."""

    async def reseal(made: Change) -> int:
        total = 0
        for row in await list_sealed(project_id):
            variables, count = resealed(vault, row["id"], orjson.loads(row["variables"]))
            if count:
                total += count
                await execute(
                    f"UPDATE {row['kind']}s SET variables = ? WHERE id = ?",  # noqa: S608 - of two kinds
                    orjson.dumps(variables).decode(),
                    row["id"],
                )
        if total:
            project = made.locked_project
            made.record("secrets_reencrypted", "project", project.id, project.name, variables=total)
        return total

    return await change(actor, project_id, Permission.WRITE, reseal)


async def wait_for_writers() -> None:
    """Return when every change that was open is committed.

    Those that open from now on find the new key, since they look for it with their project's row
    locked. On SQLite everything from now on is also on the disk once it is committed: the old key
    must not be thrown away before that.
    """
    if dialect() == "sqlite":
        await execute("PRAGMA synchronous = FULL")
    async with in_transaction("default"):  # on SQLite this waits by itself
        if dialect() == "mysql":
            await rows("SELECT id FROM projects FOR UPDATE")
