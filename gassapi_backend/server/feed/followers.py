"""Those who follow projects live: told of news, fed from one reading, checked for access."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import structlog

from gassapi_backend.clock import now, stored
from gassapi_backend.server.access.callers import Caller
from gassapi_backend.server.changes.news import News
from gassapi_backend.server.errors import TooMany, Unavailable
from gassapi_backend.server.feed import queries
from gassapi_backend.server.feed.reading import read_changes
from gassapi_backend.server.feed.schemas import Sight
from gassapi_backend.server.feed.streams import End, Follower, Page, Topic, page_of

LOOK_SECONDS = 0.5  # between looks at the database: changes and access across processes
PATIENCE = 5  # seconds for a look or a reading
PAGE = 100  # changes in one reading
READINGS = 4  # at a time; others need connections too
PER_WORKER = 2000  # in this process; others count their own
PER_PROJECT = PER_WORKER // 2  # the rest is for others
PER_PERSON = PER_WORKER // 2  # likewise, whatever the settings say

_log = structlog.get_logger("gassapi.feed")


class Followers:
    """All streams of this process."""

    def __init__(self, keep_days: int, per_person: int) -> None:
        self._keep_days = keep_days
        self._per_person = min(per_person, PER_PERSON)
        self._topics: dict[str, Topic] = {}
        self._by_person: Counter[str | None] = Counter()
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
        """Begin to follow a project, now at ``revision``. Raises ``TooMany``, ``Unavailable``.

        A person's tokens count as that person: they would multiply what one may have.
        """
        topic = self._topics.get(project_id)
        if self._is_closed or not self._has_room(self.everybody(), PER_WORKER):
            raise Unavailable("There are too many open streams. Try again.", retry_after=5)
        if self._by_person[caller.user_id] >= self._per_person:
            own = [one for one in self.everybody() if one.caller.user_id == caller.user_id]
            if not self._has_room(own, self._per_person):
                raise TooMany(
                    f"You and your tokens have {self._per_person} open streams on this server "
                    "process. Close one first.",
                    retry_after=5,
                )
        if topic is not None and not self._has_room(list(topic.followers), PER_PROJECT):
            text = "This project has too many open streams on this server process. Try again."
            raise TooMany(text, retry_after=5)
        if topic is None:
            topic = self._topics[project_id] = Topic(project_id, revision, self._read)
        follower = Follower(caller, topic, sight, since, is_gone)
        topic.followers.add(follower)
        self._by_person[caller.user_id] += 1
        if len(self._topics) == 1:
            self._asked.set()  # it waits without end while there is nobody
        return follower

    def _has_room(self, followers: list[Follower], most: int) -> bool:
        """Whether these are fewer; those left behind go now.

        Who reconnects again and again would otherwise wait for the next look.
        """
        return len(followers) < most or len(followers) - self._end_those_gone(followers) < most

    def leave(self, follower: Follower) -> None:
        """Stop following."""
        topic, key = follower.topic, follower.caller.user_id
        topic.followers.discard(follower)
        self._by_person[key] -= 1
        if not self._by_person[key]:
            del self._by_person[key]
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
        for follower in self.everybody():
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
                async with asyncio.timeout(PATIENCE):
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
        self._end_those_gone(self.everybody())
        followers = self.everybody()
        if not followers:
            return
        people = {one.caller.user_id for one in followers if one.sight is not Sight.TOKEN}
        sessions = {one.caller.session_id for one in followers if one.caller.session_id}
        tokens = {one.caller.token_id for one in followers if one.caller.token_id}
        found = await queries.find_followed(list(self._topics), [one for one in people if one])
        living = await queries.living_sessions(sessions, stored(now())) if sessions else set()
        living |= await queries.living_tokens(tokens, stored(now())) if tokens else set()
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

    def _end_those_gone(self, followers: list[Follower]) -> int:
        gone = [one for one in followers if one.is_gone()]
        for follower in gone:
            follower.end(End.CLIENT_GONE)
        return len(gone)

    @property
    def is_idle(self) -> bool:
        """Whether nobody follows anything here, and nothing is kept of those who did."""
        return not self._topics and not self._by_person

    def everybody(self) -> list[Follower]:
        """Return those who follow anything here."""
        return [one for topic in self._topics.values() for one in topic.followers]

    def _read(self, project_id: str, sight: Sight, after: int) -> "asyncio.Task[Page]":
        task = asyncio.create_task(self._page(project_id, sight, after))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # is seen to
        return task

    async def _page(self, project_id: str, sight: Sight, after: int) -> Page:
        async with self._readings, asyncio.timeout(PATIENCE):
            changes, _, has_more = await read_changes(
                project_id,
                after,
                current=after,
                limit=PAGE,
                sight=sight,
                keep_days=self._keep_days,
            )
        return page_of(changes, after, has_more=has_more)
