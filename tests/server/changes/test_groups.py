"""Brief changes that wait for each other are committed together, each with its own outcome."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from tortoise.connection import get_connections

from gassapi_backend.database import execute, following, is_away, mysql, rows
from gassapi_backend.models import Project
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.changes.held import held_back
from gassapi_backend.server.errors import NotFound
from gassapi_backend.settings import Settings
from tests.server.changes.servers import another_server
from tests.server.changes.shops import make_project
from tests.waiting import PATIENCE

pytestmark = pytest.mark.engines("mariadb", "mysql")  # SQLite has one connection that writes

Block = Callable[[Change], Awaitable[int]]
REFUSED = "SIGNAL SQLSTATE '45000'"


@dataclass
class Writers:
    """Changes of one project that are made one after the other, while the last can be held up.

    ``look`` runs statements of somebody who sees what is committed.
    """

    project: Project
    look: Callable[..., Awaitable[Any]]
    changes: list[asyncio.Task[int]] = field(default_factory=list)
    begins: asyncio.Event = field(default_factory=asyncio.Event)
    is_held: asyncio.Event = field(default_factory=asyncio.Event)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def add(self, block: Block, *, is_brief: bool = True) -> None:
        """Have one more wait for those before it."""
        making = change(CONSOLE, self.project.id, Permission.EDIT_PROJECT, block, is_brief=is_brief)
        self.changes.append(asyncio.create_task(making))
        await asyncio.sleep(0)

    async def hold(self, made: Change) -> int:
        """Be a block that waits for ``may_go_on``, the first time that it is run."""
        is_first = not self.is_held.is_set()
        self.is_held.set()
        if is_first:
            async with asyncio.timeout(PATIENCE):
                await self.may_go_on.wait()
        return made.record("held", "project", self.project.id)

    async def until_held(self) -> None:
        """Have them made, up to the one that is held up."""
        self.begins.set()
        async with asyncio.timeout(PATIENCE):
            await self.is_held.wait()
        await asyncio.sleep(0.05)  # in which what does not wait for it would end

    async def outcomes(self) -> list[int | BaseException]:
        """Return what became of all, once they have ended."""
        self.may_go_on.set()
        return await asyncio.gather(*self.changes, return_exceptions=True)

    async def committed(self) -> list[str]:
        """Return what was recorded as others see it, if nothing is missing in between."""
        found = await self.look(
            "SELECT action, number, revision FROM audit_log WHERE project_id = ? ORDER BY number",
            self.project.id,
        )
        assert [row[1] for row in found] == [*range(1, len(found) + 1)]
        assert [row[2] for row in found] == [*range(1, len(found) + 1)]
        return [row[0] for row in found]


@pytest.fixture
async def found(database: Settings) -> AsyncIterator[Writers]:
    """Lend a project in which somebody writes first, once all who are added wait for that."""
    async with another_server(database) as look:
        found = Writers(await make_project(), look)

        async def begin(made: Change) -> int:
            await found.begins.wait()
            return made.record("began", "project", found.project.id)

        await found.add(begin)
        yield found


def recording(name: str) -> Block:
    """Return a block that records this."""

    async def record(made: Change) -> int:
        return made.record(name, "project", made.locked_project.id)

    return record


async def _id(_: Change) -> int:
    (row,) = await rows("SELECT CONNECTION_ID() AS id")
    return int(row["id"])


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let groups stay open on the slowest machine."""
    monkeypatch.setattr(following, "LONGEST_SECONDS", PATIENCE)


@pytest.mark.usefixtures("patient")
async def test_changes_of_a_group_are_seen_at_once(found: Writers) -> None:
    await found.add(recording("second"))
    await found.add(found.hold)
    await found.until_held()
    assert await found.committed() == []
    assert not any(one.done() for one in found.changes)
    assert await found.outcomes() == [1, 2, 3]
    assert await found.committed() == ["began", "second", "held"]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("is_first", [True, False])
async def test_what_is_not_brief_is_committed_by_itself(found: Writers, *, is_first: bool) -> None:
    await found.add(recording("second"), is_brief=not is_first)
    await found.add(found.hold, is_brief=is_first)
    await found.until_held()
    assert await found.committed() == ["began", "second"]
    assert await found.outcomes() == [1, 2, 3]


async def test_a_group_ends_when_it_is_old(found: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LONGEST_SECONDS", 0)
    await found.add(recording("second"))
    await found.add(found.hold)
    await found.until_held()
    assert await found.committed() == ["began", "second"]
    assert await found.outcomes() == [1, 2, 3]


@pytest.mark.usefixtures("patient")
async def test_a_group_has_so_many_members(found: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST", 3)
    for name in ("second", "third", "fourth"):
        await found.add(recording(name))
    await found.add(found.hold)
    await found.until_held()
    assert await found.committed() == ["began", "second", "third"]
    assert await found.outcomes() == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("patient")
async def test_who_is_refused_after_a_look_leaves_the_others(found: Writers) -> None:
    runs = 0

    async def count(made: Change) -> int:
        nonlocal runs
        runs += 1
        return made.record("counted", "project", found.project.id)

    async def look(_: Change) -> int:
        await rows("SELECT id FROM projects WHERE id = ?", found.project.id)
        raise NotFound("There is no such thing.")

    await found.add(count)
    await found.add(look)
    await found.add(found.hold)
    await found.until_held()
    _, counted, refused, _ = await found.outcomes()
    assert (counted, runs) == (2, 1)
    assert isinstance(refused, NotFound)
    assert await found.committed() == ["began", "counted", "held"]


@pytest.mark.usefixtures("patient")
async def test_what_one_wrote_before_it_was_refused_is_not_kept(found: Writers) -> None:
    async def write(_: Change) -> int:
        await execute("UPDATE projects SET name = 'Lost' WHERE id = ?", found.project.id)
        raise NotFound("There is no such thing.")

    await found.add(recording("second"))
    await found.add(write)
    await found.add(found.hold)
    await found.until_held()
    outcomes = await found.outcomes()
    assert isinstance(outcomes.pop(2), NotFound)
    assert all(isinstance(one, int) for one in outcomes)
    assert sorted(await found.committed()) == ["began", "held", "second"]
    assert (await found.look("SELECT name FROM projects"))[0][0] == "Shop"


@pytest.mark.usefixtures("patient")
async def test_what_the_database_refuses_one_is_made_again_without_it(found: Writers) -> None:
    async def write(made: Change) -> int:
        made.later((REFUSED, []))
        return made.record("refused", "project", found.project.id)

    await found.add(recording("second"))
    await found.add(write)
    await found.add(found.hold)
    await found.until_held()
    outcomes = await found.outcomes()
    assert isinstance(outcomes.pop(2), Exception)
    assert all(isinstance(one, int) for one in outcomes)
    assert sorted(await found.committed()) == ["began", "held", "second"]


@pytest.mark.usefixtures("patient")
async def test_a_connection_that_is_lost_before_the_commit_loses_nothing(
    found: Writers,
) -> None:
    await found.add(recording("second"))
    await found.add(_hold_and_kill(found))
    await found.until_held()
    outcomes = await found.outcomes()
    assert is_away(outcomes.pop(2))  # type: ignore[arg-type]  # an error
    assert sorted(outcomes) == [1, 2]  # type: ignore[type-var]  # numbers
    assert sorted(await found.committed()) == ["began", "second"]


def _hold_and_kill(found: Writers) -> Block:
    async def kill(made: Change) -> int:
        own = await _id(made)
        await found.hold(made)
        await found.look(f"KILL {own}")
        return await _id(made)

    return kill


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("given_up", [0, 1, 2, 3])
async def test_one_that_is_given_up_takes_none_with_it(found: Writers, given_up: int) -> None:
    await found.add(recording("second"))
    await found.add(found.hold)
    await found.add(recording("last"))
    await found.until_held()
    found.changes[given_up].cancel()
    await asyncio.sleep(0)
    outcomes = await found.outcomes()
    assert isinstance(outcomes.pop(given_up), asyncio.CancelledError)
    assert all(isinstance(one, int) for one in outcomes)
    names = ["began", "second", "held", "last"]
    theirs = names.pop(given_up)
    made = sorted(await found.committed())
    # Of the first two, all that is missing is the COMMIT, which is the others'.
    assert made in (sorted(names), sorted([*names, theirs]))
    assert made == sorted(names) or given_up < 2


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "error",
    [
        mysql.errors.OperationalError(2013, "Lost connection"),
        mysql.errors.OperationalError(9001, "Max connect timeout reached"),  # ProxySQL's
        ConnectionResetError(104, "Connection reset by peer"),
    ],
)
async def test_nobody_of_a_group_is_told_more_than_is_known(
    found: Writers, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A COMMIT whose answer is lost may have been carried out: nothing is made again."""
    await found.add(recording("second"))
    await found.add(found.hold)
    await found.until_held()
    _lose_commits(monkeypatch, error)
    outcomes = await found.outcomes()
    assert all(isinstance(one, Exception) and is_away(one) for one in outcomes)
    assert await found.committed() == ["began", "second", "held"]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("code", [1213, 3101])
async def test_all_of_a_group_are_made_again_where_its_commit_is_refused(
    found: Writers, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    await found.add(recording("second"))
    await found.add(found.hold)
    await found.until_held()
    ask = mysql.answers_to

    async def refuse(connection: Any, sql: str, count: int | None = None) -> Any:
        if not sql.endswith("COMMIT"):
            return await ask(connection, sql, count)
        monkeypatch.setattr(mysql, "answers_to", ask)
        await ask(connection, "ROLLBACK")
        raise mysql.errors.OperationalError(code, "refused")

    monkeypatch.setattr(mysql, "answers_to", refuse)
    outcomes = await found.outcomes()
    assert sorted(outcomes) == [1, 2, 3]  # type: ignore[type-var]  # numbers
    assert sorted(await found.committed()) == ["began", "held", "second"]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("is_beaten", [False, True])
async def test_one_whose_commit_waits_is_the_last_of_a_group(
    found: Writers, *, is_beaten: bool
) -> None:
    """As with an Idempotency-Key, whose answer may turn out to be there already."""

    async def answer() -> int:
        async with held_back():
            block = recording("answered")
            project_id = found.project.id
            made = await change(CONSOLE, project_id, Permission.EDIT_PROJECT, block, is_brief=True)
            await execute("UPDATE projects SET name = 'Sold' WHERE id = ?", project_id)
            if is_beaten:
                raise ValueError
            return made

    await found.add(recording("second"))
    found.changes.append(asyncio.create_task(answer()))
    await asyncio.sleep(0)
    await found.add(recording("last"))
    found.begins.set()
    outcomes, names = await found.outcomes(), ["answered", "began", "last", "second"]
    if is_beaten:
        assert isinstance(outcomes.pop(2), ValueError)
        names.remove("answered")
    assert sorted(outcomes) == [*range(1, len(names) + 1)]  # type: ignore[type-var]  # numbers
    assert sorted(await found.committed()) == names
    assert (await found.look("SELECT name FROM projects"))[0][0] == (
        "Shop" if is_beaten else "Sold"
    )


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("code", [1213, 2013, 3101])
async def test_who_is_refused_for_what_is_not_committed_is_asked_again(
    found: Writers, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    async def rename(made: Change) -> int:
        await execute("UPDATE projects SET name = 'Sold' WHERE id = ?", found.project.id)
        return made.record("renamed", "project", found.project.id)

    async def refuse(_: Change) -> int:
        (row,) = await rows("SELECT name FROM projects WHERE id = ?", found.project.id)
        raise NotFound(f"There is no such thing in {row['name']}.")

    async def fail(transaction: Any) -> None:
        monkeypatch.undo()
        found.changes[1].cancel()  # so that its change is not made again
        await transaction._connection.rollback()  # as the server would
        raise mysql.errors.OperationalError(code, "refused")

    monkeypatch.setattr(mysql.TransactionWrapper, "commit", fail)
    await found.add(rename)
    await found.add(refuse)
    found.begins.set()
    _, _, refused = await found.outcomes()
    assert str(refused) == "There is no such thing in Shop."
    assert "renamed" not in await found.committed()


@pytest.mark.usefixtures("patient")
async def test_a_lost_commit_is_not_taken_for_one_too_large(
    found: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent in parts that the server takes is beyond what it takes at once."""

    async def write(made: Change) -> int:
        made.later(*[("DO ?", ["x" * 90_000])] * 3)
        return await found.hold(made)

    client: Any = get_connections().get("default")
    monkeypatch.setattr(client, "max_packet", 200_000)
    await found.add(recording("second"))
    await found.add(write)
    await found.until_held()
    _lose_commits(monkeypatch, mysql.errors.OperationalError(2013, "Lost connection"))
    outcomes = await found.outcomes()
    assert all(isinstance(one, Exception) and is_away(one) for one in outcomes)
    assert await found.committed() == ["began", "second", "held"]


def _lose_commits(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Have each COMMIT carried out, and its answer lost."""
    ask = mysql.answers_to

    async def lose(connection: Any, sql: str, count: int | None = None) -> Any:
        answers = await ask(connection, sql, count)
        if sql.endswith("COMMIT"):
            connection.close()
            raise error
        return answers

    monkeypatch.setattr(mysql, "answers_to", lose)
