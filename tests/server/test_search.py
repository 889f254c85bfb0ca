"""What is searched is kept by every way of writing endpoints."""

import json
from typing import Any

import pytest
from aiohttp import FormData

from gassapi_backend.database import execute, search
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.projects.actions import recount_project
from gassapi_backend.server.projects.queries import miscounted_projects
from tests.conftest import Api, Person
from tests.factories import add_collection, save_endpoint
from tests.searching import unsearchable
from tests.server.counting import check_counts
from tests.server.importing.documents import POSTMAN, bring, fetch


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have blocks of a few endpoints each, so that there are several."""
    monkeypatch.setattr(search, "SIZE", 120)
    monkeypatch.setattr(search, "AT_ONCE", 2)


async def names(api: Api, who: Person, project_id: str, text: str, **params: Any) -> list[str]:
    """Return the names of what is found in a project."""
    path = f"/projects/{project_id}/endpoints"
    answer = await api.json("GET", path, who, params={"search": text, **params})
    return [item["name"] for item in answer["endpoints"]]


async def test_whatever_happens_to_endpoints_they_are_found_as_they_are(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await add_collection(api, ann, project_id, "Folder")
    inner = await add_collection(api, ann, project_id, "Inner", parentId=folder["id"])
    for number in range(8):
        await save_endpoint(api, ann, folder["id"], f"Bread {number}", url=f"/loaf/{number}")
    made = await save_endpoint(api, ann, inner["id"], "Cake", url="/sweet")
    path = f"/endpoints/{made['id']}"
    assert await names(api, ann, project_id, "CAKE") == ["Cake"]

    await api.json("PATCH", path, ann, json={"name": "Torte", "url": "/süß", "method": "PUT"})
    assert await names(api, ann, project_id, "cake") == []
    assert await names(api, ann, project_id, "/SUSS", method="PUT") == ["Torte"]
    assert await names(api, ann, project_id, "/SUSS", method="GET") == []
    await api.json("PATCH", path, ann, json={"collectionId": folder["id"], "position": 0})
    await api.json("POST", f"{path}/duplicate", ann, expect=201)
    assert await names(api, ann, project_id, "torte") == ["Torte", "Torte copy"]
    await check_counts(project_id)

    other_id = (await api.project(ann, "Other"))["id"]
    body = {"projectId": other_id}
    await api.json("POST", f"/collections/{folder['id']}/duplicate", ann, json=body, expect=201)
    assert len(await names(api, ann, other_id, "bread")) == 8
    await check_counts(other_id)

    await api.json("DELETE", path, ann)
    assert await names(api, ann, project_id, "torte") == ["Torte copy"]
    await check_counts(project_id)
    await api.json("DELETE", f"/collections/{folder['id']}", ann)
    assert await names(api, ann, project_id, "") == []
    await check_counts(project_id)
    await api.json("DELETE", f"/projects/{other_id}", ann)
    assert await unsearchable(other_id) == []


async def test_what_is_imported_merged_and_restored_is_found(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await bring(api, ann, project_id, POSTMAN)
    every = await names(api, ann, project_id, "")
    await check_counts(project_id)
    newer = json.loads(json.dumps(POSTMAN))
    newer["item"][0]["name"] = "All brötchen"
    newer["item"].pop()
    await bring(api, ann, project_id, newer, mode="merge", prune=True)
    assert await names(api, ann, project_id, "BROTCHEN") == ["All brötchen"]
    left = await names(api, ann, project_id, "")
    assert 0 < len(left) < len(every)
    await check_counts(project_id)
    form = FormData()
    document = await fetch(api, ann, f"/projects/{project_id}/export")
    form.add_field("file", document, filename="project.json")
    again = await api.json("POST", "/projects/import", ann, data=form, expect=201)
    restored_id = again["projectId"]
    assert sorted(await names(api, ann, restored_id, "")) == sorted(left)
    await check_counts(restored_id)


async def test_what_is_not_found_any_more_is_noticed_and_mended(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await add_collection(api, ann, project_id, "Folder")
    for number in range(8):
        await save_endpoint(api, ann, folder["id"], f"Bread {number}")
    await execute("DELETE FROM search_blocks WHERE project_id = ?", project_id)
    assert await miscounted_projects() == [project_id]
    await recount_project(CONSOLE, project_id)
    assert await unsearchable(project_id) == []
    assert len(await names(api, ann, project_id, "bread")) == 8


async def test_pages_of_what_is_found_join_and_say_how_much_there_is(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    folder = await add_collection(api, ann, project_id, "Folder")
    wanted = [f"Bread {number}" for number in range(23)]
    for name in wanted:
        await save_endpoint(api, ann, folder["id"], name)
        await save_endpoint(api, ann, folder["id"], f"Nothing like {name[:3]}")
    found: list[str] = []
    path = f"/projects/{project_id}/endpoints?search=bread&limit=5"
    for offset in range(0, 30, 5):
        answer = await api.json("GET", f"{path}&offset={offset}", ann)
        found += [item["name"] for item in answer["endpoints"]]
        page = answer["pagination"]
        assert page["hasMore"] == (len(found) < 23)
        assert page["total"] <= 23
        assert page["total"] == 23 or page["totalIsAtLeast"]
    assert found == wanted
    assert "totalIsAtLeast" not in page
