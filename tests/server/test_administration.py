"""What administrators do beside accounts: links, devices, mail, and the instance's record."""

from typing import Any

import pytest
from pydantic import SecretStr

from gassapi_backend.models import AuditEntry, new_id
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import set_active
from tests.conftest import Api, Person, Serve, everything
from tests.mailbox import SECRET, Mailbox

NEW = "battery staple 43"


async def admin(api: Api) -> Person:
    return await api.person("Adam", is_admin=True)


async def test_a_link_that_an_administrator_makes_sets_a_password_once(serve: Serve) -> None:
    api = await serve(public_url="https://api.example.com")
    adam, bob = await admin(api), await api.person("Bob")
    path = f"/users/{bob.id}/reset-link"
    older = await api.json("POST", path, adam, expect=201)
    made = await api.json("POST", path, adam, expect=201)
    address, _, token = made["resetUrl"].rpartition("/")
    assert address == "https://api.example.com/reset"
    await api.json("GET", "/users/profile", bob)  # nothing has happened to them yet

    async def reset(token: str) -> int:
        body = {"token": token, "password": NEW}
        return (await api.call("POST", "/auth/reset-password", json=body)).status

    assert await reset(older["resetUrl"].rpartition("/")[2]) == 410
    assert await reset(token) == 200
    assert await reset(token) == 410
    assert (await api.call("GET", "/users/profile", bob)).status == 401
    await api.sign_in(bob.email, NEW)
    entry = await AuditEntry.filter(action="reset_link_made").first()
    assert entry is not None
    assert (entry.actor_id, entry.resource_id) == (adam.id, bob.id)


@pytest.mark.parametrize("call", ["POST reset-link", "DELETE sessions"])
async def test_there_has_to_be_somebody(api: Api, call: str) -> None:
    adam = await admin(api)
    method, _, path = call.partition(" ")
    before = await everything()
    for user_id in (new_id(), "nobody", "%00"):
        answer = await api.call(method, f"/users/{user_id}/{path}", adam)
        assert answer.status in (400, 404), user_id
    assert await everything() == before


async def test_whoever_is_shut_out_gets_no_link(api: Api) -> None:
    adam, bob = await admin(api), await api.person("Bob")
    await set_active(CONSOLE, bob.id, is_active=False)
    before = await everything()
    await api.json("POST", f"/users/{bob.id}/reset-link", adam, expect=403)
    assert await everything() == before


async def test_all_devices_of_somebody_are_signed_out_at_once(api: Api) -> None:
    adam, bob = await admin(api), await api.person("Bob")
    again = await api.sign_in(bob.email)
    ended = await api.json("DELETE", f"/users/{bob.id}/sessions", adam)
    assert ended["endedCount"] == 2
    for session in (bob, again):
        assert (await api.call("GET", "/users/profile", session)).status == 401
    await api.json("GET", "/users/profile", adam)


async def test_a_trial_mail_goes_to_the_administrator_and_says_how_it_went(serve: Serve) -> None:
    mailbox = await Mailbox(needs_login=True).start()
    try:
        api = await serve(smtp_url=SecretStr(mailbox.url(SECRET)))
        adam = await admin(api)
        sent = await api.json("POST", "/mail/test", adam)
        assert sent["isMailed"]
        assert (sent["recipient"], sent["server"]) == (adam.email, f"127.0.0.1:{mailbox.port}")
        assert [mail.recipient for mail in mailbox.received] == [adam.email]
        mailbox.refusals.append(f"550 {SECRET} is not liked")
        refused = await api.json("POST", "/mail/test", adam)
        assert not refused["isMailed"]
        assert "refuses the recipient" in refused["message"]
        assert SECRET not in str(refused)
    finally:
        await mailbox.stop()
    entries = await AuditEntry.filter(action="mail_tried").order_by("id")
    assert [entry.details for entry in entries] == [{"isMailed": True}, {"isMailed": False}]


async def test_a_trial_mail_says_that_no_mail_is_set_up_or_who_does_not_answer(
    serve: Serve,
) -> None:
    api = await serve(
        smtp_url=SecretStr("smtp://127.0.0.1:1"), rate_limits="on", verify_limit="2/hour"
    )
    adam = await admin(api)
    for _ in range(2):
        told = await api.json("POST", "/mail/test", adam)
        assert not told["isMailed"]
        assert told["message"].startswith("Nothing listens at 127.0.0.1:1.")
    await api.json("POST", "/mail/test", adam, expect=429)


async def test_the_instances_record_is_what_happened_outside_projects(api: Api) -> None:
    adam, bob = await admin(api), await api.person("Bob")
    project = await api.project(bob, "Bob's own")

    async def found(query: str = "") -> list[dict[str, Any]]:
        answer = await api.json("GET", f"/audit{query}", adam)
        assert answer["pagination"]["total"] >= len(answer["activity"])
        entries: list[dict[str, Any]] = answer["activity"]
        return entries

    everybody = await found("?limit=100")
    assert {entry["projectId"] for entry in everybody} == {None}
    assert project["id"] not in str(everybody)
    times = [entry["at"] for entry in everybody]
    assert times == sorted(times, reverse=True)
    made = await found("?action=user_created")
    assert [entry["resourceName"] for entry in made] == [bob.email, adam.email]
    by_bob = await found(f"?actorId={bob.id}")
    assert {entry["actor"]["name"] for entry in by_bob} == {bob.name}
    assert await found("?action=user_created&toDate=2020-01-01") == []
    assert await found("?resourceType=session&action=user_created") == []
