"""Addresses are confirmed and passwords reset through links that work once, for whom they are."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from pydantic import SecretStr
from structlog.testing import capture_logs

from gassapi_backend.clock import ahead
from gassapi_backend.database import row, rows
from gassapi_backend.models import AuditEntry, Mail, OneTimeToken, Purpose, User
from gassapi_backend.server.access.callers import CONSOLE, acting_as
from gassapi_backend.server.access.link_tokens import make_link_token
from gassapi_backend.server.accounts.actions import set_active
from gassapi_backend.server.audit import actions as counted
from gassapi_backend.server.audit.queries import project_ids
from gassapi_backend.server.audit.verification import verify
from gassapi_backend.server.errors import Gone
from gassapi_backend.server.recovery.actions import make_reset_link, verify_email
from gassapi_backend.server.recovery.links import Way
from gassapi_backend.server.recovery.state import COUNTED, LINKS
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything
from tests.mailbox import Mailbox, Received, outbox_is_empty

NEW = "battery staple 43"
NOT_OURS = ["", "x", "x" * 54, "A" * 53 + "=", "é" * 54, "\ud83d\ude00" * 27, "../" * 18]


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server."""
    mailbox = await Mailbox().start()
    yield mailbox
    await mailbox.stop()


@pytest.fixture
async def mailing(serve: Serve, mailbox: Mailbox) -> Api:
    """A server that sends its mail there."""
    return await serve(smtp_url=SecretStr(mailbox.url()), public_url="https://gass.example.com")


def token_of(mail: Received) -> str:
    """Return the token of a mail's link."""
    return mail.link.rpartition("/")[2]


async def link(api: Api, person: Person, purpose: Purpose, way: Way = Way.BY_MAIL) -> str:
    """Return the token of a fresh link for somebody."""
    user = await User.get(id=person.id)
    return (await api.app[LINKS].new_token(user, purpose, way))[0]


async def forget(api: Api, email: str, expect: int = 200) -> Any:
    """Ask for a new password."""
    return await api.json("POST", "/auth/forgot-password", json={"email": email}, expect=expect)


async def reset(api: Api, token: str, password: str = NEW, expect: int = 200) -> Any:
    """Set a new password through a link."""
    body = {"token": token, "password": password}
    return await api.json("POST", "/auth/reset-password", json=body, expect=expect)


async def is_verified(api: Api, person: Person) -> bool:
    """Whether somebody's address is confirmed."""
    found = (await api.json("GET", "/users/profile", person))["user"]["emailVerified"]
    return bool(found)


async def test_who_registers_is_mailed_a_link_that_confirms_the_address_once(
    mailing: Api, mailbox: Mailbox
) -> None:
    body = {"email": "new@example.com", "password": PASSWORD, "name": "New Person"}
    await mailing.json("POST", "/auth/register", json=body, expect=201)
    (mail,) = await mailbox.get()
    assert mail.recipient == "new@example.com"
    assert mail.link.startswith("https://gass.example.com/verify/")
    new = await mailing.sign_in("new@example.com")
    assert not await is_verified(mailing, new)
    token = token_of(mail)
    await mailing.json("POST", "/auth/verify-email", new, json={"token": token})
    assert await is_verified(mailing, new)
    entry = await row("SELECT * FROM audit_log WHERE action = 'email_verified'")
    assert entry is not None
    assert (entry["actor_id"], entry["resource_id"]) == (new.id, new.id)
    assert token not in str(await everything())
    before = await everything()
    gone = await mailing.json("POST", "/auth/verify-email", new, json={"token": token}, expect=410)
    assert gone["error"]["code"] == "TOKEN_EXPIRED"
    assert await everything() == before


async def test_no_mail_is_written_where_none_is_set_up(api: Api) -> None:
    body = {"email": "new@example.com", "password": PASSWORD, "name": "New Person"}
    await api.json("POST", "/auth/register", json=body, expect=201)
    await forget(api, "new@example.com")
    new = await api.sign_in("new@example.com")
    answer = await api.json("POST", "/auth/resend-verification", new)
    assert answer["isMailed"] is False
    assert not await Mail.exists()
    assert not await OneTimeToken.exists()


async def test_an_account_that_is_not_made_is_not_mailed_to(mailing: Api) -> None:
    await mailing.person()
    body = {"email": "ann@example.com", "password": PASSWORD, "name": "Other Ann"}
    before = await everything()
    await mailing.json("POST", "/auth/register", json=body, expect=409)
    assert await everything() == before


async def test_opening_the_address_of_the_api_shows_a_page_and_confirms_nothing(api: Api) -> None:
    ann = await api.person(is_confirmed=False)
    token = await link(api, ann, Purpose.VERIFY_EMAIL)
    before = await everything()
    for method in ("HEAD", "GET"):
        shown = await api.call(method, f"/auth/verify/{token}", ann)
        assert (shown.status, shown.content_type) == (200, "text/html")
        assert shown.headers["Cache-Control"] == "no-store"
        assert "noindex" in shown.headers["X-Robots-Tag"]
    assert 'src="../../../../console/' in await shown.text()
    assert await everything() == before


async def test_an_address_is_confirmed_by_its_own_account_and_nobody_else(api: Api) -> None:
    ann = await api.person(is_confirmed=False)
    bob, cat = await api.person("Bob", is_confirmed=False), await api.person("Cat", is_admin=True)
    project_id = (await api.project(ann))["id"]
    token = await link(api, ann, Purpose.VERIFY_EMAIL)
    before = await everything()
    callers = [(None, 401), (bob, 403), (cat, 403), (await api.token(ann, project_id), 403)]
    before = await everything()
    for who, status in callers:
        await api.json("POST", "/auth/verify-email", who, json={"token": token}, expect=status)
    assert await everything() == before
    await api.json("POST", "/auth/verify-email", ann, json={"token": token})
    assert await is_verified(api, ann)


async def test_what_was_registered_with_my_address_is_closed_and_i_register_anew(
    mailing: Api, mailbox: Mailbox
) -> None:
    body = {"email": "ann@example.com", "password": PASSWORD, "name": "A Stranger"}
    await mailing.json("POST", "/auth/register", json=body, expect=201)
    (mail,) = await mailbox.get()
    stranger = await mailing.sign_in("ann@example.com")
    project = await mailing.project(stranger)
    mcp = await mailing.token(stranger, project["id"])
    bob = await mailing.person("Bob")
    shared = await mailing.project(bob, "Shared")
    await mailing.join(stranger, shared["id"])
    other = await mailing.token(stranger, shared["id"])
    await mailing.invite(stranger, shared["id"], "friend@example.com")
    await mailing.invite(bob, shared["id"], "other@example.com")

    token = {"token": token_of(mail)}
    await mailing.json("POST", "/auth/disown-account", json=token)
    await mailing.json("GET", "/users/profile", stranger, expect=403)
    await mailing.json("POST", "/auth/refresh", json={"refreshToken": stranger.refresh}, expect=403)
    for each in (mcp, other):
        await mailing.json("GET", "/mcp/validate", each, expect=403)
    known = {"email": body["email"], "password": PASSWORD}
    await mailing.json("POST", "/auth/login", json=known, expect=401)
    path = f"/projects/{shared['id']}/invitations"
    left = (await mailing.json("GET", path, bob))["invitations"]
    assert [one["email"] for one in left] == ["other@example.com"]
    done = await audited()
    assert done.count("mcp_token_revoked") == 2
    assert {"account_disowned", "user_deactivated", "invitation_withdrawn", "session_ended"} <= {
        *done
    }
    assert [one async for one in verify(await project_ids()) if one.problems] == []
    assert token["token"] not in str(await everything())

    before = await everything()
    await mailing.json("POST", "/auth/disown-account", json=token, expect=410)
    assert await everything() == before
    fresh = {"email": "ann@example.com", "password": NEW, "name": "The Real Ann"}
    await mailing.json("POST", "/auth/register", json=fresh, expect=201)
    assert not await is_verified(mailing, await mailing.sign_in("ann@example.com", NEW))


async def test_an_account_that_is_confirmed_is_not_disowned(api: Api) -> None:
    ann = await api.person(is_confirmed=False)
    first, second = [await link(api, ann, Purpose.VERIFY_EMAIL) for _ in range(2)]
    await api.json("POST", "/auth/verify-email", ann, json={"token": first})
    reset_link = await link(api, ann, Purpose.RESET_PASSWORD)
    before = await everything()
    for token, status in ((first, 410), (second, 409), (reset_link, 400), ("x" * 54, 400)):
        await api.json("POST", "/auth/disown-account", json={"token": token}, expect=status)
    assert await everything() == before


async def test_of_confirming_and_disowning_at_once_one_happens(api: Api) -> None:
    for number in range(4):
        ann = await api.person(f"Ann{number}", is_confirmed=False)
        body = {"token": await link(api, ann, Purpose.VERIFY_EMAIL)}
        paths = ["verify-email", "disown-account"] * 3
        calls = [api.call("POST", f"/auth/{path}", ann, json=body) for path in paths]
        statuses = [answer.status for answer in await asyncio.gather(*calls)]
        assert statuses.count(200) == 1, statuses
        user = await User.get(id=ann.id)
        assert bool(user.is_active) == (user.email_verified_at is not None)


async def test_confirming_gives_the_account_a_new_revision(api: Api) -> None:
    ann = await api.person(is_confirmed=False)
    before = (await api.json("GET", "/users/profile", ann))["user"]["revision"]
    for _ in range(2):  # the second finds it confirmed
        token = await link(api, ann, Purpose.VERIFY_EMAIL)
        await api.json("POST", "/auth/verify-email", ann, json={"token": token})
        after = (await api.json("GET", "/users/profile", ann))["user"]["revision"]
        assert after == before + 1


@pytest.mark.parametrize("token", NOT_OURS)
async def test_a_made_up_link_is_refused_without_asking_the_database(
    api: Api, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    ann = await api.person()
    before = await everything()
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        for path, more in (("disown-account", {}), ("reset-password", {"password": NEW})):
            answer = await api.json(
                "POST", f"/auth/{path}", json={"token": token} | more, expect=400
            )
            assert [detail["field"] for detail in answer["error"]["details"]] == ["token"]
    assert not [one for one in caplog.records if one.name == "tortoise.db_client"]
    await api.json("POST", "/auth/verify-email", ann, json={"token": token}, expect=400)
    assert await everything() == before


async def test_a_link_is_good_for_one_purpose_only(api: Api) -> None:
    ann = await api.person()
    verify = await link(api, ann, Purpose.VERIFY_EMAIL)
    other = await link(api, ann, Purpose.RESET_PASSWORD)
    session = make_link_token(b"x" * 32, Purpose.RESET_PASSWORD, ann.id)
    before = await everything()
    await reset(api, verify, expect=400)
    await reset(api, session, expect=400)
    await api.json("POST", "/auth/verify-email", ann, json={"token": other}, expect=400)
    assert await everything() == before


@pytest.mark.parametrize(
    ("purpose", "hours"), [(Purpose.VERIFY_EMAIL, 24), (Purpose.RESET_PASSWORD, 1)]
)
async def test_a_link_that_is_too_old_is_gone(api: Api, purpose: Purpose, hours: int) -> None:
    ann = await api.person(is_confirmed=False)
    earliest = ahead(hours * 3600)
    token = await link(api, ann, purpose)
    kept = await OneTimeToken.get(user_id=ann.id)
    assert earliest <= kept.expires_at <= ahead(hours * 3600)
    before = await everything()
    with time_machine.travel(kept.expires_at, tick=False):
        if purpose is Purpose.VERIFY_EMAIL:
            await api.json("POST", "/auth/disown-account", json={"token": token}, expect=410)
            actor = acting_as(await User.get(id=ann.id), CONSOLE)
            with pytest.raises(Gone):  # no access token lives that long
                await verify_email(actor, token, api.app[LINKS])
        else:
            await reset(api, token, expect=410)
    assert await everything() == before
    await kept.delete()  # as the hourly purge does
    path = "verify-email" if purpose is Purpose.VERIFY_EMAIL else "reset-password"
    body = (
        {"token": token} if purpose is Purpose.VERIFY_EMAIL else {"token": token, "password": NEW}
    )
    await api.json("POST", f"/auth/{path}", ann, json=body, expect=410)


async def test_of_many_who_use_a_link_at_once_one_succeeds(api: Api) -> None:
    ann = await api.person()
    token = await link(api, ann, Purpose.VERIFY_EMAIL)
    calls = [api.call("POST", "/auth/verify-email", ann, json={"token": token}) for _ in range(8)]
    statuses = sorted([answer.status for answer in await asyncio.gather(*calls)])
    assert statuses == [200] + [410] * 7
    token = await link(api, ann, Purpose.RESET_PASSWORD)
    passwords = [f"{NEW} {number}" for number in range(8)]
    answers = await asyncio.gather(
        *(
            api.call("POST", "/auth/reset-password", json={"token": token, "password": password})
            for password in passwords
        )
    )
    winners = [
        password
        for password, answer in zip(passwords, answers, strict=True)
        if answer.status == 200
    ]
    assert sorted(answer.status for answer in answers) == [200] + [410] * 7
    await api.sign_in(ann.email, winners[0])
    assert (await audited()).count("password_reset") == 1


async def test_two_links_of_one_account_used_at_once_set_one_password(api: Api) -> None:
    ann = await api.person()
    tokens = [await link(api, ann, Purpose.RESET_PASSWORD) for _ in range(6)]
    calls = [
        api.call("POST", "/auth/reset-password", json={"token": token, "password": NEW})
        for token in tokens
    ]
    statuses = sorted([answer.status for answer in await asyncio.gather(*calls)])
    assert statuses == [200] + [410] * 5


async def test_a_forgotten_password_is_reset_through_the_mail(
    mailing: Api, mailbox: Mailbox
) -> None:
    ann = await mailing.person()
    await forget(mailing, " ANN@example.com".strip())
    (mail,) = await mailbox.get()
    assert mail.recipient == "ann@example.com"
    assert mail.link.startswith("https://gass.example.com/reset/")
    await reset(mailing, token_of(mail))
    await mailing.json("GET", "/users/profile", ann, expect=401)
    await mailing.json("POST", "/auth/refresh", json={"refreshToken": ann.refresh}, expect=401)
    wrong = {"email": ann.email, "password": PASSWORD}
    await mailing.json("POST", "/auth/login", json=wrong, expect=401)
    again = await mailing.sign_in(ann.email, NEW)
    assert await is_verified(mailing, again)
    await reset(mailing, token_of(mail), expect=410)
    done = await audited()
    assert {"reset_link_made", "password_reset", "session_ended"} <= set(done)
    assert token_of(mail) not in str(await everything())


@pytest.mark.parametrize("evicts", [True, False, None])
async def test_a_reset_revokes_the_mcp_tokens_of_the_account_where_it_is_asked_to(
    api: Api, evicts: bool | None
) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    own, shared = await api.project(ann), await api.project(bob, "Shared")
    await api.join(ann, shared["id"])
    mine = [await api.token(ann, project["id"]) for project in (own, own, shared)]
    dead = await api.issue(ann, own["id"])
    which = {"projectId": own["id"], "tokenId": dead["mcpToken"]["id"]}
    await api.json("POST", "/mcp/revoke-token", ann, json=which)
    others = await api.token(bob, shared["id"])
    before = (await audited()).count("mcp_token_revoked")
    body: dict[str, Any] = {"token": await link(api, ann, Purpose.RESET_PASSWORD), "password": NEW}
    if evicts is not None:
        body["revokeTokens"] = evicts
    await api.json("POST", "/auth/reset-password", json=body)
    for token in mine:
        await api.json("GET", "/mcp/validate", token, expect=403 if evicts else 200)
    await api.json("GET", "/mcp/validate", others)
    assert (await audited()).count("mcp_token_revoked") - before == (3 if evicts else 0)
    assert [one async for one in verify(await project_ids()) if one.problems] == []
    entries = await rows("SELECT project_id FROM audit_log WHERE action = 'mcp_token_revoked'")
    if evicts:
        assert {entry["project_id"] for entry in entries} == {own["id"], shared["id"]}


@pytest.mark.parametrize("bad", ["yes", 1, None, []])
async def test_what_is_no_yes_or_no_revokes_nothing_and_uses_up_no_link(api: Api, bad: Any) -> None:
    ann = await api.person()
    await api.token(ann, (await api.project(ann))["id"])
    body = {"token": await link(api, ann, Purpose.RESET_PASSWORD), "password": NEW}
    before = await everything()
    await api.json("POST", "/auth/reset-password", json=body | {"revokeTokens": bad}, expect=400)
    change = {"currentPassword": PASSWORD, "newPassword": NEW, "revokeTokens": bad}
    await api.json("PUT", "/users/password", ann, json=change, expect=400)
    assert await everything() == before


async def test_tokens_issued_while_the_password_is_reset_do_not_outlive_it(api: Api) -> None:
    ann = await api.person()
    projects = [await api.project(ann, f"P{number}") for number in range(4)]
    body = {"token": await link(api, ann, Purpose.RESET_PASSWORD), "password": NEW}
    answers = await asyncio.gather(
        *(
            api.call("POST", "/mcp/tokens", ann, json={"projectId": one["id"], "name": "CI"})
            for one in projects
        ),
        api.call("POST", "/auth/reset-password", json=body | {"revokeTokens": True}),
    )
    if answers[-1].status == 409:  # a token came in between: nothing happened, and it can be tried
        await api.json("POST", "/auth/reset-password", json=body | {"revokeTokens": True})
    for answer in answers[:-1]:
        if answer.status == 201:
            token = (await answer.json())["token"]
            await api.json("GET", "/mcp/validate", token, expect=403)


async def test_a_link_handed_over_by_the_operator_proves_no_address(api: Api) -> None:
    ann = await api.person(is_confirmed=False)
    token = await make_reset_link(CONSOLE, ann.id, api.app[LINKS])
    await reset(api, token)
    assert not await is_verified(api, await api.sign_in(ann.email, NEW))


async def test_the_answer_to_a_forgotten_password_is_the_same_for_everybody(
    mailing: Api, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    ann, ida = await mailing.person(), await mailing.person("Ida")
    await set_active(CONSOLE, ida.id, is_active=False)
    seen = []
    for email in (ann.email, ida.email, "nobody@example.com", "niemand@bücher.example"):
        assert await outbox_is_empty()  # the mail of the one before is done with
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            answer = await forget(mailing, email)
            found = [one.message for one in caplog.records if one.name == "tortoise.db_client"]
        until = next(
            at for at, text in enumerate(found) if re.match(r"INSERT INTO .?mails\b", text)
        )
        shapes = [statement.split("VALUES")[0] for statement in found[: until + 1]]
        seen.append((answer, shapes))
    assert all(one == seen[0] for one in seen)
    assert seen[0][1]
    (mail,) = await mailbox.get()
    assert mail.recipient == ann.email
    assert await outbox_is_empty()
    assert len(mailbox.received) == 1
    assert "nobody@example.com" not in str(await everything())


async def test_without_mail_the_operator_is_told_and_nobody_else_is(api: Api) -> None:
    ann = await api.person()
    with capture_logs() as lines:
        answers = [await forget(api, email) for email in (ann.email, "nobody@example.com")]
    assert answers[0] == answers[1]
    told = [line for line in lines if line["log_level"] == "warning"]
    assert len(told) == 2
    assert "gassapi-backend user reset-link EMAIL" in told[0]["advice"]
    assert "@" not in str(told)


async def test_a_newer_link_ends_the_older_ones(mailing: Api, mailbox: Mailbox) -> None:
    ann = await mailing.person()
    await forget(mailing, ann.email)
    first = token_of((await mailbox.get())[0])
    await forget(mailing, ann.email)
    second = token_of((await mailbox.get(2))[1])
    assert await outbox_is_empty()
    before = await everything()
    await reset(mailing, first, expect=410)
    assert await everything() == before
    await reset(mailing, second)


async def test_a_changed_password_ends_the_links(api: Api) -> None:
    ann = await api.person()
    token = await link(api, ann, Purpose.RESET_PASSWORD)
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    await api.json("PUT", "/users/password", ann, json=body)
    before = await everything()
    await reset(api, token, "yet another 44", expect=410)
    assert await everything() == before
    await api.json("GET", "/users/profile", ann)


async def test_a_deactivated_account_is_neither_reset_nor_confirmed(api: Api) -> None:
    ann = await api.person()
    tokens = [await link(api, ann, purpose) for purpose in Purpose]
    await set_active(CONSOLE, ann.id, is_active=False)
    before = await everything()
    await api.json("POST", "/auth/verify-email", ann, json={"token": tokens[0]}, expect=403)
    await api.json("POST", "/auth/disown-account", json={"token": tokens[0]}, expect=410)
    await reset(api, tokens[1], expect=410)
    assert await everything() == before


@pytest.mark.parametrize(
    "password", ["short", "password123", "ann@example.com", "Ann Doe", "x" * 129, ""]
)
async def test_a_password_that_breaks_a_rule_leaves_the_link_as_it_was(
    api: Api, password: str
) -> None:
    ann = await api.person()
    token = await link(api, ann, Purpose.RESET_PASSWORD)
    before = await everything()
    answer = await reset(api, token, password, expect=400)
    assert [detail["field"] for detail in answer["error"]["details"]] == ["password"]
    assert await everything() == before
    await reset(api, token)


async def test_a_reset_lets_in_who_was_locked_out(serve: Serve) -> None:
    api = await serve(rate_limits="on", login_limit="2 per hour")
    ann = await api.person()
    wrong = {"email": ann.email, "password": "wrong"}
    for status in (401, 401, 429):
        await api.json("POST", "/auth/login", json=wrong, expect=status)
    await reset(api, await link(api, ann, Purpose.RESET_PASSWORD))
    await api.sign_in(ann.email, NEW)


async def test_resets_are_limited_alike_for_known_and_unknown_addresses(serve: Serve) -> None:
    api = await serve(rate_limits="on")
    await api.person()
    errors = []
    for email in ("ann@example.com", "nobody@example.com"):
        for _ in range(3):
            await forget(api, email)
        before = await rows("SELECT * FROM audit_log")
        refused = await api.call("POST", "/auth/forgot-password", json={"email": email.upper()})
        assert refused.status == 429
        assert int(refused.headers["Retry-After"]) > 3000
        errors.append((await refused.json())["error"]["code"])
        assert await rows("SELECT * FROM audit_log") == before
    assert errors == ["RATE_LIMIT_ERROR"] * 2


async def test_a_mailbox_is_mailed_to_so_often_and_the_last_link_works(
    serve: Serve, mailbox: Mailbox
) -> None:
    api = await serve(
        rate_limits="on",
        trusted_proxies=[ip_network("127.0.0.0/8")],
        smtp_url=SecretStr(mailbox.url()),
        reset_mailbox_limit="3 per hour",
    )
    ann = await api.person()
    body = {"email": "ANN@example.com"}
    answers = []
    for number in range(8):  # strangers, each from an address of their own
        headers = {"X-Forwarded-For": f"192.0.2.{number}"}
        answers.append(await api.json("POST", "/auth/forgot-password", json=body, headers=headers))
        if number < 3:
            await mailbox.get(number + 1)
    nobody = await forget(api, "nobody@example.com")
    assert all(answer["message"] == nobody["message"] for answer in answers)
    assert not await Mail.filter(recipient__in=["ANN@example.com", ann.email]).exists()
    assert len(mailbox.received) == 3
    assert "reset_requested" not in await audited()
    await api.app[COUNTED].flush()
    entry = await AuditEntry.get(action="reset_requested")
    assert (entry.actor_type, entry.resource_id, entry.details) == ("nobody", None, {"count": 9})
    await reset(api, token_of(mailbox.received[-1]))


async def test_mails_that_confirm_an_address_are_limited(serve: Serve) -> None:
    api = await serve(rate_limits="on", verify_limit="2 per hour")
    ann, bob = await api.person(is_confirmed=False), await api.person("Bob", is_confirmed=False)
    for status in (200, 200, 429):
        await api.json("POST", "/auth/resend-verification", ann, expect=status)
    await api.json("POST", "/auth/resend-verification", bob)


async def test_guessing_links_is_limited_and_using_them_is_not(serve: Serve) -> None:
    api = await serve(rate_limits="on", verify_limit="2 per hour")
    ann = await api.person()
    for status in (400, 400, 429):
        await api.json("POST", "/auth/verify-email", ann, json={"token": "x" * 54}, expect=status)
    token = await link(api, ann, Purpose.VERIFY_EMAIL)
    await api.json("POST", "/auth/verify-email", ann, json={"token": token})


async def test_a_confirmed_address_needs_no_further_mail(mailing: Api, mailbox: Mailbox) -> None:
    ann = await mailing.person(is_confirmed=False)
    answer = await mailing.json("POST", "/auth/resend-verification", ann)
    assert answer["isMailed"] is True
    (mail,) = await mailbox.get()
    await mailing.json("POST", "/auth/verify-email", ann, json={"token": token_of(mail)})
    before = await everything()
    await mailing.json("POST", "/auth/resend-verification", ann, expect=409)
    assert await everything() == before


async def test_the_log_names_no_link(api: Api) -> None:
    ann = await api.person()
    token = await link(api, ann, Purpose.VERIFY_EMAIL)
    with capture_logs() as lines:
        for page in ("verify", "reset", "invite"):
            await api.call("GET", f"/{page}/{token}", base="")
            await api.call("GET", f"/{page}/{token}/", base="")
        await api.call("GET", f"/auth/verify/{token}")
    assert len(lines) == 7
    assert token not in str(lines)


async def test_resets_for_made_up_addresses_leave_a_number_and_no_rows(serve: Serve) -> None:
    """Anybody can ask for as many as they like; an entry for each was kept for ever."""
    api = await serve(rate_limits="off")
    before = await everything()
    for number in range(25):
        await forget(api, f"nobody{number}@example.com")
    assert await everything() == before
    for _ in range(2):  # there is nothing new the second time
        await api.app[COUNTED].flush()
        [entry] = await AuditEntry.filter(action="reset_requested")
        assert entry.details == {"count": 25}


async def test_counts_outlive_the_database_being_away(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await serve(rate_limits="off")
    await forget(api, "nobody@example.com")

    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("The database is away.")

    with monkeypatch.context() as patch:
        patch.setattr(counted, "change", away)
        with pytest.raises(ConnectionError):
            await api.app[COUNTED].flush()
    await forget(api, "nobody@example.com")
    await api.app[COUNTED].flush()
    assert (await AuditEntry.get(action="reset_requested")).details == {"count": 2}
