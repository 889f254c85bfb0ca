"""The general limit on requests, counted in each process."""

import math
import time
from dataclasses import dataclass

import limits
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter


@dataclass(frozen=True, slots=True)
class Window:
    """Where a caller stands; ``reset`` in seconds from now."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool


class RequestRate:
    """So many requests per window for each user, token or address."""

    def __init__(self, rate: str) -> None:
        self._rate = limits.parse(rate)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def hit(self, subject: str) -> Window:
        """Count a request of a subject."""
        allowed = self._limiter.hit(self._rate, subject)
        stats = self._limiter.get_window_stats(self._rate, subject)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return Window(self._rate.amount, max(0, stats.remaining), reset, not allowed)
