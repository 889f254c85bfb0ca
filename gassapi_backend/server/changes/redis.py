"""News between processes, through Redis: faster than asking the database, never instead of it."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from gassapi_backend.server.changes.news import News, listen, unlisten
from gassapi_backend.settings import Settings, SettingsError

if TYPE_CHECKING:
    from redis.asyncio import Redis

NAME = "gassapi:news"
PATIENCE = 1  # seconds for one command
SILENCE = 3  # seconds without an answer to a ping, after which a subscription is dead
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # seconds before connecting again
WAITING = 1000  # news kept for a Redis that is slow; more is dropped

_log = structlog.get_logger("gassapi.redis")


def connect(url: str) -> "Redis":
    """Return a client, not yet connected, that gives up at once rather than trying again.

    Raises ``SettingsError`` where the package for it is missing.
    """
    try:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        raise SettingsError(
            "GASSAPI_REDIS_URL needs one more package. "
            "Run: pipx install --force 'gassapi-backend[redis]'"
        ) from None
    return Redis.from_url(
        url,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        health_check_interval=5,  # of commands; nobody there waits for a subscription's answer
        retry=Retry(NoBackoff(), 0),
    )


class Channel:
    """This process among those that share a Redis."""

    def __init__(self, url: str, hear: Callable[[News], None]) -> None:
        self._redis = connect(url)
        self._hear = hear
        self._me = secrets.token_hex(8)
        self._waiting: asyncio.Queue[News] = asyncio.Queue(WAITING)
        self._is_up = False
        self._is_refused = False

    def publish(self, news: News) -> None:
        """Tell the other processes, soon; nobody if Redis is away."""
        if self._is_up and not self._waiting.full():
            self._waiting.put_nowait(news)

    async def run(self) -> None:
        """Publish and listen until cancelled; connect again, ever more patiently, if need be."""
        sending = asyncio.create_task(self._send())
        pause = FIRST_PAUSE
        try:
            while True:
                reason = "it closed the connection"
                try:
                    await self._listen()
                except Exception as error:  # whatever it is, the database is asked as well
                    reason = f"{type(error).__name__}: {error}"
                if self._is_up or pause == FIRST_PAUSE:
                    _log.warning("Redis is away: news travels more slowly", reason=reason)
                pause = FIRST_PAUSE if self._is_up else min(pause * 2, LONGEST_PAUSE)
                self._is_up = False
                await asyncio.sleep(pause)
        finally:
            sending.cancel()
            await self._redis.aclose()

    async def _listen(self) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(NAME)
            heard_at = time.monotonic()
            while True:
                try:
                    message = await subscription.get_message(timeout=PATIENCE)
                except Exception as error:
                    if not (self._is_up and _is_refusal(error)):
                        raise
                    self._say_refused(error)  # of a ping, which is an answer as well
                    heard_at = time.monotonic()
                    continue
                if message is None:
                    if time.monotonic() - heard_at > SILENCE:
                        raise TimeoutError("it does not answer")
                    await subscription.ping("still there?")
                    continue
                heard_at = time.monotonic()
                if message["type"] == "subscribe":
                    _log.info("Redis carries news")
                    self._is_up, self._is_refused = True, False
                    self._hear(News(ends_access=True))  # it may have been logged meanwhile
                elif message["type"] == "message":
                    self._take(message["data"])

    def _take(self, data: bytes) -> None:
        try:
            sender, revisions, ends_access = orjson.loads(data)
            news = News(tuple((str(one), int(at)) for one, at in revisions), bool(ends_access))
        except (ValueError, TypeError):
            return  # somebody else's
        if sender != self._me:
            self._hear(news)

    async def _send(self) -> None:
        while True:
            news = await self._waiting.get()
            if self._is_up:
                try:
                    await self._redis.publish(NAME, packed(self._me, news))
                except Exception as error:
                    self._say_refused(error)

    def _say_refused(self, error: Exception) -> None:
        """Warn once if Redis itself refused."""
        reason = f"{type(error).__name__}: {error}"
        if _is_refusal(error) and not self._is_refused:
            _log.warning("Redis refuses what we ask: news may travel more slowly", reason=reason)
            self._is_refused = True
        else:
            _log.debug("news not published", reason=reason)


def _is_refusal(error: Exception) -> bool:
    """Whether Redis itself refused."""
    from redis.exceptions import ResponseError

    return isinstance(error, ResponseError)


async def attempt(url: str) -> None:
    """Publish and subscribe as servers do, and tell them nothing. Raises what Redis refuses."""
    redis: Any = connect(url)
    async with redis, redis.pubsub() as subscription:
        await redis.ping()
        await redis.publish(NAME, packed("", News()))
        await subscription.subscribe(NAME)
        if await subscription.get_message(timeout=PATIENCE) is None:
            raise TimeoutError("it does not answer")


def packed(sender: str, news: News) -> bytes:
    """Return news as they go over the wire: who tells them, revisions, whether access ended."""
    return orjson.dumps([sender, news.revisions, news.ends_access])


@asynccontextmanager
async def announcing(settings: Settings) -> AsyncIterator[None]:
    """Publish at the end what was committed within; for a process that does not stay."""
    if settings.redis_url is None:
        yield
        return
    heard: list[News] = []
    listen(heard.append)
    try:
        yield
    finally:
        unlisten(heard.append)
        if heard:
            await _publish_all(settings.redis_url.get_secret_value(), heard)


async def _publish_all(url: str, heard: list[News]) -> None:
    redis: Any = connect(url)
    try:
        async with asyncio.timeout(PATIENCE):
            for news in heard:
                await redis.publish(NAME, packed("", news))
    except Exception as error:  # servers see it in the database half a second later
        _log.debug("news not published", reason=type(error).__name__)
    finally:
        await redis.aclose()
