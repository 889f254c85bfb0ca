"""Large answers: of one state of the project, in pieces; whole, or seen not to be."""

import asyncio
import tracemalloc
from typing import Any

import orjson
import pytest
from aiohttp import ClientError, ClientResponse

from gassapi_backend.clock import now, stored
from gassapi_backend.database import execute, row
from gassapi_backend.database.statements import insert
from gassapi_backend.models import name_hash, new_id
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.collections.queries import list_collections
from gassapi_backend.server.collections.schemas import collection_list, collection_tree
from gassapi_backend.server.environments.queries import list_environments
from gassapi_backend.server.environments.schemas import environment_view
from gassapi_backend.server.projects.actions import recount_project
from gassapi_backend.server.web import pieces
from tests.conftest import Api, Person
from tests.factories import collection_rows, endpoint_rows
from tests.waiting import PATIENCE

FOLDERS = 40
EACH = 100
TEXT = "What it does. " * 215  # with which all of it has about 14 megabytes
MUCH = 10_000_000  # bytes, more than sockets take from whoever does not read


@pytest.fixture
async def ann(api: Api) -> Person:
    return await api.person()


@pytest.fixture
async def project_id(api: Api, ann: Person) -> str:
    """A project with much more in it than is sent at once."""
    project_id = str((await api.project(ann))["id"])
    variables = await as_stored(api, ann, project_id)
    collections = collection_rows(project_id, FOLDERS, description=TEXT, variables=variables)
    for number, collection in enumerate(collections):
        if number % 3:
            above = collections[number - 1]["id"]
            collection |= {"parent_id": above, "sibling_of": above}
    await insert("collections", collections)
    for collection in collections:
        endpoints = endpoint_rows(project_id, collection["id"], EACH, description=TEXT)
        await insert("endpoints", endpoints)
    await insert("environments", [environment(project_id, n, variables) for n in range(60)])
    await recount_project(CONSOLE, project_id)
    return project_id


async def as_stored(api: Api, who: Person, project_id: str) -> str:
    """Return variables as the database has them."""
    sent = {"name": "Large", "variables": [{"key": "k", "value": TEXT * 10}]}
    made = await api.json(
        "POST", f"/projects/{project_id}/environments", who, json=sent, expect=201
    )
    found = await row("SELECT variables FROM environments WHERE id = ?", made["environment"]["id"])
    return str(found["variables"]) if found else ""


def environment(project_id: str, number: int, variables: str) -> dict[str, Any]:
    """Return the row of an environment."""
    return {
        "id": new_id(),
        "project_id": project_id,
        "name": f"Stage {number}",
        "name_hash": name_hash(f"Stage {number}"),
        "variables": variables,
        "revision": 1,
        "created_at": stored(now()),
        "updated_at": stored(now()),
    }


async def begun(api: Api, who: Person, project_id: str, what: str = "context") -> ClientResponse:
    """Ask for all of a project, and read no more than the head of the answer."""
    path = f"/api/v1/projects/{project_id}/{what}"
    response = await api.client.get(path, headers=who.auth)
    assert response.status == 200
    return response


async def rename(api: Api, who: Person, project_id: str) -> None:
    await api.json("PATCH", f"/projects/{project_id}", who, json={"name": "Another"})


async def test_a_large_list_has_all_that_there_is(api: Api, ann: Person, project_id: str) -> None:
    path = f"/projects/{project_id}"
    collections = await list_collections(project_id)
    environments = [environment_view(one) for one in await list_environments(project_id)]
    for address, wanted in {
        "/collections": {"collections": collection_tree(collections)},
        "/collections?flat=true": {"collections": collection_list(collections)},
        "/environments": {"environments": environments, "total": 62},
    }.items():
        response = await api.call("GET", path + address, ann)
        assert "Content-Length" not in response.headers
        found = await response.json()
        assert found == {"success": True, **orjson.loads(orjson.dumps(wanted))}


@pytest.mark.parametrize("what", ["context", "export"])
async def test_whoever_reads_sees_one_state_whatever_is_written_meanwhile(
    api: Api, ann: Person, project_id: str, what: str
) -> None:
    before = await (await begun(api, ann, project_id, what)).read()
    assert len(before) > MUCH
    response = await begun(api, ann, project_id, what)
    await rename(api, ann, project_id)
    for one in [one for one in await list_collections(project_id) if not one["parent_id"]][1:]:
        await api.json("DELETE", f"/collections/{one['id']}", ann)
    assert await response.read() == before
    after = await begun(api, ann, project_id, what)
    assert after.headers["ETag"] != response.headers["ETag"]
    assert len(await after.read()) < len(before) / 2


@pytest.mark.parametrize("is_changed", [False, True])
async def test_what_is_sent_to_somebody_slow_is_of_one_state_or_breaks_off(
    api: Api,
    ann: Person,
    project_id: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_changed: bool,
) -> None:
    monkeypatch.setattr(pieces, "SLOW_SECONDS", 0.05)
    is_given_up = asyncio.Event()
    let_go, hold = pieces.Moment.let_go, pieces.Moment.hold

    async def gives_up(moment: pieces.Moment) -> None:
        await let_go(moment)
        is_given_up.set()

    async def goes_on(moment: pieces.Moment) -> None:
        is_given_up.clear()
        await hold(moment)

    monkeypatch.setattr(pieces.Moment, "let_go", gives_up)
    monkeypatch.setattr(pieces.Moment, "hold", goes_on)
    response = await begun(api, ann, project_id)
    if is_changed:
        await rename(api, ann, project_id)
    async with asyncio.timeout(PATIENCE):
        await is_given_up.wait()  # after it was changed, so that what follows is of another state
    if not is_changed:
        assert orjson.loads(await response.read())["success"]
        return
    with pytest.raises(ClientError):
        await response.read()


async def test_those_who_do_not_read_keep_nobody_from_reading(
    api: Api, ann: Person, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SLOW_SECONDS", 0.05)
    waiting = [await begun(api, ann, project_id) for _ in range(8)]
    async with asyncio.timeout(30):
        assert len(await (await begun(api, ann, project_id)).read()) > MUCH
        await rename(api, ann, project_id)
    for response in waiting:
        response.close()


async def test_an_answer_that_goes_wrong_in_the_middle_does_not_look_whole(
    api: Api, ann: Person, project_id: str
) -> None:
    last = (await list_collections(project_id))[-1]["id"]
    await execute("UPDATE collections SET auth = '{\"broken' WHERE id = ?", last)
    await execute("UPDATE collections SET variables = '\"secret\":true' WHERE id = ?", last)
    response = await begun(api, ann, project_id)
    with pytest.raises(ClientError):
        await response.read()


@pytest.mark.parametrize("what", ["context", "export"])
async def test_a_large_answer_takes_little_memory(
    api: Api, ann: Person, project_id: str, what: str
) -> None:
    await (await begun(api, ann, project_id, what)).read()
    tracemalloc.start()
    try:
        response = await begun(api, ann, project_id, what)
        size = 0
        while piece := await response.content.read(100_000):
            size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > MUCH
    assert peak < size / 2


async def test_only_the_head_of_a_large_answer_is_sent_where_that_is_asked_for(
    api: Api, ann: Person, project_id: str
) -> None:
    path = f"/projects/{project_id}/context"
    for _ in range(2):
        response = await api.call("HEAD", path, ann)
        assert (response.status, await response.read()) == (200, b"")
