"""What changes while a document is read: an import is right then, or refused, and never half."""

import asyncio
import json
import os
import signal
import tempfile
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from aiohttp import ClientError

from gassapi_backend.database import rows
from gassapi_backend.exchange.child import running
from gassapi_backend.fair_share import Steps
from gassapi_backend.models import Scope
from tests.conftest import Api, Person, everything
from tests.factories import add_collection
from tests.server.counting import check_counts
from tests.server.importing.children import born, held, none_left, readers
from tests.server.importing.documents import ENVIRONMENT, POSTMAN, bring

Place = tuple[Person, str]
BIG = {**POSTMAN, "big": ["x" * 1000] * 300}
"""More than is opened without a child."""
ROWS = 150


@pytest.fixture
async def place(api: Api) -> Place:
    """Somebody, and their project."""
    ann = await api.person()
    return ann, (await api.project(ann))["id"]


class Started(Popen[bytes]):
    """A child, which is counted."""

    number = 0

    def __init__(self, *given: Any, **more: Any) -> None:
        type(self).number += 1
        super().__init__(*given, **more)


async def counted(project_id: str) -> tuple[int, int]:
    """Return how many collections and endpoints a project has, by their rows."""
    [found] = await rows(
        "SELECT (SELECT COUNT(*) FROM collections WHERE project_id = ?) AS c, "
        "(SELECT COUNT(*) FROM endpoints WHERE project_id = ?) AS e",
        project_id,
        project_id,
    )
    return found["c"], found["e"]


async def test_who_was_removed_while_it_was_read_is_refused(api: Api, place: Place) -> None:
    ann, project_id = place
    bob = await api.person("bob")
    await api.join(bob, project_id)
    async with held(bring(api, bob, project_id, POSTMAN, expect=403)) as importing:
        await api.json("DELETE", f"/projects/{project_id}/members/{bob.id}", ann)
        before = await everything()
    await importing
    after = await everything()
    assert {**after, "sessions": [], "users": []} == {**before, "sessions": [], "users": []}


async def test_who_may_only_read_by_then_is_refused(api: Api, place: Place) -> None:
    ann, project_id = place
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"isPublic": True})
    bob = await api.person("bob")
    await api.join(bob, project_id)
    async with held(bring(api, bob, project_id, POSTMAN, expect=403)) as importing:
        await api.json("DELETE", f"/projects/{project_id}/members/{bob.id}", ann)
    await importing
    assert await counted(project_id) == (0, 0)


async def test_a_token_that_was_revoked_by_then_is_refused(api: Api, place: Place) -> None:
    ann, project_id = place
    issued = await api.issue(ann, project_id, scope=Scope.WRITE)
    async with held(bring(api, issued["token"], project_id, POSTMAN, expect=401)) as importing:
        body = {"projectId": project_id, "tokenId": issued["mcpToken"]["id"]}
        await api.json("POST", "/mcp/revoke-token", ann, json=body)
    await importing
    assert await counted(project_id) == (0, 0)


async def test_a_project_that_is_gone_by_then_is_not_found(api: Api, place: Place) -> None:
    ann, project_id = place
    async with held(bring(api, ann, project_id, POSTMAN, expect=404)) as importing:
        await api.json("DELETE", f"/projects/{project_id}", ann)
    await importing
    assert await counted(project_id) == (0, 0)


async def test_a_collection_that_is_gone_by_then_takes_nothing(api: Api, place: Place) -> None:
    ann, project_id = place
    into = (await add_collection(api, ann, project_id, "Into"))["id"]
    work = bring(api, ann, project_id, POSTMAN, parentId=into, expect=400)
    async with held(work) as importing:
        await api.json("DELETE", f"/collections/{into}", ann)
    assert (await importing)["error"]["details"][0]["field"] == "parentId"
    assert await counted(project_id) == (0, 0)
    await check_counts(project_id)


async def test_a_collection_that_went_too_deep_by_then_takes_nothing(
    api: Api, place: Place
) -> None:
    ann, project_id = place
    into = (await add_collection(api, ann, project_id, "Into"))["id"]
    above = None
    for level in range(11):
        above = (await add_collection(api, ann, project_id, f"L{level}", above))["id"]
    work = bring(api, ann, project_id, POSTMAN, parentId=into, expect=400)
    async with held(work) as importing:
        await api.json("PATCH", f"/collections/{into}", ann, json={"parentId": above})
    await importing
    assert (await counted(project_id))[1] == 0


async def test_a_merge_into_what_is_gone_by_then_is_refused(api: Api, place: Place) -> None:
    ann, project_id = place
    made = await bring(api, ann, project_id, POSTMAN)
    newer = json.loads(json.dumps(POSTMAN).replace("List bread", "List loaves"))
    into = {"mode": "merge", "collectionId": made["collectionId"]}
    async with held(bring(api, ann, project_id, newer, expect=400, **into)) as importing:
        await api.json("DELETE", f"/collections/{made['collectionId']}", ann)
    await importing
    assert await counted(project_id) == (0, 0)


async def test_a_merge_sees_what_people_edited_while_it_was_compared(
    api: Api, place: Place
) -> None:
    ann, project_id = place
    made = await bring(api, ann, project_id, POSTMAN)
    path = f"/projects/{project_id}/endpoints"
    [listed] = [
        one
        for one in (await api.json("GET", path, ann))["endpoints"]
        if one["name"] == "List bread"
    ]
    newer = json.loads(json.dumps(POSTMAN).replace("List bread", "List loaves"))
    into = {"mode": "merge", "collectionId": made["collectionId"]}
    async with held(bring(api, ann, project_id, newer, **into)) as importing:
        edit = {"name": "All our bread"}
        await api.json("PATCH", f"/endpoints/{listed['id']}", ann, json=edit)
    assert (await importing)["conflicts"] == 1
    shown = await api.json("GET", f"/endpoints/{listed['id']}", ann)
    assert shown["endpoint"]["name"] == "All our bread"


async def test_a_name_that_was_taken_by_then_gets_a_number(api: Api, place: Place) -> None:
    ann, project_id = place
    async with held(bring(api, ann, project_id, POSTMAN)) as importing:
        await add_collection(api, ann, project_id, "bakery")
    answer = await importing
    shown = await api.json("GET", f"/collections/{answer['collectionId']}", ann)
    assert shown["collection"]["name"] == "Bakery 2"


async def test_an_environment_that_was_taken_by_then_gets_a_number(api: Api, place: Place) -> None:
    ann, project_id = place
    path = f"/projects/{project_id}/environments"
    async with held(bring(api, ann, project_id, ENVIRONMENT)) as importing:
        await api.json("POST", path, ann, json={"name": "live"}, expect=201)
    await importing
    found = (await api.json("GET", path, ann))["environments"]
    assert {"live", "Live 2"} <= {one["name"] for one in found}


async def test_a_third_import_at_once_is_told_to_wait(api: Api, place: Place) -> None:
    ann, project_id = place
    tasks = [asyncio.create_task(bring(api, ann, project_id, POSTMAN)) for _ in range(2)]
    children = await born(2)
    for child in children:
        os.kill(child, signal.SIGSTOP)
    try:
        body = {"projectId": project_id, "data": POSTMAN}
        third = await api.call("POST", "/collections/import", ann, json=body)
        assert third.status == 503
        assert int(third.headers["Retry-After"]) > 0
        assert (await api.call("GET", f"/projects/{project_id}", ann)).status == 200
    finally:
        for child in children:
            os.kill(child, signal.SIGCONT)
    await asyncio.gather(*tasks)
    assert await counted(project_id) == (4, 4)
    await check_counts(project_id)
    await bring(api, ann, project_id, POSTMAN)


async def test_a_child_that_is_killed_is_a_refusal_that_says_what_to_do(
    api: Api, place: Place
) -> None:
    ann, project_id = place
    before = await everything()
    async with held(bring(api, ann, project_id, POSTMAN, expect=400)) as importing:
        [child] = readers()
        os.kill(child, signal.SIGKILL)
    refused = await importing
    assert refused["error"]["details"][0]["reason"].endswith(".")
    assert await everything() == before
    await bring(api, ann, project_id, POSTMAN)


def files_in_temp() -> set[str]:
    return {str(one) for one in Path(tempfile.gettempdir()).iterdir()}


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("share", [0.5, 1.0])
async def test_a_client_that_goes_away_leaves_nothing(api: Api, place: Place, share: float) -> None:
    ann, project_id = place
    body = json.dumps({"projectId": project_id, "data": {**BIG, "more": "y" * 3_000_000}}).encode()
    before, files = await everything(), files_in_temp()
    head = (
        f"POST /api/v1/collections/import HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/json\r\nAuthorization: {ann.auth['Authorization']}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection(api.client.host, api.client.port)
    writer.write(head.encode() + body[: int(len(body) * share)])
    await writer.drain()
    if share == 1.0:
        [child] = await born(1)
        os.kill(child, signal.SIGSTOP)
    writer.transport.abort()
    await none_left()
    assert await everything() == before
    assert files_in_temp() <= files
    answer: Any = await bring(api, ann, project_id, POSTMAN)
    assert answer["imported"]["endpoints"] == 2


@pytest.mark.engines("sqlite")
async def test_a_file_whose_writer_was_killed_does_not_look_whole(api: Api, place: Place) -> None:
    ann, project_id = place
    [first, *_] = POSTMAN["item"]
    items = [
        {
            **first,
            "name": f"R{number}",
            "request": {**first["request"], "description": "d" * 50_000},
        }
        for number in range(400)
    ]
    made = await bring(api, ann, project_id, {**POSTMAN, "item": items})
    url = f"{api.base}/collections/{made['collectionId']}/export?format=postman"
    response = await api.client.get(url, headers=ann.auth)
    assert response.status == 200
    await response.content.readany()
    [child] = readers()
    os.kill(child, signal.SIGKILL)
    with pytest.raises(ClientError):
        await response.read()
    await none_left()


@pytest.mark.parametrize("mode", ["new", "merge"])
async def test_a_large_upload_is_opened_and_read_by_one_child(
    api: Api, place: Place, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    ann, project_id = place
    if mode == "merge":
        await bring(api, ann, project_id, POSTMAN)
    monkeypatch.setattr(Started, "number", 0)
    monkeypatch.setattr(running, "Popen", Started)
    found = await bring(api, ann, project_id, BIG, mode=mode)
    assert found["imported"] if mode == "new" else found["unchanged"]
    assert Started.number == 1
    await none_left()


@pytest.mark.parametrize("path", ["/collections/import", "/projects/import"])
async def test_an_import_lets_others_in_between_any_two_of_its_rows(
    api: Api, place: Place, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    ann, project_id = place
    body = {"projectId": project_id, "data": {**POSTMAN, "item": POSTMAN["item"][:1] * ROWS}}
    if path == "/projects/import":
        await bring(api, ann, project_id, body["data"])
        body = {"data": await api.json("GET", f"/projects/{project_id}/export", ann)}
    ends = 0

    async def end(_: Steps) -> None:
        nonlocal ends
        ends += 1
        await asyncio.sleep(0)

    monkeypatch.setattr(Steps, "end", end)
    await api.json("POST", path, ann, json=body, expect=201)
    assert ends >= 6 * ROWS  # as they are read, made, measured, searched, and let go twice
