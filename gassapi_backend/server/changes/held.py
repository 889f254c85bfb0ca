"""Commits that wait: what is written beside a change later in its request is committed with it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any


class Held:
    """A change whose COMMIT waits; there is one in a request at most."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.is_used = False

    def take(self, transaction: AbstractAsyncContextManager[Any]) -> None:
        """Take over what ends the transaction of a change that lacks only its COMMIT."""
        self.is_used = True
        self._stack.push_async_exit(transaction)


holding: ContextVar[Held | None] = ContextVar("holding", default=None)
"""Where a change leaves its COMMIT; ``None`` where it commits by itself."""

is_again: ContextVar[bool] = ContextVar("is_again", default=False)
"""Whether a request is carried out again, because its COMMIT was refused: its attempts count no
more than once."""


@asynccontextmanager
async def held_back() -> AsyncIterator[Held]:
    """Have the change that is made in the block committed at its end.

    What the block writes after it is in the same transaction. An exception rolls all of it back.
    Raises, at the end, what a COMMIT raises: where ``is_deadlock()`` says so, all of the block has
    to be done again.
    """
    async with AsyncExitStack() as stack:
        held = Held(stack)
        token = holding.set(held)
        try:
            yield held
        finally:
            holding.reset(token)
