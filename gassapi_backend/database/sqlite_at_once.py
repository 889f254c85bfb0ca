"""Reading a few rows of an SQLite file at once, on the event loop.

Handing a statement to a thread, and its rows back, costs ten times as much as finding a row by its
key. So statements are asked right here first, within bounds: SQLite breaks one off that turns out
to be work, and for some seconds it goes to a thread, like one that had to wait for the disk; and in
a turn of the event loop that has asked for long, or taken a while, everything else does. Whatever
fails here is asked again there, and fails there.
"""

import asyncio
import resource
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gassapi_backend.database import Row
from gassapi_backend.database.dicts import maker_of

ASKING_SECONDS = 0.002  # of a turn of the event loop, for what is asked in it
TURN_SECONDS = 0.008  # that a turn may have taken; after either, the rest goes to threads
LOOK_STEPS = 5_000  # of SQLite's machine between two looks at how many there were
LOOKS = 6  # so a statement may take 30,000 steps: one or two milliseconds
PAUSE_SECONDS = 10.0  # for which what took too long goes to a thread
DISK_SECONDS = 1.0  # in which two statements are slow, and the disk is read, where the disk is slow
KNOWN = 1_000  # statements that are put off

_OF_THREAD = getattr(resource, "RUSAGE_THREAD", None)  # Linux has it


REPLACED = (
    "unable to open database file: it was moved, removed or replaced while the server has it open. "
    "Put it back, or start the server again"
)


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from others, whatever their names; ``None`` if it is not there."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Quick:
    """Asks a connection on the event loop, as long as that is quick."""

    def __init__(self) -> None:
        self._put_off_until: dict[str, float] = {}
        self._turn_ends = 0.0  # 0 where nothing was asked in this turn of the loop
        self._asked = 0.0  # seconds, in this turn
        self._looks = 0
        self._blocks = 0
        self._looked_at = 0.0

    def connected(self) -> sqlite3.Connection:
        """Return the connection, which calls ``is_work()`` every ``LOOK_STEPS``."""
        raise NotImplementedError

    def is_work(self) -> int:
        """Whether a statement is to be broken off."""
        self._looks += 1
        return int(self._looks > LOOKS)

    def ask(self, query: str, values: Sequence[Any]) -> list[Row] | None:
        """Return the rows of a statement; ``None`` where it has to be asked in a thread."""
        began = time.monotonic()
        if not self._is_quick(query, began):
            return None
        if not self._turn_ends:
            self._turn_ends, self._asked = began + TURN_SECONDS, 0.0
            asyncio.get_running_loop().call_soon(self._end_turn)
        elif began > self._turn_ends or self._asked > ASKING_SECONDS:
            return None
        self._looks = 0
        try:
            found = self._read(query, values)
        except sqlite3.Error:  # broken off, or whatever will be said in the thread
            self._put_off(query, began)
            return None
        took = time.monotonic() - began
        self._asked += took
        if took > ASKING_SECONDS and self._waits_for_disk(began):
            self._put_off(query, began)
        return found

    def _read(self, query: str, values: Sequence[Any]) -> list[Row]:
        cursor = self.connected().execute(query, values)
        cursor.row_factory = None
        names = tuple([column[0] for column in cursor.description])
        return maker_of(names)(cursor.fetchall())

    def _waits_for_disk(self, moment: float) -> bool:
        """Whether it was the disk that took long; whoever has a slow processor gains nothing."""
        looked_at, before = self._looked_at, self._blocks
        self._looked_at, self._blocks = moment, _blocks_read()
        return moment - looked_at < DISK_SECONDS and self._blocks > before

    def _is_quick(self, query: str, moment: float) -> bool:
        not_before = self._put_off_until.get(query)
        return not_before is None or moment >= not_before

    def _put_off(self, query: str, moment: float) -> None:
        if len(self._put_off_until) >= KNOWN:
            self._put_off_until.clear()
        self._put_off_until[query] = moment + PAUSE_SECONDS

    def _end_turn(self) -> None:
        self._turn_ends = 0.0


class AtOnce(Quick):
    """A connection that only reads, used on the event loop.

    ``opened`` tells the very file that is meant from another that may take its place.
    """

    def __init__(self, path: str, opened: tuple[int, int]) -> None:
        super().__init__()
        self._path = path
        self._opened = opened
        self._connection: sqlite3.Connection | None = None

    def connected(self) -> sqlite3.Connection:
        """Return the connection, opened when it is first needed."""
        if self._connection is not None:
            return self._connection
        if identity(self._path) != self._opened:
            raise sqlite3.OperationalError(REPLACED)
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        connection.set_progress_handler(self.is_work, LOOK_STEPS)
        self._connection = connection
        return connection

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _blocks_read() -> int:
    """Return how often this thread had to wait for a disk; 0 where the system does not tell."""
    return resource.getrusage(_OF_THREAD).ru_inblock if _OF_THREAD is not None else 0
