"""What the database ends for another's sake is begun again, and what happens once happens once."""

import asyncio
import sqlite3
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from gassapi_backend.database import ATTEMPTS, execute, rows
from gassapi_backend.models import Idempotency, Mail, Project, User
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.errors import Unavailable
from gassapi_backend.settings import Settings
from tests.conftest import PASSWORD, Api, Serve, audited, everything
from tests.factories import written
from tests.server.changes.conflicts import conflict, fail_commits

KEY = {"Idempotency-Key": "k"}
MAIL = {
    "smtp_url": SecretStr("smtp://127.0.0.1:9"),  # nobody is there
    "smtp_from": "GassAPI <no-reply@gass.example.com>",
}


async def make_project(api: Api) -> str:
    return str((await api.project(await api.person()))["id"])


@pytest.mark.parametrize("code", [1213, 1205, 1020, 3101])
async def test_a_commit_that_conflicts_is_begun_again_from_a_clean_slate(
    api: Api, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    project_id = await make_project(api)
    seen: list[Change] = []
    begun = fail_commits(monkeypatch, 2, lambda: conflict(code))
    done: list[str] = []

    async def block(made: Change) -> int:
        seen.append(made)
        made.locked_project.endpoint_count += 1
        made.save_project("endpoint_count")
        made.afterwards(lambda: done.append("afterwards"))
        return made.record("touched", "project", project_id)

    assert await written(project_id, block) == 3
    assert len(begun) == len(set(map(id, seen))) == 3
    kept = await Project.get(id=project_id)
    assert (kept.endpoint_count, kept.revision) == (1, 3)
    assert (await audited())[-1] == "touched"
    assert (await audited()).count("touched") == 1
    assert done == ["afterwards"]


async def test_after_some_attempts_the_caller_is_told_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    before = await everything()
    begun = fail_commits(monkeypatch, 10**6)
    path = f"/projects/{project_id}"
    response = await api.call("PATCH", path, ann, json={"name": "Store"})
    body = await response.json()
    assert (response.status, body["error"]["code"]) == (503, "UNAVAILABLE")
    assert "try again" in body["error"]["message"]
    assert response.headers["Retry-After"] == "1"
    assert len(begun) == ATTEMPTS
    assert await everything() == before


async def test_what_is_no_conflict_is_not_begun_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_id = await make_project(api)
    begun = fail_commits(monkeypatch, 1, lambda: ValueError("no"))

    async def block(made: Change) -> None:
        made.record("touched", "project", project_id)

    with pytest.raises(ValueError, match="no"):
        await written(project_id, block)
    assert len(begun) == 1


async def test_a_registration_that_conflicts_counts_once_and_mails_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await serve(**MAIL, rate_limits="on")
    fail_commits(monkeypatch, 3)
    new = {"email": "new@example.com", "password": PASSWORD, "name": "New Person"}
    await api.json("POST", "/auth/register", json=new, expect=201)
    assert await rows("SELECT `count` FROM attempts") == [{"count": 1}]
    assert await Mail.all().count() == 1
    assert await User.all().count() == 1
    assert await audited() == ["user_registered", "session_started"]


async def test_an_invitation_that_conflicts_counts_once_and_is_mailed_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await serve(**MAIL, rate_limits="on")
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await execute("DELETE FROM attempts")
    fail_commits(monkeypatch, 3)
    await api.invite(ann, project_id, "bob@example.com")
    counted = await rows("SELECT `count` FROM attempts")
    assert counted == [{"count": 1}] * 2  # of her, and of the address
    assert await Mail.all().count() == 1


async def test_secrets_that_are_revealed_despite_a_conflict_are_noted_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    secret = {"key": "password", "value": "hunter2", "secret": True}
    body = {"name": "Live", "variables": [secret]}
    await api.json("POST", f"/projects/{project_id}/environments", ann, json=body, expect=201)
    fail_commits(monkeypatch, 2)
    await api.json("GET", f"/projects/{project_id}/environments?reveal=true", ann)
    assert (await audited()).count("secrets_revealed") == 1


async def test_a_configuration_with_secrets_and_a_token_is_one_change(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    begun = fail_commits(monkeypatch, 0)
    body = {"includeSecrets": True, "includeAuth": True}
    path = f"/projects/{project_id}/generate-config"
    await api.json("POST", path, ann, json=body, expect=201)
    assert len(begun) == 1


async def test_a_request_with_a_key_that_conflicts_is_carried_out_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    fail_commits(monkeypatch, 2)
    send: dict[str, Any] = {"json": {"name": "Shop"}, "headers": KEY}
    first = await api.json("POST", "/projects", ann, **send, expect=201)
    assert await Idempotency.all().count() == 1
    assert await api.json("POST", "/projects", ann, **send, expect=201) == first
    assert await Project.all().count() == 1


async def test_a_registration_with_a_key_that_conflicts_counts_once_and_mails_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await serve(**MAIL, rate_limits="on")
    begun = fail_commits(monkeypatch, 3)
    new = {"email": "new@example.com", "password": PASSWORD, "name": "New Person"}
    await api.json("POST", "/auth/register", json=new, headers=KEY, expect=201)
    assert len(begun) == 4
    assert await rows("SELECT `count` FROM attempts") == [{"count": 1}]
    assert await Mail.all().count() == 1
    assert await audited() == ["user_registered", "session_started"]


async def test_a_request_with_a_key_that_keeps_conflicting_leaves_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    before = await everything()
    with monkeypatch.context() as failing:
        begun = fail_commits(failing, 10**6)
        send: dict[str, Any] = {"json": {"name": "Shop"}, "headers": KEY}
        body = await api.json("POST", "/projects", ann, **send, expect=503)
    assert "try again" in body["error"]["message"]
    assert len(begun) == ATTEMPTS
    assert await everything() == before
    await api.json("POST", "/projects", ann, **send, expect=201)


@pytest.mark.engines("mariadb", "mysql")
async def test_nothing_follows_in_a_transaction_that_the_server_ended(database: Settings) -> None:
    """Each further statement of who catches the error would otherwise be committed by itself."""
    insert = "INSERT INTO attempts (`key`, `count`, expires_at) VALUES (?, 1, '2026-01-01')"
    update = "UPDATE attempts SET `count` = `count` + 1 WHERE `key` = ?"
    for key in ("a", "b"):
        await execute(insert, key)
    one, other = asyncio.Event(), asyncio.Event()

    async def work(first: str, second: str, mine: asyncio.Event, theirs: asyncio.Event) -> None:
        async with in_transaction("default"):
            await execute(update, first)
            mine.set()
            await theirs.wait()
            with suppress(OperationalError):
                await execute(update, second)
            await execute(insert, f"after {first}")

    works = work("a", "b", one, other), work("b", "a", other, one)
    ended = await asyncio.gather(*works, return_exceptions=True)
    assert sorted(map(repr, map(type, ended))) == [repr(type(None)), repr(OperationalError)]
    kept = [found["count"] for found in await rows("SELECT `count` FROM attempts ORDER BY `key`")]
    assert sorted(kept) == [1, 2, 2]  # all of the one's, nothing of the other's


@pytest.mark.engines("sqlite")
async def test_another_process_that_writes_long_is_waited_for_more_than_once(
    database: Settings,
) -> None:
    other = sqlite3.connect(urlsplit(database.database).path, isolation_level=None)
    await execute("PRAGMA busy_timeout = 20")  # milliseconds
    other.execute("BEGIN IMMEDIATE")

    async def block(made: Change) -> None:
        made.record("touched", "user", None)

    writer = asyncio.create_task(written(None, block))
    await asyncio.sleep(0.1)
    assert not writer.done()
    other.execute("ROLLBACK")
    await writer
    assert await audited() == ["touched"]
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        await written(None, block)
    other.close()
