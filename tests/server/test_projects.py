"""Projects over HTTP."""

import asyncio
import json
from typing import Any

import pytest

from gassapi_backend.models import AuditEntry, Environment, McpToken, Member, Project
from gassapi_backend.server.access.callers import CONSOLE, forget_everybody
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.errors import Conflict, NotFound
from gassapi_backend.server.projects.actions import create_project
from gassapi_backend.server.projects.schemas import NewProject
from tests.conftest import Api, Person, audited, everything


async def names(api: Api, who: Person | str, query: str = "") -> list[str]:
    """Return the names of somebody's projects in the order of the list."""
    answer = await api.json("GET", f"/projects{query}", who)
    return [project["name"] for project in answer["projects"]]


async def test_a_new_project_has_its_default_environment_and_owner(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann, "Shop", description="All of it")
    assert project["userRole"] == "owner"
    assert project["memberCount"] == 1
    config = await api.json("POST", f"/projects/{project['id']}/generate-config", ann, expect=201)
    assert config["config"]["environment"] == {"active": "Development", "variables": {}}


async def test_a_project_is_shown_as_it_was_created(api: Api) -> None:
    ann = await api.person()
    made = await api.project(ann, " Shop ", description="é" * 1000, isPublic=True)
    shown = (await api.json("GET", f"/projects/{made['id']}", ann))["project"]
    assert shown == made
    assert (shown["name"], shown["description"], shown["isPublic"]) == ("Shop", "é" * 1000, True)
    assert (shown["ownerId"], shown["ownerName"]) == (ann.id, "Ann Doe")
    assert (shown["collectionCount"], shown["endpointCount"]) == (0, 0)
    assert (shown["settings"], shown["revision"]) == ({}, 2)
    assert (await audited())[2:] == ["project_created", "environment_created"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_update_changes_exactly_what_is_sent(api: Api, method: str) -> None:
    ann = await api.person()
    project = await api.project(ann, "Shop", description="All of it")
    state = project
    for change in (
        {"name": "Store"},
        {"description": "Some of it"},
        {"isPublic": True},
        {"settings": {"b": 1, "a": [None, 1.5]}},
        {"description": None, "settings": {}},
    ):
        answer = await api.json(method, f"/projects/{project['id']}", ann, json=change)
        wanted = {**state, **change, "revision": state["revision"] + 1}
        state = answer["project"]
        assert state == wanted | {"updatedAt": state["updatedAt"]}
    shown = (await api.json("GET", f"/projects/{project['id']}", ann))["project"]
    assert shown == state
    assert state["updatedAt"] > project["updatedAt"]


async def test_null_is_refused_for_what_a_project_must_have(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    before = await everything()
    for field in ("name", "isPublic", "settings"):
        answer = await api.json("PATCH", path, ann, json={field: None}, expect=400)
        assert answer["error"]["details"][0]["field"] == field
    assert await everything() == before


async def test_a_description_of_1001_characters_is_refused(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    before = await everything()
    body = {"name": "Shop", "description": "😀" * 1001}
    await api.json("POST", "/projects", ann, json=body, expect=400)
    await api.json("PATCH", f"/projects/{project['id']}", ann, json=body, expect=400)
    assert await everything() == before


async def test_an_update_of_nothing_changes_nothing(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    before = await everything()
    answer = await api.json("PATCH", f"/projects/{project['id']}", ann, json={})
    assert answer["project"] == project
    assert await everything() == before


async def test_settings_keep_the_order_of_their_keys(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    settings = {"z": 1, "a": {"9": 1, "10": 2}, "ä": 1, "": "x"}
    await api.json("PATCH", path, ann, json={"settings": settings})
    shown = (await api.json("GET", path, ann))["project"]["settings"]
    assert json.dumps(shown) == json.dumps(settings)


async def test_settings_of_64_kb_are_kept_and_larger_ones_refused(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    full = {"x": "é" * ((64_000 - len('{"x":""}')) // 2)}
    await api.json("PATCH", path, ann, json={"settings": full})
    before = await everything()
    more = {"x": full["x"] + "é"}
    answer = await api.json("PATCH", path, ann, json={"settings": more}, expect=400)
    assert answer["error"]["details"][0]["field"] == "settings"
    assert await everything() == before


async def test_every_change_makes_the_next_revision_whoever_writes_at_once(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    bodies = [{"name": f"Name {number}"} for number in range(30)]
    answers = await asyncio.gather(*(api.json("PATCH", path, ann, json=body) for body in bodies))
    revisions = sorted(answer["project"]["revision"] for answer in answers)
    assert revisions == list(range(3, 33))
    entries = await AuditEntry.filter(project_id=project["id"]).order_by("revision")
    assert [entry.revision for entry in entries] == list(range(1, 33))
    last = max(answers, key=lambda answer: answer["project"]["revision"])
    assert (await api.json("GET", path, ann))["project"] == last["project"]


async def test_of_writers_with_one_etag_exactly_one_wins(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    headers = {"If-Match": '"2"'}
    calls = [
        api.call("PATCH", path, ann, json={"name": f"Name {number}"}, headers=headers)
        for number in range(10)
    ]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200] + [412] * 9


async def test_the_etag_is_the_revision_and_what_is_shown_beside_it(api: Api) -> None:
    ann = await api.person()
    made = await api.call("POST", "/projects", ann, json={"name": "Shop"})
    path = f"/projects/{(await made.json())['project']['id']}"
    changed = await api.call("PATCH", path, ann, json={"name": "Store"})
    shown = await api.call("GET", path, ann)
    tags = [response.headers["ETag"] for response in (made, changed, shown)]
    assert [tag.partition(".")[0] for tag in tags] == ['"2', '"3', '"3']
    assert tags[1] == tags[2]


OTHER_REVISIONS = ['"1"', '"3"', '"1", "3"', 'W/"3"', "2", "x", '"x"', '""', '"', "", '"02"', '"2']
THIS_REVISION = ['"2"', ' "2" ', '"1","2"', '"1", "x", "2"', 'W/"1","2"', "*", " * "]
THIS_REVISION += ['W/"2"', '"2-gzip"']  # as proxies that compress mark it


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_write_for_another_revision_is_412_with_the_current_state(
    api: Api, method: str
) -> None:
    ann = await api.person()
    project = await api.project(ann)
    path, body = f"/projects/{project['id']}", None if method == "DELETE" else {"name": "Store"}
    before = await everything()
    for tag in OTHER_REVISIONS:
        response = await api.call(method, path, ann, json=body, headers={"If-Match": tag})
        error = (await response.json())["error"]
        assert (tag, response.status, error["code"]) == (tag, 412, "PRECONDITION_FAILED")
        assert error["details"] == {"current": project}
    assert await everything() == before


@pytest.mark.parametrize("tag", THIS_REVISION)
async def test_a_write_for_this_revision_goes_through(api: Api, tag: str) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    body = {"name": "Store"}
    answer = await api.json("PATCH", path, ann, json=body, headers={"If-Match": tag})
    assert answer["project"]["name"] == "Store"


async def test_who_has_this_revision_already_gets_304(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    this = (await api.call("GET", path, ann)).headers["ETag"]
    assert this.startswith('"2.')
    for form in [*THIS_REVISION, 'W/"1",W/"2"']:
        tag = form.replace('"2"', this).replace('"2-gzip"', f'{this[:-1]}-gzip"')
        for method in ("GET", "HEAD"):
            response = await api.call(method, path, ann, headers={"If-None-Match": tag})
            assert (tag, response.status, await response.read()) == (tag, 304, b"")
            assert response.headers["ETag"] == this
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_who_has_another_revision_gets_this_one(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    for tag in {*OTHER_REVISIONS, 'W/"3"', '"22"'} - {'W/"2"'}:
        headers = {"If-None-Match": tag}
        answer = await api.json("GET", f"/projects/{project['id']}", ann, headers=headers)
        assert answer["project"] == project, tag


SEARCHES = [
    ("shop", ["Big shop", "SHOP"]),
    ("ShOp", ["Big shop", "SHOP"]),
    ("straße", ["STRASSE"]),
    ("CAFÉ", ["Café"]),
    ("cafe\u0301", ["Café"]),
    ("cafe", ["Café"]),
    ("100%", ["100% sure"]),
    ("%", ["100% sure"]),
    ("_", ["snake_case"]),
    ("!", ["Wow! !!"]),
    ("!!", ["Wow! !!"]),
    ("\\", ["back\\slash"]),
    ("'", ["it's"]),
    ('"', []),
    ("?", []),
    ("😀", ["😀 smile"]),
    ("big  shop", ["Big shop"]),
    ("%h%", []),
    ("nothing like it", []),
]


async def test_a_search_finds_what_contains_it_without_case_and_wildcards(api: Api) -> None:
    ann = await api.person()
    for name in sorted({name for _, found in SEARCHES for name in found}):
        await api.project(ann, name)
    for text, wanted in SEARCHES:
        answer = await api.json("GET", "/projects", ann, params={"search": text, "sort": "name"})
        found = [project["name"] for project in answer["projects"]]
        assert (text, found, answer["pagination"]["total"]) == (text, wanted, len(wanted))


async def test_a_list_is_sorted_as_wanted(api: Api) -> None:
    ann = await api.person()
    made = [await api.project(ann, name) for name in ("beta", "Alpha", "gamma")]
    await api.json("PATCH", f"/projects/{made[0]['id']}", ann, json={"description": "new"})
    for query, wanted in {
        "": ["beta", "gamma", "Alpha"],
        "?sort=updated_at&order=asc": ["Alpha", "gamma", "beta"],
        "?sort=created_at": ["gamma", "Alpha", "beta"],
        "?sort=created_at&order=asc": ["beta", "Alpha", "gamma"],
        "?sort=name": ["Alpha", "beta", "gamma"],
        "?sort=name&order=desc": ["gamma", "beta", "Alpha"],
        "?order=asc": ["Alpha", "gamma", "beta"],
    }.items():
        assert await names(api, ann, query) == wanted, query


PAGES = [
    (1, 2, 5, {"totalPages": 3, "hasNext": True, "hasPrev": False}, 2),
    (2, 2, 5, {"totalPages": 3, "hasNext": True, "hasPrev": True}, 2),
    (3, 2, 5, {"totalPages": 3, "hasNext": False, "hasPrev": True}, 1),
    (4, 2, 5, {"totalPages": 3, "hasNext": False, "hasPrev": True}, 0),
    (1_000_000, 100, 5, {"totalPages": 1, "hasNext": False, "hasPrev": True}, 0),
    (1, 5, 5, {"totalPages": 1, "hasNext": False, "hasPrev": False}, 5),
    (1, 4, 5, {"totalPages": 2, "hasNext": True, "hasPrev": False}, 4),
    (1, 100, 5, {"totalPages": 1, "hasNext": False, "hasPrev": False}, 5),
]


async def test_pages_say_where_they_stand(api: Api) -> None:
    ann = await api.person()
    for number in range(5):
        await api.project(ann, f"Project {number}")
    for page, limit, total, rest, count in PAGES:
        answer = await api.json("GET", f"/projects?page={page}&limit={limit}", ann)
        assert answer["pagination"] == {"page": page, "limit": limit, "total": total, **rest}
        assert len(answer["projects"]) == count
    nobody = await api.person("Bob")
    assert (await api.json("GET", "/projects", nobody))["pagination"] == {
        "page": 1,
        "limit": 20,
        "total": 0,
        "totalPages": 0,
        "hasNext": False,
        "hasPrev": False,
    }


async def test_pages_show_every_project_once(api: Api) -> None:
    ann = await api.person()
    for _ in range(7):
        await api.project(ann, "Same name")
    for sort in ("name", "created_at", "updated_at"):
        found = []
        for page in (1, 2, 3):
            answer = await api.json("GET", f"/projects?sort={sort}&limit=3&page={page}", ann)
            found += [project["id"] for project in answer["projects"]]
        assert len(found) == len(set(found)) == 7


async def test_a_list_shows_what_one_is_in_each_project(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    await api.project(ann, "Mine")
    shared = await api.project(bob, "Shared")
    await api.project(bob, "Private")
    await api.project(bob, "Public", isPublic=True)
    await api.join(ann, shared["id"])
    found = (await api.json("GET", "/projects?sort=name", ann))["projects"]
    facts = [
        (item["name"], item["userRole"], item["ownerName"], item["memberCount"]) for item in found
    ]
    assert facts == [("Mine", "owner", "Ann Doe", 1), ("Shared", "member", "Bob Doe", 2)]
    assert await names(api, ann, "?role=owner") == ["Mine"]
    assert await names(api, ann, "?role=member") == ["Shared"]
    assert all("settings" not in item for item in found)


async def test_a_list_shows_a_project_as_it_is_after_each_change(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    path = f"/projects/{(await api.project(ann))['id']}"
    await api.join(bob, path.removeprefix("/projects/"))
    folder = await api.json("POST", f"{path}/collections", ann, json={"name": "A"}, expect=201)
    endpoints = f"/collections/{folder['collection']['id']}/endpoints"
    for method, where, body, status in (
        ("PATCH", path, {"name": "Store"}, 200),
        ("PATCH", path, {"description": "é"}, 200),
        ("PATCH", path, {"isPublic": True}, 200),
        ("PUT", "/users/profile", {"name": "Ann Smith"}, 200),
        ("POST", f"{path}/collections", {"name": "B"}, 201),
        ("POST", endpoints, {"name": "E", "method": "GET", "url": "/"}, 201),
        ("DELETE", f"{path}/members/{bob.id}", None, 200),
        ("POST", f"{path}/transfer", {"userId": bob.id}, 200),
    ):
        if where.endswith("/transfer"):
            await api.join(bob, path.removeprefix("/projects/"))
        await api.json(method, where, ann, json=body, expect=status)
        for who in (ann, bob):
            shown = (await api.json("GET", path, who))["project"]
            del shown["settings"]
            wanted = [shown] if shown["userRole"] else []
            for _ in range(2):  # made anew, then from what is kept
                assert (await api.json("GET", "/projects", who))["projects"] == wanted, where


async def test_a_stranger_reads_a_public_project_until_it_is_private(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann, isPublic=True)
    path = f"/projects/{project['id']}"
    shown = (await api.json("GET", path, bob))["project"]
    assert shown == {**project, "userRole": None}
    await api.json("PATCH", path, ann, json={"isPublic": False})
    await api.json("GET", path, bob, expect=403)


async def test_a_token_lists_its_own_project_only(api: Api) -> None:
    ann = await api.person()
    shop = await api.project(ann, "Shop")
    await api.project(ann, "Other")
    token = await api.token(ann, shop["id"])
    assert await names(api, token) == ["Shop"]
    assert await names(api, token, "?search=other") == []


async def test_a_member_who_left_reads_and_lists_nothing(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    token = await api.token(bob, project["id"])
    await Member.filter(user_id=bob.id).delete()
    await api.json("GET", f"/projects/{project['id']}", bob, expect=403)
    assert await names(api, bob) == []
    forget_everybody()  # as the action does that removes a member
    await api.json("GET", f"/projects/{project['id']}", token, expect=401)


@pytest.mark.parametrize("body", [None, {}, {"confirmation": "DELETE_PROJECT"}])
async def test_a_deleted_project_is_gone_with_all_that_was_in_it(api: Api, body: Any) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project, other = await api.project(ann), await api.project(ann, "Other")
    await api.join(bob, project["id"])
    token = await api.token(bob, project["id"])
    await api.json("GET", f"/projects/{project['id']}", token)
    await api.json("DELETE", f"/projects/{project['id']}", ann, json=body)
    await api.json("GET", f"/projects/{project['id']}", ann, expect=404)
    await api.json("GET", f"/projects/{project['id']}", token, expect=401)
    assert await names(api, ann) == ["Other"]
    assert not await McpToken.exists()
    assert await Member.all().values_list("project_id", flat=True) == [other["id"]]
    assert await Environment.all().values_list("project_id", flat=True) == [other["id"]]
    entry = await AuditEntry.filter(action="project_deleted").get()
    assert (entry.resource_name, entry.actor_id, entry.revision) == ("Shop", ann.id, 4)
    assert await AuditEntry.filter(project_id=project["id"]).count() == 4


@pytest.mark.parametrize(
    "confirmation", ["", "delete_project", "DELETE_PROJECT ", "yes", None, True]
)
async def test_a_wrong_confirmation_deletes_nothing(api: Api, confirmation: Any) -> None:
    ann = await api.person()
    project = await api.project(ann)
    before = await everything()
    body = {"confirmation": confirmation}
    await api.json("DELETE", f"/projects/{project['id']}", ann, json=body, expect=400)
    assert await everything() == before


async def test_of_two_deletions_at_once_one_finds_it_gone(api: Api) -> None:
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}"
    calls = [api.call("DELETE", path, ann) for _ in range(3)]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200, 404, 404]
    assert (await audited()).count("project_deleted") == 1
    assert not await Project.exists()


@pytest.mark.engines("sqlite")
async def test_the_console_gives_no_project_to_who_cannot_use_it(api: Api) -> None:
    ida = await api.person("Ida")
    await set_active(CONSOLE, ida.id, is_active=False)
    new, nobody = NewProject(name="Ghost"), "01a20200-0000-7000-8000-000000000000"
    before = await everything()
    with pytest.raises(Conflict, match="deactivated"):
        await create_project(CONSOLE, new, owner_id=ida.id)
    with pytest.raises(NotFound):
        await create_project(CONSOLE, new, owner_id=nobody)
    assert await everything() == before
