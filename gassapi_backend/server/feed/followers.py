"""Those who follow projects live: woken by news, fed from one reading, checked for access."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

import orjson
import structlog

from gassapi_backend.clock import now, stored
from gassapi_backend.database import is_away
from gassapi_backend.server.errors import Gone, TooMany, Unavailable
from gassapi_backend.server.feed import queries
from gassapi_backend.server.feed.reading import read_changes
from gassapi_backend.server.feed.schemas import ChangeView, Sight
from gassapi_backend.server.identity import Caller
from gassapi_backend.server.news import News

LOOK_SECONDS = 0.5  # between looks at the database: changes and access across processes
LOOK_PATIENCE = 5
PING_SECONDS = 15
LAST_SECONDS = 0.5  # what is being written when a stream has to end may take
PAGE = 100  # changes in one reading
PAGE_BYTES = 1_000_000  # after which a page ends early: a slow reader holds one
READINGS = 4  # at a time; the connections are others' too
PER_CALLER = 20
PER_WORKER = 2000
PING = b": still here\n\n"

_log = structlog.get_logger("gassapi.feed")


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
    """A project that is followed. Who is at the same place and sees the same shares one reading."""

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
    """An open stream. Of what it is to send it keeps only where it is."""

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
        """Return what to write next, until the stream has to end; the last says why."""
        while self.ending is None:
            self.wake.clear()
            try:
                page = await self.topic.page(self.sight, self.position)
            except Gone:
                self.end(End.HISTORY_COMPACTED)
                break
            except Exception as error:
                if not is_away(error) and not isinstance(error, TimeoutError):
                    raise
                asyncio.get_running_loop().call_later(LOOK_SECONDS, self.wake.set)
                page = Page(b"", self.position, has_more=False)
            if page.events and not self._has_to_end():
                yield page.events
                self.position = page.revision
            while not page.has_more and not self.wake.is_set():
                try:
                    async with asyncio.timeout(PING_SECONDS):
                        await self.wake.wait()
                except TimeoutError:
                    yield PING
        yield event("end", {"reason": self.ending})

    def _has_to_end(self) -> bool:
        return self.ending is not None


class Followers:
    """All streams of this process."""

    def __init__(self, keep_days: int) -> None:
        self._keep_days = keep_days
        self._topics: dict[str, Topic] = {}
        self._by_caller: Counter[str | None] = Counter()
        self._readings = asyncio.Semaphore(READINGS)
        self._asked = asyncio.Event()
        self._is_closed = False

    def join(
        self,
        project_id: str,
        revision: int,
        caller: Caller,
        sight: Sight,
        since: int,
        is_gone: Callable[[], bool],
    ) -> Follower:
        """Begin to follow a project, now at ``revision``. Raises ``TooMany``, ``Unavailable``."""
        if self._is_closed or self._by_caller.total() >= PER_WORKER:
            raise Unavailable("There are too many open streams. Try again.", retry_after=5)
        key = caller.token_id or caller.user_id
        if self._by_caller[key] >= PER_CALLER:
            raise TooMany(f"You have {PER_CALLER} open streams. Close one first.", retry_after=5)
        topic = self._topics.get(project_id)
        if topic is None:
            topic = self._topics[project_id] = Topic(project_id, revision, self._read)
        follower = Follower(caller, topic, sight, since, is_gone)
        topic.followers.add(follower)
        self._by_caller[key] += 1
        if len(self._topics) == 1:
            self._asked.set()  # it waits without end while there is nobody
        return follower

    def leave(self, follower: Follower) -> None:
        """Follow no longer."""
        topic, key = follower.topic, follower.caller.token_id or follower.caller.user_id
        topic.followers.discard(follower)
        self._by_caller[key] -= 1
        if not self._by_caller[key]:
            del self._by_caller[key]
        if not topic.followers:
            self._topics.pop(topic.project_id, None)

    def hear(self, news: News) -> None:
        """Wake those whom news concerns; look at once whether all may still follow."""
        for project_id, revision in news.revisions:
            if topic := self._topics.get(project_id):
                topic.hear(revision)
        if news.ends_access:
            self._asked.set()

    def close(self) -> None:
        """End all streams and take no more: the server stops."""
        self._is_closed = True
        for follower in self._all():
            follower.end(End.SERVER_STOPPING)

    async def watch(self) -> None:
        """Look at the database again and again, as long as there are streams."""
        is_away = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS if self._topics else None):
                    await self._asked.wait()
            self._asked.clear()
            try:
                async with asyncio.timeout(LOOK_PATIENCE):
                    await self.look()
                is_away = False
            except Exception as error:
                if not is_away:
                    reason = f"{type(error).__name__}: {error}"
                    _log.warning("cannot look after streams", reason=reason)
                is_away = True

    async def look(self) -> None:
        """Wake those who have missed something, and end the streams of those who may no longer.

        At most three statements, however many streams there are.
        """
        for follower in self._all():
            if follower.is_gone():
                follower.end(End.CLIENT_GONE)
        followers = self._all()
        if not followers:
            return
        people = {one.caller.user_id for one in followers if one.sight is not Sight.TOKEN}
        sessions = {one.caller.session_id for one in followers if one.caller.session_id}
        tokens = {one.caller.token_id for one in followers if one.caller.token_id}
        found = await queries.find_followed(list(self._topics), [one for one in people if one])
        living = await queries.living_sessions(sessions, stored(now())) if sessions else set()
        living |= await queries.living_tokens(tokens) if tokens else set()
        projects = {row["id"]: row for row in found}
        members = {(row["id"], row["user_id"]) for row in found}
        for follower in followers:
            project_id, caller = follower.topic.project_id, follower.caller
            project = projects.get(project_id)
            if project is None:
                follower.end(End.PROJECT_DELETED)
            elif caller.token_id is not None:
                if caller.token_id not in living:
                    follower.end(End.TOKEN_REVOKED)
            elif caller.session_id not in living:
                follower.end(End.SESSION_ENDED)
            elif (project_id, caller.user_id) in members:
                if follower.sight is Sight.READER:
                    follower.end(End.ACCESS_CHANGED)
            elif follower.sight is Sight.MEMBER or not project["is_public"]:
                follower.end(End.ACCESS_ENDED)
        for project_id, project in projects.items():
            if topic := self._topics.get(project_id):
                topic.hear(project["revision"])

    def _all(self) -> list[Follower]:
        return [one for topic in self._topics.values() for one in topic.followers]

    def _read(self, project_id: str, sight: Sight, after: int) -> "asyncio.Task[Page]":
        task = asyncio.create_task(self._page(project_id, sight, after))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # is seen to
        return task

    async def _page(self, project_id: str, sight: Sight, after: int) -> Page:
        async with self._readings, asyncio.timeout(LOOK_PATIENCE):
            changes, _, has_more = await read_changes(
                project_id,
                after,
                current=after,
                limit=PAGE,
                sight=sight,
                keep_days=self._keep_days,
            )
        return _page_of(changes, after, has_more=has_more)


def _page_of(changes: list[ChangeView], after: int, *, has_more: bool) -> Page:
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
