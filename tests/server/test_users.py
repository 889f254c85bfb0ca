"""Accounts as administrators see and change them, and as their people take them away."""

import asyncio
import json
import tracemalloc
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr
from tortoise.connection import get_connections

from gassapi_backend.clock import ahead, now
from gassapi_backend.database import rows
from gassapi_backend.models import (
    AuditEntry,
    Mail,
    OneTimeToken,
    Project,
    Purpose,
    Session,
    User,
    is_id,
    new_id,
)
from gassapi_backend.server.access.callers import CONSOLE, Actor, Caller, Kind
from gassapi_backend.server.accounts import export
from gassapi_backend.server.accounts.actions import set_active, set_admin
from gassapi_backend.server.accounts.administration import (
    change_email,
    note_export,
    sign_out_user,
    update_user,
)
from gassapi_backend.server.accounts.export import CHUNK, export_user
from gassapi_backend.server.accounts.queries import load_user
from gassapi_backend.server.accounts.schemas import NewEmail, UserChanges
from gassapi_backend.server.accounts.state import PASSWORDS
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything
from tests.factories import make_invitation
from tests.server.counting import statements
from tests.server.reading import Reader

NOBODY_ID = "01a20200-0000-7000-8000-000000000000"
SECRET_ID = "01a20200-0000-7000-8000-00000000abcd"
ODD_IDS = ["%00", "%FF", "1%20OR%201=1", "x" * 5000, "STATS", NOBODY_ID.upper(), NOBODY_ID]


async def names(api: Api, who: Person, query: str) -> list[str]:
    """Return the first names of the accounts a list shows."""
    found = await api.json("GET", f"/users?{query}", who)
    return [user["name"].split()[0] for user in found["users"]]


@pytest.fixture
async def admin(api: Api) -> Person:
    """An administrator."""
    return await api.person("Ada", is_admin=True)


async def test_the_list_is_searched_filtered_sorted_and_paged(api: Api, admin: Person) -> None:
    for name in ("Bob", "Ärger", "Zoë"):
        await api.person(name)
    await set_active(CONSOLE, (await User.get(email="bob@example.com")).id, is_active=False)
    assert await names(api, admin, "") == ["Ada", "Ärger", "Bob", "Zoë"]
    assert await names(api, admin, "order=desc") == ["Zoë", "Bob", "Ärger", "Ada"]
    assert await names(api, admin, "sort=email&order=desc") == ["Ärger", "Zoë", "Bob", "Ada"]
    assert await names(api, admin, "sort=created_at") == ["Zoë", "Ärger", "Bob", "Ada"]
    assert await names(api, admin, "sort=last_login_at&order=asc") == ["Ada", "Bob", "Ärger", "Zoë"]
    assert await names(api, admin, "search=%C3%84RGER") == ["Ärger"]
    assert await names(api, admin, "search=arger") == ["Ärger"]
    assert await names(api, admin, "search=BOB%40Example") == ["Bob"]
    assert await names(api, admin, "isActive=false") == ["Bob"]
    assert await names(api, admin, "isAdmin=true") == ["Ada"]
    assert await names(api, admin, "isAdmin=false&isActive=true") == ["Ärger", "Zoë"]
    page = await api.json("GET", "/users?page=2&limit=3", admin)
    assert [user["name"] for user in page["users"]] == ["Zoë Doe"]
    assert page["pagination"] == {
        "page": 2,
        "limit": 3,
        "total": 4,
        "totalPages": 2,
        "hasNext": False,
        "hasPrev": True,
    }
    first = await api.json("GET", "/users?limit=3", admin)
    assert (first["pagination"]["total"], first["pagination"]["hasNext"]) == (4, True)
    past = await api.json("GET", "/users?page=9&limit=3", admin)
    assert (past["users"], past["pagination"]["total"]) == ([], 4)


async def test_who_never_signed_in_comes_last_in_the_order_of_sign_ins(
    api: Api, admin: Person
) -> None:
    body = {"email": "new@example.com", "name": "New", "password": PASSWORD}
    made = await api.json("POST", "/users", admin, json=body, expect=201)
    assert made["user"]["lastLoginAt"] is None
    assert await names(api, admin, "sort=last_login_at") == ["Ada", "New"]
    assert await names(api, admin, "sort=last_login_at&order=asc") == ["New", "Ada"]


@pytest.mark.parametrize(
    "query",
    ["sort=password_hash", "isActive=maybe", "limit=101", "page=0", "email=x", "search=%00"],
)
async def test_a_bad_parameter_of_the_list_is_400(api: Api, admin: Person, query: str) -> None:
    await api.json("GET", f"/users?{query}", admin, expect=400)


@pytest.mark.engines("sqlite")
async def test_an_address_is_found_by_its_domain_in_either_spelling(
    api: Api, admin: Person
) -> None:
    for email in ("one@bücher.example", "two@strasse.example", "jürgen@straße.example"):
        body = {"email": email, "name": email.partition("@")[0], "password": PASSWORD}
        await api.json("POST", "/users", admin, json=body, expect=201)
    for search, found in [
        ("bücher", ["one"]),
        ("ONE@BÜCHER.example", ["one"]),
        ("xn--bcher", ["one"]),
        ("@straße.ex", ["jürgen", "two"]),  # as it is registered, and as names fold
        ("jü", ["jürgen"]),
        ("Jürgen@Straße.example", ["jürgen"]),
        ("@strasse.", ["two"]),
    ]:
        assert await names(api, admin, f"search={quote(search)}") == found, search


@pytest.mark.parametrize("search", ["%25", "_", "!", "'%20OR%201=1", "%f0%9f%92%a5"])
async def test_a_search_takes_its_text_as_it_is(api: Api, admin: Person, search: str) -> None:
    assert await names(api, admin, f"search=x{search}") == []


@pytest.mark.engines("sqlite")
async def test_an_account_that_has_more_than_it_had_is_no_304(api: Api, admin: Person) -> None:
    ann = await api.person()
    path = f"/users/{ann.id}"
    tag = (await api.call("GET", path, admin)).headers["ETag"]
    assert (await api.call("GET", path, admin, headers={"If-None-Match": tag})).status == 304
    await api.project(ann)
    found = await api.json("GET", path, admin, headers={"If-None-Match": tag})
    assert found["user"]["ownedProjects"] == 1


async def test_a_long_list_costs_no_more_than_a_short_one(
    api: Api, admin: Person, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(12):
        columns: Any = {"email": f"{number}@example.com", "email_key": f"{number}@example.com"}
        await User.create(name="Many", name_key="many", password_hash="x", **columns)
    for path in ("/users", "/users?limit=5", "/users?page=2&limit=5&search=many", "/users/stats"):
        assert len(await statements(api, caplog, path, admin)) <= 3, path
    for path in (f"/users/{admin.id}", "/users/projects"):
        assert len(await statements(api, caplog, path, admin)) == 2, path


async def test_an_account_is_shown_with_what_it_has(api: Api, admin: Person) -> None:
    bob, cat = await api.person("Bob"), await api.person("Cat")
    await api.project(bob, "His")
    hers = await api.project(cat, "Hers")
    await api.join(bob, hers["id"])
    await api.sign_in(bob.email)
    response = await api.call("GET", f"/users/{bob.id}", admin)
    user = (await response.json())["user"]
    assert (user["email"], user["ownedProjects"], user["memberships"]) == (bob.email, 1, 1)
    assert user["activeSessions"] == 2
    assert response.headers["ETag"].startswith(f'"{user["revision"]}.')
    assert not [key for key in user if "assword" in key or "hash" in key.lower()]
    again = {"If-None-Match": response.headers["ETag"]}
    assert (await api.call("GET", f"/users/{bob.id}", admin, headers=again)).status == 304


@pytest.mark.parametrize("user_id", ODD_IDS, ids=lambda text: text[:9])
async def test_an_account_that_is_not_there_is_404(api: Api, admin: Person, user_id: str) -> None:
    before = await everything()
    await api.json("GET", f"/users/{user_id}", admin, expect=404)
    await api.json("PATCH", f"/users/{user_id}", admin, json={"isActive": False}, expect=404)
    assert await everything() == before


async def test_fixed_addresses_are_not_taken_for_ids(api: Api, admin: Person) -> None:
    assert (await api.json("GET", "/users/profile", admin))["user"]["id"] == admin.id
    assert "stats" in await api.json("GET", "/users/stats", admin)
    assert "projects" in await api.json("GET", "/users/projects", admin)
    renamed = await api.json("PATCH", "/users/profile", admin, json={"name": "X Y"})
    assert (renamed["user"]["id"], renamed["user"]["name"]) == (admin.id, "X Y")
    await api.json("GET", "/users/account", admin, expect=405)


async def test_an_administrator_creates_accounts_and_administrators(
    api: Api, admin: Person
) -> None:
    body = {"email": "Bob@Example.com", "name": " Bob ", "password": PASSWORD}
    response = await api.call("POST", "/users", admin, json=body)
    user = (await response.json())["user"]
    assert response.status == 201
    assert response.headers["ETag"].startswith('"1.')
    assert (user["email"], user["name"], user["isAdmin"]) == ("Bob@example.com", "Bob", False)
    assert (await api.sign_in("bob@example.com")).id == user["id"]
    other = {**body, "email": "cat@example.com", "isAdmin": True}
    assert (await api.json("POST", "/users", admin, json=other, expect=201))["user"]["isAdmin"]
    entry = await AuditEntry.get(resource_id=user["id"], action="user_created")
    assert (entry.actor_id, entry.resource_name) == (admin.id, "Bob@example.com")


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("smtp_url", [None, SecretStr("smtp://127.0.0.1:1")])
async def test_who_makes_an_account_vouches_for_its_address(
    serve: Serve, smtp_url: SecretStr | None
) -> None:
    api = await serve(smtp_url=smtp_url)
    ada = await api.person("Ada", is_admin=True)
    body = {"email": "bob@example.com", "name": "Bob", "password": PASSWORD}
    user = (await api.json("POST", "/users", ada, json=body, expect=201))["user"]
    assert user["emailVerified"]
    assert not await OneTimeToken.exists()
    made = await api.invite(ada, (await api.project(ada))["id"], "bob@example.com")
    bob = await api.sign_in("bob@example.com")
    own = {"currentPassword": PASSWORD, "newPassword": "battery staple 43"}
    await api.json("PUT", "/users/password", bob, json=own)
    (found,) = (await api.json("GET", "/invitations", bob))["invitations"]
    assert found["id"] == made["id"]
    await api.json("POST", "/invitations/accept", bob, json={"invitationId": made["id"]})


async def test_who_is_demoted_while_the_password_is_hashed_makes_no_account(
    api: Api, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords, kept = api.app[PASSWORDS], list[Any]()
    hashed = passwords.hash

    async def slow(password: str) -> Any:
        await set_admin(CONSOLE, admin.id, is_admin=False)
        kept.append(await everything())
        return await hashed(password)

    monkeypatch.setattr(passwords, "hash", slow)
    body = {"email": "bob@example.com", "name": "Bob", "password": PASSWORD, "isAdmin": True}
    await api.json("POST", "/users", admin, json=body, expect=403)
    assert [await everything()] == kept


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"email": "ADA@example.com"}, 409),
        ({"password": "short"}, 400),
        ({"password": "new@example.com"}, 400),
        ({"email": "nobody"}, 400),
        ({"name": "\u202eevil"}, 400),
        ({"isAdmin": None}, 400),
        ({"isActive": True}, 400),
    ],
)
async def test_an_account_that_breaks_a_rule_is_not_made(
    api: Api, admin: Person, change: dict[str, Any], status: int
) -> None:
    before = await everything()
    body = {"email": "new@example.com", "name": "New", "password": PASSWORD, **change}
    await api.json("POST", "/users", admin, json=body, expect=status)
    assert await everything() == before


async def test_changes_are_made_together_and_each_is_on_record(api: Api, admin: Person) -> None:
    bob = await api.person("Bob")
    changes = {"name": "Bobby", "isActive": False, "isAdmin": True}
    done = len(await audited())
    response = await api.call("PATCH", f"/users/{bob.id}", admin, json=changes)
    user = (await response.json())["user"]
    assert {key: user[key] for key in changes} == changes
    assert response.headers["ETag"].startswith(f'"{user["revision"]}.')
    assert user["revision"] == 4
    assert (await audited())[done:] == [
        "user_updated",
        "user_deactivated",
        "session_ended",
        "user_promoted",
    ]
    assert await names(api, admin, "search=bobby") == ["Bobby"]


async def test_a_change_to_what_is_so_already_records_nothing(api: Api, admin: Person) -> None:
    bob = await api.person("Bob")
    before = await everything()
    for body in ({}, {"name": bob.name, "isActive": True, "isAdmin": False}):
        answer = await api.json("PATCH", f"/users/{bob.id}", admin, json=body)
        assert answer["user"]["revision"] == 1
    assert await everything() == before


async def test_a_stale_change_is_412_with_the_current_account(api: Api, admin: Person) -> None:
    bob = await api.person("Bob")
    before = await everything()
    body, path = {"isActive": False}, f"/users/{bob.id}"
    refused = await api.json(
        "PATCH", path, admin, json=body, headers={"If-Match": '"7"'}, expect=412
    )
    assert refused["error"]["details"]["current"] == (await api.json("GET", path, admin))["user"]
    assert await everything() == before
    await api.json("PATCH", path, admin, json=body, headers={"If-Match": '"1"'})


async def test_deactivation_ends_sessions_and_tokens_at_the_next_request(
    api: Api, admin: Person
) -> None:
    bob = await api.person("Bob")
    token = await api.token(bob, (await api.project(bob))["id"])
    await api.json("GET", "/users/profile", bob)
    await api.json("GET", "/mcp/validate", token)
    await api.json("PATCH", f"/users/{bob.id}", admin, json={"isActive": False})
    await api.json("GET", "/users/profile", bob, expect=403)
    await api.json("GET", "/mcp/validate", token, expect=403)
    await api.json("POST", "/auth/refresh", bob.refresh, expect=403)
    await api.json("PATCH", f"/users/{bob.id}", admin, json={"isActive": True})
    await api.json("GET", "/users/profile", bob, expect=401)  # its session is over for good
    await api.json("GET", "/mcp/validate", token)


async def test_who_is_demoted_administers_no_more_and_who_is_promoted_does(
    api: Api, admin: Person
) -> None:
    bob = await api.person("Bob")
    await api.json("GET", "/users", bob, expect=403)
    await api.json("PATCH", f"/users/{bob.id}", admin, json={"isAdmin": True})
    await api.json("GET", "/users", bob)
    await api.json("PATCH", f"/users/{admin.id}", bob, json={"isAdmin": False})
    await api.json("GET", "/users", admin, expect=403)


@pytest.mark.parametrize("body", [{"isActive": False}, {"isAdmin": False}])
@pytest.mark.parametrize("others", [0, 1])
async def test_nobody_shuts_out_or_demotes_themselves(
    api: Api, admin: Person, body: dict[str, bool], others: int
) -> None:
    for _ in range(others):
        await api.person("Bob", is_admin=True)
    before = await everything()
    changes = {"name": "Other", **body}
    await api.json("PATCH", f"/users/{admin.id}", admin, json=changes, expect=409)
    assert await everything() == before
    await api.json("PATCH", f"/users/{admin.id}", admin, json={"name": "Other", "isAdmin": True})


@pytest.mark.parametrize("body", [{"isActive": False}, {"isAdmin": False}])
async def test_of_two_administrators_who_end_each_other_at_once_one_stays(
    api: Api, admin: Person, body: dict[str, bool]
) -> None:
    bob = await api.person("Bob", is_admin=True)
    for _ in range(4):
        answers = await asyncio.gather(
            api.call("PATCH", f"/users/{bob.id}", admin, json=body),
            api.call("PATCH", f"/users/{admin.id}", bob, json=body),
        )
        assert sorted(answer.status for answer in answers) in ([200, 401], [200, 403])
        assert await User.filter(is_active=True, is_admin=True).count() == 1
        for person in (admin, bob):
            await set_active(CONSOLE, person.id, is_active=True)
            await set_admin(CONSOLE, person.id, is_admin=True)
        admin, bob = await api.sign_in(admin.email), await api.sign_in(bob.email)


async def test_of_three_who_demote_each_other_in_a_ring_one_stays(api: Api, admin: Person) -> None:
    ring = [admin, await api.person("Bob", is_admin=True), await api.person("Cat", is_admin=True)]
    actors = [Actor(Caller(Kind.USER, user_id=person.id)) for person in ring]
    changes = UserChanges.model_validate({"isAdmin": False})
    await asyncio.gather(
        *(
            update_user(actor, ring[(number + 1) % 3].id, changes)
            for number, actor in enumerate(actors)
        ),
        return_exceptions=True,
    )
    assert await User.filter(is_admin=True).count() >= 1


async def test_the_console_may_demote_the_last_administrator(api: Api, admin: Person) -> None:
    await update_user(CONSOLE, admin.id, UserChanges.model_validate({"isAdmin": False}))
    assert await User.filter(is_admin=True).count() == 0


async def test_statistics_count_what_there_is(api: Api, admin: Person) -> None:
    bob, old = await api.person("Bob"), await api.person("Old")
    project = await api.project(bob)
    await api.token(bob, project["id"])
    await Project.filter(id=project["id"]).update(collection_count=2, endpoint_count=7)
    await User.exclude(id=bob.id).update(email_verified_at=None)
    long_ago = now() - timedelta(days=20)
    await User.filter(id=old.id).update(created_at=long_ago, is_active=False, is_admin=True)
    await Session.filter(user_id=old.id).update(last_used_at=long_ago)
    await api.sign_in(bob.email)
    assert (await api.json("GET", "/users/stats", admin))["stats"] == {
        "total": 3,
        "active": 2,
        "inactive": 1,
        "admins": 1,
        "verified": 1,
        "newLast7Days": 2,
        "newLast30Days": 3,
        "activeLast24Hours": 2,
        "projects": 1,
        "collections": 2,
        "endpoints": 7,
        "flows": 0,
        "activeTokens": 1,
    }


async def test_ones_projects_are_listed_under_users_too(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    await api.project(ann, "Mine")
    await api.project(bob, "His")
    for query in ("", "?role=owner&search=mi", "?role=member"):
        answers = [
            await api.json("GET", f"{path}{query}", ann)
            for path in ("/projects", "/users/projects")
        ]
        assert answers[0] == answers[1]
        assert len(answers[0]["projects"]) == (query != "?role=member")


async def test_the_export_has_everything_about_oneself_and_no_secret(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    mine, his = await api.project(ann, 'Mine "Ü" 😀'), await api.project(bob, "His")
    await api.join(ann, his["id"])
    issued = await api.issue(ann, mine["id"])
    other = await api.issue(bob, his["id"], name="Bob's secret token")
    sent = await make_invitation(ann, mine["id"], "cat@example.com")
    received = await make_invitation(bob, his["id"], "ANN@example.com")
    await make_invitation(bob, his["id"], "dan@example.com")
    link = await OneTimeToken.create(
        user_id=ann.id,
        purpose=Purpose.VERIFY_EMAIL,
        token_hash="ab" * 32,
        expires_at=ahead(60),
    )
    response = await api.call("GET", "/users/export", ann)
    text = await response.text()
    assert response.status == 200
    assert response.content_type == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="gassapi-export-{now():%Y-%m-%d}.json"'
    )
    found = json.loads(text)
    assert found["success"] is True
    assert found["user"] == (await api.json("GET", "/users/profile", ann))["user"]
    shown = (await api.json("GET", "/auth/sessions", ann))["sessions"]
    assert [one["id"] for one in found["sessions"]] == [one["id"] for one in shown]
    assert {(one["id"], one["name"], one["role"]) for one in found["projects"]} == {
        (mine["id"], mine["name"], "owner"),
        (his["id"], "His", "member"),
    }
    (token,) = found["mcpTokens"]
    assert (token["id"], token["prefix"]) == (issued["mcpToken"]["id"], issued["token"][:9])
    assert [one["id"] for one in found["invitationsSent"]] == [sent.id]
    assert [one["id"] for one in found["invitationsReceived"]] == [received.id]
    assert [one["id"] for one in found["links"]] == [link.id]
    actions = [entry["action"] for entry in found["activity"]]
    assert {"session_started", "project_created", "mcp_token_issued"} <= set(actions)
    assert len(actions) == await AuditEntry.filter(actor_id=ann.id).count()
    hashes = [str(user["password_hash"]) for user in await rows("SELECT * FROM users")]
    hashes += [str(one["token_hash"]) for one in await rows("SELECT * FROM mcp_tokens")]
    secrets = [*hashes, "ab" * 32, issued["token"], other["token"], ann.access, ann.refresh]
    assert [secret for secret in secrets if secret in text] == []
    assert [word for word in ("Bob's secret", "dan@example.com", bob.email) if word in text] == []


async def test_the_export_has_what_others_did_to_the_account_but_not_who(
    api: Api, admin: Person
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    for who in (ann, bob):
        path = f"/users/{who.id}"
        await api.json("PATCH", path, admin, json={"isAdmin": True, "name": "New Name"})
    await note_export(CONSOLE, ann.id, ann.email)
    await api.json("PUT", "/users/profile", ann, json={"name": "Own Name"})
    text = await (await api.call("GET", "/users/export", ann)).text()
    found = json.loads(text)
    assert [(one["actorType"], one["action"]) for one in found["activityOfOthers"]] == [
        ("console", "user_created"),
        ("user", "user_updated"),
        ("user", "user_promoted"),
        ("console", "user_exported"),
    ]
    assert found["activityOfOthers"][1]["details"] == {"fields": ["name"]}
    assert {one["resourceName"] for one in found["activityOfOthers"]} == {ann.email}
    assert not [one for one in (admin.id, admin.email, bob.id) if one in text]


async def test_the_export_has_the_mails_to_oneself_without_their_links(api: Api) -> None:
    ann = await api.person()
    kept = [
        await Mail.create(kind=kind, recipient=email, facts={"token_id": SECRET_ID}, due_at=due)
        for kind, email, due in (
            ("verify_email", ann.email, now()),
            ("invitation", "ANN@example.com", None),
        )
    ]
    await Mail.create(kind="invitation", recipient="änn@example.com")
    await Mail.create(kind="invitation", recipient="bann@example.com")
    text = await (await api.call("GET", "/users/export", ann)).text()
    shown = json.loads(text)["mails"]
    assert [(one["id"], one["kind"], one["email"], one["state"]) for one in shown] == [
        (kept[0].id, "verify_email", "ann@example.com", "waiting"),
        (kept[1].id, "invitation", "ANN@example.com", "given up"),
    ]
    assert SECRET_ID not in text


async def fill(user_id: str, count: int) -> None:
    """Give somebody that many audit entries, some at the same moment."""
    entries = [
        AuditEntry(
            id=new_id(),
            at=now() + timedelta(milliseconds=number // 7),
            actor_type="user",
            actor_id=user_id,
            action="touched",
            resource_type="thing",
            details={"number": number, "text": "x" * 100},
        )
        for number in range(count)
    ]
    await AuditEntry.bulk_create(entries, batch_size=500)


@pytest.mark.parametrize("count", [CHUNK - 2, CHUNK - 1, 2 * CHUNK + 3])
async def test_a_long_export_has_each_entry_once_in_order(api: Api, count: int) -> None:
    ann = await api.person()
    await fill(ann.id, count)
    activity = (await api.json("GET", "/users/export", ann))["activity"]
    numbers = [one["details"]["number"] for one in activity if one["action"] == "touched"]
    assert numbers == list(range(count))
    assert len({one["id"] for one in activity}) == len(activity)


@pytest.mark.engines("mariadb", "mysql")
async def test_a_chunk_of_an_export_is_found_without_what_came_before_it(
    api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an index is gone through for, and not returned, no counter of the database has."""
    monkeypatch.setattr(export, "CHUNK", 50)
    ann = await api.person()
    await fill(ann.id, 1500)
    await rows("ANALYZE TABLE audit_log")
    asked = await Reader(api, ann, "", caplog).pages("/users/export")
    chunks = [one for one in asked if "a.actor_id = " in one[0] and "a.token_id" in one[0]]
    assert len(chunks) > 1500 / 50
    for sql, values in chunks:
        explain = f"EXPLAIN FORMAT=TRADITIONAL {sql}"
        [step] = await get_connections().get("default").execute_query_dict(explain, values)
        assert step["type"] == "range", step


@pytest.mark.engines("sqlite")
async def test_an_export_is_never_in_memory_as_a_whole(api: Api) -> None:
    ann = await api.person()
    await fill(ann.id, 10_000)
    account = await load_user(ann.id)
    assert account
    tracemalloc.start()
    size = sum([len(part) async for part in export_user(account)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 3_000_000
    assert peak < size


async def test_a_reader_who_goes_away_leaves_the_server_in_order(api: Api) -> None:
    ann = await api.person()
    await fill(ann.id, 3 * CHUNK)
    for _ in range(3):
        response = await api.call("GET", "/users/export", ann)
        response.close()
    assert (await api.json("GET", "/users/export", ann))["success"]


async def test_another_address_is_not_verified_and_old_links_to_it_die(api: Api) -> None:
    ann = await api.person()
    await User.filter(id=ann.id).update(email_verified_at=now())
    await OneTimeToken.create(
        user_id=ann.id, purpose=Purpose.RESET_PASSWORD, token_hash="ab", expires_at=ahead(60)
    )
    await change_email(CONSOLE, ann.id, NewEmail.model_validate({"email": "New@Example.com"}))
    user = (await api.json("GET", "/users/profile", ann))["user"]
    assert (user["email"], user["emailVerified"]) == ("New@example.com", False)
    assert not await OneTimeToken.exists()
    assert (await api.sign_in("new@example.com")).id == ann.id


async def test_signing_somebody_out_ends_every_session_of_theirs_alone(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    again = await api.sign_in(ann.email)
    for person in (ann, again, bob):
        await api.json("GET", "/users/profile", person)
    assert await sign_out_user(CONSOLE, ann.id) == 2
    assert await sign_out_user(CONSOLE, ann.id) == 0
    for person in (ann, again):
        await api.json("GET", "/users/profile", person, expect=401)
    await api.json("GET", "/users/profile", bob)


async def test_ids_of_new_accounts_are_ids(api: Api, admin: Person) -> None:
    found = await api.json("GET", "/users", admin)
    assert all(is_id(user["id"]) for user in found["users"])
