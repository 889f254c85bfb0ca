"""Limits on guessing, counted in the database so that all workers share them."""

import asyncio
import hashlib
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from weakref import WeakValueDictionary

from tortoise.transactions import in_transaction

from gassapi_backend.addresses import counted_as
from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.database import dialect, execute, retried
from gassapi_backend.models import Attempt
from gassapi_backend.server.changes.held import is_again
from gassapi_backend.server.errors import Code, TooMany, Unavailable
from gassapi_backend.settings_checks import parsed_rate

SLACK = timedelta(minutes=1)
"""How far apart the clocks of machines that share a database may be."""

_TAKE_SQLITE = """
INSERT INTO attempts (`key`, `count`, expires_at) VALUES (?, 1, ?)
ON CONFLICT (`key`) DO UPDATE SET
  `count` = CASE WHEN expires_at > ? AND expires_at <= ? THEN `count` + 1 ELSE 1 END,
  expires_at = CASE WHEN expires_at > ? AND expires_at <= ? THEN expires_at ELSE ? END
"""
_TAKE_MYSQL = """
INSERT INTO attempts (`key`, `count`, expires_at) VALUES (?, 1, ?)
ON DUPLICATE KEY UPDATE
  `count` = IF(expires_at > ? AND expires_at <= ?, `count` + 1, 1),
  expires_at = IF(expires_at > ? AND expires_at <= ?, expires_at, ?)
"""

_GIVE_BACK = "UPDATE attempts SET `count` = `count` - 1 WHERE `key` = ? AND `count` > 0"
_FORGIVE = "DELETE FROM attempts WHERE `key` = ?"

_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


class Attempts:
    """How often something may be tried: ``rate`` as in the settings, counted per subject.

    ``message`` is the first sentence of the refusal; how long to wait follows it.
    """

    def __init__(
        self,
        kind: str,
        rate: str,
        *,
        code: Code,
        enabled: bool = True,
        message: str = "Too many attempts.",
    ) -> None:
        self._kind = kind
        self._rate = parsed_rate(rate)
        self._code = code
        self._enabled = enabled
        self._message = message

    async def take(self, *subject: str) -> None:
        """Count an attempt. Raises ``TooMany`` when the window's attempts are used up."""
        if not self._enabled or is_again.get():
            return
        key = self._key(subject)
        moment = now()
        end = ahead(self._rate.seconds)
        window = stored(moment), stored(end + SLACK)  # a later end: the clock was set back
        sql = _TAKE_MYSQL if dialect() == "mysql" else _TAKE_SQLITE

        async def count() -> Attempt:
            async with in_transaction("default"):  # so that it reads its own count, not a later one
                await execute(sql, key, stored(end), *window, *window, stored(end))
                return await Attempt.get(key=key)

        counted = await retried(count)
        if counted.count > self._rate.amount:
            wait = math.ceil((counted.expires_at - moment).total_seconds())
            raise TooMany(
                f"{self._message} Try again in {_duration(wait)}.",
                code=self._code,
                retry_after=wait,
            )

    async def passes(self, *subject: str) -> bool:
        """Count an attempt; return whether the window had any left."""
        try:
            await self.take(*subject)
        except TooMany:
            return False
        return True

    async def forgive(self, *subject: str) -> None:
        """Forget the attempts so far."""
        if self._enabled:
            await retried(lambda: execute(_FORGIVE, self._key(subject)))

    @asynccontextmanager
    async def one(self, *subject: str) -> AsyncIterator[None]:
        """Count the attempt made in the block, one at a time for each subject in this process.

        Otherwise several simultaneous correct attempts would count against each other. An attempt
        that the server could not complete (``Unavailable``) does not count.
        """
        key = self._key(subject)
        lock = _locks.setdefault(key, asyncio.Lock())
        async with lock:
            await self.take(*subject)
            try:
                yield
            except Unavailable:
                await self.give_back(*subject)
                raise

    async def give_back(self, *subject: str) -> None:
        """Forget one attempt, which was not completed."""
        if self._enabled:
            await retried(lambda: execute(_GIVE_BACK, self._key(subject)))

    def _key(self, subject: tuple[str, ...]) -> str:
        counted = (self._kind, *map(counted_as, subject))
        return hashlib.sha256("\0".join(counted).encode()).hexdigest()


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
