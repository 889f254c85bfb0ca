"""A change decides who may go on after it has waited for its lock, by what is true then."""

import asyncio
from typing import Any

import jwt
import pytest

from gassapi_backend.database import execute
from gassapi_backend.models import Environment, Scope
from gassapi_backend.server.access.callers import CONSOLE, Actor, Caller, Kind
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Failure, Forbidden, NotFound, Unauthenticated
from gassapi_backend.server.projects.actions import delete_project
from gassapi_backend.server.sessions.actions import sign_out
from gassapi_backend.settings import Settings
from tests.conftest import Api, Person, audited, everything
from tests.factories import NOWHERE
from tests.server.changes.servers import another_server, until_somebody_waits


def actor_of(person: Person) -> Actor:
    """Return somebody as they are known once they are let in."""
    session = jwt.decode(person.access, options={"verify_signature": False})["sid"]
    return Actor(Caller(Kind.USER, person.id, person.name, session_id=session))


async def token_of(api: Api, person: Person, project_id: str) -> Actor:
    """Return a write token of somebody's as it is known once it is let in."""
    issued = await api.issue(person, project_id, scope=Scope.WRITE)
    return Actor(
        Caller(
            Kind.TOKEN,
            person.id,
            "CI",
            token_id=issued["mcpToken"]["id"],
            project_id=project_id,
            scope=Scope.WRITE,
        )
    )


async def touch(made: Change) -> None:
    """Record that the block was reached."""
    made.record("touched", "project", None)


ENDS = [  # how access is lost, whether it is that of a token, and the refusal
    ("UPDATE sessions SET revoked_at = NOW() WHERE user_id = ?", False, Unauthenticated),
    ("UPDATE users SET is_active = 0 WHERE id = ?", False, Forbidden),
    ("DELETE FROM members WHERE user_id = ?", False, Forbidden),
    ("UPDATE mcp_tokens SET revoked_at = NOW() WHERE creator_id = ?", True, Unauthenticated),
    ("UPDATE users SET is_active = 0 WHERE id = ?", True, Unauthenticated),
    ("DELETE FROM members WHERE user_id = ?", True, Unauthenticated),
]


@pytest.mark.engines("mariadb", "mysql")  # on SQLite nobody reads while they wait to write
@pytest.mark.parametrize(("sql", "by_token", "refusal"), ENDS)
async def test_who_waits_for_the_projects_row_is_judged_by_what_is_committed_then(
    api: Api, settings: Settings, sql: str, by_token: bool, refusal: type[Failure]
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    await api.join(bob, project_id)
    actor = await token_of(api, bob, project_id) if by_token else actor_of(bob)
    async with another_server(settings) as run:
        await run("SELECT id FROM projects WHERE id = ? FOR UPDATE", project_id)
        writer = asyncio.create_task(change(actor, project_id, Permission.WRITE, touch))
        await until_somebody_waits(run)
        await run(sql, bob.id)  # would never end if whoever waits had locked this already
    with pytest.raises(refusal):
        await writer
    assert "touched" not in await audited()


@pytest.mark.engines("mariadb", "mysql")
async def test_whatever_a_change_reads_is_from_after_its_wait(api: Api, settings: Settings) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]

    async def count(_: Change) -> int:
        return await Environment.filter(project_id=project_id).count()

    async with another_server(settings) as run:
        await run("SELECT id FROM projects WHERE id = ? FOR UPDATE", project_id)
        writer = asyncio.create_task(change(actor_of(ann), project_id, Permission.WRITE, count))
        await until_somebody_waits(run)
        await run("DELETE FROM environments WHERE project_id = ?", project_id)
    assert await writer == 0


@pytest.mark.engines("mariadb", "mysql")
async def test_who_waits_for_their_account_is_judged_by_what_is_committed_then(
    api: Api, settings: Settings
) -> None:
    ann = await api.person(is_admin=True)
    for sql, _, refusal in (
        *ENDS[:2],
        ("UPDATE users SET is_admin = 0 WHERE id = ?", 0, Forbidden),
    ):
        async with another_server(settings) as run:
            await run("SELECT id FROM users WHERE id = ? FOR UPDATE", ann.id)
            writer = asyncio.create_task(change(actor_of(ann), None, Permission.ADMINISTER, touch))
            await until_somebody_waits(run)
            await run(sql, ann.id)
        with pytest.raises(refusal):
            await writer
        await execute("UPDATE users SET is_active = ?", True)
        await execute("UPDATE sessions SET revoked_at = NULL")
    assert "touched" not in await audited()


async def test_a_sign_out_waits_for_the_change_that_the_session_is_making(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    is_open, may_end = asyncio.Event(), asyncio.Event()

    async def hold(made: Change) -> None:
        made.record("touched", "project", project_id)
        is_open.set()
        await may_end.wait()

    writer = asyncio.create_task(change(actor_of(ann), project_id, Permission.WRITE, hold))
    await is_open.wait()
    leaver = asyncio.create_task(sign_out(actor_of(ann), everywhere=False))
    await asyncio.sleep(0.2)
    assert not leaver.done()
    may_end.set()
    await writer
    assert await leaver == 1
    assert (await audited())[-2:] == ["touched", "session_ended"]


async def test_a_project_that_is_gone_is_first_of_all_told_to_those_who_are_known(
    api: Api,
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(bob))["id"]
    token = await token_of(api, bob, project_id)
    await sign_out(actor_of(bob), everywhere=True)
    await delete_project(CONSOLE, project_id)
    before = await everything()
    for actor, refusal in (
        (actor_of(ann), NotFound),
        (CONSOLE, NotFound),
        (actor_of(bob), Unauthenticated),
        (token, Unauthenticated),
    ):
        with pytest.raises(refusal):
            await change(actor, project_id, Permission.WRITE, touch)
    assert await everything() == before


async def test_a_token_writes_in_no_other_project(api: Api) -> None:
    ann = await api.person()
    one, other = [(await api.project(ann))["id"] for _ in range(2)]
    token = await token_of(api, ann, one)
    with pytest.raises(Forbidden):
        await change(token, other, Permission.WRITE, touch)
    await change(token, one, Permission.WRITE, touch)


async def test_what_is_read_has_to_be_allowed_as_what_is_written(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    his, hers = (await api.project(bob))["id"], (await api.project(ann))["id"]
    with pytest.raises(Forbidden):
        await change(actor_of(bob), his, Permission.WRITE, touch, reads=hers)
    await api.join(bob, hers)
    await change(actor_of(bob), his, Permission.WRITE, touch, reads=hers)


async def test_accounts_and_projects_are_locked_as_far_as_they_are_there(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]

    async def look(made: Change) -> tuple[set[str], set[str]]:
        with pytest.raises(NotFound):
            made.account_of(NOWHERE)
        assert made.account.id == ann.id
        return set(made.accounts), set(made.projects)

    wanted: dict[str, Any] = {"also": [project_id, NOWHERE], "accounts": [bob.id, NOWHERE, "x"]}
    found = await change(actor_of(ann), None, Permission.SIGNED_IN, look, **wanted)
    assert found == ({ann.id, bob.id}, {project_id})
