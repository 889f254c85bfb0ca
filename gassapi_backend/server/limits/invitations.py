"""How many invitations are mailed, so that strangers cannot fill anybody's mailbox."""

from dataclasses import dataclass

from gassapi_backend.server.access.callers import Actor, Kind
from gassapi_backend.server.errors import Code
from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.settings import Settings


@dataclass(frozen=True)
class Mailing:
    """The limits on mails: ``to_one`` address, whoever invites it, and ``by_one`` person."""

    to_one: Attempts
    by_one: Attempts

    async def take(self, actor: Actor, email_key: str) -> None:
        """Count a mail. Raises ``TooMany``; the command line is limited by the address alone."""
        if actor.caller.kind is not Kind.CONSOLE:
            await self.by_one.take(actor.user_id)  # first, so as to spare the address
        await self.to_one.take(email_key)

    async def give_back(self, actor: Actor, email_key: str) -> None:
        """Uncount a mail that was not created."""
        if actor.caller.kind is not Kind.CONSOLE:
            await self.by_one.give_back(actor.user_id)
        await self.to_one.give_back(email_key)


def mailing_of(settings: Settings) -> Mailing | None:
    """Return the limits of an instance; ``None`` if mail is not set up."""
    if settings.smtp_url is None:
        return None
    is_limited = settings.rate_limits == "on"
    return Mailing(
        Attempts(
            "invited",
            settings.invitation_limit,
            code=Code.RATE_LIMIT_ERROR,
            enabled=is_limited,
            message="Too many invitations were mailed to this address.",
        ),
        Attempts(
            "inviter",
            settings.inviter_limit,
            code=Code.RATE_LIMIT_ERROR,
            enabled=is_limited,
            message="You have had too many invitations mailed.",
        ),
    )
