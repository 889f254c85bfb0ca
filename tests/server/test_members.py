"""Members over HTTP: who is one, how they go, and how a project gets another owner."""

import asyncio
import logging
from typing import Any

import pytest

from gassapi_backend.clock import now
from gassapi_backend.models import (
    AuditEntry,
    Collection,
    Endpoint,
    Flow,
    Invitation,
    McpToken,
    Member,
    Project,
    Scope,
)
from gassapi_backend.server.access.callers import CONSOLE, Actor, Caller, Kind, forget_everybody
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.errors import Forbidden
from gassapi_backend.server.members.actions import add_member, invite, remove_member
from gassapi_backend.server.members.schemas import NewInvitation
from tests.conftest import Api, Person, audited, everything
from tests.factories import NO_PROJECTS
from tests.server.counting import check_members


async def members(api: Api, who: Person, project_id: str, query: str = "") -> list[dict[str, Any]]:
    """Return a project's members in the order of the list."""
    answer = await api.json("GET", f"/projects/{project_id}/members{query}", who)
    found: list[dict[str, Any]] = answer["members"]
    return found


async def test_members_are_listed_the_owner_first_then_by_name(api: Api) -> None:
    ann = await api.person("Zoe")
    project = await api.project(ann)
    for name in ("Carl", "anna", "Bob"):
        await api.join(await api.person(name), project["id"])
    found = await members(api, ann, project["id"])
    assert [(item["name"], item["role"]) for item in found] == [
        ("Zoe Doe", "owner"),
        ("anna Doe", "member"),
        ("Bob Doe", "member"),
        ("Carl Doe", "member"),
    ]
    assert found[0] == {
        "id": ann.id,
        "name": "Zoe Doe",
        "email": "zoe@example.com",
        "avatarUrl": None,
        "role": "owner",
        "joinedAt": found[0]["joinedAt"],
    }
    paged = [
        item["id"]
        for page in (1, 2, 3)
        for item in await members(api, ann, project["id"], f"?limit=2&page={page}")
    ]
    assert paged == [item["id"] for item in found]


async def test_strangers_of_a_public_project_see_no_addresses(api: Api) -> None:
    ann, bob, sam = [await api.person(name) for name in ("Ann", "Bob", "Sam")]
    project = await api.project(ann, isPublic=True)
    await api.join(bob, project["id"])
    seen = await api.call("GET", f"/projects/{project['id']}/members", sam)
    assert seen.status == 200
    assert "@" not in await seen.text()
    assert [item["email"] for item in await members(api, bob, project["id"])] == [
        ann.email,
        bob.email,
    ]


async def test_a_list_of_members_costs_one_statement(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project = await api.project(ann)
    for number in range(5):
        await api.join(await api.person(f"P{number}"), project["id"])
    forget_everybody()
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        assert len(await members(api, ann, project["id"])) == 6
    found = [record for record in caplog.records if record.name == "tortoise.db_client"]
    assert len(found) == 3  # the caller, the project, the page


async def test_who_is_removed_is_out_with_the_next_request(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    await api.join(bob, project["id"])
    token = await api.token(bob, project["id"])
    own = await api.issue(ann, project["id"], scope=Scope.READ)
    for who in (bob, token):
        await api.json("GET", path, who)
    await api.json("DELETE", f"{path}/members/{bob.id}", ann)
    await api.json("GET", path, bob, expect=403)
    await api.json("PATCH", path, bob, json={"name": "Mine"}, expect=403)
    await api.json("GET", path, token, expect=401)
    await api.json("GET", "/mcp/validate", token, expect=403)
    await api.json("GET", path, own["token"])
    assert (await api.json("GET", path, ann))["project"]["memberCount"] == 1
    await check_members(project["id"], 1)
    assert (await audited())[-2:] == ["member_removed", "mcp_token_revoked"]
    dead = await McpToken.get(creator_id=bob.id)
    assert (dead.revoked_by_id, dead.revoked_reason) == (ann.id, "creator was removed")
    entry = await AuditEntry.get(action="member_removed")
    assert (entry.actor_id, entry.resource_id, entry.resource_name) == (ann.id, bob.id, "Bob Doe")


async def test_tokens_of_other_projects_outlive_a_removal_and_the_dead_stay_dead(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project, other = await api.project(ann), await api.project(bob, "Other")
    await api.join(bob, project["id"])
    dead, living = await api.token(bob, project["id"]), await api.token(bob, other["id"])
    await api.json("DELETE", f"/projects/{project['id']}/members/{bob.id}", ann)
    await add_member(CONSOLE, project["id"], bob.id)
    await api.json("GET", f"/projects/{project['id']}", bob)
    await api.json("GET", f"/projects/{project['id']}", dead, expect=401)
    await api.json("GET", f"/projects/{other['id']}", living)


async def test_a_member_leaves_and_their_invitations_stay(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    await api.invite(bob, project["id"], "guest@example.com")
    await api.json("DELETE", f"/projects/{project['id']}/members/{bob.id}", bob)
    await api.json("GET", f"/projects/{project['id']}", bob, expect=403)
    assert (await audited())[-1] == "member_left"
    found = (await api.json("GET", f"/projects/{project['id']}/invitations", ann))["invitations"]
    assert [item["invitedBy"]["name"] for item in found] == ["Bob Doe"]


@pytest.mark.parametrize("is_console", [False, True])
async def test_who_is_removed_has_no_way_back(api: Api, is_console: bool) -> None:
    ann, bob, carl = [await api.person(name) for name in ("Ann", "Bob", "Carl")]
    project, other = await api.project(ann), await api.project(bob, "Other")
    await api.join(bob, project["id"])
    sent = await api.invite(bob, project["id"], "second@example.com")
    stays = await api.invite(ann, project["id"], "guest@example.com")
    elsewhere = await api.invite(bob, other["id"], "guest@example.com")
    address = {"email": bob.email, "email_key": bob.email, "project_id": project["id"]}
    pending = await Invitation.create(**address, expires_at=now().replace(year=9000))
    token = sent["inviteUrl"].rpartition("/")[2]
    if is_console:
        await remove_member(CONSOLE, project["id"], bob.id)
    else:
        await api.json("DELETE", f"/projects/{project['id']}/members/{bob.id}", ann)
    for who, body, status in [
        (bob, {"invitationId": pending.id}, 404),
        (bob, {"token": token}, 410),
        (carl, {"token": token}, 410),
    ]:
        await api.json("POST", "/invitations/accept", who, json=body, expect=status)
    left = {item.id for item in await Invitation.all()}
    assert left == {stays["id"], elsewhere["id"]}
    entries = await AuditEntry.filter(action="invitation_withdrawn", project_id=project["id"])
    assert {(entry.resource_name, entry.details["reason"]) for entry in entries} == {
        ("second@example.com", "member_removed"),
        (bob.email, "member_removed"),
    }
    await check_members(project["id"], 1)


@pytest.mark.engines("sqlite")
async def test_who_was_just_removed_invites_nobody(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    actor = Actor(Caller(Kind.USER, user_id=ann.id, name=ann.name))
    await remove_member(CONSOLE, project["id"], bob.id)
    before = await everything()
    late = Actor(Caller(Kind.USER, user_id=bob.id, name=bob.name))  # as another process remembers
    with pytest.raises(Forbidden):
        await invite(late, project["id"], NewInvitation(email="second@example.com"), None)
    assert await everything() == before
    await invite(actor, project["id"], NewInvitation(email="second@example.com"), None)


async def test_only_the_owner_removes_others(api: Api) -> None:
    ann, bob, carl, sam = [await api.person(name) for name in ("Ann", "Bob", "Carl", "Sam")]
    project = await api.project(ann, isPublic=True)
    for who in (bob, carl):
        await api.join(who, project["id"])
    path = f"/projects/{project['id']}/members"
    before = await everything()
    for who, other in [(bob, carl), (bob, ann), (bob, sam), (sam, bob), (sam, sam), (sam, ann)]:
        await api.json("DELETE", f"{path}/{other.id}", who, expect=403)
    await api.json("DELETE", f"{path}/{ann.id}", ann, expect=409)
    await api.json("DELETE", f"{path}/{sam.id}", ann, expect=404)
    for member_id in NO_PROJECTS:
        await api.json("DELETE", f"{path}/{member_id}", ann, expect=404)
    assert await everything() == before


async def test_of_removals_at_once_each_member_goes_once(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    people = [await api.person(f"P{number}") for number in range(17)]
    for who in people:
        await api.join(who, project["id"])
    path = f"/projects/{project['id']}/members"
    calls = [api.call("DELETE", f"{path}/{who.id}", ann) for who in people for _ in range(2)]
    calls += [api.call("DELETE", f"{path}/{who.id}", who) for who in people]
    statuses = [response.status for response in await asyncio.gather(*calls)]
    assert statuses.count(200) == 17
    assert set(statuses) <= {200, 403, 404}
    await check_members(project["id"], 1)


async def test_a_project_gets_another_owner_and_the_old_one_stays(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    await api.join(bob, project["id"])
    response = await api.call("POST", f"{path}/transfer", ann, json={"userId": bob.id})
    shown = (await response.json())["project"]
    assert response.status == 200
    assert response.headers["ETag"].startswith(f'"{shown["revision"]}.')
    assert (shown["ownerId"], shown["ownerName"], shown["userRole"]) == (
        bob.id,
        "Bob Doe",
        "member",
    )
    assert (await api.json("GET", path, ann))["project"] == shown
    roles = [(item["id"], item["role"]) for item in await members(api, ann, project["id"])]
    assert roles == [(bob.id, "owner"), (ann.id, "member")]
    await api.json("DELETE", path, ann, expect=403)
    await api.json("DELETE", f"{path}/members/{bob.id}", ann, expect=403)
    entry = await AuditEntry.get(action="project_transferred")
    assert entry.details == {"fromUserId": ann.id, "toUserId": bob.id}
    assert (await Project.get(id=project["id"])).member_count == 2
    await api.json("DELETE", f"{path}/members/{ann.id}", bob)
    await api.json("DELETE", path, bob)


async def test_a_project_is_handed_to_an_active_member_only(api: Api) -> None:
    ann, bob, sam, ida = [await api.person(name) for name in ("Ann", "Bob", "Sam", "Ida")]
    project = await api.project(ann)
    for who in (bob, ida):
        await api.join(who, project["id"])
    await set_active(CONSOLE, ida.id, is_active=False)
    path = f"/projects/{project['id']}/transfer"
    before = await everything()
    for user_id, status in [(sam.id, 400), (project["id"], 400), (ann.id, 409), (ida.id, 409)]:
        answer = await api.json("POST", path, ann, json={"userId": user_id}, expect=status)
        if status == 400:
            assert answer["error"]["details"][0]["field"] == "userId"
    headers = {"If-Match": '"99"'}
    body = {"userId": bob.id}
    answer = await api.json("POST", path, ann, json=body, headers=headers, expect=412)
    assert answer["error"]["details"]["current"]["ownerId"] == ann.id
    assert await everything() == before


async def test_of_transfers_at_once_one_goes_through(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    people = [await api.person(f"P{number}") for number in range(8)]
    for who in people:
        await api.join(who, project["id"])
    path = f"/projects/{project['id']}/transfer"
    calls = [api.call("POST", path, ann, json={"userId": who.id}) for who in people]
    statuses = sorted([response.status for response in await asyncio.gather(*calls)])
    assert statuses == [200] + [403] * 7
    assert (await audited()).count("project_transferred") == 1
    await check_members(project["id"], 9)


async def test_leaving_and_becoming_the_owner_at_once_leave_an_owner_who_is_a_member(
    api: Api,
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    for _ in range(5):
        project = await api.project(ann)
        await api.join(bob, project["id"])
        path = f"/projects/{project['id']}"
        await asyncio.gather(
            api.call("POST", f"{path}/transfer", ann, json={"userId": bob.id}),
            api.call("DELETE", f"{path}/members/{bob.id}", bob),
        )
        owner = (await Project.get(id=project["id"])).owner_id
        assert await Member.exists(project_id=project["id"], user_id=owner)


async def test_the_console_adds_and_removes_members_and_says_so(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.invite(ann, project["id"], bob.email)
    await add_member(CONSOLE, project["id"], bob.id)
    assert not await Invitation.exists()
    await api.json("GET", f"/projects/{project['id']}", bob)
    await remove_member(CONSOLE, project["id"], bob.id)
    entries = await AuditEntry.filter(actor_type="console", project_id=project["id"])
    assert [entry.action for entry in sorted(entries, key=lambda entry: entry.id)] == [
        "member_joined",
        "invitation_revoked",
        "member_removed",
    ]
    await check_members(project["id"], 1)


async def test_a_deleted_project_takes_everything_in_it_with_it(api: Api) -> None:
    ann = await api.person()
    project, other = await api.project(ann), await api.project(ann, "Other")
    for project_id in (project["id"], other["id"]):
        parent = None
        for depth in range(5):
            parent = await Collection.create(
                project_id=project_id,
                parent_id=parent and parent.id,
                sibling_of=parent.id if parent else project_id,
                name=f"Level {depth}",
                name_hash="x",
            )
            await Endpoint.create(
                project_id=project_id,
                collection_id=parent.id,
                name="Get",
                name_key="get",
                method="GET",
                url="/",
                url_key="/",
            )
            await Flow.create(
                project_id=project_id,
                collection_id=parent.id,
                name="Flow",
                name_key="flow",
                flow_data="{}",
            )
        await api.invite(ann, project_id, "guest@example.com")
    await api.json("DELETE", f"/projects/{project['id']}", ann)
    for model, count in ((Collection, 5), (Endpoint, 5), (Flow, 5), (Invitation, 1), (Member, 1)):
        left = await model.all().values_list("project_id", flat=True)
        assert (model, left) == (model, [other["id"]] * count)
