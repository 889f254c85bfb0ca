"""Who is asking: from a credential to a caller, remembered for at most a second."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gassapi_backend.models import User
from gassapi_backend.models.tokens import Scope

MAX_AGE = 0.9  # seconds a remembered caller is good for; the contract's limit between workers is 1
CAPACITY = 10_000


class Kind(StrEnum):
    """How somebody identified themselves; audited as the actor's type."""

    NOBODY = "nobody"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind, not a token
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a credential stands for. A token has its creator's ``user_id``."""

    kind: Kind
    user_id: str | None = None
    name: str = ""
    is_admin: bool = False
    must_change_password: bool = False
    session_id: str | None = None
    token_id: str | None = None
    project_id: str | None = None
    scope: Scope | None = None


class Actor(NamedTuple):
    """A caller, where they call from, and in which request."""

    caller: Caller
    ip: str | None = None
    request_id: str | None = None
    user_agent: str | None = None

    @property
    def user_id(self) -> str:
        """The person who acts; only for callers who signed in."""
        if self.caller.user_id is None:
            raise RuntimeError("This action needs a person.")
        return self.caller.user_id


NOBODY = Caller(Kind.NOBODY)
CONSOLE = Actor(Caller(Kind.CONSOLE, name="console"))

_epoch = 0


def forget_everybody() -> None:
    """Make this process look at every credential again.

    Called after each commit that may end somebody's access. Rare enough that a finer choice
    would save nothing.
    """
    global _epoch
    _epoch += 1


class Callers:
    """The callers seen within the last second, by credential."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[float, int, Caller]] = OrderedDict()

    def remembered(self, credential: str) -> Caller | None:
        """Return who the credential stands for, if it was seen just now."""
        seen = self._seen.get(credential)
        if seen and seen[0] > time.monotonic() and seen[1] == _epoch:
            return seen[2]
        return None

    async def get(
        self,
        credential: str,
        find: Callable[[str], Awaitable[tuple[Caller, float]]],
        *,
        is_remembered: bool = True,
    ) -> Caller:
        """Return who the credential stands for, asking ``find`` where it was not seen just now.

        ``find`` returns the caller and the epoch seconds until which the credential is good.
        Without ``is_remembered`` it is asked in any case.
        """
        if is_remembered and (caller := self.remembered(credential)):
            return caller
        epoch, asked = _epoch, time.monotonic()  # a commit while we ask makes the answer old
        caller, good_until = await find(credential)
        until = min(asked + MAX_AGE, time.monotonic() + good_until - time.time())
        self._seen[credential] = (until, epoch, caller)
        self._seen.move_to_end(credential)
        if len(self._seen) > CAPACITY:
            self._seen.popitem(last=False)
        return caller


def acting_as(user: User, actor: Actor) -> Actor:
    """Return the actor as the person they have just turned out to be."""
    return actor._replace(caller=Caller(Kind.USER, user_id=user.id, name=user.name))
