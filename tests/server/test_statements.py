"""How many statements a request costs: few, and no more for more rows."""

import logging

import pytest

from gassapi_backend.database.statements import insert
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.projects.actions import recount_project
from tests.conftest import Api
from tests.factories import collection_rows, endpoint_rows
from tests.server.counting import statements


@pytest.mark.parametrize("query", ["", "?limit=3", "?search=shop&role=owner", "?page=2&limit=2"])
async def test_a_list_of_many_projects_costs_no_more_than_one_of_few(
    api: Api, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    ann = await api.person()
    for _ in range(3):
        await api.project(ann)
    few = await statements(api, caplog, f"/projects{query}", ann)
    for _ in range(17):
        await api.project(ann)
    many = await statements(api, caplog, f"/projects{query}", ann)
    assert 2 <= len(few) <= 3
    assert 2 <= len(many) <= 3


async def test_a_list_of_many_tokens_costs_no_more_than_one_of_few(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    path = f"/mcp/tokens?projectId={(await api.project(ann))['id']}"
    few = await statements(api, caplog, path, ann)
    for _ in range(20):
        await api.token(ann, path.partition("=")[2])
    many = await statements(api, caplog, path, ann)
    assert len(few) == len(many) == 3  # the session, the project, the page: it is the only one


async def test_reading_costs_one_statement_beside_finding_the_caller(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    token = await api.token(ann, project_id)
    for path, who in {
        "/auth/sessions": ann,
        "/users/profile": ann,
        "/mcp/validate": token,
        "/projects": token,
        f"/projects/{project_id}": ann,
    }.items():
        assert len(await statements(api, caplog, path, who)) == 2, path


CONTENT = [  # what each costs beside finding the caller and what the path names
    ("/projects/{project}/collections", 1),
    ("/projects/{project}/collections?flat=true", 1),
    ("/collections/{collection}", 0),
    ("/collections/{collection}/endpoints", 1),
    ("/collections/{collection}/endpoints?offset=20&limit=5", 1),
    ("/projects/{project}/endpoints", 1),
    ("/projects/{project}/endpoints?limit=100&offset=9000", 1),
    ("/projects/{project}/endpoints?method=get&limit=5", 2),
    ("/projects/{project}/endpoints?search=bulk%2077", 2),
    ("/collections/{collection}/endpoints?search=bulk%20777", 2),
    ("/endpoints/{endpoint}", 0),
]


async def test_a_thousand_collections_and_ten_thousand_endpoints_cost_no_more_statements(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    collections = collection_rows(project_id, 1000)
    endpoints = endpoint_rows(project_id, collections[0]["id"], 10_000)
    await insert("collections", collections, batch=1000)
    await insert("endpoints", endpoints, batch=1000)
    await recount_project(CONSOLE, project_id)
    ids = {
        "project": project_id,
        "collection": collections[0]["id"],
        "endpoint": endpoints[0]["id"],
    }
    for path, cost in CONTENT:
        found = await statements(api, caplog, path.format(**ids), ann)
        assert len(found) == 2 + cost, (path, found)
    tree = await api.json("GET", f"/projects/{project_id}/collections", ann)
    assert len(tree["collections"]) == 1000


async def test_copies_and_deletions_cost_no_statement_per_row(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    top = collection_rows(project_id, 1)
    below = collection_rows(project_id, 90, parent_id=top[0]["id"], sibling_of=top[0]["id"])
    await insert("collections", [*top, *below])
    costs = []
    for count in (1, 300):
        await insert("endpoints", endpoint_rows(project_id, below[0]["id"], count))
        await recount_project(CONSOLE, project_id)
        path = f"/collections/{top[0]['id']}/duplicate"
        costs.append(len(await statements(api, caplog, path, ann, method="POST", expect=201)))
    assert costs[0] == costs[1] <= 20
    path = f"/collections/{top[0]['id']}"
    assert len(await statements(api, caplog, path, ann, method="DELETE")) <= 26


async def test_what_is_written_all_day_goes_to_the_database_twice(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """What is locked and asked, all that is written; at first also what it is about."""
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    (collection,) = collection_rows(project_id, 1)
    await insert("collections", [collection])
    path, body = (
        f"/collections/{collection['id']}/endpoints",
        {"name": "List", "method": "GET", "url": "/"},
    )
    for expected in (3, 2):
        found = await statements(api, caplog, path, ann, method="POST", json=body, expect=201)
        session, *found = found  # which is remembered for a moment
        assert "FROM sessions" in session
        assert len(found) == expected, found


async def test_a_caller_is_remembered_for_a_moment(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        for _ in range(20):
            await api.json("GET", "/users/profile", ann)
    found = [record for record in caplog.records if "FROM sessions" in record.message]
    assert len(found) < 20
