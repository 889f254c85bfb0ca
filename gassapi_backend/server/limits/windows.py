"""How often each of many subjects was counted within its window, in memory."""

import math
import time
from collections import OrderedDict
from typing import NamedTuple

from gassapi_backend.settings_checks import Rate

AT_ONCE = 100  # windows that are forgotten with one hit


class Window(NamedTuple):
    """Where a caller stands; ``reset`` in seconds from now."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool


class Windows:
    """The windows of a rate: one begins with its first hit, and ends when its seconds are over."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._open: OrderedDict[str, tuple[int, float]] = OrderedDict()  # the first to end first

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._open)

    def hit(self, subject: str) -> Window:
        """Count a subject."""
        moment, (limit, seconds) = time.monotonic(), self._rate
        count, end = self._open.get(subject, (0, 0.0))
        if end <= moment:
            self._forget(moment)
            self._open.pop(subject, None)  # so that it comes behind the others
            count, end = 0, moment + seconds
        count += 1
        self._open[subject] = count, end
        remaining = limit - count if limit > count else 0
        return Window(limit, remaining, math.ceil(end - moment), count > limit)

    def _forget(self, moment: float) -> None:
        """Forget those that are over: more than begin, and so few at once that nobody waits."""
        for _ in range(AT_ONCE):
            if not self._open:
                return
            first = next(iter(self._open))
            if self._open[first][1] > moment:
                return
            del self._open[first]
