"""A change that begins behind another's COMMIT is one of its own, whatever becomes of the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from gassapi_backend.database import is_away, rows
from gassapi_backend.models import Environment, Project
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import NotFound
from gassapi_backend.settings import Settings
from tests.factories import written
from tests.server.changes.servers import another_server
from tests.server.changes.shops import make_project
from tests.waiting import PATIENCE

pytestmark = pytest.mark.engines("mariadb", "mysql")  # SQLite has one connection that writes


@dataclass
class Queue:
    """Three changes of a project, of which the first hangs in its last statements.

    ``run`` runs statements of somebody who locks what it wants; ``connection_id`` is its own.
    """

    project: Project
    run: Callable[..., Awaitable[Any]]
    changes: list[asyncio.Task[int]]
    connection_id: int

    async def actions(self) -> list[str]:
        """Return what was recorded, in order, if nothing is missing in between."""
        found = await rows(
            "SELECT action, number, revision FROM audit_log WHERE project_id = ? ORDER BY number",
            self.project.id,
        )
        assert [row["number"] for row in found] == [*range(1, len(found) + 1)]
        assert [row["revision"] for row in found] == [*range(1, len(found) + 1)]
        return [row["action"] for row in found]


@asynccontextmanager
async def queue(settings: Settings, last: str) -> AsyncIterator[Queue]:
    """Have the first one wait, at its end, for a row that is free after the block.

    ``last`` is what it writes then, with the id of an environment.
    """
    project = await make_project()
    row = await Environment.create(project=project, name="Test", name_hash="x", variables=[])
    may_end = asyncio.Event()

    async def hang(made: Change) -> int:
        await may_end.wait()
        made.later(("UPDATE environments SET name = name WHERE id = ?", [row.id]), (last, []))
        return made.record("first", "project", project.id)

    async with another_server(settings) as run:
        await run("SELECT id FROM environments WHERE id = ? FOR UPDATE", row.id)
        changes = [asyncio.create_task(written(project.id, hang))]
        for name in ("second", "third"):
            await asyncio.sleep(0)  # for the one before to be in the queue
            changes.append(asyncio.create_task(written(project.id, _recording(name))))
        await asyncio.sleep(0)
        may_end.set()
        yield Queue(project, run, changes, await _waiting(run))


async def _waiting(run: Callable[..., Awaitable[Any]]) -> int:
    """Return the connection that waits for the row, once there is one."""
    sql = "SELECT id FROM information_schema.processlist WHERE info LIKE ?"
    async with asyncio.timeout(PATIENCE):
        while not (found := await run(sql, "UPDATE environments%")):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)
    return int(found[0][0])


def _recording(name: str) -> Callable[[Change], Awaitable[int]]:
    async def record(made: Change) -> int:
        return made.record(name, "project", made.locked_project.id)

    return record


async def test_changes_that_follow_each_other_are_made_in_the_order_in_which_they_came(
    database: Settings,
) -> None:
    async with queue(database, "DO 0") as found:
        pass
    assert await asyncio.gather(*found.changes) == [1, 2, 3]
    assert await found.actions() == ["first", "second", "third"]


async def test_changes_that_wait_for_each_other_need_one_connection(database: Settings) -> None:
    async with queue(database, "DO 0") as found:

        async def look(_: Change) -> int:
            (row,) = await rows("SELECT CONNECTION_ID() AS id")
            return int(row["id"])

        found.changes.append(asyncio.create_task(written(found.project.id, look)))
        await asyncio.sleep(0)
    *_, used = await asyncio.gather(*found.changes)
    assert used == found.connection_id


async def test_what_the_first_is_refused_is_not_refused_to_those_behind_it(
    database: Settings,
) -> None:
    async with queue(database, "SIGNAL SQLSTATE '45000'") as found:
        pass
    outcomes = await asyncio.gather(*found.changes, return_exceptions=True)
    assert isinstance(outcomes[0], Exception)
    assert outcomes[1:] == [1, 2]
    assert await found.actions() == ["second", "third"]


@pytest.mark.parametrize("given_up", [1, 2])
async def test_one_that_is_given_up_keeps_nothing_from_the_others(
    database: Settings, given_up: int
) -> None:
    async with queue(database, "DO 0") as found:
        found.changes[given_up].cancel()
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*found.changes, return_exceptions=True)
    assert isinstance(outcomes.pop(given_up), asyncio.CancelledError)
    assert outcomes == [1, 2]
    left = ["first", "second", "third"]
    del left[given_up]
    assert await found.actions() == left


async def test_those_behind_one_that_is_given_up_are_made_once(database: Settings) -> None:
    async with queue(database, "DO 0") as found:
        found.changes[0].cancel()
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*found.changes, return_exceptions=True)
    assert isinstance(outcomes.pop(0), asyncio.CancelledError)
    assert outcomes in ([1, 2], [2, 3])  # the server has all of the first, and may not have noticed
    assert (await found.actions())[-2:] == ["second", "third"]


async def test_a_connection_that_is_lost_loses_no_change_but_its_own(database: Settings) -> None:
    async with queue(database, "DO 0") as found:
        await found.run(f"KILL {found.connection_id}")
        outcomes = await asyncio.gather(*found.changes, return_exceptions=True)
    assert isinstance(outcomes[0], Exception)
    assert is_away(outcomes[0])
    assert outcomes[1:] == [1, 2]
    assert await found.actions() == ["second", "third"]


async def test_who_follows_a_change_that_deletes_the_project_finds_none(
    database: Settings,
) -> None:
    project = await make_project()
    may_end = asyncio.Event()

    async def delete(made: Change) -> None:
        await may_end.wait()
        made.record("deleted", "project", project.id)
        made.end_chain(made.locked_project)
        made.later(("DELETE FROM projects WHERE id = ?", [project.id]))

    first = asyncio.create_task(written(project.id, delete))
    await asyncio.sleep(0)
    others = [asyncio.create_task(written(project.id, _recording(name))) for name in "ab"]
    await asyncio.sleep(0)
    may_end.set()
    await first
    outcomes = await asyncio.gather(*others, return_exceptions=True)
    assert [type(one) for one in outcomes] == [NotFound, NotFound]


async def test_an_account_and_a_project_of_one_id_are_two_things(database: Settings) -> None:
    project = await make_project()

    async def record(made: Change) -> int:
        return made.record("touched", "project", project.id)

    changed = change(CONSOLE, project.id, Permission.WRITE, record, accounts=[project.id])
    assert await changed == 1
