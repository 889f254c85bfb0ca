"""What all worker processes of a server noted lately, in memory that they share.

Made before they are forked, of a fixed size: a row of slots for each worker, which that one alone
writes and all read. A worker that replaces another goes on in its row.
"""

import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from mmap import mmap

from gassapi_backend.server.service.history import CLASSES, SLOT_SECONDS, SLOTS, Slot

_RECORD = struct.Struct(f"=dIIQI{CLASSES}I")
_WHEN = struct.Struct("=d")
SETTLED_SECONDS = 1  # after which all workers have written a slot


class Board:
    """Rows of slots, as many as there can be workers at the same time."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._memory = mmap(-1, rows * SLOTS * _RECORD.size)

    def write(self, row: int, slot: Slot) -> None:
        """Put a slot that is over where the row's slot of half an hour ago is."""
        seconds = slot.at.timestamp() if slot.at else 0.0
        place = _RECORD.size * (row * SLOTS + _number(seconds) % SLOTS)
        body = _RECORD.pack(
            seconds, slot.requests, slot.failures, slot.memory, slot.streams, *slot.classes
        )
        after = place + _WHEN.size
        # Who reads meanwhile finds a slot without a time, which is none.
        self._memory[place:after] = _WHEN.pack(0.0)
        self._memory[after : place + _RECORD.size] = body[_WHEN.size :]
        self._memory[place:after] = body[: _WHEN.size]

    def slots(self) -> list[Slot]:
        """Return the sums over all workers, of slots within half an hour, the oldest first.

        With 64 workers that takes 50 ms, so call it in a thread.
        """
        newest = int((time.time() - SETTLED_SECONDS) // SLOT_SECONDS)
        found: dict[int, Slot] = {}
        for slot in self._written():
            number = _number(slot.at.timestamp()) if slot.at else 0
            if newest - SLOTS < number <= newest:
                found[number] = found[number].plus(slot) if number in found else slot
        return [found[number] for number in sorted(found)]

    def _written(self) -> Iterable[Slot]:
        for seconds, requests, failures, memory, streams, *classes in _RECORD.iter_unpack(
            self._memory[:]
        ):
            if seconds:
                at = datetime.fromtimestamp(seconds, UTC)
                yield Slot(at, requests, failures, classes, memory, streams)


def _number(seconds: float) -> int:
    """Return the number of the slot that ended at a time: all workers' end together."""
    return round(seconds / SLOT_SECONDS)


@dataclass(frozen=True)
class Row:
    """Where one worker writes."""

    board: Board
    number: int

    def write(self, slot: Slot) -> None:
        """Put a slot that is over on the board."""
        self.board.write(self.number, slot)
