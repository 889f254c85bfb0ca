"""People change their own e-mail address: with their password, and told at the old one."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from gassapi_backend.models import AuditEntry, OneTimeToken, User
from tests.conftest import PASSWORD, Api, Person, Serve, everything
from tests.mailbox import Mailbox

NEW = "ann.new@example.com"


async def move(api: Api, who: Person, expect: int = 200, **changes: Any) -> Any:
    body = {"email": NEW, "password": PASSWORD, **changes}
    return await api.json("PUT", "/users/email", who, json=body, expect=expect)


async def test_one_signs_in_with_the_new_address_from_then_on(api: Api) -> None:
    ann = await api.person()
    moved = (await move(api, ann))["user"]
    assert (moved["email"], moved["emailVerified"]) == (NEW, False)
    await api.json("GET", "/users/profile", ann)  # sessions stay
    await api.sign_in(NEW)
    body = {"email": ann.email, "password": PASSWORD}
    await api.json("POST", "/auth/login", json=body, expect=401)
    entry = await AuditEntry.get(action="profile_updated")
    assert (entry.actor_id, entry.details) == (ann.id, {"fields": ["email"]})
    before = await everything()
    await move(api, ann)  # once more: nothing changes
    after = await everything()
    assert [before["users"], before["audit_log"]] == [after["users"], after["audit_log"]]


async def test_the_old_address_is_told_and_the_new_one_asked_to_confirm(serve: Serve) -> None:
    mailbox = await Mailbox().start()
    try:
        api = await serve(smtp_url=SecretStr(mailbox.url()))
        ann = await api.person()
        await move(api, ann)
        told = {mail.recipient: mail for mail in await mailbox.get(2)}
        assert told[ann.email].message["Subject"] == "Your e-mail address was changed"
        assert "ask whoever runs this server" in told[ann.email].text
        token = told[NEW].link.rpartition("/")[2]
        await api.json("POST", "/auth/verify-email", ann, json={"token": token})
        assert (await User.get(id=ann.id)).email_verified_at is not None
    finally:
        await mailbox.stop()


async def test_links_that_went_to_the_old_address_end(api: Api) -> None:
    adam, bob = await api.person("Adam", is_admin=True), await api.person("Bob")
    made = await api.json("POST", f"/users/{bob.id}/reset-link", adam, expect=201)
    await move(api, bob)
    assert not await OneTimeToken.exists(user_id=bob.id)
    body = {"token": made["resetUrl"].rpartition("/")[2], "password": "battery staple 43"}
    await api.json("POST", "/auth/reset-password", json=body, expect=410)


async def test_an_invitation_to_somebody_elses_address_is_not_had_by_taking_it(api: Api) -> None:
    ann, eve = await api.person(), await api.person("Eve")
    project = await api.project(ann, "Secret plans")
    invitation = await api.invite(ann, project["id"], "boss@example.com")
    await move(api, eve, email="boss@example.com")
    assert (await api.json("GET", "/invitations", eve))["invitations"] == []
    body = {"invitationId": invitation["id"]}
    answer = await api.call("POST", "/invitations/accept", eve, json=body)
    assert answer.status in (403, 404)
    await api.json("GET", f"/projects/{project['id']}", eve, expect=403)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"password": "wrong horse 42"}, 400),
        ({"password": ""}, 400),
        ({"email": "nobody"}, 400),
        ({"email": "BOB@example.com"}, 409),
        ({"email": "a@b.test\nBcc: x@y.test"}, 400),
        ({"id": "x"}, 400),
    ],
    ids=["password", "no password", "no address", "taken", "two lines", "more"],
)
async def test_what_is_wrong_changes_nothing(
    api: Api, changes: dict[str, str], status: int
) -> None:
    ann = await api.person()
    await api.person("Bob")
    before = await everything()
    await move(api, ann, status, **changes)
    assert await everything() == before


async def test_of_two_who_want_an_address_at_once_one_gets_it(api: Api) -> None:
    people = [await api.person(name) for name in ("Ann", "Bob", "Cid")]
    body = {"email": NEW, "password": PASSWORD}
    calls = [api.call("PUT", "/users/email", one, json=body) for one in people]
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    assert await User.filter(email=NEW).count() == 1


async def test_neither_passwords_nor_addresses_can_be_tried_without_end(serve: Serve) -> None:
    api = await serve(rate_limits="on", verify_limit="3/hour", login_limit="4/hour")
    ann = await api.person()
    for number in range(3):
        await move(api, ann, email=f"ann{number}@example.com")
    await move(api, ann, 429)
    eve = await api.person("Eve")
    for _ in range(4):
        await move(api, eve, 400, password="wrong horse 42")
    await move(api, eve, 429)


async def test_a_change_meant_for_another_revision_is_refused(api: Api) -> None:
    ann = await api.person()
    body = {"email": NEW, "password": PASSWORD}
    headers = {"If-Match": '"999"'}
    answer = await api.json("PUT", "/users/email", ann, json=body, headers=headers, expect=412)
    assert answer["error"]["details"]["current"]["email"] == ann.email
