"""Mail reaches a real mail server: soon, once, encrypted, and whatever breaks in between."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
import time_machine
from pydantic import SecretStr
from structlog.testing import capture_logs

from gassapi_backend.clock import ago, ahead, now
from gassapi_backend.instance_key import load_keys
from gassapi_backend.models import Invitation, Mail, OneTimeToken, Project, Purpose, User
from gassapi_backend.server.access.callers import CONSOLE
from gassapi_backend.server.access.link_tokens import read_link_token
from gassapi_backend.server.accounts.administration import change_email
from gassapi_backend.server.accounts.schemas import NewEmail
from gassapi_backend.server.app import mail_writers, purge
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.errors import Conflict, NotFound
from gassapi_backend.server.limits.invitations import mailing_of
from gassapi_backend.server.mail import templates
from gassapi_backend.server.mail.actions import retry
from gassapi_backend.server.mail.outbox import DELAYS, LEASE, MailKind, claim, put_in_outbox, ring
from gassapi_backend.server.mail.sending import SEND_SECONDS, Sending
from gassapi_backend.server.mail.transport import mail_server
from gassapi_backend.server.members.actions import invite
from gassapi_backend.server.members.schemas import NewInvitation
from gassapi_backend.server.recovery.actions import make_reset_link
from gassapi_backend.server.recovery.links import LIFE, links_of
from gassapi_backend.server.recovery.state import LINKS
from gassapi_backend.settings import Settings, SettingsError, load
from tests.conftest import PASSWORD, Api, Person, Serve, audited, everything
from tests.factories import written
from tests.mailbox import SECRET, USER, Mailbox, certificate, outbox_is_empty

NAMES = [
    "Shop\r\nBcc: evil@example.com",
    '<script>alert(1)</script>"&',
    "名" * 255,
    "=?utf-8?q?x?=",
    "see http://evil.example/now",
    "\u202etxt.exe",
    "{subject} %s {0.__class__}",
    "=?utf-8?q?evil=2Eexample_=E2=80=AE?=",
]

Mails = Callable[..., Awaitable[Api]]


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server that does not listen yet."""
    mailbox = Mailbox()
    yield mailbox
    await mailbox.stop()


@pytest.fixture
def mails(serve: Serve, mailbox: Mailbox) -> Mails:
    """Start a server of ours that sends its mail there."""

    async def start(secret: str | None = None, **changes: Any) -> Api:
        if not mailbox.port:
            await mailbox.start()
        changes = {"public_url": "https://gass.example.com", **changes}
        return await serve(smtp_url=SecretStr(mailbox.url(secret)), **changes)

    return start


@pytest.fixture
def sending(settings: Settings, mailbox: Mailbox) -> Callable[..., Awaitable[Sending]]:
    """Prepare sending without a server of ours around it."""

    async def prepare(**changes: Any) -> Sending:
        if not mailbox.port:
            await mailbox.start()
        chosen = settings.model_copy(update={"smtp_url": SecretStr(mailbox.url()), **changes})
        return Sending(chosen, mail_writers(chosen, links_of(chosen)))

    return prepare


async def ask(api: Api, who: Person) -> None:
    """Have a mail written."""
    await api.json("POST", "/auth/resend-verification", who)


async def ask_for(api: Api, who: Person, kind: str) -> None:
    """Have a mail with a link of a kind written."""
    if kind == "verify_email":
        await ask(api, who)
    else:
        await api.json("POST", "/auth/forgot-password", json={"email": who.email})


async def follow(api: Api, email: str, kind: str, link: str) -> None:
    """Do what a mailed link is for, as the person it was mailed to."""
    body = {"token": link.rpartition("/")[2]}
    if kind == "verify_email":
        await api.json("POST", "/auth/verify-email", await api.sign_in(email), json=body)
    else:
        await api.json("POST", "/auth/reset-password", json=body | {"password": "new staple 44"})


async def waiting() -> Mail:
    """Return the only mail in the outbox once it was tried."""
    for _ in range(3000):
        mail = await Mail.first()
        if mail and mail.last_error:
            return mail
        await asyncio.sleep(0.01)
    raise AssertionError("It was not tried.")


async def is_due() -> None:
    """Let the time pass until the next attempt."""
    await Mail.all().update(due_at=ago(1))


async def invitation(name: str = "Shop", **changes: Any) -> Invitation:
    """Invite somebody, and put the mail about it in the outbox."""
    ann = await User.create(
        email="ann@example.com",
        email_key="ann@example.com",
        name="Ann Doe",
        name_key="ann doe",
        password_hash="x",
    )
    project = await Project.create(owner=ann, name=name, name_key=name[:50])
    made = await Invitation.create(
        **{
            "project": project,
            "email": "bob@example.com",
            "email_key": "bob@example.com",
            "invited_by": ann,
            "expires_at": now() + timedelta(days=7),
            **changes,
        }
    )

    async def post(open_: Change) -> None:
        facts = {"invitation_id": made.id, "generation": 1}
        await put_in_outbox(open_, MailKind.INVITATION, made.email, **facts)

    await written(None, post)
    return made


async def test_a_mail_is_sent_without_waiting_for_the_next_look_and_then_forgotten(
    mails: Mails, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gassapi_backend.server.mail.sending.POLL_SECONDS", 600)
    api = await mails()
    ann = await api.person(is_confirmed=False)
    before = now()
    await ask(api, ann)
    (mail,) = await mailbox.get()
    assert await outbox_is_empty()
    message = mail.message
    assert (mail.sender, mail.recipient) == ("no-reply@gass.example.com", "ann@example.com")
    assert message["From"] == "GassAPI <no-reply@gass.example.com>"
    assert message["To"] == "ann@example.com"
    assert message["Subject"] == "Confirm your e-mail address"
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f-]{36}@gass\.example\.com>", message["Message-ID"])
    assert before.replace(microsecond=0) <= message["Date"].datetime <= now()
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert f'href="{mail.link}"' in mail.html
    assert "<script" not in mail.html
    assert "http" not in mail.html.replace("https://gass.example.com", "")


async def test_a_mail_whose_change_is_rolled_back_is_not_sent(
    mails: Mails, mailbox: Mailbox
) -> None:
    await mails()

    async def fail(made: Change) -> None:
        await put_in_outbox(made, MailKind.VERIFY_EMAIL, "ann@example.com", token_id="x")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await written(None, fail)
    assert not await Mail.exists()


async def test_what_was_left_by_an_earlier_run_is_sent_at_the_start(
    mails: Mails, mailbox: Mailbox
) -> None:
    await mailbox.start()
    await mailbox.stop()
    api = await mails()  # nobody listens
    await ask(api, await api.person(is_confirmed=False))
    assert "Nothing listens" in (await waiting()).last_error
    await api.client.close()
    await mailbox.start()
    await mails()
    await is_due()
    ring()
    assert (await mailbox.get())[0].recipient == "ann@example.com"
    assert await outbox_is_empty()


async def test_many_who_send_at_once_send_each_mail_once(
    mails: Mails, mailbox: Mailbox, sending: Any
) -> None:
    mailbox.delay = 0.01
    api = await mails()
    people = [await api.person(f"Guest{number}", is_confirmed=False) for number in range(12)]
    others = [await sending() for _ in range(4)]
    await asyncio.gather(
        *(ask(api, person) for person in people), *(other.send_due() for other in others)
    )
    await asyncio.gather(*(other.send_due() for other in others))
    assert await outbox_is_empty()
    got = [mail.recipient for mail in mailbox.received]
    assert sorted(got) == sorted(person.email for person in people)


async def test_a_mail_is_claimed_by_one_for_some_minutes(database: Settings) -> None:
    await Mail.create(kind="verify_email", recipient="ann@example.com")
    earliest = ahead(LEASE)
    claimed = await asyncio.gather(*(claim() for _ in range(8)))
    (mail,) = [found for found in claimed if found]
    assert mail.attempts == 1
    assert earliest <= mail.due_at <= ahead(LEASE)
    assert LEASE > SEND_SECONDS  # or a second one would send it too
    await is_due()  # whoever claimed it died
    again = await claim()
    assert again is not None
    assert (again.id, again.attempts) == (mail.id, 2)


async def test_a_busy_mail_server_is_tried_again_ever_more_slowly_and_then_given_up(
    mailbox: Mailbox, database: Settings, sending: Any
) -> None:
    sends = await sending()
    await invitation()
    mailbox.refusals = ["451 4.3.0 try later"] * 20
    delays = iter(DELAYS)
    while (mail := await Mail.first()) and mail.due_at:
        assert mail.attempts < 20
        await is_due()
        before = now()
        await sends.send_due()
        kept = await Mail.get(id=mail.id)
        assert "451 4.3.0 try later" in kept.last_error
        if kept.due_at:
            delay = timedelta(seconds=next(delays))
            assert before + delay <= kept.due_at <= now() + delay
    assert list(delays) == []
    assert sorted(DELAYS) == DELAYS
    assert 40 * 3600 < sum(DELAYS) < 50 * 3600
    assert (kept.attempts, kept.due_at) == (10, None)
    await sends.send_due()
    assert (await Mail.get(id=kept.id)).attempts == 10
    mailbox.refusals = []
    assert await retry(CONSOLE, None) == 1
    assert (await audited())[-1] == "mail_retried"
    await sends.send_due()
    assert len(mailbox.received) == 1
    assert not await Mail.exists()


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
async def test_a_mail_that_was_given_up_is_kept_for_30_days(
    database: Settings, days: int, stays: bool
) -> None:
    await Mail.create(kind="invitation", recipient="ann@example.com", due_at=None)
    waits = await Mail.create(kind="invitation", recipient="bob@example.com", due_at=ago(1))
    with time_machine.travel(now() + timedelta(days=days), tick=False):
        await purge()
    assert await Mail.all().count() == 1 + stays
    assert await Mail.exists(id=waits.id)


async def test_a_mail_that_is_being_sent_is_not_tried_again_meanwhile(
    mails: Mails, mailbox: Mailbox
) -> None:
    arriving = asyncio.Event()
    mailbox.delay, mailbox.knock = 0.5, arriving.set
    api = await mails()
    await ask(api, await api.person(is_confirmed=False))
    await arriving.wait()
    before = await everything()
    mail_id = (await Mail.get()).id
    with pytest.raises(Conflict, match="being sent"):
        await retry(CONSOLE, mail_id)
    assert await retry(CONSOLE, None) == 0
    assert await everything() == before
    assert await outbox_is_empty()
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("attempts", [0, 1, 3])
async def test_a_mail_that_waits_for_its_next_attempt_is_tried_at_once(
    mailbox: Mailbox, database: Settings, sending: Any, attempts: int
) -> None:
    sends = await sending()
    await invitation()
    mailbox.refusals = ["451 4.3.0 try later"] * attempts
    for _ in range(attempts):
        await is_due()
        await sends.send_due()
    assert await retry(CONSOLE, (await Mail.get()).id) == 1
    assert (await Mail.get()).attempts == 0
    await sends.send_due()
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("wrong", ["", "é", "nothing", "01a20200-0000-7000-8000-000000000000"])
async def test_no_mail_is_tried_again_for_an_id_that_is_none(
    database: Settings, wrong: str
) -> None:
    await invitation()
    await Mail.all().update(due_at=None, attempts=10, last_error="x")
    before = await everything()
    with pytest.raises(NotFound):
        await retry(CONSOLE, wrong)
    assert await everything() == before


async def test_a_recipient_that_is_refused_for_good_is_given_up_and_the_others_are_not(
    mails: Mails, mailbox: Mailbox
) -> None:
    api = await mails()
    ann, bob = await api.person(is_confirmed=False), await api.person("Bob", is_confirmed=False)
    mailbox.refusals = ["550 5.1.1 <ann@example.com>: no such user"]
    with capture_logs() as lines:
        await ask(api, ann)
        mail = await waiting()
        await ask(api, bob)
        await mailbox.get()
    assert (mail.attempts, mail.due_at) == (1, None)
    assert "550 5.1.1" in mail.last_error
    assert [one.recipient for one in mailbox.received] == [bob.email]
    told = [line for line in lines if line["event"] == "mail given up"]
    assert len(told) == 1
    assert "ann@example.com" not in str(told)


async def test_a_wrong_password_keeps_the_mail_and_stays_secret(
    mails: Mails, mailbox: Mailbox
) -> None:
    mailbox.needs_login = True
    with capture_logs() as lines:
        api = await mails("hidden-secret")
        await ask(api, await api.person(is_confirmed=False))
        mail = await waiting()
    assert mail.due_at is not None
    assert "refuses the user name or the password: 535" in mail.last_error
    assert "hidden-secret" not in str(lines) + mail.last_error


async def test_signing_in_to_the_mail_server_works(mails: Mails, mailbox: Mailbox) -> None:
    mailbox.needs_login = True
    api = await mails(SECRET)
    await ask(api, await api.person(is_confirmed=False))
    assert (await mailbox.get())[0].user == USER


@pytest.mark.parametrize("is_tls", [True, False], ids=["TLS", "STARTTLS"])
async def test_certificates_are_checked_unless_told_otherwise(
    database: Settings,
    mailbox: Mailbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_tls: bool,
) -> None:
    mailbox.is_tls = is_tls
    path, mailbox.context = certificate(tmp_path)
    await mailbox.start()
    monkeypatch.setattr("gassapi_backend.server.mail.transport.MailServer.is_here", False)

    reasons = []

    async def send(**changes: Any) -> bool:
        settings = database.model_copy(update={"smtp_url": SecretStr(mailbox.url())} | changes)
        server = mail_server(settings)
        client = server.client()
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            reasons.append(server.explain(error))
            return False
        is_encrypted = client.get_transport_info("ssl_object") is not None
        client.close()
        return is_encrypted

    assert not await send()
    assert "is not trusted" in reasons[0]
    assert await send(smtp_tls="require")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))  # an operator's own authority
    assert await send()


async def test_a_mail_server_elsewhere_without_starttls_gets_neither_password_nor_mail(
    database: Settings, sending: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await invitation()
    monkeypatch.setattr("gassapi_backend.server.mail.transport.MailServer.is_here", False)
    sends = await sending()
    await sends.send_due()
    assert "offers no STARTTLS" in (await Mail.get()).last_error
    await is_due()
    with pytest.raises(SettingsError, match="in the clear"):
        await sending(smtp_tls="off", smtp_url=SecretStr(mailbox.url(SECRET)))
    await (await sending(smtp_tls="off")).send_due()
    assert len(mailbox.received) == 1


async def test_on_this_machine_starttls_is_used_where_it_is_offered(
    database: Settings, sending: Any, mailbox: Mailbox, tmp_path: Path
) -> None:
    _, mailbox.context = certificate(tmp_path)
    await invitation()
    await (await sending()).send_due()
    assert [mail.is_encrypted for mail in mailbox.received] == [True]


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("smtp://127.0.0.1:25", True),
        ("smtp://127.8.8.8", True),
        ("smtp://[::1]:25", True),
        ("smtp://localhost", True),
        ("smtp://localhost.example.com", False),
        ("smtp://127.0.0.1.example.com", False),
        ("smtp://10.0.0.1", False),
        ("smtp://0.0.0.0", False),
    ],
)
def test_only_this_machine_is_this_machine(tmp_path: Path, url: str, is_here: bool) -> None:
    assert mail_server(load(home=tmp_path, smtp_url=url)).is_here is is_here


async def test_a_mail_server_that_dies_in_the_middle_is_tried_again(
    database: Settings, sending: Any, mailbox: Mailbox
) -> None:
    async def broken(_: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(broken, "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await invitation()
    await (await sending(smtp_url=SecretStr(url))).send_due()
    server.close()
    assert (await Mail.get()).due_at > now()
    await is_due()
    await (await sending()).send_due()
    assert len(mailbox.received) == 1


async def test_an_invitation_is_mailed_with_the_link_of_its_generation(
    sending: Any, mailbox: Mailbox, database: Settings, settings: Settings
) -> None:
    made = await invitation()
    sends = await sending(public_url="https://gass.example.com")
    await sends.send_due()
    (mail,) = mailbox.received
    assert mail.message["Subject"] == "Ann Doe invites you to Shop"
    assert "“Shop”" in mail.text
    assert f"{made.expires_at:%d %B %Y}" in mail.text
    page, token = mail.link.rsplit("/", 1)
    assert page == "https://gass.example.com/invite"
    assert read_link_token(load_keys(settings).links, "invitation", token) == (made.id, 1)


async def test_of_an_invitation_that_was_renewed_only_the_last_mail_is_sent(
    sending: Any, mailbox: Mailbox, database: Settings
) -> None:
    made = await invitation()
    mailing = mailing_of(database.model_copy(update={"smtp_url": SecretStr("smtp://x.test")}))
    for _ in range(2):
        await invite(CONSOLE, made.project_id, NewInvitation(email=made.email), mailing)
    sends = await sending()
    await sends.send_due()
    (mail,) = mailbox.received
    token = mail.link.rpartition("/")[2]
    assert read_link_token(load_keys(database).links, "invitation", token) == (made.id, 3)
    assert not await Mail.exists()


@pytest.mark.parametrize("reason", ["withdrawn", "renewed", "too old"])
async def test_an_invitation_that_is_over_is_not_mailed(
    database: Settings, sending: Any, mailbox: Mailbox, reason: str
) -> None:
    made = await invitation()
    if reason == "withdrawn":
        await made.delete()
    elif reason == "renewed":
        await Invitation.filter(id=made.id).update(generation=2)
    else:
        await Invitation.filter(id=made.id).update(expires_at=ago(1))
    await (await sending()).send_due()
    assert not await Mail.exists()
    assert not mailbox.received


@pytest.mark.parametrize(
    "reason", ["used", "deactivated", "gone", "confirmed", "moved", "another's"]
)
async def test_a_link_that_is_of_no_use_any_more_is_not_mailed(
    api: Api, sending: Any, mailbox: Mailbox, reason: str
) -> None:
    user = await User.get(id=(await api.person()).id)
    links = api.app[LINKS]
    _, token_id = await links.new_token(user, Purpose.VERIFY_EMAIL)
    await Mail.create(kind="verify_email", recipient=user.email, facts={"token_id": token_id})
    if reason == "used":
        await OneTimeToken.all().update(used_at=now())
    elif reason == "moved":
        await change_email(CONSOLE, user.id, NewEmail(email="new@example.com"))
    elif reason == "another's":
        await OneTimeToken.all().update(user_id=(await api.person("Bob")).id)
    elif reason == "deactivated":
        await User.all().update(is_active=False)
    elif reason == "gone":
        await user.delete()
    else:
        await User.all().update(email_verified_at=now())
    await (await sending()).send_due()
    assert not await Mail.exists()
    assert not mailbox.received


@pytest.mark.parametrize("kind", ["verify_email", "reset_password"])
async def test_a_mail_that_is_late_brings_a_link_that_is_good_for_its_full_time(
    mails: Mails, mailbox: Mailbox, sending: Any, kind: str
) -> None:
    await mailbox.start()
    await mailbox.stop()
    api = await mails()  # nobody listens
    ann = await api.person(is_confirmed=False)
    await ask_for(api, ann, kind)
    assert "Nothing listens" in (await waiting()).last_error
    first = await OneTimeToken.get()
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        await purge()
        await mailbox.start()
        sends = await sending(public_url="https://gass.example.com")
        await is_due()
        await sends.send_due()
        (mail,) = mailbox.received
        assert (await OneTimeToken.get()).id == first.id
    life = LIFE[Purpose(kind)]
    with time_machine.travel(now() + timedelta(days=2, seconds=life - 60), tick=True):
        await follow(api, mail.recipient, kind, mail.link)


@pytest.mark.parametrize("kind", ["verify_email", "reset_password"])
async def test_a_mail_that_waits_for_a_new_secret_key_brings_a_link_that_works(
    mails: Mails, mailbox: Mailbox, kind: str
) -> None:
    await mailbox.start()
    await mailbox.stop()
    before = await mails()
    await ask_for(before, await before.person(is_confirmed=False), kind)
    assert "Nothing listens" in (await waiting()).last_error
    await before.client.close()
    await mailbox.start()
    after = await mails(secret_key=SecretStr("another-key-0123456789abcdefghijkl"))
    await is_due()
    ring()
    (mail,) = await mailbox.get()
    await follow(after, mail.recipient, kind, mail.link)


@pytest.mark.parametrize("reason", ["asked again", "changed"])
async def test_a_late_reset_whose_link_was_replaced_is_dropped(
    mails: Mails, mailbox: Mailbox, sending: Any, reason: str
) -> None:
    await mailbox.start()
    await mailbox.stop()
    api = await mails()
    ann = await api.person()
    await ask_for(api, ann, "reset_password")
    await waiting()
    if reason == "changed":
        body = {"currentPassword": PASSWORD, "newPassword": "battery staple 43"}
        await api.json("PUT", "/users/password", ann, json=body)
    else:
        await make_reset_link(CONSOLE, ann.id, api.app[LINKS])
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        await purge()
        await mailbox.start()
        await is_due()
        await (await sending()).send_due()
        assert await outbox_is_empty()  # the server sends beside us
    told = [mail.message["Subject"] for mail in mailbox.received]  # of the change, and no link
    assert told == (["Your password was changed"] if reason == "changed" else [])


@pytest.mark.parametrize("facts", [{}, {"token_id": None}, {"invitation_id": 5}])
@pytest.mark.parametrize("kind", ["verify_email", "invitation", "carrier_pigeon"])
async def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(
    database: Settings, sending: Any, mailbox: Mailbox, kind: str, facts: dict[str, Any]
) -> None:
    await Mail.create(kind=kind, recipient="x@example.com", facts=facts, due_at=ago(60))
    await invitation()
    await (await sending()).send_due()
    assert [mail.recipient for mail in mailbox.received] == ["bob@example.com"]
    assert all(mail.due_at is None for mail in await Mail.all())


@pytest.mark.parametrize(
    "name",
    [
        "Team \U0001f469\u200d\U0001f4bb",  # a woman, a joiner, a computer: one sign
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a non-joiner
        "\u0915\u094d\u200d\u0937",  # Devanagari, with a joiner
        "Isle \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u2764\ufe0f \U0001f1fa\U0001f1f3",
    ],
)
async def test_names_arrive_as_they_are_written(
    database: Settings, sending: Any, mailbox: Mailbox, name: str
) -> None:
    await invitation(name)
    await (await sending()).send_due()
    (mail,) = mailbox.received
    assert name in mail.text
    assert name in mail.html
    assert name in mail.message["Subject"]


@pytest.mark.parametrize("name", [*NAMES, "evil\u200d.example", "http:\u200d//evil.example/x"])
async def test_a_name_can_neither_add_headers_nor_markup_nor_links(
    database: Settings, sending: Any, mailbox: Mailbox, name: str
) -> None:
    await invitation(name)
    await (await sending()).send_due()
    (mail,) = mailbox.received
    assert "Bcc" not in mail.message
    assert len(mail.message["Subject"]) < 200
    assert "<script" not in mail.html
    assert "http://evil" not in mail.text + mail.html
    assert "evil.example" not in mail.text + mail.html + mail.message["Subject"]
    assert "\u202e" not in mail.text + mail.html + mail.message["Subject"]


@pytest.mark.parametrize(
    ("address", "sent_to", "needs_utf8"),
    [
        ("jörg@example.com", "jörg@example.com", True),
        ("bob@bücher.example", "bob@xn--bcher-kva.example", False),
        ("用户@例え.jp", "用户@xn--r8jz45g.jp", True),
        ("o'neil+tag@example.com", "o'neil+tag@example.com", False),
    ],
)
async def test_addresses_beyond_ascii_arrive(
    database: Settings, sending: Any, mailbox: Mailbox, address: str, sent_to: str, needs_utf8: bool
) -> None:
    await invitation(email=address)
    await (await sending()).send_due()
    (mail,) = mailbox.received
    assert mail.recipient == sent_to
    assert ("SMTPUTF8" in mail.options) == needs_utf8
    assert "“Shop”" in mail.text


def test_the_sender_is_the_one_of_the_settings(tmp_path: Path) -> None:
    def sent(**settings: Any) -> str:
        chosen = load(home=tmp_path, smtp_url="smtp://localhost", **settings)
        letter = templates.trial(chosen.base_url)
        return str(templates.message(letter, "x@example.com", "1", chosen)["From"])

    assert sent() == "GassAPI <no-reply@localhost>"
    assert sent(public_url="https://a.example.com/x") == "GassAPI <no-reply@a.example.com>"
    assert sent(public_url="https://192.0.2.1") == "GassAPI <no-reply@[192.0.2.1]>"
    assert sent(public_url="https://bücher.example") == "GassAPI <no-reply@xn--bcher-kva.example>"
    assert sent(mail_from="Jörg <j@example.com>") == "Jörg <j@example.com>"
    assert sent(mail_from="j@example.com") == "j@example.com"


@pytest.mark.parametrize("wrong", ["nobody", "@", "a@b\r\nBcc: c@d", "Ann <ann>", "a b@c d"])
def test_a_sender_that_is_no_address_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError, match="GASSAPI_MAIL_FROM"):
        load(home=tmp_path, mail_from=wrong)


def test_settings_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    wrong = load(home=tmp_path, smtp_url="smtps://mail.example.com", smtp_tls="off")
    with pytest.raises(SettingsError, match="contradicts"):
        mail_server(wrong)
    with pytest.raises(SettingsError, match="No mail is set up"):
        mail_server(load(home=tmp_path))


def test_a_reason_for_people_tells_no_secret(tmp_path: Path) -> None:
    server = mail_server(load(home=tmp_path, smtp_url="smtp://you:hidden-secret@mail.example.com"))
    link = "x" * 54
    error = aiosmtplib.SMTPDataError(554, f"no hidden-secret\r\n {link}\x1b[31m please")
    assert server.explain(error) == (
        "mail.example.com:587 refuses the mail: 554 no [secret] [secret] [31m please"
    )
    assert "TLS" in server.explain(ssl.SSLError(1, "WRONG_VERSION_NUMBER"))
