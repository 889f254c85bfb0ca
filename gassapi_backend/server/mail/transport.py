"""The mail server: how it is reached, and what its refusals mean to an operator."""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from gassapi_backend.settings import Settings, SettingsError

COMMAND_SECONDS = 15  # that the mail server may take to answer one command

_LONG = re.compile(r"[\w-]{40,}")  # the token of a link, should an answer quote one


@dataclass(frozen=True)
class MailServer:
    """A mail server as the settings name it, and how far its connection is trusted.

    ``is_tls``: TLS from the first byte (``smtps://``), else STARTTLS. ``tls`` as the setting.
    """

    host: str
    port: int
    user: str | None
    password: str | None
    is_tls: bool
    tls: str
    greeting: str

    @property
    def place(self) -> str:
        """The host and the port."""
        return f"{self.host}:{self.port}"

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, so that nobody is in between."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")

    @property
    def is_checked(self) -> bool:
        """Whether a certificate has to be good."""
        return self.tls == "verify" and not (self.is_here and not self.is_tls)

    def client(self) -> aiosmtplib.SMTP:
        """Return a client that is not connected yet.

        A password goes over an encrypted connection, or stays on this machine.
        """
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            local_hostname=self.greeting,
            use_tls=self.is_tls,
            start_tls=self._start_tls(),
            tls_context=self._context(),
            timeout=COMMAND_SECONDS,
        )

    def explain(self, error: BaseException) -> str:
        """Return why a mail could not be sent, for an operator; without the password."""
        return self.shown(_reason(error, self))

    def shown(self, text: str) -> str:
        """Return what the mail server said, in a line and without the password."""
        if self.password:
            text = text.replace(self.password, "[secret]")
        text = _LONG.sub("[secret]", text)
        return " ".join("".join(one if one.isprintable() else " " for one in text).split())

    def _start_tls(self) -> bool | None:
        """Return whether STARTTLS is needed; ``None`` where it is used if the server has it."""
        if self.is_tls or self.tls == "off":
            return False
        return None if self.is_here else True

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self.is_checked:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def mail_server(settings: Settings) -> MailServer:
    """Return the mail server of the settings.

    Raises ``SettingsError`` when there is none, or when a password would go over an open line.
    """
    if settings.smtp_url is None:
        raise SettingsError(
            "No mail is set up. Set GASSAPI_SMTP_URL, as smtp://user:password@host:587."
        )
    parts = urlsplit(settings.smtp_url.get_secret_value())
    is_tls = parts.scheme == "smtps"
    server = MailServer(
        host=parts.hostname or "",
        port=parts.port or (465 if is_tls else 587),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        is_tls=is_tls,
        tls=settings.smtp_tls,
        greeting=own_host(settings),
    )
    if settings.smtp_tls == "off":
        if is_tls:
            raise SettingsError("GASSAPI_SMTP_TLS=off contradicts smtps:// in GASSAPI_SMTP_URL.")
        if server.user and not server.is_here:
            raise SettingsError(
                "GASSAPI_SMTP_TLS=off would send the password of GASSAPI_SMTP_URL in the clear. "
                "Set it to require, or leave the password out."
            )
    return server


def own_host(settings: Settings) -> str:
    """Return the name of this server as mail has it: an address literal for a bare IP."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return host.encode("idna").decode() if not host.isascii() else host
    return f"[{'IPv6:' if address.version == 6 else ''}{address}]"


def sender(settings: Settings) -> tuple[str, str]:
    """Return the name and the address that mails come from."""
    if settings.mail_from:
        return parseaddr(settings.mail_from)
    return "GassAPI", f"no-reply@{own_host(settings)}"


async def deliver(client: aiosmtplib.SMTP, message: EmailMessage, recipient: str) -> str:
    """Hand a mail over, connecting if need be; return the mail server's answer.

    Raises what ``explain()`` explains.
    """
    if not client.is_connected:
        await client.connect()
    from_address = message["From"].addresses[0].addr_spec
    _, answer = await client.send_message(message, sender=from_address, recipients=[recipient])
    return answer


def is_final(error: BaseException) -> bool:
    """Whether the mail server will not take this mail later either: a 5xx about the mail."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(500 <= refused.code < 600 for refused in error.recipients)
    if isinstance(error, (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)):
        return 500 <= error.code < 600
    # no SMTPUTF8 for an address beyond ASCII; or the mail cannot even be written
    return isinstance(error, (aiosmtplib.SMTPNotSupported, KeyError, ValueError))


def is_about_one_mail(error: BaseException) -> bool:
    """Whether the next mail may well go through the same connection."""
    kinds = (
        aiosmtplib.SMTPRecipientsRefused,
        aiosmtplib.SMTPRecipientRefused,
        aiosmtplib.SMTPDataError,
        aiosmtplib.SMTPNotSupported,
        KeyError,
        ValueError,
    )
    return isinstance(error, kinds)


def _reason(error: BaseException, server: MailServer) -> str:
    place = server.place
    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return (
                f"The certificate of {place} is not trusted: {one.verify_message}. For a server of "
                "your own network, GASSAPI_SMTP_TLS=require encrypts without checking it."
            )
        if isinstance(one, ssl.SSLError):
            return (
                f"{place} does not speak TLS the way smtp{'s' * server.is_tls}:// means: smtps:// "
                "is TLS from the start (port 465), smtp:// is STARTTLS (port 587)."
            )
        if isinstance(one, socket.gaierror):
            return f'There is no host "{server.host}", or its name cannot be looked up.'
        if isinstance(one, ConnectionRefusedError):
            return f"Nothing listens at {place}. Is the port right, and does the mail server run?"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return f"{place} refuses the user name or the password: {error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        (refused, *_) = error.recipients
        return f"{place} refuses the recipient: {refused.code} {refused.message}"
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return f"{place} refuses the sender, GASSAPI_MAIL_FROM: {error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPDataError):
        return f"{place} refuses the mail: {error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{place} answers: {error.code} {error.message}"
    if isinstance(error, (TimeoutError, aiosmtplib.SMTPTimeoutError)):
        hint = "" if server.is_tls else " If it wants TLS from the start (port 465): smtps://."
        return f"{place} does not answer in time.{hint}"
    if isinstance(error, (KeyError, ValueError)):
        return f"The mail cannot be written: {type(error).__name__}: {error}"
    text = str(error)
    if "STARTTLS" in text:
        return (
            f"{place} offers no STARTTLS. If it speaks TLS from the start: smtps://. To send in "
            "the clear on a network you trust, without a password: GASSAPI_SMTP_TLS=off."
        )
    if "AUTH" in text:
        return f"{place} takes no user name and password on this connection: {text}"
    return f"{place}: {text or type(error).__name__}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: Any = error
    for _ in range(10):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


async def close(client: aiosmtplib.SMTP) -> None:
    """Say goodbye, as far as somebody listens."""
    try:
        async with asyncio.timeout(2):
            await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        client.close()
