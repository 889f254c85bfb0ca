"""As many at once as there are connections; who waits for one waits here, at next to no cost."""

import asyncio
from collections import deque


class Places:
    """Places that are taken and given back; who waits gets one in the order in which they came."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting = deque[asyncio.Future[None]]()
        self._is_called = False

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
        """Give a place back, to those who wait unless it is taken again at once.

        Who asks twice for one request then comes to its end, and what it found serves those behind
        it, who would all have to look for it otherwise.
        """
        self._free += 1
        if self._waiting and not self._is_called:
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._hand_out)

    def _hand_out(self) -> None:
        self._is_called = False
        while self._free and self._waiting:
            if not (first := self._waiting.popleft()).done():
                self._free -= 1
                first.set_result(None)


def _give_up(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())
