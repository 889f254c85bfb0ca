"""Whether this process can do its work."""

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

import structlog
from tortoise.exceptions import OperationalError

from gassapi_backend.database import is_sqlite, sqlite_path
from gassapi_backend.database.disk_space import is_full, takes_writes
from gassapi_backend.database.failures import is_damaged
from gassapi_backend.database.migrations import status
from gassapi_backend.database.reasons import explain
from gassapi_backend.database.sqlite import damage_in, is_in_place
from gassapi_backend.settings import Settings

MAX_AGE = 1.0  # seconds an answer of the database is believed
PATIENCE = 2.0  # seconds the database may take
SLOW = 0.5  # seconds from which it counts as degraded

Kind = Literal["sqlite", "mysql"]

_log = structlog.get_logger("gassapi.database")


@dataclass(frozen=True)
class Check:
    """What the database said: whether it answered, is migrated, and after how many seconds.

    ``has_room``: whether its disk takes more, as far as this machine can tell. ``takes_writes``:
    whether it is no server that only reads, as one that was demoted, and no file that was moved
    away. ``is_damaged``: whether it is a SQLite file that is broken, as it was met so far.
    """

    answers: bool = False
    is_current: bool = False
    seconds: float = 0.0
    has_room: bool = True
    takes_writes: bool = True
    is_damaged: bool = False

    @property
    def works(self) -> bool:
        """Whether requests can be answered."""
        return self.answers and self.is_current

    @property
    def is_degraded(self) -> bool:
        """Whether it works, but not as it should."""
        is_whole = self.has_room and self.takes_writes and not self.is_damaged
        return self.seconds > SLOW or not is_whole


class Health:
    """The database's state, asked for at most once a second however many want to know."""

    def __init__(self, settings: Settings) -> None:
        self.kind: Kind = "sqlite" if is_sqlite(settings) else "mysql"
        self.told: tuple[object, bytes] = (None, b"")  # of which state, and what was answered
        self._settings = settings
        self._lock = asyncio.Lock()
        self._last = Check()
        self._until = 0.0
        self._is_damaged = False

    @property
    def known(self) -> Check | None:
        """The database's state if it was asked for within a second."""
        return self._last if time.monotonic() < self._until else None

    async def check(self) -> Check:
        """Return the database's state, at most a second old."""
        if self.known:
            return self._last
        async with self._lock:
            if time.monotonic() >= self._until:
                self._last = await self._ask()
                self._until = time.monotonic() + MAX_AGE
        return self._last

    def note_damage(self) -> None:
        """Say that the database's file turned out to be damaged."""
        self._is_damaged = True
        self._until = 0.0

    async def look_through(self) -> None:
        """Look through a SQLite file, and say in the log where it is damaged."""
        if not is_sqlite(self._settings):
            return
        damage = await asyncio.to_thread(damage_in, sqlite_path(self._settings.database))
        if damage is not None:
            self.note_damage()
            error = OperationalError(damage)
            _log.error("database damaged", reason=explain(error, self._settings))

    async def _ask(self) -> Check:
        has_room = not await asyncio.to_thread(is_full, self._settings)
        started = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                found = await status(self._settings)
                of_sqlite = is_sqlite(self._settings)
                writes = is_in_place() if of_sqlite else await takes_writes()
        except Exception as error:
            self._is_damaged |= is_damaged(error)
            seconds = time.monotonic() - started
            return Check(seconds=seconds, has_room=has_room, is_damaged=self._is_damaged)
        seconds = time.monotonic() - started
        return Check(True, found.is_current, seconds, has_room, writes, self._is_damaged)
