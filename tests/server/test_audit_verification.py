"""Verifying all chains over HTTP: part by part, complete, and one at a time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gassapi_backend.database import execute
from gassapi_backend.models import AuditEntry, Project
from gassapi_backend.server.audit import checking, queries
from gassapi_backend.server.audit.verdicts import Verdict
from gassapi_backend.server.web.state import SETTINGS
from tests.conftest import Api, Person


async def parts(api: Api, adam: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        answer = await api.json("GET", f"/audit/verification?after={after}", adam)
        found.append(answer["verification"])
        if (after := answer["verification"]["nextCursor"]) is None:
            return found


@pytest.fixture
async def adam(api: Api) -> Person:
    """An administrator of an instance with three projects of others."""
    ann = await api.person()
    for name in ("One", "Two", "Three"):
        project = await api.project(ann, name)
        await api.json("PATCH", f"/projects/{project['id']}", ann, json={"description": "x"})
    return await api.person("Adam", is_admin=True)


async def test_what_is_whole_is_said_to_be(api: Api, adam: Person) -> None:
    (part,) = await parts(api, adam)
    assert part["isWhole"]
    assert (part["chains"], part["checked"], part["total"]) == (3, 3, 3)
    assert part["entries"] == await AuditEntry.filter(project_id__isnull=False).count()


async def test_it_is_done_in_parts_where_there_is_much(
    api: Api, adam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SECONDS", 0)
    second = await Project.get(name="Two")
    await execute("UPDATE audit_log SET resource_name = 'x' WHERE project_id = ?", second.id)
    found = await parts(api, adam)
    assert [(part["checked"], part["isWhole"]) for part in found] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    (broken,) = found[1]["broken"]
    assert (broken["projectId"], broken["projectName"]) == (second.id, "Two")
    assert {problem["what"] for problem in broken["problems"]} == {"changed"}


async def test_a_chain_that_takes_too_long_is_named_and_not_called_whole(
    api: Api, adam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = checking.verify

    async def slow(*given: Any, **options: Any) -> AsyncIterator[Verdict]:
        await asyncio.sleep(60)
        async for verdict in verify(*given, **options):
            yield verdict

    monkeypatch.setattr(checking, "LONGEST", 1)
    monkeypatch.setattr(checking, "verify", slow)
    (part,) = await parts(api, adam)
    assert not part["isWhole"]
    assert part["unfinished"] == await queries.project_ids()


async def test_one_at_a_time(api: Api, adam: Person) -> None:
    calls = [api.call("GET", "/audit/verification", adam) for _ in range(4)]
    answers = await asyncio.gather(*calls)
    statuses = [answer.status for answer in answers]
    assert 200 in statuses
    assert set(statuses) <= {200, 429}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status == 429)
    (part,) = await parts(api, adam)  # whoever was refused can come again
    assert part["isWhole"]


async def test_a_part_that_fails_lets_the_next_begin(api: Api, adam: Person) -> None:
    kept = checking.Checking(api.app[SETTINGS])
    await execute("ALTER TABLE audit_chains RENAME TO audit_chains_away")
    try:
        with pytest.raises(Exception, match="audit_chains"):
            await kept.part("")
    finally:
        await execute("ALTER TABLE audit_chains_away RENAME TO audit_chains")
    assert (await kept.part("")).chains == 3


@pytest.mark.parametrize("after", ["~", "zzz", "%27%20OR%201=1", "x" * 64])
async def test_a_cursor_that_nobody_gave_is_only_a_place(
    api: Api, adam: Person, after: str
) -> None:
    answer = await api.json("GET", f"/audit/verification?after={after}", adam)
    assert answer["verification"]["nextCursor"] is None
    await api.json("GET", f"/audit/verification?after={'x' * 65}", adam, expect=400)
