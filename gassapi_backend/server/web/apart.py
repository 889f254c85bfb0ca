"""Long work in a thread with an event loop of its own, so that requests go on beside it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


async def apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return what ``work`` returns, which opens its own connections and sees to its own end.

    Neither whoever waits for it, nor the end of this process, waits longer for its sake.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            found = asyncio.run(work())
        except BaseException as error:
            if result.set_running_or_notify_cancel():
                result.set_exception(error)
        else:
            if result.set_running_or_notify_cancel():
                result.set_result(found)

    threading.Thread(target=run, name="apart", daemon=True).start()
    return await asyncio.wrap_future(result)
