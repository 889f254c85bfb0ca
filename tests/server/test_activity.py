"""The audit log as people read it: of a project, and their own."""

import logging
from typing import Any

import pytest

from gassapi_backend.database import execute
from gassapi_backend.models import Scope, User
from gassapi_backend.server.access.callers import CONSOLE, forget_everybody
from gassapi_backend.server.members.actions import add_member
from tests.conftest import Api, Person, everything


async def actions_of(api: Api, who: Person, path: str, query: str = "") -> list[str]:
    """Return what was done, in the order of the list."""
    answer = await api.json("GET", f"{path}{query}", who)
    return [entry["action"] for entry in answer["activity"]]


async def test_an_entry_says_who_did_what_to_which_thing(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    await api.json("PATCH", path, ann, json={"name": "Store", "description": "New"})
    answer = await api.json("GET", f"{path}/activity", ann)
    newest = answer["activity"][0]
    assert newest == {
        "id": newest["id"],
        "at": newest["at"],
        "projectId": project["id"],
        "revision": 3,
        "action": "project_updated",
        "resourceType": "project",
        "resourceId": project["id"],
        "resourceName": "Store",
        "actor": {
            "type": "user",
            "id": ann.id,
            "name": "Ann Doe",
            "tokenId": None,
            "tokenName": None,
        },
        "details": {"fields": ["description", "name"]},
    }
    assert [entry["revision"] for entry in answer["activity"]] == [3, 2, 1]
    assert answer["activity"][1]["details"] is None
    assert answer["pagination"]["limit"] == 50


async def test_the_console_and_people_who_are_gone_have_no_name(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    await add_member(CONSOLE, project["id"], bob.id)
    await api.json("PATCH", path, bob, json={"name": "Bob's"})
    await api.json("DELETE", f"{path}/members/{bob.id}", bob)
    await User.filter(id=bob.id).delete()
    found = (await api.json("GET", f"{path}/activity?limit=3", ann))["activity"]
    assert [(entry["action"], entry["actor"]["type"]) for entry in found] == [
        ("member_left", "user"),
        ("project_updated", "user"),
        ("member_joined", "console"),
    ]
    assert [(entry["actor"]["id"], entry["actor"]["name"]) for entry in found] == [
        (bob.id, None),
        (bob.id, None),
        (None, None),
    ]
    assert found[0]["resourceName"] == "Bob Doe"


async def test_what_a_token_did_names_it_and_its_creator(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    issued = await api.issue(ann, project["id"], name="Robot", scope=Scope.WRITE)
    await execute(
        "UPDATE audit_log SET actor_type = 'token', token_id = ? WHERE action = 'project_created'",
        issued["mcpToken"]["id"],
    )
    found = await actions_of(
        api, ann, f"/projects/{project['id']}/activity", f"?tokenId={issued['mcpToken']['id']}"
    )
    assert found == ["project_created"]
    assert not await actions_of(
        api, ann, f"/projects/{project['id']}/activity", f"?tokenId={project['id']}"
    )
    query = "?action=project_created"
    for path in (f"/projects/{project['id']}/activity", "/users/activity"):
        (entry,) = (await api.json("GET", path + query, ann))["activity"]
        assert entry["actor"] == {
            "type": "token",
            "id": ann.id,
            "name": "Ann Doe",
            "tokenId": issued["mcpToken"]["id"],
            "tokenName": "Robot",
        }


async def test_a_project_shows_its_own_entries_and_a_person_theirs(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    shop, other = await api.project(ann), await api.project(ann, "Other")
    await api.join(bob, shop["id"])
    await api.json("PATCH", f"/projects/{shop['id']}", bob, json={"name": "Store"})
    path = f"/projects/{shop['id']}/activity"
    assert await actions_of(api, bob, path) == [
        "project_updated",
        "environment_created",
        "project_created",
    ]
    assert await actions_of(api, bob, path, f"?actorId={bob.id}") == ["project_updated"]
    assert await actions_of(api, bob, "/users/activity") == ["project_updated", "session_started"]
    mine = (await api.json("GET", "/users/activity?resourceType=project", ann))["activity"]
    assert [entry["projectId"] for entry in mine] == [other["id"], shop["id"]]
    assert {entry["actor"]["id"] for entry in mine} == {ann.id}


async def test_entries_are_found_by_what_was_done_and_to_what(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}/activity"
    for query, wanted in {
        "?action=project_created": ["project_created"],
        "?resourceType=environment": ["environment_created"],
        "?resourceType=project&action=environment_created": [],
        "?action=nothing": [],
        f"?actorId={ann.id}&resourceType=project": ["project_created"],
        "?actorId=01a20200-0000-7000-8000-000000000000": [],
    }.items():
        assert await actions_of(api, ann, path, query) == wanted, query


async def test_entries_are_found_by_their_time(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}/activity"
    for action, at in (
        ("project_created", "2026-01-31 23:59:59.999"),
        ("environment_created", "2026-02-01 00:00:00.000"),
    ):
        await execute("UPDATE audit_log SET at = ? WHERE action = ?", at, action)
    both = ["environment_created", "project_created"]
    for query, wanted in {
        "fromDate=2026-01-31": both,
        "fromDate=2026-02-01": both[:1],
        "toDate=2026-01-31": both[1:],
        "toDate=2026-02-01": both,
        "fromDate=2026-01-31&toDate=2026-01-31": both[1:],
        "fromDate=2026-02-01T00:00:00Z": both[:1],
        "fromDate=2026-02-01T00:00:00.001Z": [],
        "toDate=2026-01-31T23:59:59.999Z": both[1:],
        "toDate=2026-01-31T23:59:59.998Z": [],
        "fromDate=2026-02-01T01:00:00%2B01:00": both[:1],
        "toDate=2026-01-31t22:59:59.999-01:00": both[1:],
        "toDate=2026-01-31%2023:59:59.9999999z": both[1:],
        "fromDate=0001-01-01&toDate=9999-12-31": both,
        "fromDate=2026-02-02&toDate=2026-01-01": [],
    }.items():
        assert await actions_of(api, ann, path, f"?{query}") == wanted, query


BAD = [
    "action=",
    "action=%00",
    "action=Project",
    "action=caf%C3%A9",
    "action=" + "a" * 65,
    "resourceType=%25",
    "actorId=x",
    "actorId=01A20200-0000-7000-8000-000000000000",
    "fromDate=",
    "fromDate=yesterday",
    "fromDate=1700000000",
    "fromDate=20260131",
    "fromDate=2026-W05",
    "fromDate=2026-02-30",
    "fromDate=2026-01-31T12:00:00",
    "fromDate=2026-01-31T12:00Z",
    "fromDate=2026-01-31T24:00:01Z",
    "fromDate=2026-01-31T12:00:00+01:00",  # a plus is a blank in a query
    "fromDate=2026-01-31T12:00:00%2B99:00",
    "fromDate=0000-01-01",
    "fromDate=0001-01-01T00:00:00%2B01:00",
    "toDate=9999-12-31T23:59:59-01:00",
    "toDate=%D9%A2026-01-31",
    "fromDate=2026-01-31%0A",
    "limit=0",
    "limit=101",
    "page=0",
    "typo=1",
]


async def test_a_filter_that_makes_no_sense_is_400_and_named(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}/activity"
    for query in BAD:
        for where in (path, "/users/activity"):
            answer = await api.json("GET", f"{where}?{query}", ann, expect=400)
            assert answer["error"]["details"][0]["field"] == query.partition("=")[0], query


async def test_pages_show_every_entry_once_newest_first(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    for number in range(9):
        await api.json("PATCH", path, ann, json={"name": f"Name {number}"})
    revisions: list[int] = []
    for page in (1, 2, 3, 4):
        answer = await api.json("GET", f"{path}/activity?limit=4&page={page}", ann)
        revisions += [entry["revision"] for entry in answer["activity"]]
        assert answer["pagination"]["total"] == 11
        assert answer["pagination"]["hasNext"] == (page < 3)
    assert revisions == list(range(11, 0, -1))
    by_cursor: list[int] = []
    more = "page=1"
    while more:
        answer = await api.json("GET", f"{path}/activity?limit=4&{more}", ann)
        assert answer["pagination"]["hasPrev"] == bool(by_cursor)
        by_cursor += [entry["revision"] for entry in answer["activity"]]
        cursor = answer["pagination"].get("nextCursor")
        more = f"cursor={cursor}" if cursor else ""
    assert by_cursor == revisions


async def test_reading_it_writes_nothing_and_costs_no_more_for_more_entries(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    before = await everything()

    async def cost(of: str) -> int:
        forget_everybody()
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            await api.json("GET", of, ann)
        return sum(record.name == "tortoise.db_client" for record in caplog.records)

    few = [await cost(f"{path}/activity?limit=2"), await cost("/users/activity?limit=2")]
    assert few == [3, 3]  # the caller, the project, its page; the caller, the page, its count
    assert await everything() == before
    for number in range(10):
        await api.json("PATCH", path, ann, json={"name": f"Name {number}"})
    many = [await cost(f"{path}/activity?limit=2"), await cost("/users/activity?limit=2")]
    assert many == [4, 3]


async def test_a_name_of_any_characters_is_shown_as_it_was(api: Api) -> None:
    ann = await api.person()
    name: Any = "<b>Ü 😀</b> ' \" %"
    project = await api.project(ann, name)
    path = f"/projects/{project['id']}/activity?action=project_created"
    (entry,) = (await api.json("GET", path, ann))["activity"]
    assert entry["resourceName"] == name
