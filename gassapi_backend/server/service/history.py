"""How a process fared lately: requests, their time, memory and streams, in a ring of slots.

Kept in memory only; slots end at full tens of seconds, so that several processes' can be added up.
Counting a request costs less than a microsecond: times are counted in classes,
each a quarter wider than the one before, and percentiles are the upper ends of classes.
"""

import asyncio
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import add

from gassapi_backend.clock import now

SLOT_SECONDS = 10
SLOTS = 180  # half an hour
_BOUNDS = tuple(0.0002 * 1.25**step for step in range(55))  # seconds, up to 34
CLASSES = len(_BOUNDS) + 1


@dataclass
class Slot:
    """What happened in ``SLOT_SECONDS`` that end at ``at``; memory and streams as of then."""

    at: datetime | None = None
    requests: int = 0
    failures: int = 0
    classes: list[int] = field(default_factory=lambda: [0] * CLASSES)
    memory: int = 0
    streams: int = 0

    def percentile(self, share: float) -> float | None:
        """Return the seconds within which this share of the requests was answered."""
        left = self.requests * share
        for place, count in enumerate(self.classes):
            left -= count
            if count and left <= 0:
                return _BOUNDS[min(place, len(_BOUNDS) - 1)]
        return None

    def plus(self, other: "Slot") -> "Slot":
        """Return what two processes did in the same slot."""
        return Slot(
            self.at,
            self.requests + other.requests,
            self.failures + other.failures,
            [*map(add, self.classes, other.classes)],
            self.memory + other.memory,
            self.streams + other.streams,
        )


class History:
    """The slots of this process; ``memory`` and ``streams`` tell how much there is now.

    ``tell`` is handed each slot that is over.
    """

    def __init__(
        self,
        memory: Callable[[], int],
        streams: Callable[[], int],
        tell: Callable[[Slot], None] | None = None,
    ) -> None:
        self._memory = memory
        self._streams = streams
        self._tell = tell
        self._slot = Slot()
        self._over: deque[Slot] = deque(maxlen=SLOTS)

    def note(self, seconds: float, status: int) -> None:
        """Count a request that was answered."""
        slot = self._slot
        slot.requests += 1
        slot.classes[bisect_left(_BOUNDS, seconds)] += 1
        if status >= 500:
            slot.failures += 1

    async def keep(self) -> None:
        """End a slot at every full ten seconds."""
        while True:
            at = time.time()
            await asyncio.sleep((round(at / SLOT_SECONDS) + 1) * SLOT_SECONDS - at)
            self.turn()

    def turn(self) -> None:
        """End a slot, and begin the next."""
        slot, self._slot = self._slot, Slot()
        slot.at, slot.memory, slot.streams = now(), self._memory(), self._streams()
        self._over.append(slot)
        if self._tell:
            self._tell(slot)

    def slots(self) -> Sequence[Slot]:
        """Return the slots that are over, the oldest first."""
        return tuple(self._over)
