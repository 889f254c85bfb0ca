"""Whose turn it is to write one thing, among the writers of this process.

Those who wait for a row would keep all connections of the pool from everybody else, so they wait
here; and who ends a transaction can begin the next one's on the same way.
"""

from collections import deque

from gassapi_backend.database.following import Begun, Follower, Opening

KEPT = 1_000  # that are remembered, whether or not somebody writes


class Turn:
    """The turn of one writer after the other, in the order in which they came."""

    def __init__(self) -> None:
        self.is_taken = False
        self._waiting = deque[Follower]()

    async def wait(self, opening: Opening | None = None) -> Begun | None:
        """Wait until it is the caller's; return their transaction where it was begun for them."""
        if not self.is_taken:
            self.is_taken = True
            return None
        mine = Follower(opening)
        self._waiting.append(mine)
        try:
            return await mine.begun
        except BaseException:
            if mine.begun.done() and not mine.begun.cancelled():  # it is theirs, but too late
                if (begun := mine.begun.result()) is not None:
                    begun.abandon()
                self.pass_on()
            raise

    def follower(self) -> Follower | None:
        """Take out who comes next, if that is somebody who said what they ask first.

        It is their turn once they are told so, by ``begun``.
        """
        while self._waiting and self._waiting[0].begun.done():  # who waits no more
            self._waiting.popleft()
        return self._waiting.popleft() if self._waiting and self._waiting[0].opening else None

    def pass_on(self) -> None:
        """Let the next one come, if there is one."""
        while self._waiting:
            if not (next_one := self._waiting.popleft()).begun.done():
                next_one.begun.set_result(None)
                return
        self.is_taken = False


_turns: dict[str, Turn] = {}


def turn_of(name: str) -> Turn:
    """Return the turn to write what has this name."""
    if (turn := _turns.get(name)) is None:
        if len(_turns) >= KEPT:
            for idle in [one for one, turn in _turns.items() if not turn.is_taken]:
                del _turns[idle]
        turn = _turns[name] = Turn()
    return turn
