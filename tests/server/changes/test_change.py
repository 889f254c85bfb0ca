"""One write, one fate: rows, audit entries and the revision come together or not at all."""

import asyncio
import time
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from gassapi_backend.clock import now, stored
from gassapi_backend.database import execute, rows
from gassapi_backend.database.statements import inserts
from gassapi_backend.models import AuditEntry, Member, Project, User, new_id
from gassapi_backend.models.rows import ProjectRow
from gassapi_backend.server.access.callers import Actor, Caller, Callers, Kind
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.changes.recording import BATCH
from gassapi_backend.server.errors import NotFound
from gassapi_backend.server.projects.rows import new_member, new_row
from gassapi_backend.settings import Settings
from tests.conftest import PASSWORD, Api, audited, everything
from tests.factories import written
from tests.server.changes.shops import make_project, make_user


async def test_rows_audit_and_revision_are_committed_together(database: Settings) -> None:
    project = await make_project()
    actor = Actor(Caller(Kind.TOKEN, user_id="u", token_id="t"), "192.0.2.1", "request-1")

    async def block(made: Change) -> None:
        made.locked_project.name = "Store"
        made.save_project("name")
        assert made.record("renamed", "project", project.id, "Store", old="Shop") == 1

    await change(actor, project.id, Permission.PUBLIC, block)
    entry = await AuditEntry.get()
    kept = await Project.get(id=project.id)
    assert (kept.name, kept.revision) == ("Store", 1)
    assert kept.updated_at > project.updated_at
    assert (entry.action, entry.resource_type, entry.resource_id, entry.resource_name) == (
        "renamed",
        "project",
        project.id,
        "Store",
    )
    assert (entry.actor_type, entry.actor_id, entry.token_id) == ("token", "u", "t")
    assert (entry.ip, entry.request_id) == ("192.0.2.1", "request-1")
    assert (entry.project_id, entry.revision) == (project.id, 1)
    assert entry.details == {"old": "Shop"}
    assert entry.at <= now()


async def test_each_entry_of_a_change_makes_the_next_revision(database: Settings) -> None:
    project = await make_project()

    async def block(made: Change) -> None:
        assert [made.record("touched", "project", None) for _ in range(3)] == [1, 2, 3]

    await written(project.id, block)
    assert (await Project.get(id=project.id)).revision == 3
    assert await revisions(project) == [1, 2, 3]


async def test_a_change_of_many_entries_keeps_them_all(database: Settings) -> None:
    project = await make_project()

    async def block(made: Change) -> None:
        for number in range(2 * BATCH + 1):
            made.record("touched", "project", None, f"100% {number} ?", number=number)

    await written(project.id, block)
    assert await revisions(project) == list(range(1, 2 * BATCH + 2))
    last = await AuditEntry.get(revision=2 * BATCH + 1)
    assert last.resource_name == f"100% {2 * BATCH} ?"
    assert last.details == {"number": 2 * BATCH}


async def test_a_change_outside_projects_makes_no_revision(database: Settings) -> None:
    async def block(made: Change) -> None:
        assert made.record("touched", "user", None) == 0
        with pytest.raises(RuntimeError, match="not about a project"):
            _ = made.locked_project

    await written(None, block)
    assert await rows("SELECT project_id, revision FROM audit_log") == [
        {"project_id": None, "revision": None}
    ]


async def test_a_new_project_begins_with_the_revisions_of_its_change(database: Settings) -> None:
    owner = await make_user()

    async def block(made: Change) -> Project:
        project = made.begin_project(new_shop(owner))
        made.record("created", "project", project.id)
        made.record("furnished", "project", project.id)
        await made.insert_project()
        return project

    project = await written(None, block)
    assert (await Project.get(id=project.id)).revision == 2
    assert await revisions(project) == [1, 2]


async def test_what_is_recorded_after_a_new_project_is_inserted_is_in_its_row(
    database: Settings,
) -> None:
    owner = await make_user()

    async def block(made: Change) -> Project:
        project = made.begin_project(new_shop(owner))
        made.record("created", "project", project.id)
        await made.insert_project()
        made.record("furnished", "project", project.id)
        project.endpoint_count = 7
        made.save_project("endpoint_count")
        return project

    project = await written(None, block)
    kept = await Project.get(id=project.id)
    last = await AuditEntry.get(revision=2)
    assert (kept.revision, kept.endpoint_count) == (2, 7)
    assert (kept.audit_number, kept.audit_hash) == (last.number, last.hash)


async def test_a_new_project_is_inserted_before_what_waits_for_the_end(database: Settings) -> None:
    owner = await make_user()

    async def block(made: Change) -> Project:
        project = made.begin_project(new_shop(owner))
        member = new_member(new_id(), project_id=project.id, user_id=owner.id, moment=stored(now()))
        made.later(*inserts("members", [member]))
        made.record("created", "project", project.id)
        project.endpoint_count = 7
        return project

    project = await written(None, block)
    kept, last = await Project.get(id=project.id), await AuditEntry.get(revision=1)
    assert (kept.revision, kept.endpoint_count) == (1, 7)
    assert (kept.audit_number, kept.audit_hash) == (last.number, last.hash)
    assert await Member.filter(project_id=project.id).count() == 1


async def test_a_change_that_records_nothing_makes_no_revision(database: Settings) -> None:
    project = await make_project()

    async def block(made: Change) -> None:
        pass

    await written(project.id, block)
    assert (await Project.get(id=project.id)).revision == 0
    assert await audited() == []


async def test_columns_that_are_to_be_saved_are_never_lost_unseen(database: Settings) -> None:
    project = await make_project()
    before = await everything()

    async def work(made: Change) -> None:
        made.locked_project.name = "Store"
        made.save_project("name")

    with pytest.raises(RuntimeError, match="record"):
        await written(project.id, work)
    assert await everything() == before


@pytest.mark.parametrize("after", ["nothing", "write", "record", "all"])
async def test_an_exception_at_any_point_leaves_everything_as_it_was(
    database: Settings, after: str
) -> None:
    project = await make_project()
    before = await everything()

    async def work(made: Change) -> None:
        if after == "nothing":
            raise ValueError("stop")
        made.locked_project.name = "Store"
        made.save_project("name")
        await Member.create(project_id=project.id, user_id=(await make_user("bob")).id)
        if after == "write":
            raise ValueError("stop")
        made.record("touched", "project", project.id)
        if after == "record":
            raise ValueError("stop")
        await Member.filter(project_id=project.id).delete()
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await written(project.id, work)
    assert await everything() == before


async def test_a_cancelled_change_leaves_everything_as_it_was(database: Settings) -> None:
    project = await make_project()
    before = await everything()
    is_written = asyncio.Event()

    async def work(made: Change) -> None:
        made.record("touched", "project", project.id)
        await Member.create(project_id=project.id, user_id=(await make_user("bob")).id)
        is_written.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(written(project.id, work))
    await is_written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await everything() == before

    async def block(made: Change) -> None:
        assert made.record("touched", "project", project.id) == 1

    await written(project.id, block)


async def test_an_audit_entry_that_cannot_be_written_undoes_the_change(
    database: Settings,
) -> None:
    project = await make_project()
    await AuditEntry.create(
        project_id=project.id, revision=2, action="x", actor_type="x", resource_type="x"
    )
    before = await everything()

    async def work(made: Change) -> None:
        made.locked_project.name = "Store"
        made.save_project("name")
        made.record("touched", "project", None)
        made.record("touched", "project", None)

    with pytest.raises(IntegrityError):
        await written(project.id, work)
    assert await everything() == before


async def test_a_detail_that_cannot_be_kept_undoes_the_change(database: Settings) -> None:
    project = await make_project()
    before = await everything()

    async def work(made: Change) -> None:
        await Member.create(project_id=project.id, user_id=(await make_user("bob")).id)
        made.record("touched", "project", None, thing=object())

    with pytest.raises(TypeError):
        await written(project.id, work)
    assert await everything() == before


async def test_a_change_within_a_change_is_refused_and_both_are_undone(
    database: Settings,
) -> None:
    project = await make_project()
    before = await everything()

    async def inner(made: Change) -> None:
        made.record("inner", "project", None)

    async def outer(made: Change) -> None:
        made.record("outer", "project", None)
        await written(None, inner)

    with pytest.raises(RuntimeError, match="already open"):
        await written(project.id, outer)
    assert await everything() == before
    await written(None, inner)
    assert await audited() == ["inner"]


async def test_changes_of_other_tasks_are_not_within_this_one(database: Settings) -> None:
    project = await make_project()
    begun = asyncio.Event()

    async def work(*, waits: bool) -> None:
        if waits:
            await begun.wait()

        async def block(made: Change) -> None:
            begun.set()
            await asyncio.sleep(0.05)
            made.record("touched", "project", None)

        await written(project.id, block)

    await asyncio.gather(work(waits=False), work(waits=True))
    assert await revisions(project) == [1, 2]


async def test_a_change_of_a_deleted_project_is_not_found(database: Settings) -> None:
    project = await make_project()
    await Member.filter(project_id=project.id).delete()
    await project.delete()
    before = await everything()
    reached = []

    async def block(made: Change) -> None:
        reached.append(made)

    with pytest.raises(NotFound):
        await written(project.id, block)
    assert not reached
    assert await everything() == before


async def test_a_project_deleted_while_a_change_waits_for_it_is_not_found(
    database: Settings,
) -> None:
    project = await make_project()
    locked = asyncio.Event()

    async def delete() -> None:
        async def block(made: Change) -> None:
            locked.set()
            await asyncio.sleep(0.1)
            await Member.filter(project_id=project.id).delete()
            await made.locked_project.delete()
            made.record("deleted", "project", project.id)

        await written(project.id, block)

    async def touch() -> None:
        await locked.wait()

        async def block(made: Change) -> None:
            made.record("touched", "project", project.id)

        await written(project.id, block)

    ended = await asyncio.gather(delete(), touch(), return_exceptions=True)
    assert isinstance(ended[1], NotFound)
    assert await audited() == ["deleted"]


async def test_the_audit_entries_of_a_deleted_project_stay(database: Settings) -> None:
    project = await make_project()

    async def block(made: Change) -> None:
        made.record("deleted", "project", project.id)
        await Member.filter(project_id=project.id).delete()
        await made.locked_project.delete()

    await written(project.id, block)
    assert not await Project.exists(id=project.id)
    assert await revisions(project) == [1]


async def test_many_writers_at_once_make_revisions_without_gaps(database: Settings) -> None:
    project = await make_project()

    async def work(number: int) -> int:
        async def block(made: Change) -> int:
            made.locked_project.endpoint_count += 1
            made.save_project("endpoint_count")
            await asyncio.sleep(0)
            return made.record("touched", "project", None, str(number))

        return await written(project.id, block)

    given = await asyncio.gather(*(work(number) for number in range(50)))
    kept = await Project.get(id=project.id)
    assert sorted(given) == list(range(1, 51))
    assert await revisions(project) == list(range(1, 51))
    assert (kept.revision, kept.endpoint_count) == (50, 50)


async def test_writers_that_fail_leave_no_gap(database: Settings) -> None:
    project = await make_project()

    async def work(number: int) -> None:
        async def block(made: Change) -> None:
            made.record("touched", "project", None, str(number))
            if number % 3 == 0:
                raise ValueError("stop")

        await written(project.id, block)

    await asyncio.gather(*(work(number) for number in range(30)), return_exceptions=True)
    assert await revisions(project) == list(range(1, 21))
    assert (await Project.get(id=project.id)).revision == 20


async def test_the_end_of_access_is_announced_after_the_commit_and_not_before(
    database: Settings,
) -> None:
    callers, asked = Callers(), []

    async def find(credential: str) -> tuple[Caller, float]:
        asked.append(await audited())
        return Caller(Kind.USER), float("inf")

    await callers.get("token", find)

    async def block(made: Change) -> None:
        made.record("ended", "session", None)
        made.ends_access()
        await callers.get("token", find)
        assert asked == [[]]

    await written(None, block)
    await callers.get("token", find)
    assert asked == [[], ["ended"]]
    await callers.get("token", find)
    assert len(asked) == 2


async def test_a_change_that_ends_no_access_makes_nobody_be_asked_for_again(
    database: Settings,
) -> None:
    callers, asked = Callers(), 0

    async def find(credential: str) -> tuple[Caller, float]:
        nonlocal asked
        asked += 1
        return Caller(Kind.USER), float("inf")

    await callers.get("token", find)

    async def block(made: Change) -> None:
        made.record("touched", "user", None)

    await written(None, block)
    await callers.get("token", find)
    assert asked == 1


async def test_a_caller_is_remembered_from_when_they_were_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However long that takes: what ended meanwhile elsewhere is known within a second."""
    moment, asked = 100.0, []

    async def find(credential: str) -> tuple[Caller, float]:
        nonlocal moment
        asked.append(moment)
        moment += 0.5
        return Caller(Kind.USER), float("inf")

    monkeypatch.setattr(time, "monotonic", lambda: moment)
    people = Callers()
    await people.get("token", find)
    moment = 100.85
    await people.get("token", find)
    assert asked == [100.0]
    moment = 100.95
    await people.get("token", find)
    assert asked == [100.0, 100.95]


async def test_a_statement_that_fails_in_a_change_is_not_committed_half(
    database: Settings,
) -> None:
    project = await make_project()
    before = await everything()

    async def work(made: Change) -> None:
        made.record("touched", "project", None)
        await execute("UPDATE projects SET name = 'Store'")
        await rows("SELECT nothing FROM nowhere")

    with pytest.raises(OperationalError):
        await written(project.id, work)
    assert await everything() == before


async def test_the_audit_log_holds_no_secret(api: Api) -> None:
    ann = await api.person()
    bob = {"email": "bob@example.com", "password": "another horse 43", "name": "Bob"}
    registered = (await api.json("POST", "/auth/register", json=bob, expect=201))["tokens"]
    refreshed = (
        await api.json("POST", "/auth/refresh", json={"refreshToken": registered["refreshToken"]})
    )["tokens"]
    project = await api.project(ann)
    issued = await api.issue(ann, project["id"])
    fresh = await api.json(
        "POST",
        "/mcp/regenerate-token",
        ann,
        json={"projectId": project["id"], "tokenId": issued["mcpToken"]["id"]},
        expect=201,
    )
    await api.json("POST", f"/projects/{project['id']}/generate-config", ann, json={}, expect=201)
    await api.json(
        "PUT",
        "/users/password",
        ann,
        json={"currentPassword": PASSWORD, "newPassword": "third horse 44!"},
    )
    stored = await rows("SELECT password_hash AS secret FROM users")
    stored += await rows("SELECT token_hash AS secret FROM mcp_tokens")
    secrets = {
        PASSWORD,
        "another horse 43",
        "third horse 44!",
        ann.access,
        ann.refresh,
        *registered.values(),
        *refreshed.values(),
        issued["token"],
        fresh["token"],
        *(found["secret"] for found in stored),
    }
    entries = await rows("SELECT * FROM audit_log")
    assert len(entries) > 10
    kept = "\n".join(str(value) for entry in entries for value in entry.values())
    assert [secret for secret in secrets if isinstance(secret, str) and secret in kept] == []


def new_shop(owner: User) -> ProjectRow:
    return new_row(new_id(), owner_id=owner.id, name="Shop", moment=stored(now()))


async def revisions(project: Project) -> list[Any]:
    """Return the revisions in a project's audit entries, in the order they were written."""
    entries = await AuditEntry.filter(project_id=project.id).order_by("id")
    return [entry.revision for entry in entries]
