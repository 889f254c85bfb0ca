"""The general limit on requests: counted per process or, with Redis, across all processes."""

import asyncio
import math
import time

import structlog

from gassapi_backend.addresses import counted_as
from gassapi_backend.server.limits.windows import Window, Windows
from gassapi_backend.settings_checks import parsed_rate

REDIS_PATIENCE = 0.5  # seconds that a request waits for Redis at most
REDIS_PAUSE = 5  # seconds for which a failed Redis is not asked again


_log = structlog.get_logger("gassapi.redis")


class RequestRate:
    """A number of requests per window for each person, project or address."""

    def __init__(self, rate: str, redis_url: str | None = None) -> None:
        self._windows = Windows(parsed_rate(rate))
        self._shared = _SharedCount(rate, redis_url) if redis_url else None

    async def hit(self, subject: str) -> Window:
        """Count a request of a subject: in memory if Redis is unavailable or not used.

        A subject is an id or an address; IPv6 addresses count by their network.
        """
        subject = counted_as(subject)
        if self._shared is not None and (window := await self._shared.hit(subject)):
            return window
        return self._windows.hit(subject)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared:
            await self._shared.close()


class _SharedCount:
    """The count that all processes share."""

    def __init__(self, rate: str, url: str) -> None:
        import limits  # slow, and only for Redis
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
        self._rate = limits.parse(rate)
        self._not_before = 0.0
        self._is_away = False

    async def hit(self, subject: str) -> Window | None:
        """Count; return where the subject stands, ``None`` where Redis is away."""
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
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return Window(self._rate.amount, max(0, stats.remaining), reset, not allowed)

    async def close(self) -> None:
        await self._redis.aclose()
