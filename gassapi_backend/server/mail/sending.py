"""Sending the mail that waits, and waiting for more."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage

import aiosmtplib
import structlog

from gassapi_backend.models import Mail
from gassapi_backend.server.mail import templates
from gassapi_backend.server.mail.outbox import bell, claim, forget, put_back
from gassapi_backend.server.mail.templates import Writer
from gassapi_backend.server.mail.transport import (
    close,
    deliver,
    is_about_one_mail,
    is_final,
    mail_server,
)
from gassapi_backend.settings import Settings

POLL_SECONDS = 5  # between looks for mail that is due, where no bell rings
SEND_SECONDS = 60  # that one mail may take


_log = structlog.get_logger("gassapi.mail")


class Sending:
    """Sends what is due in the outbox, each kind of mail as its writer writes it.

    Raises ``SettingsError`` when mail cannot be sent with these settings.
    """

    def __init__(self, settings: Settings, writers: Mapping[str, Writer]) -> None:
        self._settings = settings
        self._writers = writers
        self._server = mail_server(settings)

    async def go_on(self) -> None:
        """Send whatever comes, until cancelled."""
        rings = bell()
        while True:
            rings.clear()
            try:
                await self.send_due()
            except Exception as error:  # the database may be away for a while
                _log.warning("mail waits", reason=f"{type(error).__name__}: {error}")
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await rings.wait()

    async def send_due(self) -> None:
        """Send what is due, until there is no more or the mail server fails us."""
        client = self._server.client()
        try:
            while mail := await claim():
                if not await self._send(client, mail):
                    return
        finally:
            if client.is_connected:
                await close(client)

    async def _send(self, client: aiosmtplib.SMTP, mail: Mail) -> bool:
        """Send a mail, or note why not; return whether to go on with the next."""
        try:
            message = await self._message(mail)
            if message is None:
                await forget(mail)
                _log.info("mail dropped: nobody needs it any more", mailId=mail.id, kind=mail.kind)
                return True
            async with asyncio.timeout(SEND_SECONDS):
                await deliver(client, message, templates.ascii_address(mail.recipient))
        except (aiosmtplib.SMTPException, OSError, KeyError, ValueError) as error:
            await self._failed(mail, error)
            return is_about_one_mail(error)
        await forget(mail)
        _log.info("mail sent", mailId=mail.id, kind=mail.kind, attempt=mail.attempts)
        return True

    async def _failed(self, mail: Mail, error: Exception) -> None:
        reason = self._server.explain(error).replace(mail.recipient, "[recipient]")
        is_retried = await put_back(mail, reason, for_good=is_final(error))
        _log.warning(
            "mail not sent" if is_retried else "mail given up",
            mailId=mail.id,
            kind=mail.kind,
            attempt=mail.attempts,
            reason=reason,
        )

    async def _message(self, mail: Mail) -> EmailMessage | None:
        """Return a mail ready to be sent; ``None`` where it has become pointless."""
        write = self._writers.get(mail.kind)
        if write is None:
            raise ValueError(f"There is no template for {mail.kind}.")
        letter = await write(mail)
        if letter is None:
            return None
        return templates.message(letter, mail.recipient, mail.id, self._settings)
