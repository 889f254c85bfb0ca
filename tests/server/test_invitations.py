"""Invitations over HTTP: made, renewed, withdrawn, accepted, declined, and none for others."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from gassapi_backend.clock import ago, ahead, now
from gassapi_backend.models import AuditEntry, Invitation, Mail, Member, Project, User
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.link_tokens import make_link_token
from gassapi_backend.server.app import purge
from gassapi_backend.server.errors import TooMany
from gassapi_backend.server.limits.state import INVITATIONS
from gassapi_backend.server.members.actions import MAX_PENDING, add_member, invite
from gassapi_backend.server.members.schemas import NewInvitation
from gassapi_backend.server.names import email_key
from gassapi_backend.server.web.state import KEYS
from gassapi_backend.settings import Registration
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything
from tests.factories import NO_PROJECTS
from tests.server.counting import check_members
from tests.server.feeds import following

ACCEPT, DECLINE = "/invitations/accept", "/invitations/decline"


def token_of(invitation: dict[str, Any]) -> str:
    """Return the token of an invitation's link."""
    return str(invitation["inviteUrl"]).rpartition("/")[2]


async def expire(invitation: dict[str, Any]) -> None:
    """Make an invitation too old."""
    await Invitation.filter(id=invitation["id"]).update(expires_at=ago(1))


async def waiting(api: Api, who: Person, project_id: str) -> list[str]:
    """Return the addresses that a project's invitations are for."""
    answer = await api.json("GET", f"/projects/{project_id}/invitations", who)
    return [item["email"] for item in answer["invitations"]]


async def test_an_invitation_says_whom_by_whom_and_how_long(serve: Serve) -> None:
    api = await serve(public_url="https://api.example.com/gass")
    ann = await api.person()
    project = await api.project(ann)
    path = f"/projects/{project['id']}/members"
    earliest = ahead(7 * 24 * 3600)
    response = await api.call("POST", path, ann, json={"email": "Guest@Example.com"})
    made = (await response.json())["invitation"]
    assert (response.status, response.headers["Cache-Control"]) == (201, "no-store")
    row = await Invitation.get()
    assert made == {
        "id": row.id,
        "email": "Guest@example.com",
        "projectId": project["id"],
        "invitedBy": {"id": ann.id, "name": "Ann Doe"},
        "createdAt": made["createdAt"],
        "expiresAt": made["expiresAt"],
        "inviteUrl": "https://api.example.com/gass/invite/" + token_of(made),
    }
    assert earliest <= row.expires_at <= ahead(7 * 24 * 3600)
    listed = await api.call("GET", f"/projects/{project['id']}/invitations", ann)
    assert listed.headers["Cache-Control"] == "no-store"
    assert (await listed.json())["invitations"] == [made]
    assert not await Mail.exists()
    assert token_of(made) not in str(await everything())


async def test_who_is_invited_sees_it_without_its_link_and_accepts_it(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], "BOB@example.com")
    answer = await api.json("GET", "/invitations", bob)
    assert answer["invitations"] == [
        {key: value for key, value in made.items() if key != "inviteUrl"}
        | {"project": {"id": project["id"], "name": "Shop"}}
    ]
    assert token_of(made) not in str(answer)
    joined = await api.json("POST", ACCEPT, bob, json={"invitationId": made["id"]})
    assert (joined["project"]["id"], joined["project"]["userRole"]) == (project["id"], "member")
    assert joined["project"]["memberCount"] == 2
    await api.json("PATCH", f"/projects/{project['id']}", bob, json={"name": "Ours"})
    assert not await Invitation.exists()
    entries = await AuditEntry.filter(actor_id=bob.id, project_id=project["id"]).order_by(
        "revision"
    )
    assert [(entry.action, entry.resource_id) for entry in entries[:2]] == [
        ("invitation_accepted", made["id"]),
        ("member_joined", bob.id),
    ]
    await check_members(project["id"], 2)


async def test_whoever_holds_the_link_joins_with_it_once(api: Api) -> None:
    ann, bob, sam = [await api.person(name) for name in ("Ann", "Bob", "Sam")]
    project = await api.project(ann)
    token = token_of(await api.invite(ann, project["id"], "elsewhere@example.com"))
    await api.json("POST", ACCEPT, json={"token": token}, expect=401)
    await api.json("POST", ACCEPT, bob, json={"token": token})
    before = await everything()
    for who in (sam, bob):
        answer = await api.json("POST", ACCEPT, who, json={"token": token}, expect=410)
        assert answer["error"]["code"] == "TOKEN_EXPIRED"
    await api.json("GET", f"/invitations/{token}", expect=410)
    assert await everything() == before
    await check_members(project["id"], 2)


@pytest.mark.parametrize("by", ["token", "invitationId"])
async def test_a_declined_invitation_is_gone(api: Api, by: str) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], bob.email)
    body = {by: token_of(made) if by == "token" else made["id"]}
    await api.json("POST", DECLINE, bob, json=body)
    assert not await Invitation.exists()
    assert (await audited())[-1] == "invitation_declined"
    gone = 410 if by == "token" else 404
    for path in (ACCEPT, DECLINE):
        await api.json("POST", path, bob, json=body, expect=gone)
    await check_members(project["id"], 1)


async def test_inviting_again_renews_and_the_old_link_is_dead(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    old = await api.invite(ann, project["id"], "guest@example.com")
    await Invitation.all().update(expires_at=now().replace(year=9000))
    new = await api.invite(bob, project["id"], "GUEST@example.com")
    assert (new["id"], new["createdAt"]) == (old["id"], old["createdAt"])
    assert new["invitedBy"]["id"] == bob.id
    assert new["inviteUrl"] != old["inviteUrl"]
    assert new["expiresAt"] < "9000"
    sam = await api.person("Sam")
    await api.json("GET", f"/invitations/{token_of(old)}", expect=410)
    await api.json("POST", ACCEPT, sam, json={"token": token_of(old)}, expect=410)
    await api.json("POST", ACCEPT, sam, json={"token": token_of(new)})
    assert (await audited()).count("invitation_renewed") == 1


async def test_an_expired_invitation_is_for_nobody_until_it_is_made_anew(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    old = await api.invite(ann, project["id"], bob.email)
    await expire(old)
    before = await everything()
    for body in ({"token": token_of(old)}, {"invitationId": old["id"]}):
        for path in (ACCEPT, DECLINE):
            await api.json("POST", path, bob, json=body, expect=410)
    await api.json("GET", f"/invitations/{token_of(old)}", expect=410)
    assert (await api.json("GET", "/invitations", bob))["invitations"] == []
    assert await waiting(api, ann, project["id"]) == []
    assert await everything() == before
    new = await api.invite(ann, project["id"], bob.email)
    await api.json("POST", ACCEPT, bob, json={"token": token_of(old)}, expect=410)
    await api.json("POST", ACCEPT, bob, json={"token": token_of(new)})


async def test_a_withdrawn_invitation_is_dead(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project, other = await api.project(ann), await api.project(bob, "Other")
    made = await api.invite(ann, project["id"], bob.email)
    before = await everything()
    for invitation_id in [*NO_PROJECTS, project["id"]]:
        path = f"/projects/{project['id']}/invitations/{invitation_id}"
        await api.json("DELETE", path, ann, expect=404)
    foreign = f"/projects/{other['id']}/invitations/{made['id']}"
    await api.json("DELETE", foreign, bob, expect=404)
    assert await everything() == before
    await api.json("DELETE", f"/projects/{project['id']}/invitations/{made['id']}", ann)
    await api.json("POST", ACCEPT, bob, json={"token": token_of(made)}, expect=410)
    await api.json("POST", ACCEPT, bob, json={"invitationId": made["id"]}, expect=404)
    assert (await audited())[-1] == "invitation_revoked"


@pytest.mark.engines("sqlite")
async def test_the_link_is_shown_to_who_sent_it_and_to_the_owner(api: Api) -> None:
    ann, bob, carl = [await api.person(name) for name in ("Ann", "Bob", "Carl")]
    project = await api.project(ann)
    for who in (bob, carl):
        await api.join(who, project["id"])
    made = [await api.invite(who, project["id"], f"for-{who.email}") for who in (ann, bob)]
    await invite(CONSOLE, project["id"], NewInvitation(email="console@example.com"), None)
    for who, links in [
        (ann, [made[0]["inviteUrl"], made[1]["inviteUrl"]]),
        (bob, [None, made[1]["inviteUrl"], None]),
        (carl, [None, None, None]),
    ]:
        answer = await api.json("GET", f"/projects/{project['id']}/invitations", who)
        shown = [item["inviteUrl"] for item in answer["invitations"]]
        assert shown[: len(links)] == links
        assert (shown[2] is None) == (who is not ann)


@pytest.mark.parametrize("how", ["token", "invitationId", "console"])
async def test_joining_leaves_no_invitation_for_ones_address(api: Api, how: str) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    mine = await api.invite(ann, project["id"], bob.email)
    other = await api.invite(ann, project["id"], "other@example.com")
    if how == "console":
        await add_member(CONSOLE, project["id"], bob.id)
    else:
        body = {how: token_of(other) if how == "token" else mine["id"]}
        await api.json("POST", ACCEPT, bob, json=body)
    left = await waiting(api, ann, project["id"])
    assert left == ([] if how == "token" else ["other@example.com"])
    await check_members(project["id"], 2)


SPELLINGS = [
    ("ann@example.com", "ANN@EXAMPLE.COM"),
    ("ann@bücher.example", "Ann@BÜCHER.example"),
    ("ann@bücher.example", "ann@xn--bcher-kva.example"),
    ("ann@xn--bcher-kva.example", "ann@bu\u0308cher.example"),
    ("jürgen@example.com", "JU\u0308RGEN@example.com"),
    ("straße@example.com", "STRASSE@example.com"),
    ("ann@例え.example", "ａｎｎ@例え.example"),
    ("ann@straße.example", "ann@XN--STRAE-OQA.example"),
    ("ann@straße.example", "ANN@STRAẞE.example"),
    ("ann@βόλος.example", "ann@ΒΌΛΟς.example"),
    ("ann@example.com", "ann@ｅｘａｍｐｌｅ。com"),
]
OTHER_DOMAINS = [
    ("ann@strasse.example", "ann@straße.example"),
    ("ann@strasse.example", "ann@xn--strae-oqa.example"),
    ("ann@βόλοσ.example", "ann@βόλος.example"),
    ("ann@βόλοσ.example", "ann@xn--nxasmm1c.example"),
]


@pytest.mark.parametrize(("account", "invited"), SPELLINGS)
async def test_an_address_is_the_same_in_every_spelling(
    api: Api, account: str, invited: str
) -> None:
    owner = await api.person("Owner")
    project = await api.project(owner)
    body = {"email": account, "password": PASSWORD, "name": "Somebody"}
    await api.json("POST", "/auth/register", json=body, expect=201)
    await User.all().update(email_verified_at=now())
    who = await api.sign_in(account)
    first = await api.invite(owner, project["id"], account)
    assert (await api.invite(owner, project["id"], invited))["id"] == first["id"]
    (found,) = (await api.json("GET", "/invitations", who))["invitations"]
    await api.json("POST", ACCEPT, who, json={"invitationId": found["id"]})
    path = f"/projects/{project['id']}/members"
    await api.json("POST", path, owner, json={"email": invited}, expect=409)


@pytest.mark.parametrize(("account", "invited"), OTHER_DOMAINS)
async def test_domains_that_fold_alike_are_two(api: Api, account: str, invited: str) -> None:
    owner = await api.person("Owner")
    project = await api.project(owner)
    for email in (account, invited):  # each may have its own account
        body = {"email": email, "password": PASSWORD, "name": "Somebody"}
        await api.json("POST", "/auth/register", json=body, expect=201)
    await User.all().update(email_verified_at=now())
    who = await api.sign_in(account)
    assert (await api.sign_in(invited)).id != who.id
    made = await api.invite(owner, project["id"], invited)
    before = await everything()
    assert (await api.json("GET", "/invitations", who))["invitations"] == []
    for path in (ACCEPT, DECLINE):
        await api.json("POST", path, who, json={"invitationId": made["id"]}, expect=404)
    assert await everything() == before
    assert (await api.invite(owner, project["id"], account))["id"] != made["id"]


@pytest.mark.engines("sqlite")
async def test_an_address_that_does_not_fit_is_refused_and_not_cut(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    email = "ﷺ" * 20 + "@corp.test"  # each of these counts as 18
    before = await everything()
    for path, body, who in [
        (f"/projects/{project['id']}/members", {"email": email}, ann),
        ("/auth/register", {"email": email, "password": PASSWORD, "name": "Somebody"}, None),
    ]:
        answer = await api.json("POST", path, who, json=body, expect=400)
        (detail,) = answer["error"]["details"]
        assert detail["field"] == "email"
        assert "too long" in detail["reason"]
    await api.json("POST", "/auth/login", json={"email": email, "password": PASSWORD}, expect=401)
    assert await everything() == before


def test_text_that_is_no_address_has_the_key_of_none() -> None:
    assert email_key("ann@example.com") == "ann@example.com"
    for text in ("ann＠example.com", "", "ann"):
        assert email_key(text).startswith("@")


async def test_addresses_that_only_look_alike_are_others(api: Api) -> None:
    owner, ann = await api.person("Owner"), await api.person()
    project = await api.project(owner)
    for email in ("änn@example.com", "ann@example.org", "ann+x@example.com", "a.nn@example.com"):
        made = await api.invite(owner, project["id"], email)
        await api.json("POST", ACCEPT, ann, json={"invitationId": made["id"]}, expect=404)
    assert (await api.json("GET", "/invitations", ann))["invitations"] == []


async def test_somebody_elses_invitation_is_not_there(api: Api) -> None:
    ann, bob, sam = [await api.person(name) for name in ("Ann", "Bob", "Sam")]
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], bob.email)
    unknown = {"invitationId": "01a20200-0000-7000-8000-000000000000"}
    before = await everything()
    for path in (ACCEPT, DECLINE):
        answers = [
            await api.json("POST", path, who, json=body, expect=404)
            for who, body in [
                (sam, {"invitationId": made["id"]}),
                (ann, {"invitationId": made["id"]}),
                (sam, unknown),
            ]
        ]
        assert len({answer["error"]["message"] for answer in answers}) == 1
    assert await everything() == before


async def test_a_token_that_is_not_one_of_ours_is_400_and_named(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], "guest@example.com")
    good, keys = token_of(made), api.app[KEYS]
    wrong = [
        "",
        "x",
        good[:-1],
        good + "A",
        *(good[:-1] + last for last in "AQgwBCRx9_-" if last != good[-1]),  # some decode the same
        "é" * 54,
        "\u0661" * 54,
        "A" * 255,
        made["id"],
        make_link_token(keys.links, "verify_email", made["id"], 1),
        make_link_token(keys.access, "invitation", made["id"], 1),
    ]
    before = await everything()
    for token in wrong:
        for path in (ACCEPT, DECLINE):
            answer = await api.json("POST", path, ann, json={"token": token}, expect=400)
            assert answer["error"]["details"][0]["field"] == "token"
    for token in [*NO_PROJECTS, good[:-1], good + "A", "x" * 5000, made["id"]]:
        await api.json("GET", f"/invitations/{token}", expect=404)
    assert await everything() == before


async def test_an_invitation_is_named_in_exactly_one_way(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], bob.email)
    both = {"token": token_of(made), "invitationId": made["id"]}
    before = await everything()
    for path in (ACCEPT, DECLINE):
        for body in ({}, {"token": None}, {"token": None, "invitationId": None}, both):
            await api.json("POST", path, bob, json=body, expect=400)
    assert await everything() == before
    body = {"token": None, "invitationId": made["id"]}
    await api.json("POST", ACCEPT, bob, json=body)


async def test_a_member_is_neither_invited_nor_joins_again(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], bob.email)
    await api.join(bob, project["id"])
    before = await everything()
    for body in ({"token": token_of(made)}, {"invitationId": made["id"]}):
        await api.json("POST", ACCEPT, bob, json=body, expect=409)
    for email in (ann.email, bob.email):
        path = f"/projects/{project['id']}/members"
        await api.json("POST", path, ann, json={"email": email}, expect=409)
    assert await everything() == before


async def test_a_project_has_a_hundred_invitations_at_most(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    await Invitation.bulk_create(
        Invitation(
            project_id=project["id"],
            email=f"p{number}@example.com",
            email_key=f"p{number}@example.com",
            expires_at=now().replace(year=9000),
        )
        for number in range(MAX_PENDING)
    )
    before = await everything()
    path = f"/projects/{project['id']}/members"
    await api.json("POST", path, ann, json={"email": "one.more@example.com"}, expect=409)
    assert await everything() == before
    await api.invite(ann, project["id"], "p7@example.com")
    await Invitation.filter(email="p8@example.com").update(expires_at=ago(1))
    await api.invite(ann, project["id"], "one.more@example.com")
    await api.json("POST", path, ann, json={"email": "p8@example.com"}, expect=409)


@pytest.mark.parametrize("email", ["", "x", "a@b", "a@[127.0.0.1]", "a b@example.com", "x" * 321])
async def test_what_is_no_address_is_not_invited(api: Api, email: str) -> None:
    ann = await api.person()
    project = await api.project(ann)
    before = await everything()
    path = f"/projects/{project['id']}/members"
    answer = await api.json("POST", path, ann, json={"email": email}, expect=400)
    assert answer["error"]["details"][0]["field"] == "email"
    assert await everything() == before


async def test_the_page_of_a_link_learns_what_it_shows_and_no_more(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], "guest@example.com")
    answer = await api.json("GET", f"/invitations/{token_of(made)}")
    assert answer["invitation"] == {
        "projectName": "Shop",
        "inviterName": "Ann Doe",
        "email": "g***@example.com",
        "expiresAt": made["expiresAt"],
        "canRegister": True,
    }
    await User.filter(id=ann.id).update(name="Anna")
    shown = (await api.json("GET", f"/invitations/{token_of(made)}"))["invitation"]
    assert shown["inviterName"] == "Anna"


async def test_the_link_stays_out_of_the_log(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    with capture_logs() as lines:
        token = token_of(await api.invite(ann, project["id"], "guest@example.com"))
        await api.json("GET", f"/invitations/{token}")
        await api.json("POST", ACCEPT, ann, json={"token": token}, expect=409)
    assert "/invitations/{link}" in str(lines)
    assert token not in str(lines)


async def test_an_invitation_is_mailed_where_mail_is_set_up(serve: Serve) -> None:
    api = await serve(smtp_url=SecretStr("smtp://127.0.0.1:1"))
    ann = await api.person()
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], "guest@example.com")
    mail = await Mail.get()
    assert (mail.kind, mail.recipient) == ("invitation", "guest@example.com")
    assert mail.facts == {"invitation_id": made["id"], "generation": 1}
    assert token_of(made) not in str(await everything())


MAIL: dict[str, Any] = {"smtp_url": SecretStr("smtp://127.0.0.1:1"), "rate_limits": "on"}


@pytest.mark.engines("sqlite")
async def test_an_address_gets_ten_invitations_an_hour_whoever_sends_them(serve: Serve) -> None:
    api = await serve(**MAIL)
    people = [await api.person(name) for name in ("Ann", "Bob")]
    projects = [await api.project(who) for who in people]
    for number in range(10):
        email = ("guest@example.com", "GUEST@example.com")[number % 2]
        await api.invite(people[number % 2], projects[number % 2]["id"], email)
    before = await everything()
    for who, project in zip(people, projects, strict=True):
        body = {"email": "guest@example.com"}
        refused = await api.call("POST", f"/projects/{project['id']}/members", who, json=body)
        assert refused.status == 429
        assert int(refused.headers["Retry-After"]) > 3000
        error = (await refused.json())["error"]
        assert error["code"] == "RATE_LIMIT_ERROR"
        assert "to this address" in error["message"]
    mailing = api.app[INVITATIONS]
    with pytest.raises(TooMany):  # nor does the console
        await invite(CONSOLE, projects[0]["id"], NewInvitation(email="guest@example.com"), mailing)
    kept = ("invitations", "audit_log", "projects")
    assert {name: before[name] for name in kept} == {
        name: rows for name, rows in (await everything()).items() if name in kept
    }
    assert await Mail.all().count() <= len(before["mails"])  # they are being sent meanwhile
    await api.invite(people[0], projects[0]["id"], "other@example.com")


@pytest.mark.engines("sqlite")
async def test_one_person_has_so_many_invitations_mailed(serve: Serve) -> None:
    api = await serve(**MAIL, inviter_limit="3 per hour", invitation_limit="1 per hour")
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    await api.join(bob, project["id"])
    for number in range(3):
        await api.invite(ann, project["id"], f"p{number}@example.com")
    path = f"/projects/{project['id']}/members"
    body = {"email": "victim@example.com"}
    answer = await api.json("POST", path, ann, json=body, expect=429)
    assert "You have had" in answer["error"]["message"]
    assert await waiting(api, ann, project["id"]) == [f"p{n}@example.com" for n in range(3)]
    await api.invite(bob, project["id"], "victim@example.com")  # the refusal used up no mail


@pytest.mark.engines("sqlite")
async def test_a_refused_invitation_uses_up_no_mail(serve: Serve) -> None:
    api = await serve(**MAIL, inviter_limit="2 per hour", invitation_limit="2 per hour")
    ann, bob = await api.person(), await api.person("Bob")
    first, second = [(await api.project(who))["id"] for who in (ann, bob)]
    body = {"email": ann.email}
    for _ in range(4):
        await api.json("POST", f"/projects/{first}/members", ann, json=body, expect=409)
    for _ in range(2):
        await api.json("POST", f"/projects/{second}/members", bob, json=body, expect=201)
    await api.json("POST", f"/projects/{second}/members", bob, json=body, expect=429)


async def test_without_mail_invitations_are_not_limited(serve: Serve) -> None:
    api = await serve(rate_limits="on", inviter_limit="1 per hour", invitation_limit="1 per hour")
    ann = await api.person()
    project = await api.project(ann)
    for _ in range(12):
        await api.invite(ann, project["id"], "guest@example.com")


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("smtp_url", [None, SecretStr("smtp://127.0.0.1:1")])
async def test_an_address_counts_once_it_is_confirmed(
    serve: Serve, smtp_url: SecretStr | None
) -> None:
    api = await serve(smtp_url=smtp_url)
    ann = await api.person()
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], NEW["email"])
    await register(api, 201)
    guest = await api.sign_in(NEW["email"])
    assert (await api.json("GET", "/invitations", guest))["invitations"] == []
    before = await everything()
    for table in (
        "mails",
        "one_time_tokens",
    ):  # a mail is being sent meanwhile, which dates its link
        del before[table]
    for path in (ACCEPT, DECLINE):
        body = {"invitationId": made["id"]}
        answer = await api.json("POST", path, guest, json=body, expect=403)
        assert "Confirm your e-mail address first" in answer["error"]["message"]
        assert "link" in answer["error"]["message"]
    assert {**await everything(), **before} == await everything()
    await User.filter(id=guest.id).update(email_verified_at=now())
    assert len((await api.json("GET", "/invitations", guest))["invitations"]) == 1
    await api.json("POST", ACCEPT, guest, json={"invitationId": made["id"]})


@pytest.mark.engines("sqlite")
async def test_a_link_lets_anybody_in_and_confirms_no_address(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], NEW["email"])
    await register(api, 201)
    guest = await api.sign_in(NEW["email"])
    await api.json("POST", ACCEPT, guest, json={"token": token_of(made)})
    assert not (await api.json("GET", "/users/profile", guest))["user"]["emailVerified"]


@pytest.mark.engines("sqlite")
async def test_an_invitation_by_the_console_names_nobody(api: Api) -> None:
    ann, sam = await api.person(), await api.person("Sam")
    project = await api.project(ann)
    made = await invite(CONSOLE, project["id"], NewInvitation(email=sam.email), None)
    (mine,) = (await api.json("GET", "/invitations", sam))["invitations"]
    assert mine["invitedBy"] is None
    token = make_link_token(api.app[KEYS].links, "invitation", made["id"])
    shown = await api.json("GET", f"/invitations/{token}")
    assert shown["invitation"]["inviterName"] is None
    await api.json("POST", ACCEPT, sam, json={"token": token})


async def test_invitations_are_paged(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    projects = [await api.project(ann, f"Project {number}") for number in range(3)]
    for project in projects:
        await api.invite(ann, project["id"], bob.email)
        await api.invite(ann, projects[0]["id"], f"{project['id']}@example.com")
    for path, who, total in [
        ("/invitations", bob, 3),
        (f"/projects/{projects[0]['id']}/invitations", ann, 4),
    ]:
        pages = [await api.json("GET", f"{path}?limit=2&page={page}", who) for page in (1, 2)]
        assert [page["pagination"]["total"] for page in pages] == [total, total]
        found = [item["id"] for page in pages for item in page["invitations"]]
        assert len(set(found)) == len(found) == total


async def test_of_50_who_accept_one_link_at_once_one_joins(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    people = [await api.person(f"P{number}") for number in range(10)]
    token = token_of(await api.invite(ann, project["id"], "guest@example.com"))
    calls = [api.call("POST", ACCEPT, people[n % 10], json={"token": token}) for n in range(50)]
    statuses = [response.status for response in await asyncio.gather(*calls)]
    assert sorted(set(statuses)) == [200, 410]
    assert statuses.count(200) == 1
    await check_members(project["id"], 2)


async def test_accepting_twice_in_two_ways_at_once_joins_once(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    bodies = [
        {"invitationId": (await api.invite(ann, project["id"], bob.email))["id"]},
        {"token": token_of(await api.invite(ann, project["id"], "other@example.com"))},
    ]
    calls = [api.call("POST", ACCEPT, bob, json=bodies[number % 2]) for number in range(10)]
    statuses = [response.status for response in await asyncio.gather(*calls)]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 404, 409, 410}
    await check_members(project["id"], 2)


async def test_invitations_answers_and_removals_at_once_leave_the_counts_right(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    path = f"/projects/{project['id']}"
    people = [await api.person(f"P{number}") for number in range(12)]
    made = [await api.invite(ann, project["id"], who.email) for who in people]
    calls = []
    for who, invitation in zip(people, made, strict=True):
        calls += [
            api.call("POST", ACCEPT, who, json={"invitationId": invitation["id"]}),
            api.call("POST", f"{path}/members", ann, json={"email": who.email}),
            api.call("DELETE", f"{path}/members/{who.id}", ann),
            api.call("DELETE", f"{path}/invitations/{invitation['id']}", ann),
        ]
    statuses = {response.status for response in await asyncio.gather(*calls)}
    assert statuses <= {200, 201, 404, 409}
    joined = await Member.filter(project_id=project["id"]).count()
    await check_members(project["id"], joined)


async def test_50_invitations_of_one_address_at_once_are_one(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    made = await asyncio.gather(
        *(api.invite(ann, project["id"], "guest@example.com") for _ in range(50))
    )
    assert len({item["id"] for item in made}) == 1
    assert len({item["inviteUrl"] for item in made}) == 50
    assert (await Invitation.get()).generation == 50
    await check_members(project["id"], 1)


async def test_a_deleted_project_has_no_invitations(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], bob.email)
    await api.json("DELETE", f"/projects/{project['id']}", ann)
    assert (await api.json("GET", "/invitations", bob))["invitations"] == []
    await api.json("POST", ACCEPT, bob, json={"token": token_of(made)}, expect=410)
    await api.json("GET", f"/invitations/{token_of(made)}", expect=410)
    assert not await Project.exists()


async def test_expired_invitations_are_purged_and_living_ones_stay(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    await expire(await api.invite(ann, project["id"], "old@example.com"))
    await api.invite(ann, project["id"], "new@example.com")
    for _ in range(2):
        await purge()
        assert await Invitation.all().values_list("email", flat=True) == ["new@example.com"]
    assert (await audited()).count("invitation_expired") == 1


async def test_whoever_follows_a_project_hears_that_an_invitation_expired(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann)
    old, renewed = [
        await api.invite(ann, project["id"], email) for email in ("a@x.test", "b@x.test")
    ]
    for one in (old, renewed):
        await expire(one)
    new = await api.invite(ann, project["id"], "b@x.test")
    async with following(api, ann, project["id"]) as stream:
        await purge()
        (heard,) = await stream.changes(7)
    path = f"/projects/{project['id']}/changes?since=4"
    changes = (await api.json("GET", path, ann))["changes"]
    assert changes[-1] == heard
    assert [(one["resourceId"], one["action"], one["deleted"]) for one in changes] == [
        (renewed["id"], "invitation_expired", True),
        (new["id"], "invitation_created", False),
        (old["id"], "invitation_expired", True),
    ]
    assert heard["actor"] == {"type": "nobody", "id": None, "name": None}


NEW = {"email": "guest@example.com", "password": PASSWORD, "name": "Guest"}


async def register(api: Api, status: int, **fields: Any) -> dict[str, Any]:
    """Try to register; return the answer."""
    answer: dict[str, Any] = await api.json(
        "POST", "/auth/register", json={**NEW, **fields}, expect=status
    )
    return answer


async def test_who_is_invited_registers_by_the_link_and_not_by_the_address_alone(
    serve: Serve,
) -> None:
    api = await serve(registration=Registration.INVITED)
    ann = await api.person()
    project = await api.project(ann)
    made = await api.invite(ann, project["id"], "guest@example.com")
    token = token_of(made)
    before = await everything()
    for fields in (
        {"email": "guest@example.com"},
        {"email": "guest@example.com", "invitationToken": "x" * 54},
        {"email": "other@example.com"},
        {"email": "other@example.com", "invitationToken": "x"},
        {"email": "other@example.com", "invitationToken": token[:-1]},
    ):
        answer = await register(api, 403, **fields)
        assert answer["error"]["code"] == "REGISTRATION_CLOSED"
    assert await everything() == before
    await register(api, 201, email="GUEST@example.com", invitationToken=token)
    joined = await register(api, 201, email="other@example.com", invitationToken=token)
    access = joined["tokens"]["accessToken"]
    await api.json("POST", ACCEPT, access, json={"token": token})
    await api.json("GET", f"/projects/{project['id']}", access)
    await register(api, 403, email="third@example.com", invitationToken=token)


async def test_an_expired_or_renewed_invitation_registers_nobody(serve: Serve) -> None:
    api = await serve(registration=Registration.INVITED)
    ann = await api.person()
    project = await api.project(ann)
    old = await api.invite(ann, project["id"], "guest@example.com")
    new = await api.invite(ann, project["id"], "guest@example.com")
    other = {"email": "other@example.com"}
    await register(api, 403, **other, invitationToken=token_of(old))
    await expire(new)
    before = await everything()
    await register(api, 403, **other, invitationToken=token_of(new))
    await register(api, 403, invitationToken=token_of(new))
    assert await everything() == before


async def test_no_invitation_opens_a_closed_registration(serve: Serve) -> None:
    api = await serve(registration=Registration.CLOSED)
    ann = await api.person()
    made = await api.invite(ann, (await api.project(ann))["id"], "guest@example.com")
    before = await everything()
    await register(api, 403)
    await register(api, 403, invitationToken=token_of(made))
    assert await everything() == before


async def test_trying_who_is_invited_counts_as_registering(serve: Serve) -> None:
    api = await serve(registration=Registration.INVITED, rate_limits="on")
    statuses = []
    for number in range(5):
        body = {**NEW, "email": f"p{number}@example.com"}
        statuses.append((await api.call("POST", "/auth/register", json=body)).status)
    assert statuses == [403, 403, 403, 429, 429]
