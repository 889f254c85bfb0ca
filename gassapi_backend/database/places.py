"""As many at once as there are connections; who waits for one waits here, at next to no cost."""

import asyncio
from collections import deque


class Places:
    """Places that are taken and given back; who waits gets one in the order in which they came."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting = deque[asyncio.Future[None]]()

    @property
    def are_wanted(self) -> bool:
        """Whether somebody waits."""
        return any(not one.done() for one in self._waiting)

    async def take(self, seconds: float) -> None:
        """Take a place, or wait for one. Raises ``TimeoutError`` after so many seconds."""
        if self._free:
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        mine = loop.create_future()
        timer = loop.call_later(seconds, _give_up, mine)  # a third of what asyncio.timeout() costs
        self._waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled() and mine.exception() is None:  # it was theirs by now
                self.give_back()
            raise
        finally:
            timer.cancel()

    def give_back(self) -> None:
        """Give a place to the first who waits, if somebody does."""
        while self._waiting:
            if not (first := self._waiting.popleft()).done():
                first.set_result(None)
                return
        self._free += 1


def _give_up(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())
