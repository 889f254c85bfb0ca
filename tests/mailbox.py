"""A real mail server on a free port, which keeps what it gets."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gassapi_backend.models import Mail
from tests.database.conftest import make_certificate
from tests.waiting import PATIENCE

USER, SECRET = "you", "right/one"


@dataclass
class Received:
    """A mail that arrived, and how."""

    message: EmailMessage
    sender: str
    recipient: str
    options: list[str]
    is_encrypted: bool
    user: str | None

    @property
    def text(self) -> str:
        """Its plain text."""
        return str(self.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]  # there is one

    @property
    def html(self) -> str:
        """Its HTML."""
        return str(self.message.get_body(("html",)).get_content())  # type: ignore[union-attr]  # there is one

    @property
    def link(self) -> str:
        """The address that it is there for."""
        (found,) = {word for word in self.text.split() if "://" in word and word.count("/") > 3}
        return found


@dataclass
class Mailbox:
    """The mail server. ``refusals``: answers to give to recipients, one each, before it is good."""

    refusals: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    delay: float = 0
    knock: Callable[[], None] = lambda: None
    context: ssl.SSLContext | None = None
    needs_login: bool = False
    is_tls: bool = False
    port: int = 0
    _server: asyncio.Server | None = None
    _arrival: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> "Mailbox":
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._protocol,
            "127.0.0.1",
            self.port,
            ssl=self.context if self.is_tls else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()
            self._server = None

    def url(self, secret: str | None = None, host: str = "127.0.0.1") -> str:
        """Return the setting that leads here."""
        account = f"{USER}:{secret.replace('/', '%2F')}@" if secret else ""
        return f"smtp{'s' * self.is_tls}://{account}{host}:{self.port}"

    async def get(self, count: int = 1, seconds: float = PATIENCE) -> list[Received]:
        """Wait until so many mails have arrived."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:
                self._arrival.clear()
                await self._arrival.wait()
        return self.received

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.example.com",
            enable_SMTPUTF8=True,
            tls_context=None if self.is_tls else self.context,
            auth_required=self.needs_login,
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(self, *args: Any) -> AuthResult:
        given = args[-1]
        assert isinstance(given, LoginPassword)
        good = (given.login.decode(), given.password.decode()) == (USER, SECRET)
        return AuthResult(success=good, handled=good, auth_data=given.login.decode())

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        """Take a recipient, or refuse one."""
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        self.knock()
        await asyncio.sleep(self.delay)
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(
            Received(
                message_from_bytes(content, policy=default),  # type: ignore[arg-type]
                envelope.mail_from or "",
                envelope.rcpt_tos[0],
                envelope.mail_options,
                self.is_tls or session.ssl is not None,
                str(session.auth_data) if session.authenticated else None,
            )
        )
        self._arrival.set()
        return "250 OK: queued as 42"


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """Return a certificate nobody signed but itself, and what a server needs to show it."""
    path, key = make_certificate(name, folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return path, context


async def outbox_is_empty() -> bool:
    """Whether all mails are sent, or soon are: a mail is taken from the outbox once it arrived."""
    for _ in range(3000):
        if not await Mail.exists():
            return True
        await asyncio.sleep(0.01)
    return False
