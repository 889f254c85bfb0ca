"""Long work on the event loop: done in short steps, after which others get most of the loop."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from time import perf_counter as clock
from typing import Any, Generic, TypeVar

STEP_SECONDS = 0.0005  # that work goes on before others get a turn
OTHERS = 4  # times as long they may take as the work did, so that four fifths are left to them
IDLE_SECONDS = 0.00003  # a turn of the event loop that is shorter was nobody's
NAP_SECONDS = 0.001  # that work waits where it is quiet for a moment

NEVER = (
    1_000_000_000  # collections of what is young, after which the garbage collector looks at all
)

T = TypeVar("T")


class Steps:
    """Work in a loop: ``end()`` after each round lets others run where this step took its time."""

    def __init__(self) -> None:
        self._began = clock()

    async def end(self) -> None:
        """Let others run, unless this step has only just begun."""
        if clock() - self._began > STEP_SECONDS:
            await asyncio.sleep(0)
            self._began = clock()


class Fairly(Generic[T]):
    """Work that takes a fifth of the event loop where others need the rest, and all where not.

    What counts is how long the work itself holds the loop. Whenever it has waited for something, or
    ended one of its ``Steps``, it goes on only when others have had their share, or have nothing to
    do. Not for what keeps a lock that others wait for.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self._worked = 0.0

    def __await__(self) -> Generator[Any, None, T]:
        go_on: Callable[[], Any] = partial(self._work.send, None)
        while True:
            began = clock()
            try:
                awaited = go_on()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]  # it is what the work returns
            self._worked += clock() - began
            try:
                yield awaited
                yield from self._let_others()
            except BaseException as error:  # thrown in by whoever runs this, for the work to see
                go_on = partial(self._work.throw, error)
            else:
                go_on = partial(self._work.send, None)

    def _let_others(self) -> Generator[Any, None, None]:
        """Let the loop turn until others have had their share, or nobody wants it.

        Whoever wants it may be about to ask for more: then their share is theirs also where it is
        quiet for a moment.
        """
        owed, took, is_wanted = self._worked * OTHERS, 0.0, False
        self._worked = 0.0
        while owed > 0:
            began = clock()
            if is_wanted and took <= IDLE_SECONDS:
                yield from asyncio.sleep(NAP_SECONDS).__await__()
            else:
                yield
            took = clock() - began
            is_wanted = is_wanted or took > IDLE_SECONDS
            if not is_wanted:
                return
            owed -= took


async def let_go(*many: list[Any]) -> None:
    """Empty lists in steps: freeing very many objects at once holds the loop, too."""
    steps = Steps()
    for one in many:
        while one:
            one.pop()
            await steps.end()


class _Collecting:
    """How often the garbage collector looks at all there is, when nobody has it wait."""

    waiting = 0
    threshold = 0


@contextmanager
def many_objects() -> Iterator[None]:
    """Have the garbage collector look only at what is young while very many objects are there.

    It would go through all of them time and again, which holds the loop. In this program garbage
    with cycles is young: it is left behind by requests.
    """
    young, middle, all_ = gc.get_threshold()
    if _Collecting.waiting == 0:
        _Collecting.threshold = all_
    _Collecting.waiting += 1
    gc.set_threshold(young, middle, NEVER)
    try:
        yield
    finally:
        _Collecting.waiting -= 1
        if _Collecting.waiting == 0:
            gc.set_threshold(young, middle, _Collecting.threshold)
