"""Quotas: what a project may hold and a person may have, through every door, whoever knocks."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import FormData

from gassapi_backend.models import Endpoint, McpToken, Project
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.endpoints.actions import create_endpoint
from gassapi_backend.server.endpoints.schemas import NewEndpoint
from gassapi_backend.server.environments.schemas import MAX_ENVIRONMENTS
from gassapi_backend.server.errors import Conflict
from tests.conftest import Api, Person, Serve, everything
from tests.factories import add_collection
from tests.server.counting import check_counts, statements

REQUEST = {"name": "Get", "method": "GET", "url": "/a"}


async def add(api: Api, who: Person | str, collection_id: str, **fields: Any) -> dict[str, Any]:
    """Save a request."""
    path = f"/collections/{collection_id}/endpoints"
    return (await api.json("POST", path, who, json=REQUEST | fields, expect=201))["endpoint"]


async def refused(api: Api, method: str, path: str, who: Person, **options: Any) -> dict[str, Any]:
    """Send a request that is refused for a quota, and changes nothing; return the error."""
    before = await everything()
    answer = await api.json(method, path, who, expect=409, **options)
    assert await everything() == before
    error: dict[str, Any] = answer["error"]
    assert error["code"] == "CONFLICT"
    assert f"GASSAPI_{error['details']['quota'].upper()}" in error["message"]
    return error


def postman(endpoints: int, body: str = "") -> str:
    """Return a Postman collection."""
    request = {"method": "POST", "url": "http://a.test/", "body": {"mode": "raw", "raw": body}}
    items = [{"name": f"R{number}", "request": request} for number in range(endpoints)]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return json.dumps({"info": {"name": "Many", "schema": schema}, "item": items})


async def test_a_full_project_takes_no_endpoint_by_any_door(serve: Serve) -> None:
    api = await serve(project_max_endpoints=3)
    ann = await api.person()
    project = await api.project(ann)
    folder = await add_collection(api, ann, project["id"], "Folder")
    first = await add(api, ann, folder["id"])
    await add(api, ann, folder["id"])
    path = f"/collections/{folder['id']}"
    await refused(api, "POST", f"{path}/duplicate", ann)
    imported = {"projectId": project["id"], "data": postman(2)}
    await refused(api, "POST", "/collections/import", ann, json=imported)
    await add(api, ann, folder["id"])
    error = await refused(api, "POST", f"{path}/endpoints", ann, json=REQUEST)
    assert error["details"] == {"quota": "project_max_endpoints", "limit": 3, "wanted": 4}
    assert "room for 3 endpoints" in error["message"]
    await refused(api, "POST", f"/endpoints/{first['id']}/duplicate", ann)
    new = NewEndpoint.model_validate(REQUEST)
    with pytest.raises(Conflict):  # the console is another door to the same room
        await create_endpoint(CONSOLE, project["id"], folder["id"], new)
    await api.json("DELETE", f"/endpoints/{first['id']}", ann)
    await add(api, ann, folder["id"])
    await check_counts(project["id"])


async def test_two_who_write_at_once_do_not_share_the_last_place(serve: Serve) -> None:
    api = await serve(project_max_endpoints=5)
    ann = await api.person()
    project = await api.project(ann)
    folder = await add_collection(api, ann, project["id"], "Folder")
    path = f"/collections/{folder['id']}/endpoints"
    found = await asyncio.gather(*(api.call("POST", path, ann, json=REQUEST) for _ in range(12)))
    assert sorted(response.status for response in found) == [201] * 5 + [409] * 7
    assert await Endpoint.filter(project_id=project["id"]).count() == 5


async def test_a_project_is_full_by_its_bytes_too_whatever_holds_them(serve: Serve) -> None:
    api = await serve(project_max_mb=1)
    ann = await api.person()
    project = await api.project(ann)
    folder = await add_collection(api, ann, project["id"], "Folder")
    large = await add(api, ann, folder["id"], body="x" * 480_000)
    other = await add(api, ann, folder["id"], body="é" * 95_000)  # two bytes each
    for method, path, body in (
        ("POST", f"/collections/{folder['id']}/endpoints", REQUEST | {"body": "x" * 350_000}),
        (
            "PATCH",
            f"/endpoints/{other['id']}",
            {"body": "é" * 98_000, "examples": ["x" * 400_000]},
        ),
        ("POST", f"/endpoints/{large['id']}/duplicate", None),
        ("POST", f"/collections/{folder['id']}/duplicate", None),
        (
            "POST",
            f"/projects/{project['id']}/environments",
            {"name": "E", "variables": [{"key": "k", "value": "v" * 400_000}]},
        ),
        (
            "POST",
            "/collections/import",
            {"projectId": project["id"], "data": postman(1, "x" * 350_000)},
        ),
    ):
        error = await refused(api, method, path, ann, json=body)
        assert error["details"]["quota"] == "project_max_mb"
    await api.json("PATCH", f"/endpoints/{large['id']}", ann, json={"body": "x"})
    await api.json("POST", f"/endpoints/{other['id']}/duplicate", ann, expect=201)
    await check_counts(project["id"])


async def test_an_over_full_project_can_become_smaller(serve: Serve) -> None:
    api = await serve(project_max_mb=1)
    ann = await api.person()
    project = await api.project(ann)
    folder = await add_collection(api, ann, project["id"], "Folder")
    large = await add(api, ann, folder["id"], body="x" * 400_000)
    real = (await Project.get(id=project["id"])).size
    await Project.filter(id=project["id"]).update(size=5_000_000)  # the limit was higher once
    await api.json("PATCH", f"/endpoints/{large['id']}", ann, json={"body": "x" * 300_000})
    await api.json("PATCH", f"/endpoints/{large['id']}", ann, json={"name": "Other"})
    await api.json("DELETE", f"/collections/{folder['id']}", ann)
    assert (await Project.get(id=project["id"])).size == 5_000_000 - real + len("[]")


async def test_sizes_are_right_after_all_that_can_be_done(api: Api) -> None:
    ann = await api.person()
    project, elsewhere = await api.project(ann), await api.project(ann, "Other")
    variables = [{"key": "é", "value": "geheim", "secret": True}, {"key": "b", "value": "ü"}]
    top = await add_collection(api, ann, project["id"], "Töp", variables=variables)
    below = await add_collection(api, ann, project["id"], "Below", top["id"], description="d")
    one = await add(api, ann, below["id"], description="é", headers={"ü": "v"}, body={"a": 1})
    await add(api, ann, top["id"], examples=[{"name": "n", "body": "b"}])
    path = f"/projects/{project['id']}"
    body = {"name": "E", "variables": variables}
    stage = (await api.json("POST", f"{path}/environments", ann, json=body, expect=201))[
        "environment"
    ]
    flow = {"name": "F", "flowData": {"version": "1.0", "steps": [], "config": {}}}
    made = (await api.json("POST", f"{path}/flows", ann, json=flow, expect=201))["flow"]
    for method, place, sent in (
        ("PATCH", f"/collections/{top['id']}", {"description": "längst", "variables": []}),
        ("PATCH", f"/endpoints/{one['id']}", {"description": None, "body": "ß", "url": "/üü"}),
        ("PATCH", f"/endpoints/{one['id']}", {"collectionId": top["id"]}),
        ("POST", f"/endpoints/{one['id']}/duplicate", {}),
        ("POST", f"/collections/{top['id']}/duplicate", {}),
        ("POST", f"/collections/{top['id']}/duplicate", {"projectId": elsewhere["id"]}),
        (
            "PATCH",
            f"/environments/{stage['id']}",
            {"variables": [*variables, {"key": "c", "value": "x"}]},
        ),
        ("POST", f"/environments/{stage['id']}/duplicate", {}),
        ("PATCH", f"/flows/{made['id']}", {"description": "ö"}),
        ("PUT", f"/flows/{made['id']}/ui", {"nodes": [], "edges": []}),
        ("POST", f"/flows/{made['id']}/duplicate", {}),
        ("POST", "/collections/import", {"projectId": project["id"], "data": postman(3, "ä")}),
        ("DELETE", f"/flows/{made['id']}", None),
        ("DELETE", f"/environments/{stage['id']}", None),
        ("DELETE", f"/endpoints/{one['id']}", None),
        ("DELETE", f"/collections/{below['id']}", None),
    ):
        response = await api.call(method, place, ann, json=sent)
        assert response.status < 300, await response.text()
        await check_counts(project["id"])
        await check_counts(elsewhere["id"])
    exported = await (await api.call("GET", f"{path}/export", ann)).read()
    form = FormData()
    form.add_field("file", exported, filename="p.json")
    again = (await api.json("POST", "/projects/import", ann, data=form, expect=201))["projectId"]
    await check_counts(again)
    assert (await Project.get(id=again)).size > 0


async def test_a_merge_keeps_the_size_right(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    spec: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            f"/p{number}": {"get": {"summary": f"S{number}", "responses": {}}}
            for number in range(4)
        },
    }
    body = {"projectId": project["id"], "data": json.dumps(spec)}
    made = await api.json("POST", "/collections/import", ann, json=body, expect=201)
    spec["paths"]["/p1"]["get"]["description"] = "längër" * 50
    spec["paths"]["/p9"] = {"get": {"responses": {}}}
    del spec["paths"]["/p2"]
    more = {"data": json.dumps(spec), "mode": "merge", "prune": True}
    merged = body | more | {"collectionId": made["collectionId"]}
    answer = await api.json("POST", "/collections/import", ann, json=merged, expect=201)
    assert answer["updated"]
    await check_counts(project["id"])


async def test_collections_and_flows_have_limits(serve: Serve) -> None:
    api = await serve(project_max_collections=2, project_max_flows=1)
    ann = await api.person()
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    top = await add_collection(api, ann, project["id"], "A")
    await add_collection(api, ann, project["id"], "B", top["id"])
    await refused(api, "POST", f"{path}/collections", ann, json={"name": "C"})
    await refused(api, "POST", f"/collections/{top['id']}/duplicate", ann)
    flow = {"name": "F", "flowData": {"version": "1.0", "steps": [], "config": {}}}
    made = await api.json("POST", f"{path}/flows", ann, json=flow, expect=201)
    await refused(api, "POST", f"{path}/flows", ann, json=flow)
    await refused(api, "POST", f"/flows/{made['flow']['id']}/duplicate", ann)


async def test_one_copy_has_a_limit_of_its_own(serve: Serve) -> None:
    api = await serve(import_max_items=4, import_max_mb=1)
    ann = await api.person()
    project = await api.project(ann)
    many = await add_collection(api, ann, project["id"], "Many")
    for _ in range(3):
        await add(api, ann, many["id"])
    await api.json("POST", f"/collections/{many['id']}/duplicate", ann, expect=201)
    await add(api, ann, many["id"])
    error = await refused(api, "POST", f"/collections/{many['id']}/duplicate", ann)
    assert error["details"]["quota"] == "import_max_items"
    large = await add_collection(api, ann, project["id"], "Large")
    for _ in range(3):
        await add(api, ann, large["id"], body="x" * 400_000)
    error = await refused(api, "POST", f"/collections/{large['id']}/duplicate", ann)
    assert error["details"]["quota"] == "import_max_mb"


async def test_a_project_has_so_many_members(serve: Serve) -> None:
    api = await serve(project_max_members=2)
    ann, bob, eve = [await api.person(name) for name in ("Ann", "Bob", "Eve")]
    project = await api.project(ann)
    for who in (bob, eve):
        await api.invite(ann, project["id"], who.email)
    links = {
        who.id: (await api.json("GET", "/invitations", who))["invitations"][0]["id"]
        for who in (bob, eve)
    }
    await api.json("POST", "/invitations/accept", bob, json={"invitationId": links[bob.id]})
    wanted = {"invitationId": links[eve.id]}
    error = await refused(api, "POST", "/invitations/accept", eve, json=wanted)
    assert error["details"] == {"quota": "project_max_members", "limit": 2, "wanted": 3}


async def test_a_person_owns_so_many_projects_however_they_come(serve: Serve) -> None:
    api = await serve(person_max_projects=2)
    ann, bob = await api.person(), await api.person("Bob")
    first = await api.project(ann)
    theirs = await api.project(bob, "Theirs")
    await api.join(ann, theirs["id"])
    exported = await (await api.call("GET", f"/projects/{first['id']}/export", ann)).read()
    await api.project(ann, "Second")
    error = await refused(api, "POST", "/projects", ann, json={"name": "Third"})
    assert error["details"] == {"quota": "person_max_projects", "limit": 2, "wanted": 3}
    form = FormData()
    form.add_field("file", exported, filename="p.json")
    await refused(api, "POST", "/projects/import", ann, data=form)
    to = {"userId": ann.id}
    await refused(api, "POST", f"/projects/{theirs['id']}/transfer", bob, json=to)
    await api.project(bob, "Fourth")


async def test_tokens_are_limited_by_person_and_by_project(serve: Serve) -> None:
    api = await serve(person_max_tokens=3, project_max_tokens=4)
    ann, bob = await api.person(), await api.person("Bob")
    project, other = await api.project(ann), await api.project(ann, "Other")
    await api.join(bob, project["id"])
    for where in (project, project, other):
        await api.issue(ann, where["id"])
    wanted = {"projectId": other["id"], "name": "CI", "scope": "read"}
    error = await refused(api, "POST", "/mcp/tokens", ann, json=wanted)
    assert error["details"]["quota"] == "person_max_tokens"
    path = f"/projects/{other['id']}/generate-config"
    await refused(api, "POST", path, ann, json={})
    for _ in range(2):
        await api.issue(bob, project["id"])
    here = wanted | {"projectId": project["id"]}
    error = await refused(api, "POST", "/mcp/tokens", bob, json=here)
    assert error["details"]["quota"] == "project_max_tokens"
    own = await McpToken.filter(creator_id=ann.id, project_id=project["id"]).first()
    assert own
    renewed = {"projectId": project["id"], "tokenId": own.id}
    await api.json("POST", "/mcp/regenerate-token", ann, json=renewed, expect=201)
    revoked = {"projectId": other["id"]}
    await api.json("POST", "/mcp/revoke-token", ann, json=revoked)
    await api.issue(ann, other["id"])


async def test_two_tokens_at_once_in_two_projects_do_not_share_the_last_place(
    serve: Serve,
) -> None:
    api = await serve(person_max_tokens=3)
    ann = await api.person()
    projects = [(await api.project(ann, f"P{number}"))["id"] for number in range(6)]
    bodies = [{"projectId": one, "name": "CI", "scope": "read"} for one in projects]
    found = await asyncio.gather(*(api.call("POST", "/mcp/tokens", ann, json=b) for b in bodies))
    assert sorted(response.status for response in found) == [201] * 3 + [409] * 3


async def test_a_project_shows_what_it_holds_and_may_hold(serve: Serve) -> None:
    api = await serve(project_max_mb=7, project_max_endpoints=11)
    ann = await api.person()
    project = await api.project(ann)
    folder = await add_collection(api, ann, project["id"], "Folder")
    await add(api, ann, folder["id"], url="/é", headers={})
    await api.issue(ann, project["id"])
    usage = (await api.json("GET", f"/projects/{project['id']}", ann))["usage"]
    assert usage["bytes"] == {
        "used": len("/é".encode()) + len("{}") + len("[]"),
        "limit": 7_000_000,
    }
    assert usage["endpoints"] == {"used": 1, "limit": 11}
    assert usage["environments"] == {"used": 1, "limit": MAX_ENVIRONMENTS}
    used = {name: quota["used"] for name, quota in usage.items()}
    assert used | {"bytes": 0} == {
        "bytes": 0,
        "collections": 1,
        "endpoints": 1,
        "environments": 1,
        "flows": 0,
        "members": 1,
        "tokens": 1,
    }


async def test_quotas_cost_a_saved_endpoint_no_statement(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project = await api.project(ann)
    folder = await add_collection(api, ann, project["id"], "Folder")
    one = await add(api, ann, folder["id"])
    path = f"/collections/{folder['id']}/endpoints"
    cost = {"method": "POST", "json": REQUEST, "expect": 201}
    found = await statements(api, caplog, path, ann, **cost)
    assert len(found) <= 10, found
    change = {"method": "PATCH", "json": {"body": "x" * 1000}}
    found = await statements(api, caplog, f"/endpoints/{one['id']}", ann, **change)
    assert len(found) <= 8, found
