"""Whether this process can do its work."""

import asyncio
import time
from dataclasses import dataclass

from gassapi_backend.database.disk_space import is_full
from gassapi_backend.database.migrations import status
from gassapi_backend.settings import Settings

MAX_AGE = 1.0  # seconds an answer of the database is believed
PATIENCE = 2.0  # seconds the database may take
SLOW = 0.5  # seconds from which it counts as degraded


@dataclass(frozen=True)
class Check:
    """What the database said: whether it answered, is migrated, and after how many seconds.

    ``has_room``: whether its disk takes more, as far as this machine can tell.
    """

    answers: bool = False
    is_current: bool = False
    seconds: float = 0.0
    has_room: bool = True


class Health:
    """The database's state, asked for at most once a second however many want to know."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._last = Check()
        self._until = 0.0

    async def check(self) -> Check:
        """Return the database's state, at most a second old."""
        if time.monotonic() < self._until:
            return self._last
        async with self._lock:
            if time.monotonic() >= self._until:
                self._last = await self._ask()
                self._until = time.monotonic() + MAX_AGE
        return self._last

    async def _ask(self) -> Check:
        has_room = not await asyncio.to_thread(is_full, self._settings)
        started = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                found = await status(self._settings)
        except Exception:
            return Check(seconds=time.monotonic() - started, has_room=has_room)
        return Check(True, found.is_current, time.monotonic() - started, has_room)
