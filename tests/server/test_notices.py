"""People are mailed what was done to their account, at an address that is confirmed."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import SecretStr

from gassapi_backend.models import Mail
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.accounts.actions import set_password
from gassapi_backend.server.accounts.state import PASSWORDS
from tests.conftest import PASSWORD, Api, Person, Serve
from tests.mailbox import Mailbox

NEW = "battery staple 43"
FIREFOX = "Mozilla/5.0 Firefox/140.0"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server."""
    mailbox = await Mailbox().start()
    yield mailbox
    await mailbox.stop()


@pytest.fixture
async def mailing(serve: Serve, mailbox: Mailbox) -> Api:
    """A server that sends its mail there, behind a proxy on this machine."""
    return await serve(
        smtp_url=SecretStr(mailbox.url()),
        public_url="https://gass.example.com",
        trusted_proxies=[ip_network("127.0.0.0/8")],
    )


async def sign_in(api: Api, person: Person, ip: str, agent: str, **headers: str) -> Any:
    """Sign in from somewhere; return the answer."""
    body = {"email": person.email, "password": PASSWORD}
    headers |= {"X-Forwarded-For": ip, "User-Agent": agent}
    answer = await api.call("POST", "/auth/login", json=body, headers=headers)
    assert answer.status == 200
    return answer


async def test_a_changed_password_is_mailed(mailing: Api, mailbox: Mailbox) -> None:
    ann = await mailing.person()
    wrong = {"currentPassword": "wrong", "newPassword": NEW}
    await mailing.json("PUT", "/users/password", ann, json=wrong, expect=400)
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    await mailing.json("PUT", "/users/password", ann, json=body)
    (mail,) = await mailbox.get()
    assert (mail.recipient, mail.message["Subject"]) == (ann.email, "Your password was changed")
    assert "127.0.0.1" in mail.text
    assert PASSWORD not in mail.text + mail.html
    assert NEW not in mail.text + mail.html
    await set_password(CONSOLE, ann.id, "amber kettle 27", mailing.app[PASSWORDS])
    mail = (await mailbox.get(2))[1]
    assert "by whoever runs the server" in mail.text


async def test_a_new_token_is_mailed_to_whose_it_is_and_never_the_token(
    mailing: Api, mailbox: Mailbox
) -> None:
    ann = await mailing.person()
    project_id = (await mailing.project(ann, "Shop {0.__class__} {x}"))["id"]
    issued = await mailing.issue(ann, project_id, name="CI evil.example")
    (mail,) = await mailbox.get()
    assert (mail.recipient, mail.message["Subject"]) == (ann.email, "A new access token was made")
    assert "Shop {0" in mail.text
    assert "evil.example" not in mail.text
    assert issued["token"][:9] not in mail.text + mail.html


async def test_a_sign_in_from_a_device_that_was_never_seen_is_mailed_and_others_are_not(
    mailing: Api, mailbox: Mailbox
) -> None:
    ann = await mailing.person()  # the first session of all is no surprise
    await mailing.sign_in(ann.email)  # the same program at the same address
    browser = {"Origin": "https://gass.example.com"}
    answer = await sign_in(mailing, ann, "192.0.2.1", FIREFOX, **browser)
    (mail,) = await mailbox.get()
    assert (mail.recipient, mail.message["Subject"]) == (ann.email, "A new device signed in")
    assert "Firefox/140" in mail.text
    assert "192.0.2.1" in mail.text
    await sign_in(mailing, ann, "192.0.2.1", FIREFOX)  # known by what its person sees
    device = answer.cookies["__Secure-gassapi_device"].value
    cookie = {"Cookie": f"__Secure-gassapi_device={device}"}
    await sign_in(mailing, ann, "198.51.100.7", "Firefox, newer", **cookie)  # known by its cookie
    await sign_in(mailing, ann, "198.51.100.9", "Another")
    mails = await mailbox.get(2)
    assert ["Another" in one.text for one in mails] == [False, True]
    assert not await Mail.exists() or len(mails) == 2


async def test_whoever_has_the_password_cannot_flood_the_mailbox(
    mailing: Api, mailbox: Mailbox
) -> None:
    ann = await mailing.person()
    for number in range(30):
        await sign_in(mailing, ann, "192.0.2.1", f"Program {number}")
    assert len(await mailbox.get(10)) == 10
    await sign_in(mailing, ann, "192.0.2.1", "Program 31")
    assert await Mail.all().count() + len(mailbox.received) == 10


async def test_nobody_is_told_without_mail_or_at_an_address_that_is_not_confirmed(
    serve: Serve, mailbox: Mailbox
) -> None:
    for name, changes in (("Ann", {}), ("Bob", {"smtp_url": SecretStr(mailbox.url())})):
        api = await serve(**changes)
        ann = await api.person(name, is_confirmed=name == "Ann")
        await api.token(ann, (await api.project(ann))["id"])
        await sign_in(api, ann, "127.0.0.1", "Another")
        body = {"currentPassword": PASSWORD, "newPassword": NEW}
        await api.json("PUT", "/users/password", ann, json=body)
        assert not await Mail.exists()
        assert not mailbox.received
        await api.client.close()
