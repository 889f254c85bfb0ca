"""Changes too large for an answer: the feed names what to read anew, and brings the rest."""

import json
from typing import Any

import pytest

from gassapi_backend.database import rows
from gassapi_backend.database.statements import insert
from gassapi_backend.models import new_id
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.feed import parts as feed_parts
from gassapi_backend.server.feed.queries import OVERHEAD
from gassapi_backend.server.projects.actions import recount_project
from gassapi_backend.settings import Settings
from tests.conftest import Api, Person
from tests.factories import add_collection, endpoint_rows, filled, save_endpoint
from tests.server.counting import work_of
from tests.server.feeds import Copy, following, pull
from tests.server.reading import Reader

MOST = 2_600_000  # bytes of an answer


async def changes(api: Api, who: Person, project_id: str, since: int) -> list[dict[str, Any]]:
    """Return what changed after a revision; the answer is bounded."""
    response = await api.call("GET", f"/projects/{project_id}/changes?since={since}", who)
    assert len(await response.read()) < MOST
    found: list[dict[str, Any]] = (await response.json())["changes"]
    return found


async def revision(api: Api, who: Person, project_id: str) -> int:
    """Return where a project is."""
    found = await api.json("GET", f"/projects/{project_id}", who)
    return int(found["project"]["revision"])


async def test_a_large_copy_is_named_and_read_anew_page_by_page(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await filled(api, ann, project_id, 6, body="x" * 450_000)
    copy = Copy()
    await pull(api, ann, project_id, copy)
    assert copy.to_reload == []
    async with following(api, ann, project_id) as stream:
        path = f"/collections/{folder}/duplicate"
        made = (await api.json("POST", path, ann, json={}, expect=201))["collection"]
        event = await stream.next()
    [change] = await changes(api, ann, project_id, copy.revision)
    assert event.data == change
    assert change["reload"] == {"resourceType": "collection", "resourceId": made["id"]}
    assert (change["resource"]["id"], change["resources"]) == (made["id"], [])
    copy.apply([change])
    path = f"/collections/{made['id']}/endpoints?whole=true&offset="
    found: list[dict[str, Any]] = []
    while (answer := await api.json("GET", f"{path}{len(found)}", ann))["endpoints"]:
        found += answer["endpoints"]
    assert [len(one["body"]) for one in found] == [450_000] * 6


async def test_what_a_small_change_moves_aside_is_named_by_the_collection_around(api: Api) -> None:
    """The first of many large requests goes: the others move up, and all of them are news."""
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await filled(api, ann, project_id, 6, body="x" * 450_000)
    before = await revision(api, ann, project_id)
    first = (await api.json("GET", f"/collections/{folder}/endpoints", ann))["endpoints"][0]
    await api.json("DELETE", f"/endpoints/{first['id']}", ann)
    [change] = await changes(api, ann, project_id, before)
    assert (change["action"], change["deleted"]) == ("endpoint_deleted", True)
    assert change["reload"] == {"resourceType": "collection", "resourceId": folder}
    assert change["resources"] == []


async def test_an_import_brings_what_is_small_beside_what_is_to_be_read_anew(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    before = await revision(api, ann, project_id)
    spec = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://a.test", "description": "Live"}],
        "paths": {
            f"/p{number}": {"get": {"description": "d" * 90_000, "responses": {}}}
            for number in range(30)
        },
    }
    body = {"projectId": project_id, "data": spec}
    raw = json.dumps(body)
    headers = {"Content-Type": "application/json"}
    made = await api.json("POST", "/collections/import", ann, data=raw, headers=headers, expect=201)
    [change] = await changes(api, ann, project_id, before)
    assert change["reload"] == {"resourceType": "collection", "resourceId": made["collectionId"]}
    assert {one["resourceType"] for one in change["resources"]} <= {"environment"}
    assert len(change["resources"]) == made["imported"]["environments"]


async def test_a_small_change_says_nothing_of_reading_anew(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await filled(api, ann, project_id, 6, body="x" * 450_000)
    before = await revision(api, ann, project_id)
    await add_collection(api, ann, project_id, "Below", folder)
    [change] = await changes(api, ann, project_id, before)
    assert change["reload"] is None
    assert change["resource"]["name"] == "Below"


async def test_many_small_things_are_large_together(api: Api) -> None:
    """As an import of thousands of requests with hardly anything in them leaves them."""
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    before = await revision(api, ann, project_id)
    folder = await add_collection(api, ann, project_id, "Many")
    endpoints = endpoint_rows(project_id, folder["id"], 5000, revision=folder["revision"])
    await insert("endpoints", endpoints, batch=500)
    await recount_project(CONSOLE, project_id)
    change = (await changes(api, ann, project_id, before))[0]
    assert change["reload"] == {"resourceType": "collection", "resourceId": folder["id"]}
    assert (change["resource"]["id"], change["resources"]) == (folder["id"], [])


async def test_what_is_looked_at_for_a_part_is_bounded_and_the_parts_are_the_whole(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await filled(api, ann, project_id, 5, body="x" * 450_000)
    for _ in range(3):
        await api.json("POST", f"/collections/{folder}/duplicate", ann, json={}, expect=201)
    whole, parts = await pulled(api, ann, project_id)
    assert [one["reload"] is not None for one in whole] == [False] * (len(whole) - 3) + [True] * 3
    for name in ("MOST_LARGE", "MEASURED"):
        with monkeypatch.context() as bounded:
            bounded.setattr(feed_parts, "FEW", 0)
            bounded.setattr(feed_parts, name, 1)
            found, more = await pulled(api, ann, project_id)
        assert found == whole
        assert more > parts


async def pulled(api: Api, who: Person, project_id: str) -> tuple[list[dict[str, Any]], int]:
    """Return all changes of a project, and in how many parts they came."""
    found, parts, since, has_more = list[dict[str, Any]](), 0, 0, True
    while has_more:
        part = await api.json("GET", f"/projects/{project_id}/changes?since={since}", who)
        found += part["changes"]
        since, has_more = part["revision"], part["hasMore"]
        parts += 1
    return found, parts


@pytest.fixture
def little_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a change be large with forty rows."""
    monkeypatch.setattr(feed_parts, "MAX_SIZE", 40 * OVERHEAD)
    monkeypatch.setattr(feed_parts, "TOO_MANY", 41)


async def add_many(api: Api, who: Person, project_id: str, count: int) -> dict[str, Any]:
    """Make a collection with endpoints, as if one change had."""
    folder = await add_collection(api, who, project_id, f"Of {count}, {new_id()}")
    await add_to(folder, count)
    return folder


async def add_to(folder: dict[str, Any], count: int, *, at: int | None = None) -> None:
    """Have the change that made a collection, or another one, have written endpoints in it."""
    revision = folder["revision"] if at is None else at
    more = endpoint_rows(folder["projectId"], folder["id"], count, revision=revision)
    await insert("endpoints", more, batch=500)
    await recount_project(CONSOLE, folder["projectId"])


@pytest.mark.usefixtures("little_is_much")
async def test_what_the_database_reads_for_a_part_does_not_grow_with_what_was_written(
    api: Api, engine: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folders = [await add_many(api, ann, project_id, 100) for _ in range(3)]
    await add_to(folders[0], 100, at=folders[2]["revision"])  # as what is moved aside
    reader = Reader(api, ann, "", caplog)
    since = await revision(api, ann, project_id)
    for number in range(30):
        await save_endpoint(api, ann, folders[0]["id"], f"Later {number}")

    async def work() -> list[int]:
        if engine != "sqlite":
            await rows("ANALYZE TABLE endpoints, collections, audit_log")
        found = []
        for start in (0, since):
            path = f"/projects/{project_id}/changes?limit=1000&since={start}"
            asked = await reader.pages(path)
            found.append(sum([await work_of(*one, engine, settings) for one in asked]))
        return found

    before = await work()
    for folder in folders[1:]:
        await add_to(folder, 2000)
    await add_to(folders[0], 2000, at=folders[2]["revision"])
    after = await work()
    assert all(now < then * 1.2 for now, then in zip(after, before, strict=True)), (before, after)
    found = await changes(api, ann, project_id, 0)
    reloads = [one["reload"] for one in found if one["reload"] is not None]
    assert [one["resourceId"] for one in reloads] == [
        folders[0]["id"],
        folders[1]["id"],
        project_id,
    ]


@pytest.mark.usefixtures("little_is_much")
async def test_parts_of_what_is_counted_in_pieces_are_the_whole(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for count in (3, 41, 40, 30, 0, 100, 20, 90, 42, 1):
        await add_many(api, ann, project_id, count)
    monkeypatch.setattr(feed_parts, "LOOKS", 100)
    whole, parts = await pulled(api, ann, project_id)
    large = [one["name"].split(",")[0] for one in whole if one["reload"] is not None]
    assert large == ["Of 41", "Of 40", "Of 100", "Of 90", "Of 42"]  # with the collection
    for looks in (3, 2, 1):
        monkeypatch.setattr(feed_parts, "LOOKS", looks)
        found, more = await pulled(api, ann, project_id)
        assert found == whole
        assert more >= parts
        parts = more
