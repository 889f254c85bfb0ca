"""Answers that are cached until their project changes: never an old one, never another's."""

import asyncio

import pytest

from gassapi_backend.database.statements import insert
from gassapi_backend.models import Project
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.projects.actions import recount_project
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.web.answer_cache import ANSWERS, OVERHEAD, AnswerCache
from tests.conftest import Api
from tests.factories import add_collection, collection_rows, save_endpoint
from tests.server.counting import statements


def test_the_least_recently_used_answers_are_forgotten_first() -> None:
    cache = AnswerCache(max_bytes=30 + 3 * OVERHEAD)
    for name in ("a", "b", "c"):
        cache.put("state", name, b"123456789")
    assert cache.get("state", "a") == b"123456789"
    cache.put("state", "d", b"123456789")
    assert [name for name in "abcd" if cache.get("state", name)] == ["a", "c", "d"]


def test_an_answer_belongs_to_one_state_and_one_address() -> None:
    cache = AnswerCache()
    cache.put("state", "/a", b"1")
    assert cache.get("other", "/a") is None
    assert cache.get("state", "/b") is None
    cache.put("state", "/a", b"another")
    assert cache.get("state", "/a") == b"1"


def test_a_newer_answer_takes_the_place_of_the_older_at_its_address() -> None:
    cache = AnswerCache(max_bytes=2 * (11 + OVERHEAD))
    cache.put("state", "/b", b"123456789")
    for number in range(5):
        cache.put(str(number), "/a", b"123456789")
        assert cache.get(str(number), "/a") == b"123456789"
        assert cache.get(str(number - 1), "/a") is None
    assert cache.get("state", "/b") == b"123456789"
    cache.put("larger", "/a", b"x" * 1_000_001)
    assert cache.get("4", "/a") is None


def test_an_answer_that_would_fill_the_memory_is_not_kept() -> None:
    cache = AnswerCache()
    cache.put("state", "/a", b"x" * 1_000_001)
    assert cache.get("state", "/a") is None
    for number in range(100):
        cache.put("state", f"/{number}", b"x" * 1_000_000)
    assert sum(cache.get("state", f"/{number}") is not None for number in range(100)) == 15


@pytest.mark.parametrize("path", sorted(route.path for route in ROUTES if route.is_cached))
async def test_a_list_is_asked_for_once_and_again_after_every_change(
    api: Api, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    collection_id = (await add_collection(api, ann, project_id, "Users"))["id"]
    address = path.format(project_id=project_id, collection_id=collection_id)
    first = await api.json("GET", address, ann)
    assert len(await statements(api, caplog, address, ann)) == 2  # the caller, and their access
    assert await api.json("GET", address, ann) == first
    changed = await api.json("GET", f"{address}?", ann)
    assert changed == first
    for number in range(3):
        await save_endpoint(api, ann, collection_id, f"Ping {number}")
        changed = await api.json("GET", address, ann)
        assert changed != first
        assert await api.json("GET", address, ann) == changed
        first = changed


async def test_endpoints_of_a_collection_are_kept_while_others_are_written(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    mine = (await add_collection(api, ann, project_id, "Mine"))["id"]
    other = (await add_collection(api, ann, project_id, "Other"))["id"]
    await save_endpoint(api, ann, mine, "Ping")
    path = f"/collections/{mine}/endpoints"
    first = await api.json("GET", path, ann)
    await save_endpoint(api, ann, other, "Pong")
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": "New"})
    await api.json("PATCH", f"/collections/{mine}", ann, json={"name": "Yours"})
    assert len(await statements(api, caplog, path, ann)) == 2  # the caller, and their access
    assert await api.json("GET", path, ann) == first


async def test_every_write_of_an_endpoint_in_a_collection_is_seen(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    mine = (await add_collection(api, ann, project_id, "Mine"))["id"]
    other = (await add_collection(api, ann, project_id, "Other"))["id"]
    here = [await save_endpoint(api, ann, mine, f"Ping {number}") for number in range(4)]
    there = await save_endpoint(api, ann, other, "Pong")
    path = f"/collections/{mine}/endpoints"
    first, second, third, last = (f"/endpoints/{one['id']}" for one in here)
    writes: list[tuple[str, str, dict[str, object], int]] = [
        ("PATCH", first, {"name": "Ping!"}, 200),
        ("PATCH", last, {"position": 0}, 200),
        ("PATCH", second, {"collectionId": other}, 200),
        ("PATCH", f"/endpoints/{there['id']}", {"collectionId": mine, "position": 1}, 200),
        ("POST", f"{first}/duplicate", {}, 201),
        ("DELETE", third, {}, 200),
        ("PATCH", second, {"collectionId": mine}, 200),
        ("DELETE", second, {}, 200),
        ("POST", path, {"name": "New", "method": "GET", "url": "/"}, 201),
    ]
    for number, (method, address, body, status) in enumerate(writes):
        kept = await api.json("GET", path, ann)
        await api.json(method, address, ann, json=body, expect=status)
        found = await api.json("GET", path, ann)
        fresh = await api.json("GET", f"{path}?limit={50 + number}", ann)
        assert found["endpoints"] == fresh["endpoints"] != kept["endpoints"], (method, address)
        assert found["pagination"]["total"] == fresh["pagination"]["total"]


async def test_another_query_gets_another_answer(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    collection_id = (await add_collection(api, ann, project_id, "Users"))["id"]
    for name in ("Ping", "Pong"):
        await save_endpoint(api, ann, collection_id, name)
    path = f"/collections/{collection_id}/endpoints"
    for _ in range(2):
        for query, names in {
            "": ["Ping", "Pong"],
            "?search=pong": ["Pong"],
            "?limit=1": ["Ping"],
        }.items():
            found = await api.json("GET", path + query, ann)
            assert [one["name"] for one in found["endpoints"]] == names


async def test_a_kept_answer_is_for_those_who_may_read_it(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project_id = (await api.project(ann))["id"]
    path = f"/projects/{project_id}/collections"
    await api.json("GET", path, ann)
    await api.json("GET", path, bob, expect=403)
    await api.join(bob, project_id)
    assert await api.json("GET", path, bob) == await api.json("GET", path, ann)
    await api.json("DELETE", f"/projects/{project_id}/members/{bob.id}", ann)
    await api.json("GET", path, bob, expect=403)


async def test_what_somebody_else_writes_meanwhile_is_seen(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    path = f"/projects/{project_id}/collections"
    seen: list[int] = []

    async def watch() -> None:
        while not seen or seen[-1] < 10:
            seen.append(len((await api.json("GET", path, ann))["collections"]))

    async def write() -> None:
        for number in range(10):
            await add_collection(api, ann, project_id, f"Users {number}")
            assert len((await api.json("GET", path, ann))["collections"]) == number + 1

    await asyncio.gather(write(), *(watch() for _ in range(3)))


async def test_a_large_answer_is_not_kept(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await insert("collections", collection_rows(project_id, 4000))
    await recount_project(CONSOLE, project_id)
    path = f"/projects/{project_id}/collections"
    for _ in range(2):
        found = await api.json("GET", path, ann)
        assert len(found["collections"]) == 4000
    project = await Project.get(id=project_id)
    assert (
        api.app[ANSWERS].get(project.audit_hash, f"/api/v1/projects/{project_id}/collections")
        is None
    )
