"""A stream of events: what it waits for, what it sends next, and why it ends."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import orjson

from gassapi_backend.database import is_away
from gassapi_backend.server.access.callers import Caller
from gassapi_backend.server.errors import Gone
from gassapi_backend.server.feed.schemas import ChangeView, Sight

PING_SECONDS = 15
RETRY_SECONDS = 0.5  # while the database is away
LAST_SECONDS = 0.5  # what is being written when a stream has to end may take
PAGE_BYTES = 1_000_000  # after which a page ends early: a slow reader holds one
PING = b": still here\n\n"


class End(StrEnum):
    """Why a stream ends; sent as its last event."""

    ACCESS_ENDED = "access_ended"
    ACCESS_CHANGED = "access_changed"  # connect again: there is more to see now
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a reason, not a token
    SESSION_ENDED = "session_ended"
    PROJECT_DELETED = "project_deleted"
    HISTORY_COMPACTED = "history_compacted"
    SERVER_STOPPING = "server_stopping"
    SERVER_ERROR = "server_error"
    CLIENT_GONE = "client_gone"  # nobody is there to read it


@dataclass(frozen=True)
class Page:
    """Changes as they go over the wire; ``revision`` is the last one's."""

    events: bytes
    revision: int
    has_more: bool


Read = Callable[[str, Sight, int], "asyncio.Task[Page]"]


class Topic:
    """A project that is followed. Those at the same place who see the same share one reading."""

    def __init__(self, project_id: str, revision: int, read: Read) -> None:
        self.project_id = project_id
        self.followers: set[Follower] = set()
        self._heard = revision
        self._read = read
        self._newest: dict[Sight, tuple[int, asyncio.Task[Page]]] = {}

    def hear(self, revision: int) -> None:
        """Wake all followers if this is news. They read what there is, whatever was said."""
        if revision != self._heard:
            self._heard = revision
            self._newest.clear()
            for follower in self.followers:
                follower.wake.set()

    async def page(self, sight: Sight, after: int) -> Page:
        """Return what came after a revision. Raises ``Gone`` and what the database raises."""
        position, task = self._newest.get(sight, (None, None))
        if task is None or position != after or (task.done() and task.exception()):
            task = self._read(self.project_id, sight, after)
            self._newest[sight] = (after, task)
        return await asyncio.shield(task)


@dataclass(eq=False)
class Follower:
    """An open stream. It keeps no more than its place in what it has to send."""

    caller: Caller
    topic: Topic
    sight: Sight
    position: int
    is_gone: Callable[[], bool]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    ending: End | None = None
    _limit: asyncio.Timeout | None = None
    _over_at: float | None = None  # by the loop's clock

    def end(self, reason: End) -> None:
        """Have the stream end, soon also where its reader is slow."""
        if self.ending is None:
            self.ending = reason
            self._over_at = asyncio.get_running_loop().time() + LAST_SECONDS
            self.wake.set()
            if self._limit is not None:
                self._limit.reschedule(self._over_at)

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncGenerator[None]:
        """Limit what is awaited within; it is shorter once the stream has to end."""
        until = self._over_at or asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(until) as self._limit:
                yield
        finally:
            self._limit = None

    async def events(self) -> AsyncGenerator[bytes]:
        """Return what to write next, until the stream has to end; the last says why.

        A comment where nothing was written for ``PING_SECONDS``, also while the database is away.
        """
        loop = asyncio.get_running_loop()
        ping_at = loop.time() + PING_SECONDS
        while self.ending is None:
            self.wake.clear()
            try:
                async with asyncio.timeout_at(ping_at):
                    page = await self.topic.page(self.sight, self.position)
            except Gone:
                self.end(End.HISTORY_COMPACTED)
                break
            except Exception as error:
                if not is_away(error) and not isinstance(error, TimeoutError):
                    raise
                loop.call_later(RETRY_SECONDS, self.wake.set)
                page = Page(b"", self.position, has_more=False)
            if page.events and not self._has_to_end():
                yield page.events
                self.position = page.revision
                ping_at = loop.time() + PING_SECONDS
            while not page.has_more and not self.wake.is_set():
                try:
                    async with asyncio.timeout_at(ping_at):
                        await self.wake.wait()
                except TimeoutError:
                    yield PING
                    ping_at = loop.time() + PING_SECONDS
        yield event("end", {"reason": self.ending})

    def _has_to_end(self) -> bool:
        return self.ending is not None


def page_of(changes: list[ChangeView], after: int, *, has_more: bool) -> Page:
    """Return changes as a page: those that fit, and at least one."""
    events, size, revision = list[bytes](), 0, after
    for change in changes:
        if size > PAGE_BYTES:
            has_more = True
            break
        revision = change["revision"]
        events.append(event("change", change, revision))
        size += len(events[-1])
    return Page(b"".join(events), revision, has_more)


def event(name: str, value: object, revision: int | None = None) -> bytes:
    """Return a server-sent event with JSON in it; ``revision`` is where to resume."""
    text = orjson.dumps(value).replace(b"\r", b" ").replace(b"\n", b" ")  # white space of JSON
    place = b"" if revision is None else b"id: %d\n" % revision
    return b"%sevent: %s\ndata: %s\n\n" % (place, name.encode(), text)
