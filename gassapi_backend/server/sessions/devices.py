"""Browsers that signed in to an account before, known by a cookie that tells nothing else."""

import hashlib
import secrets
from dataclasses import dataclass

from gassapi_backend.models import User
from gassapi_backend.server.access.link_tokens import make_link_token, read_link_token

MAX_ACCOUNTS = 5  # of one browser, the last used first
_ID_LENGTH = 21  # characters of a token that are the account's


@dataclass(frozen=True)
class Devices:
    """What a browser sent: a token for each account that it signed in to, with dots between.

    A token is an account's id and a random number, signed. It is no credential: it gives the
    browser an allowance of its own for wrong passwords. It ends with the account's password.
    """

    key: bytes
    sent: str | None

    def known(self, user: User | None) -> str | None:
        """Return what the browser is called by this account; ``None`` for a stranger."""
        if user is None:
            return None
        for token in self._tokens():
            found = read_link_token(self.key, _purpose(user), token)
            if found and found[0] == user.id:
                return token
        return None

    def remembering(self, user: User) -> str:
        """Return what the browser is to send from now on, having signed in to this account."""
        number = secrets.randbits(32)
        own = self.known(user) or make_link_token(self.key, _purpose(user), user.id, number)
        others = [one for one in self._tokens() if one[:_ID_LENGTH] != own[:_ID_LENGTH]]
        return ".".join([own, *others[: MAX_ACCOUNTS - 1]])

    def _tokens(self) -> list[str]:
        return [one for one in (self.sent or "").split(".")[:MAX_ACCOUNTS] if len(one) == 54]


def _purpose(user: User) -> str:
    return f"device {hashlib.sha256(user.password_hash.encode()).hexdigest()}"
