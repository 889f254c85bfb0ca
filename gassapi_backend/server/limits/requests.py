"""The general limit on requests: counted per process or, with Redis, across all processes."""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Any

import limits
import structlog
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from gassapi_backend.addresses import counted_as

REDIS_PATIENCE = 0.5  # seconds that a request waits for Redis at most
REDIS_PAUSE = 5  # seconds for which a failed Redis is not asked again


_log = structlog.get_logger("gassapi.redis")


@dataclass(frozen=True, slots=True)
class Window:
    """Where a caller stands; ``reset`` in seconds from now."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool


class RequestRate:
    """A number of requests per window for each person, project or address."""

    def __init__(self, rate: str, redis_url: str | None = None) -> None:
        self._rate = limits.parse(rate)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _SharedCount(self._rate, redis_url) if redis_url else None

    async def hit(self, subject: str) -> Window:
        """Count a request of a subject: in memory if Redis is unavailable or not used.

        A subject is an id or an address; IPv6 addresses count by their network.
        """
        subject = counted_as(subject)
        found = await self._shared.hit(subject) if self._shared else None
        if found is None:
            allowed = self._limiter.hit(self._rate, subject)
            found = allowed, *self._limiter.get_window_stats(self._rate, subject)
        allowed, reset_time, remaining = found
        reset = max(1, math.ceil(reset_time - time.time()))
        return Window(self._rate.amount, max(0, remaining), reset, not allowed)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared:
            await self._shared.close()


class _SharedCount:
    """The count that all processes share."""

    def __init__(self, rate: Any, url: str) -> None:
        from limits.aio.storage import RedisStorage
        from limits.aio.strategies import FixedWindowRateLimiter as SharedLimiter

        from gassapi_backend.server.changes.redis import connect

        self._redis = connect(url)
        storage = RedisStorage(
            f"async+{url}",
            implementation="redispy",
            key_prefix="gassapi:rates",
            connection_pool=self._redis.connection_pool,  # type: ignore[arg-type]  # as it documents
        )
        self._limiter = SharedLimiter(storage)
        self._rate = rate
        self._not_before = 0.0
        self._is_away = False

    async def hit(self, subject: str) -> tuple[bool, float, int] | None:
        """Count; return whether the request is allowed, the window's end, and how many remain."""
        if time.monotonic() < self._not_before:
            return None
        try:
            async with asyncio.timeout(REDIS_PATIENCE):
                allowed = await self._limiter.hit(self._rate, subject)
                stats = await self._limiter.get_window_stats(self._rate, subject)
        except Exception as error:  # whatever it is, memory takes over
            self._not_before = time.monotonic() + REDIS_PAUSE
            if not self._is_away:
                reason = type(error).__name__
                _log.warning("Redis is away: each worker counts requests", reason=reason)
            self._is_away = True
            return None
        self._is_away = False
        return allowed, stats.reset_time, stats.remaining

    async def close(self) -> None:
        await self._redis.aclose()
