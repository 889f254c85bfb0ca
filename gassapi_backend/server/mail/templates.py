"""What mails say and how they look: plain text beside HTML, both short."""

import html
import re
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import email_validator

from gassapi_backend.clock import now
from gassapi_backend.models import Mail
from gassapi_backend.server.mail.transport import own_host, sender
from gassapi_backend.server.names import JOINERS
from gassapi_backend.settings import Settings

MAX_NAME = 80  # characters of somebody's text that a mail quotes


@dataclass(frozen=True)
class Letter:
    """A mail's text: what it is about, a button, and what else to know."""

    subject: str
    lines: tuple[str, ...]
    button: str
    url: str
    notes: tuple[str, ...]


Writer = Callable[[Mail], Awaitable[Letter | None]]
"""Writes the letter of a mail that is about to be sent; ``None`` where it has become pointless."""


def trial(url: str) -> Letter:
    """Return the mail of ``gassapi-backend mail test``."""
    return Letter(
        subject="GassAPI can send mail",
        lines=("This is the test you asked for: your GassAPI server can send mail.",),
        button="Open the server",
        url=url,
        notes=("There is nothing to do.",),
    )


def quoted(text: str) -> str:
    """Return somebody's text as a mail may quote it: one line, not too long, nothing to click.

    A name like ``evil.example`` would otherwise become a link in most mail programs.
    """
    shown = (one if one.isprintable() or one in JOINERS else " " for one in text)
    line = " ".join("".join(shown).split())
    line = re.sub(r"\w+:[^\w\s]*//", "", line)
    line = re.sub(r"(?<=\S)[.@](?=\S)", "\\g<0>\u2060", line)  # a joiner of no width
    line = line.replace("=?", "=\u2060?")  # or it could be an encoded word (RFC 2047) in a subject
    return line if len(line) <= MAX_NAME else f"{line[: MAX_NAME - 1]}…"


def message(letter: Letter, recipient: str, message_id: str, settings: Settings) -> EmailMessage:
    """Return a mail ready to be sent. ``message_id`` stays the same when it is sent again."""
    made = EmailMessage(policy=SMTP)
    name, address = sender(settings)
    made["From"] = _address(name, address)
    made["To"] = _address("", recipient)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(now())
    made["Message-ID"] = f"<{message_id}@{own_host(settings)}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    made.set_content(_plain(letter, settings), cte="quoted-printable")
    made.add_alternative(_html(letter, settings), subtype="html", cte="quoted-printable")
    return made


def ascii_address(address: str) -> str:
    """Return an address with its domain in ASCII, which every mail server takes.

    What is before the @ stays as it is: only SMTPUTF8 (RFC 6531) carries that.
    """
    if address.isascii():
        return address
    found = email_validator.validate_email(
        address, check_deliverability=False, globally_deliverable=False
    )
    return f"{found.local_part}@{found.ascii_domain}"


def _address(name: str, address: str) -> Address:
    local, _, domain = ascii_address(address).rpartition("@")
    return Address(name, local, domain)


def _plain(letter: Letter, settings: Settings) -> str:
    parts = [
        *(textwrap.fill(line, 72) for line in letter.lines),
        f"{letter.button}:\n{letter.url}",
        *(textwrap.fill(line, 72) for line in letter.notes),
        f"-- \nGassAPI at {settings.base_url}",
    ]
    return "\n\n".join(parts) + "\n"


def _html(letter: Letter, settings: Settings) -> str:
    lines = "".join(f'<p style="margin:0 0 16px">{html.escape(line)}</p>' for line in letter.lines)
    notes = "".join(f'<p style="margin:0 0 8px">{html.escape(line)}</p>' for line in letter.notes)
    return _PAGE.format(
        subject=html.escape(letter.subject),
        lines=lines,
        url=html.escape(letter.url),
        button=html.escape(letter.button),
        notes=notes,
        base=html.escape(settings.base_url),
    )


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
</head>
<body style="margin:0;padding:0;background:#f5f7f9">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="background:#f5f7f9"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="max-width:520px;background:#ffffff;border:1px solid #d9dfe6;border-radius:8px">
<tr><td style="padding:32px;color:#1b232d;font:16px/1.5 system-ui,-apple-system,'Segoe UI',\
Roboto,Helvetica,Arial,sans-serif">
<p style="margin:0 0 24px;font-size:15px;font-weight:bold;color:#1f5fbf">GassAPI</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3;overflow-wrap:anywhere">{subject}</h1>
{lines}
<p style="margin:24px 0"><a href="{url}" style="display:inline-block;padding:12px 24px;\
background:#1f5fbf;color:#ffffff;font-weight:bold;text-decoration:none;border-radius:6px">{button}\
</a></p>
<div style="font-size:14px;color:#55606e">{notes}
<p style="margin:16px 0 0">If the button does not work, open this address:<br>
<a href="{url}" style="color:#1f5fbf;word-break:break-all">{url}</a></p></div>
</td></tr></table>
<p style="margin:16px 0 0;font:13px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,\
sans-serif;color:#55606e">Sent by GassAPI at {base}</p>
</td></tr></table>
</body>
</html>
"""
