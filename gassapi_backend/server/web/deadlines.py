"""How long answers may take: one look at all that are under way costs less than a timer of each."""

import asyncio
import time
from types import TracebackType

from aiohttp import web

LOOK_SECONDS = 0.5  # between two looks: by so much an answer may take longer


class Deadline:
    """Until when a block has to be done: raises ``TimeoutError`` from it afterwards."""

    __slots__ = ("_cancelling", "_is_over", "_task", "_under_way", "_when")

    def __init__(self, under_way: "set[Deadline]", when: float) -> None:
        self._under_way = under_way
        self._when: float | None = when
        self._is_over = False

    def reschedule(self, when: float | None) -> None:
        """Move it to another time, monotonic as the event loop's; ``None`` for never."""
        self._when = when

    def look(self, moment: float) -> None:
        """Break the block off where its time is over."""
        if self._when is not None and moment > self._when and not self._is_over:
            self._is_over = True
            self._task.cancel()

    def __enter__(self) -> "Deadline":
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("This has to be in a task.")
        self._task = task
        self._cancelling = task.cancelling()
        self._under_way.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._under_way.discard(self)
        if (
            self._is_over
            and self._task.uncancel() <= self._cancelling
            and kind is asyncio.CancelledError
        ):
            raise TimeoutError from error


class Deadlines:
    """The deadlines of all requests that are under way."""

    def __init__(self) -> None:
        self._under_way: set[Deadline] = set()

    def after(self, seconds: float) -> Deadline:
        """Return the deadline of a block that begins now."""
        return Deadline(self._under_way, time.monotonic() + seconds)

    async def watch(self) -> None:
        """Break off what takes too long, until this is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            moment = time.monotonic()
            for deadline in list(self._under_way):
                deadline.look(moment)


DEADLINES = web.AppKey("deadlines", Deadlines)
