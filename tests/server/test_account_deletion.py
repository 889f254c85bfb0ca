"""Leaving for good: what goes with an account, what stays, and who has to wait."""

import asyncio
import json
from typing import Any

import pytest

from gassapi_backend.clock import ahead
from gassapi_backend.database import rows
from gassapi_backend.models import (
    AuditEntry,
    Environment,
    Invitation,
    Mail,
    McpToken,
    Member,
    OneTimeToken,
    Project,
    Purpose,
    Scope,
    Session,
    User,
    folded,
)
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts.deletion import delete_user
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.errors import Conflict, Failure, NotFound
from gassapi_backend.server.routes import ROUTES
from gassapi_backend.server.routing import Route
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything
from tests.factories import make_invitation, written
from tests.server.samples import SAMPLES

PROOF = {"password": PASSWORD, "confirmation": "DELETE_MY_ACCOUNT"}


async def leave(api: Api, who: Person, expect: int = 200, **changes: Any) -> Any:
    """Delete an account."""
    body = {**PROOF, **changes}
    return await api.json("DELETE", "/users/account", who, json=body, expect=expect)


async def join(user_id: str, project_id: str) -> None:
    """Become a member of a project, as it happens on the server: under the project's lock."""

    async def block(made: Change) -> None:
        project = made.locked_project
        await Member.create(project_id=project.id, user_id=user_id)
        project.member_count += 1
        made.save_project("member_count")
        made.record("member_joined", "member", user_id)

    await written(project_id, block)


async def test_what_is_only_ones_own_goes_and_what_is_elsewhere_stays(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    mine = await api.project(ann, "Mine")
    his = await api.project(bob, "His")
    await api.join(ann, his["id"])
    await api.token(ann, mine["id"])
    issued = await api.issue(ann, his["id"], name="Ann's")
    kept = await api.token(bob, his["id"])
    made = await Environment.create(project_id=his["id"], name="By Ann", name_hash="x", revision=99)
    sent = await make_invitation(ann, his["id"], "cat@example.com")
    theirs = await make_invitation(bob, his["id"], "dan@example.com")
    await OneTimeToken.create(
        user_id=ann.id, purpose=Purpose.VERIFY_EMAIL, token_hash="ab", expires_at=ahead(60)
    )
    before = await Project.get(id=his["id"])
    done = len(await audited())
    await leave(api, ann)
    assert await User.all().values_list("id", flat=True) == [bob.id]
    assert not await Project.exists(id=mine["id"])
    assert await Member.all().values_list("user_id", flat=True) == [bob.id]
    assert await McpToken.filter(creator_id=ann.id).count() == 0
    assert await Session.filter(user_id=ann.id).count() == 0
    assert not await OneTimeToken.exists()
    assert await Environment.exists(id=made.id)
    assert await Invitation.all().values_list("id", flat=True) == [theirs.id]
    await api.json("GET", "/mcp/validate", issued["token"], expect=401)
    await api.json("GET", "/mcp/validate", kept)
    entries = (await AuditEntry.all().order_by("id"))[done:]
    assert [(entry.action, entry.project_id, entry.resource_id) for entry in entries] == [
        ("project_deleted", mine["id"], mine["id"]),
        ("mcp_token_revoked", his["id"], issued["mcpToken"]["id"]),
        ("invitation_withdrawn", his["id"], sent.id),
        ("member_left", his["id"], ann.id),
        ("user_deleted", None, ann.id),
    ]
    assert {entry.actor_id for entry in entries} == {ann.id}
    after = await Project.get(id=his["id"])
    assert (after.member_count, after.revision) == (before.member_count - 1, before.revision + 3)
    assert entries[3].revision == after.revision
    assert entries[0].revision == mine["revision"] + 2  # after the token that was issued
    assert await AuditEntry.filter(actor_id=ann.id, action="project_created").exists()


@pytest.mark.parametrize("is_console", [True, False])
async def test_mails_to_ones_address_go_too_and_others_stay(api: Api, is_console: bool) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    for email in (ann.email, "Ann@example.com", bob.email, "änn@example.com"):
        for due_at in (None, ahead(60)):
            await Mail.create(kind="verify_email", recipient=email, due_at=due_at)
    if is_console:
        await delete_user(CONSOLE, ann.id)
    else:
        await leave(api, ann)
    left = await Mail.all().values_list("recipient", flat=True)
    assert sorted(left) == [bob.email, bob.email, "änn@example.com", "änn@example.com"]


async def test_a_refused_deletion_keeps_the_mails(api: Api) -> None:
    ann = await api.person()
    await Mail.create(kind="verify_email", recipient=ann.email, due_at=None)
    await leave(api, ann, expect=400, password="wrong horse 43")
    assert await Mail.all().count() == 1


async def test_every_session_ends_at_once(api: Api) -> None:
    ann = await api.person()
    again = await api.sign_in(ann.email)
    for person in (ann, again):
        await api.json("GET", "/users/profile", person)
    response = await api.call("DELETE", "/users/account", ann, json=PROOF)
    assert response.status == 200
    assert {name: morsel["max-age"] for name, morsel in response.cookies.items()} == {
        "gassapi_access": "0",
        "gassapi_refresh": "0",
    }
    for person in (ann, again):
        await api.json("GET", "/users/profile", person, expect=401)
        await api.json("POST", "/auth/refresh", person.refresh, expect=401)
    await api.json(
        "POST", "/auth/login", json={"email": ann.email, "password": PASSWORD}, expect=401
    )
    fresh = await api.person()  # the address is free again
    assert fresh.id != ann.id


@pytest.mark.parametrize(
    ("change_to", "field"),
    [
        ({"password": "wrong horse 41"}, "password"),
        ({"password": ""}, "password"),
        ({"password": PASSWORD + " "}, "password"),
        ({"password": "x" * 5000}, "password"),
        ({"password": None}, "password"),
        ({"confirmation": "delete_my_account"}, "confirmation"),
        ({"confirmation": None}, "confirmation"),
        ({"confirmation": "DELETE_PROJECT"}, "confirmation"),
    ],
)
async def test_without_the_password_and_the_confirmation_nothing_is_deleted(
    api: Api, change_to: dict[str, Any], field: str
) -> None:
    ann = await api.person()
    await api.project(ann)
    before = await everything()
    refused = await leave(api, ann, expect=400, **change_to)
    assert [detail["field"] for detail in refused["error"]["details"]] == [field]
    body = {key: value for key, value in PROOF.items() if key != field}
    await api.json("DELETE", "/users/account", ann, json=body, expect=400)
    assert await everything() == before


async def test_wrong_passwords_are_counted_and_end_in_429(serve: Serve) -> None:
    api = await serve(rate_limits="on", login_limit="2 per 15 minutes")
    ann = await api.person()
    for _ in range(2):
        await leave(api, ann, password="wrong horse 41", expect=400)
    refused = await leave(api, ann, expect=429)
    assert refused["error"]["code"] == "ACCOUNT_LOCKED"
    assert await User.exists(id=ann.id)


async def test_projects_that_others_work_in_stand_in_the_way(api: Api) -> None:
    ann, bob, cat = await api.person(), await api.person("Bob"), await api.person("Cat")
    await api.project(ann, "Alone")
    shared = [await api.project(ann, name) for name in ("Zoo", "ärger")]
    for project in shared:
        await api.join(bob, project["id"])
    await api.join(cat, shared[0]["id"])
    before = await everything()
    refused = await leave(api, ann, expect=409)
    assert refused["error"]["details"]["projects"] == [
        {"id": shared[1]["id"], "name": "ärger", "memberCount": 2},
        {"id": shared[0]["id"], "name": "Zoo", "memberCount": 3},
    ]
    assert await everything() == before
    await leave(api, bob)  # being a member stands in nobody's way
    await leave(api, cat)
    await leave(api, ann)
    assert not await Project.exists()


async def test_members_count_by_what_they_are_and_not_by_a_wrong_number(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    await Project.filter(id=project["id"]).update(member_count=1)
    refused = await leave(api, ann, expect=409)
    assert refused["error"]["details"]["projects"][0]["memberCount"] == 2


async def test_what_one_left_behind_where_one_is_no_member_any_more_goes_too(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    his = await api.project(bob)
    await api.join(ann, his["id"])
    await api.token(ann, his["id"])
    await make_invitation(ann, his["id"], "cat@example.com")
    await Member.filter(user_id=ann.id).delete()
    await Project.filter(id=his["id"]).update(member_count=1)
    await leave(api, ann)
    assert not await McpToken.exists()
    assert not await Invitation.exists()
    assert (await Project.get(id=his["id"])).member_count == 1
    assert "member_left" not in await audited()


async def test_the_only_administrator_stays_while_there_is_anybody_else(api: Api) -> None:
    ada = await api.person("Ada", is_admin=True)
    bob = await api.person("Bob")
    idle = await api.person("Idle", is_admin=True)
    await User.filter(id=idle.id).update(is_active=False)
    before = await everything()
    refused = await leave(api, ada, expect=409)
    assert "administrator" in refused["error"]["message"]
    assert await everything() == before
    await api.json("PATCH", f"/users/{bob.id}", ada, json={"isAdmin": True})
    await leave(api, ada)


async def test_the_last_person_may_go_administrator_or_not(api: Api) -> None:
    await leave(api, await api.person("Ada", is_admin=True))
    assert not await User.exists()


async def test_of_two_administrators_who_leave_at_once_one_stays(api: Api) -> None:
    ada, eve = [await api.person(name, is_admin=True) for name in ("Ada", "Eve")]
    await api.person("Bob")
    answers = await asyncio.gather(
        *(api.call("DELETE", "/users/account", who, json=PROOF) for who in (ada, eve))
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert await User.filter(is_admin=True).count() == 1


async def test_of_two_deletions_of_one_account_at_once_one_does_it(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    his = await api.project(bob)
    await api.project(ann, "Mine")
    await api.join(ann, his["id"])
    again = await api.sign_in(ann.email)
    answers = await asyncio.gather(
        *(api.call("DELETE", "/users/account", who, json=PROOF) for who in (ann, again, ann))
    )
    assert sorted(answer.status for answer in answers) == [200, 401, 401]
    assert (await audited()).count("user_deleted") == 1
    assert (await Project.get(id=his["id"])).member_count == 1


@pytest.mark.parametrize("turn", range(4))
async def test_whoever_joins_as_the_owner_leaves_is_in_or_finds_nothing(
    api: Api, turn: int
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)

    async def late() -> None:
        await asyncio.sleep(turn * 0.002)
        await join(bob.id, project["id"])

    left, joined = await asyncio.gather(
        delete_user(CONSOLE, ann.id), late(), return_exceptions=True
    )
    if joined is None:
        assert isinstance(left, Conflict)
        assert await Member.filter(project_id=project["id"]).count() == 2
        assert await User.exists(id=ann.id)
    else:
        assert left is None
        assert isinstance(joined, NotFound)
        assert not await Member.exists()


@pytest.mark.parametrize("turn", range(4))
async def test_whoever_is_added_as_they_leave_is_no_member_of_anything(api: Api, turn: int) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(bob)

    async def added() -> None:
        await asyncio.sleep(turn * 0.002)
        await join(ann.id, project["id"])

    left, _ = await asyncio.gather(delete_user(CONSOLE, ann.id), added(), return_exceptions=True)
    assert left is None or isinstance(left, Conflict)
    members = await Member.filter(project_id=project["id"]).count()
    assert (await Project.get(id=project["id"])).member_count == members
    assert members == (1 if left is None else 2)
    assert await User.exists(id=ann.id) == (left is not None)


async def test_a_project_made_while_one_leaves_is_never_without_an_owner(api: Api) -> None:
    ann = await api.person()
    await api.person("Bob")
    answers = await asyncio.gather(
        *(api.call("POST", "/projects", ann, json={"name": f"P{number}"}) for number in range(4)),
        api.call("DELETE", "/users/account", ann, json=PROOF),
        *(api.call("POST", "/projects", ann, json={"name": f"Q{number}"}) for number in range(4)),
    )
    assert {answer.status for answer in answers} <= {200, 201, 401, 409}
    orphans = await rows(
        "SELECT p.id FROM projects p LEFT JOIN users u ON u.id = p.owner_id WHERE u.id IS NULL"
    )
    assert orphans == []
    assert await User.exists(id=ann.id) or not await Project.exists()


async def test_two_who_share_projects_leave_at_once_without_a_deadlock(api: Api) -> None:
    ann, bob, owner = [await api.person(name) for name in ("Ann", "Bob", "Own")]
    for number in range(4):
        project = await api.project(owner, f"P{number}")
        for person in (ann, bob):
            await api.join(person, project["id"])
            await api.token(person, project["id"], Scope.WRITE)
    await asyncio.gather(leave(api, ann), leave(api, bob))
    assert {project.member_count for project in await Project.all()} == {1}
    assert await Member.all().count() == 4


async def test_the_console_deletes_anybody_under_the_same_rules(api: Api) -> None:
    ada, bob = await api.person("Ada", is_admin=True), await api.person("Bob")
    project = await api.project(ada)
    await api.join(bob, project["id"])
    before = await everything()
    with pytest.raises(Conflict):
        await delete_user(CONSOLE, ada.id)
    assert await everything() == before
    await delete_user(CONSOLE, bob.id)
    await delete_user(CONSOLE, ada.id)  # the last administrator, too
    with pytest.raises(Failure):
        await delete_user(CONSOLE, ada.id)
    assert not await User.exists()


async def test_an_invitation_to_who_left_waits_for_whoever_has_the_address(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    his = await api.project(bob)
    await make_invitation(bob, his["id"], ann.email)
    await leave(api, ann)
    assert await Invitation.filter(email_key=folded(ann.email, 320)).count() == 1


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.permission is Permission.SIGNED_IN],
    ids=lambda route: f"{route.method} {route.path}",
)
async def test_who_was_deleted_by_another_process_can_do_nothing_more(
    api: Api, route: Route
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    token = (await api.invite(ann, project["id"], bob.email))["inviteUrl"].rpartition("/")[2]
    await api.json("GET", "/users/profile", bob)  # remembered for a second
    await Session.filter(user_id=bob.id).delete()
    await User.filter(id=bob.id).delete()
    before = await everything()
    sample = SAMPLES[route.method, route.full_path]
    body = json.loads(json.dumps(sample.body).replace("<number>", "1"))
    if route.path.startswith("/invitations/"):
        body = {"token": token}
    path = route.path.replace("{session_id}", bob.id) + sample.query
    answer = await api.call(route.method, path, bob, json=body)
    if answer.status == 200:
        found = await answer.json()
        assert not any(found[key] for key in found.keys() & {"projects", "invitations", "sessions"})
    else:  # what a link is for goes with its account
        assert answer.status == (400 if route.path == "/auth/verify-email" else 401)
    if (route.method, route.path) != ("POST", "/auth/logout"):
        assert await everything() == before
