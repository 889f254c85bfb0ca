"""A whole project in one answer."""

import random
from typing import Any

import pytest

from gassapi_backend.database.statements import insert
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.projects.actions import recount_project
from tests.conftest import Api
from tests.factories import (
    EMPTY_FLOW,
    add_collection,
    collection_rows,
    endpoint_rows,
    save_endpoint,
)
from tests.server.counting import statements


def ids(nodes: list[dict[str, Any]]) -> list[str]:
    """Return the ids of a tree's collections, each before those below it."""
    return [item for node in nodes for item in (node["id"], *ids(node["subCollections"]))]


async def test_the_context_shows_what_is_in_a_project_in_its_order(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    path = f"/projects/{project_id}"
    last = await add_collection(api, ann, project_id, "Last", position=9)
    first = await add_collection(api, ann, project_id, "First", position=0)
    below = await add_collection(api, ann, project_id, "Below", first["id"])
    three = await save_endpoint(api, ann, below["id"], "Three", purpose="What it does")
    one = await save_endpoint(api, ann, below["id"], "One", position=0, description="é")
    two = await save_endpoint(api, ann, below["id"], "Two", position=1)
    three["revision"] = two["revision"]  # it made room for both
    body = {"name": "Check out", "flowData": EMPTY_FLOW}
    flow = (await api.json("POST", f"{path}/flows", ann, json=body, expect=201))["flow"]
    found = await api.json("GET", f"{path}/context", ann)
    assert found["project"] == (await api.json("GET", path, ann))["project"]
    environments = await api.json("GET", f"{path}/environments", ann)
    assert found["environments"] == environments["environments"]
    assert ids(found["collections"]) == [first["id"], below["id"], last["id"]]
    shown = found["collections"][0]["subCollections"][0]["endpoints"]
    keys = ("id", "name", "method", "url", "description", "purpose", "revision")
    assert shown == [{key: item[key] for key in keys} for item in (one, two, three)]
    (summary,) = found["flows"]
    assert summary == {key: flow[key] for key in summary}
    assert "flowData" not in summary


@pytest.mark.parametrize("count", [249, 250, 251, 5000])
async def test_a_context_of_thousands_of_endpoints_shows_each_once_in_order(
    api: Api, caplog: pytest.LogCaptureFixture, count: int
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    collections = collection_rows(project_id, 2)
    endpoints = endpoint_rows(project_id, collections[0]["id"], count)
    chance = random.Random(3)  # noqa: S311 - not a secret
    for endpoint in endpoints:
        endpoint["position"] = chance.randrange(50)
        endpoint["collection_id"] = chance.choice(collections)["id"]
    await insert("collections", collections)
    await insert("endpoints", endpoints, batch=1000)
    await recount_project(CONSOLE, project_id)
    found = await api.json("GET", f"/projects/{project_id}/context", ann)
    for node in found["collections"]:
        inside = [item for item in endpoints if item["collection_id"] == node["id"]]
        inside.sort(key=lambda item: (item["position"], item["id"]))
        assert [item["id"] for item in node["endpoints"]] == [item["id"] for item in inside]
        assert node["endpointsCount"] == len(inside)
    cost = len(await statements(api, caplog, f"/projects/{project_id}/context", ann))
    assert cost <= 9 + 2 * 2 + count // 200  # a part at a time
