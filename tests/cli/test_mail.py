"""Mail on the command line: tried for real, listed, tried again; and it survives a kill -9."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mailbox import SECRET, Mailbox, certificate
from tests.processes import PASSWORD, Cli, Server
from tests.servers import free_port
from tests.waiting import sooner_or_later

AWAY = "smtp://127.0.0.1:1"


@contextmanager
def listening(**options: Any) -> Iterator[Mailbox]:
    """Run a mail server beside this test."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def make() -> Mailbox:
        return await Mailbox(**options).start()

    mailbox = asyncio.run_coroutine_threadsafe(make(), loop).result(5)
    try:
        yield mailbox
    finally:
        asyncio.run_coroutine_threadsafe(mailbox.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@pytest.fixture
def own(tmp_path: Path) -> tuple[Path, Any]:
    """A certificate of one's own, and what a server needs to show it."""
    return certificate(tmp_path)


def test_a_mail_is_sent_and_what_happened_is_told(cli: Cli) -> None:
    with listening() as mailbox:
        done = cli("mail", "test", "you@example.com", GASSAPI_SMTP_URL=mailbox.url())
    assert (done.code, done.err) == (0, "")
    assert "Connected on this machine, not encrypted." in done.out
    assert "Sent to you@example.com from GassAPI <no-reply@localhost>." in done.out
    assert "queued as 42" in done.out
    (mail,) = mailbox.received
    assert mail.message["Subject"] == "GassAPI can send mail"
    assert not cli.home.exists()  # it needs no database


def test_a_script_is_told_in_json_that_a_mail_was_sent(cli: Cli) -> None:
    with listening(needs_login=True) as mailbox:
        url = mailbox.url(SECRET)
        done = cli("mail", "test", "you@example.com", "--json", GASSAPI_SMTP_URL=url)
    assert (done.code, done.err) == (0, "")
    assert SECRET not in done.out
    assert "queued as 42" in done.json["answer"]
    assert {name: value for name, value in done.json.items() if name != "answer"} == {
        "recipient": "you@example.com",
        "sender": "GassAPI <no-reply@localhost>",
        "server": f"127.0.0.1:{mailbox.port}",
        "encryption": None,
        "certificateChecked": False,
        "signedInAs": "you",
    }
    refused = cli("mail", "test", "you@example.com", "--json", GASSAPI_SMTP_URL=AWAY)
    assert (refused.code, refused.out) == (1, "")


@pytest.mark.parametrize("is_tls", [True, False], ids=["TLS", "STARTTLS"])
def test_the_encryption_that_was_used_is_told(cli: Cli, own: Any, is_tls: bool) -> None:
    path, context = own
    with listening(context=context, is_tls=is_tls) as mailbox:
        url = mailbox.url()
        refused = cli("mail", "test", "you@example.com", GASSAPI_SMTP_URL=url)
        loose = cli(
            "mail", "test", "you@example.com", GASSAPI_SMTP_URL=url, GASSAPI_SMTP_TLS="require"
        )
        trusted = cli(
            "mail", "test", "you@example.com", GASSAPI_SMTP_URL=url, SSL_CERT_FILE=str(path)
        )
    assert "encrypted with TLSv1.3, certificate not checked" in loose.out
    if is_tls:
        assert refused.code == 1
        assert "is not trusted" in refused.err
        assert "GASSAPI_SMTP_TLS=require" in refused.err
        assert "encrypted with TLSv1.3, certificate checked" in trusted.out
    else:
        assert refused.code == 0  # nobody is in between on one machine


def test_a_password_is_tried_and_never_shown(cli: Cli) -> None:
    with listening(needs_login=True) as mailbox:
        right = cli("mail", "test", "you@example.com", GASSAPI_SMTP_URL=mailbox.url(SECRET))
        wrong = cli("mail", "test", "you@example.com", GASSAPI_SMTP_URL=mailbox.url("hidden-one"))
        none = cli("mail", "test", "you@example.com", GASSAPI_SMTP_URL=mailbox.url())
    assert "Signed in as you." in right.out
    assert wrong.code == none.code == 1
    assert "refuses the user name or the password: 535" in wrong.err
    assert "530" in none.err
    assert "hidden-one" not in wrong.text


def test_what_goes_wrong_is_said_in_words(cli: Cli, own: Any) -> None:
    with listening() as plain, listening(context=own[1], is_tls=True) as tls:
        cases = {
            f"smtp://127.0.0.1:{free_port()}": "listens",
            f"smtps://127.0.0.1:{plain.port}": "does not speak TLS the way smtps:// means",
            "smtp://no-such-host.invalid:25": 'no host "no-such-host.invalid"',
        }
        for url, reason in cases.items():
            done = cli("mail", "test", "you@example.com", GASSAPI_SMTP_URL=url)
            assert done.code == 1
            assert reason in done.err, done
            assert "Traceback" not in done.text
        assert tls.received == []
    for arguments, env, reason in (
        (("nobody",), {"GASSAPI_SMTP_URL": AWAY}, "nobody: An email address must have an @-sign."),
        (("a@b.example",), {}, "No mail is set up. Set GASSAPI_SMTP_URL"),
        (
            ("a@b.example",),
            {"GASSAPI_SMTP_URL": "smtp://you:hidden@mail.example.com", "GASSAPI_SMTP_TLS": "off"},
            "in the clear",
        ),
    ):
        done = cli("mail", "test", *arguments, **env)
        assert done.code == 1
        assert reason in done.err


def test_a_refused_recipient_is_said_in_words(cli: Cli) -> None:
    with listening(refusals=["550 5.1.1 no such user"]) as mailbox:
        done = cli("mail", "test", "you@example.com", GASSAPI_SMTP_URL=mailbox.url())
    assert done.code == 1
    assert "refuses the recipient: 550 5.1.1 no such user" in done.err


def test_mail_waits_is_listed_and_tried_again(cli: Cli) -> None:
    cli.env["GASSAPI_SMTP_URL"] = AWAY
    cli.user()
    assert cli("mail", "list").out == "No mail waiting.\n"
    cli("project", "create", "Shop")
    cli("invite", "create", "Shop", "ann@example.com")
    (mail,) = cli("mail", "list", "--json").json
    assert (mail["recipient"], mail["kind"], mail["attempts"]) == (
        "ann@example.com",
        "invitation",
        0,
    )
    assert cli("mail", "retry").out == "No mail was given up.\n"
    cli.rows("UPDATE mails SET due_at = NULL, attempts = 10, last_error = 'No [b]such[/b] user'")
    listed = cli("mail", "list")
    assert "given up" in listed.out
    assert "No [b]such[/b] user" in listed.out
    assert "1 mail(s) could not be sent" in cli("doctor").out
    assert cli("mail", "retry", "nothing").code == 1
    unset = cli("mail", "retry", "")
    assert (unset.code, "The id is empty" in unset.err) == (2, True)
    assert cli("mail", "list").out == listed.out
    assert cli("mail", "retry").out == "Trying again: 1 mail.\n"
    (mail,) = cli("mail", "list", "--json").json
    assert mail["attempts"] == 0
    assert mail["nextAttemptAt"]
    last = cli.rows("SELECT actor_type, action FROM audit_log ORDER BY id")[-1]
    assert last == ("console", "mail_retried")


def test_a_reset_link_is_printed_and_works_once(cli: Cli) -> None:
    cli.user()
    assert cli("user", "reset-link", "nobody@example.com").code == 1
    with Server(cli) as server:
        first, second = (cli("user", "reset-link", "YOU@example.com").out for _ in range(2))
        assert second.startswith(f"http://localhost:{server.port}/reset/")
        for printed, status in ((first, 410), (second, 200), (second, 410)):
            body = {"token": printed.strip().rpartition("/")[2], "password": "battery staple 43"}
            assert server.call("POST", "/api/v1/auth/reset-password", body).status == status
        assert second.strip().rpartition("/")[2] not in server.log
    cli("user", "deactivate", "you@example.com")
    refused = cli("user", "reset-link", "you@example.com")
    assert (refused.code, refused.out) == (1, "")


def test_a_mail_outlives_a_server_that_is_killed_while_sending_it(cli: Cli) -> None:
    killed = threading.Event()
    server = Server(cli)

    def kill() -> None:
        if not killed.is_set():
            killed.set()
            server.signal(signal.SIGKILL)

    with listening(knock=kill, delay=0.2) as mailbox:
        cli.env["GASSAPI_SMTP_URL"] = mailbox.url()
        with server:
            body = {"email": "new@example.com", "password": PASSWORD, "name": "New"}
            made = server.call("POST", "/api/v1/auth/register", body)
            assert made.status == 201
            assert killed.wait(10)
            server.wait()
            assert len(cli("mail", "list", "--json").json) == 1
            mailbox.received.clear()
            cli.rows("UPDATE mails SET due_at = '2020-01-01 00:00:00.000'")  # minutes later
            server.start()
            assert sooner_or_later(lambda: len(mailbox.received) == 1)
            assert sooner_or_later(lambda: cli("mail", "list", "--json").json == [])
    assert mailbox.received[0].recipient == "new@example.com"


def test_mail_of_the_console_is_sent_by_the_server_that_runs(cli: Cli) -> None:
    with listening() as mailbox:
        cli.env["GASSAPI_SMTP_URL"] = mailbox.url()
        cli.user()
        cli("project", "create", "Shop")
        with Server(cli, flags=("--workers", "2")):
            for number in range(4):
                cli("invite", "create", "Shop", f"guest{number}@example.com")
            sent: Callable[[], bool] = lambda: len(mailbox.received) >= 4  # noqa: E731
            assert sooner_or_later(sent)
            assert sooner_or_later(lambda: cli("mail", "list", "--json").json == [])
    recipients = sorted(mail.recipient for mail in mailbox.received)
    assert recipients == [f"guest{number}@example.com" for number in range(4)]
