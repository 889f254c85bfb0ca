"""The one-time tokens behind mailed links, and the mails that bring them."""

from dataclasses import dataclass
from enum import IntEnum

from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.database import execute, statements
from gassapi_backend.instance_key import load_keys
from gassapi_backend.models import Purpose, User, new_id
from gassapi_backend.models.rows import OneTimeTokenRow
from gassapi_backend.server.access.link_tokens import make_link_token, read_link_token
from gassapi_backend.server.changes.recording import Change
from gassapi_backend.server.errors import Gone, Invalid
from gassapi_backend.server.mail.outbox import MailKind, put_in_outbox
from gassapi_backend.server.recovery import queries
from gassapi_backend.server.recovery.rows import hash_of, new_row
from gassapi_backend.settings import Settings

LIFE = {Purpose.VERIFY_EMAIL: 24 * 3600, Purpose.RESET_PASSWORD: 3600}
"""How many seconds a link is good for: the contract's limits."""


class Way(IntEnum):
    """How a link reached its person; the generation in its token."""

    BY_MAIL = 1
    BY_HAND = 2


@dataclass(frozen=True)
class Links:
    """Makes links and puts the mails that carry them in the outbox.

    ``are_sent``: whether mail is set up. Where it is not, no mail is written.
    """

    key: bytes
    are_sent: bool

    async def ask_to_verify(self, made: Change, user: User) -> None:
        """Have somebody asked to confirm their address, once the open change is committed."""
        if self.are_sent:
            _, token_id = await self.new_token(user, Purpose.VERIFY_EMAIL)
            await put_in_outbox(made, MailKind.VERIFY_EMAIL, user.email, token_id=token_id)

    async def new_token(
        self, user: User, purpose: Purpose, way: Way = Way.BY_MAIL
    ) -> tuple[str, str]:
        """Make a one-time token in the open change; return it and its row's id."""
        token_id = new_id()
        token = make_link_token(self.key, purpose, token_id, way)
        row = new_row(
            token_id,
            token,
            user_id=user.id,
            purpose=purpose,
            expires_at=stored(ahead(LIFE[purpose])),
            moment=stored(now()),
        )
        await statements.insert("one_time_tokens", [row])
        return token, token_id

    async def renew(self, known: OneTimeTokenRow) -> str:
        """Make a mailed token good for its full time from now, in the open change; return it.

        It is derived anew: the secret key may have changed since it was made.
        """
        purpose = Purpose(known["purpose"])
        token = make_link_token(self.key, purpose, known["id"], Way.BY_MAIL)
        columns = {"token_hash": hash_of(token), "expires_at": stored(ahead(LIFE[purpose]))}
        await statements.update("one_time_tokens", known["id"], columns)
        return token

    async def find(self, token: str, purpose: Purpose) -> tuple[OneTimeTokenRow, Way]:
        """Return the row of a token that somebody sent, and how its link reached them.

        Raises ``Invalid`` when it is not one of ours, ``Gone`` when it is used up or too old.
        """
        read = read_link_token(self.key, purpose, token)
        if read is None:
            raise Invalid.field("token", "It is not a link of this server, or only part of one.")
        found = await queries.find_sent(token)
        if found is None or found["used_at"] or found["expires_at"] <= stored(now()):
            raise is_gone()
        return found, Way(read[1])


def links_of(settings: Settings) -> Links:
    """Return the links of an instance. Raises ``SettingsError`` as ``load_keys()`` does."""
    return Links(load_keys(settings).links, are_sent=settings.smtp_url is not None)


async def use_up(token: OneTimeTokenRow) -> None:
    """Use a token in the open change: one of several that try at once can.

    Raises ``Gone`` for the others.
    """
    moment = stored(now())
    used = await execute(
        "UPDATE one_time_tokens SET used_at = ? "
        "WHERE id = ? AND used_at IS NULL AND expires_at > ?",
        moment,
        token["id"],
        moment,
    )
    if not used:
        raise is_gone()


def is_gone() -> Gone:
    """Return the refusal of a link that was used, or that came too late."""
    return Gone("This link has been used already, or it is too old. Ask for a new one.")
