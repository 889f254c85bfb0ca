"""Sending the mail that waits, and waiting for more."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import structlog

from gassapi_backend.clock import now, rfc3339
from gassapi_backend.models import Mail
from gassapi_backend.server.access.link_tokens import make_link_token
from gassapi_backend.server.mail import templates
from gassapi_backend.server.mail.outbox import MailKind, bell, claim, forget, put_back
from gassapi_backend.server.mail.queries import find_invitation
from gassapi_backend.server.mail.transport import (
    close,
    deliver,
    is_about_one_mail,
    is_final,
    mail_server,
)
from gassapi_backend.server.recovery.actions import prepare_link
from gassapi_backend.server.recovery.letters import Letters
from gassapi_backend.settings import Settings

POLL_SECONDS = 5  # from one look for mail that is due to the next, without a bell
SEND_SECONDS = 60  # that one mail may take

_WITH_LINK = {
    MailKind.VERIFY_EMAIL: ("verify", templates.verification),
    MailKind.RESET_PASSWORD: ("reset", templates.reset),
}
"""The page that a mail with a link of its own leads to, and its template."""

_log = structlog.get_logger("gassapi.mail")


class Sending:
    """Sends what is due in the outbox. Raises ``SettingsError`` when mail cannot be sent so."""

    def __init__(self, settings: Settings, letters: Letters) -> None:
        self._settings = settings
        self._letters = letters
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
        letter = await self._letter(mail)
        if letter is None:
            return None
        return templates.message(letter, mail.recipient, mail.id, self._settings)

    async def _letter(self, mail: Mail) -> templates.Letter | None:
        facts: dict[str, Any] = mail.facts
        if mail.kind == MailKind.INVITATION:
            return await self._invitation(facts)
        write = _WITH_LINK.get(mail.kind)
        if write is None:
            raise ValueError(f"There is no template for {mail.kind}.")
        page, template = write
        token = await prepare_link(mail, self._letters)
        return template(f"{self._settings.base_url}/{page}/{token}") if token else None

    async def _invitation(self, facts: dict[str, Any]) -> templates.Letter | None:
        found = await find_invitation(facts["invitation_id"])
        if found is None or _is_past(found["expires_at"]):
            return None
        generation = int(found["generation"])
        if int(facts.get("generation", generation)) != generation:
            return None  # renewed: that has its own mail
        expires = datetime.fromisoformat(rfc3339(found["expires_at"])).astimezone(UTC)
        token = make_link_token(
            self._letters.key, MailKind.INVITATION, facts["invitation_id"], generation
        )
        return templates.invitation(
            f"{self._settings.base_url}/invite/{token}",
            project=found["project"],
            inviter=found["inviter"],
            expires=f"{expires:%d %B %Y, %H:%M} UTC",
        )


def _is_past(moment: datetime | str) -> bool:
    return rfc3339(moment) <= rfc3339(now())
