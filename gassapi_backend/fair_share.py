"""Long work on the event loop: done in short steps, after which others get most of the loop."""

import asyncio
import gc
import math
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from threading import get_native_id
from time import perf_counter as clock
from time import thread_time as cpu_clock
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary, finalize

STEP_SECONDS = 0.0005  # that work goes on before others get a turn
OTHERS = 8  # times as long they may take as the work did: what surrounds both costs them, too
LEAST_SECONDS = 0.0001  # of work, after which others are looked at
IDLE_SECONDS = 0.00008  # a turn of the event loop that took less was nobody's
RECENT_SECONDS = 0.02  # after a short request, for which more of them are taken to come
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


async def in_steps(made: Iterable[T]) -> AsyncIterator[T]:
    """Yield what it costs something to make, letting others run in between."""
    steps = Steps()
    for one in made:
        yield one
        await steps.end()


class Delays:
    """How long this thread has waited for a processor, in seconds, while it had something to do.

    Linux tells; elsewhere it seems never to have waited.
    """

    def __init__(self) -> None:
        try:
            file = os.open(f"/proc/self/task/{get_native_id()}/schedstat", os.O_RDONLY)
        except OSError:
            self._file = None
        else:
            self._file = file
            finalize(self, os.close, file)

    def __call__(self) -> float:
        """Return it, since the thread began."""
        if self._file is None:
            return 0.0
        _, waited, _ = os.pread(self._file, 100, 0).split()
        return int(waited) / 1e9


class _Spent:
    """Seconds that long work has taken: on event loops, and in threads or databases for it."""

    on_loops = 0.0
    elsewhere = 0.0
    now: Callable[[], float] | None = None  # tells the time of what goes on right now
    short_at = -math.inf  # when a short request was last answered, by the clock


class _Crowd:
    """Who wants an event loop beside long work, and until when all of that has to wait.

    Its time is what the loop had: while other programs keep it from the processor, and the database
    is one of these, nobody here gets anything.
    """

    def __init__(self) -> None:
        self._delays = Delays()
        self._wanted = -math.inf  # when a short request was last answered, in this time
        self._seen = -math.inf  # that moment by the clock
        self.due = 0.0  # until when it is others' turn, for all that was worked so far

    def now(self) -> float:
        """Return the time."""
        return clock() - self._delays()

    def is_there(self) -> bool:
        """Whether others want the loop: a short request was answered since, or a moment ago."""
        now = self.now()
        if self._seen != _Spent.short_at:
            self._seen = _Spent.short_at
            self._wanted = now - (clock() - self._seen)
        if now - self._wanted < RECENT_SECONDS:
            return True
        self.due = now
        return False

    def next_turn(self, worked: float) -> float:
        """Return when whoever has worked for so many seconds until now may go on."""
        self.due = max(self.due + worked, self.now()) + worked * OTHERS
        return self.due


_crowds: WeakKeyDictionary[asyncio.AbstractEventLoop, _Crowd] = WeakKeyDictionary()


def _crowd() -> _Crowd:
    loop = asyncio.get_running_loop()
    if (found := _crowds.get(loop)) is None:
        found = _crowds[loop] = _Crowd()
    return found


_is_long: ContextVar[bool] = ContextVar("request_is_long_work", default=False)


def request_ended() -> None:
    """Note that the request of this task is answered: unless it was long work, others are there."""
    if _is_long.get():
        _is_long.set(False)  # the next one on its connection may be short
    else:
        _Spent.short_at = clock()


def took_elsewhere(seconds: float) -> None:
    """Count what a thread or a database has just done for what goes on here with its result."""
    _Spent.elsewhere += seconds


def time_of_work() -> float | None:
    """Return the time of the event loop that long work goes on in right now; ``None`` for others.

    It stands still while the loop waits for a processor, and while the work lets others go on.
    """
    return None if _Spent.now is None else _Spent.now()


class Fairly(Generic[T]):
    """Work that takes a ninth of the event loop where others need the rest, and all where not.

    What counts is the processor time that it takes on the loop, and what threads and the database
    take for it.
    Whenever it has waited for something, or ended one of its ``Steps``, it goes on only when others
    have had eight times as long since it stopped, or none of them was answered for a while: whoever
    asks one thing after the other is about to ask for more. Others are requests that are no such
    work: where all that is asked for is, none of it waits. All that is done fairly has one ninth
    together: what is short waits before it begins, for what was done until then. Not for what keeps
    a lock that others wait for.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self._worked = 0.0
        self._until = 0.0  # when it may go on
        self._paused = 0.0  # seconds that it has let others go on

    def __await__(self) -> Generator[Any, None, T]:
        crowd = _crowd()
        go_on: Callable[[], Any] = partial(self._work.send, None)
        try:
            _is_long.set(True)
            self._until = crowd.due
            yield from self._let_others(crowd)
        except BaseException:
            self._work.close()
            raise
        while True:
            try:
                awaited = self._measured(go_on, crowd)
            except StopIteration as end:
                crowd.next_turn(self._worked)  # what comes next waits for it
                return end.value  # type: ignore[no-any-return]  # it is what the work returns
            if self._worked > LEAST_SECONDS:
                self._until = crowd.next_turn(self._worked)
                self._worked = 0.0
            try:
                yield awaited
                if crowd.now() < self._until:
                    yield from self._let_others(crowd)
            except BaseException as error:  # thrown in by whoever runs this, for the work to see
                go_on = partial(self._work.throw, error)
            else:
                go_on = partial(self._work.send, None)

    def _measured(self, go_on: Callable[[], Any], crowd: _Crowd) -> Any:
        began, elsewhere = cpu_clock(), _Spent.elsewhere
        _Spent.now = lambda: crowd.now() - self._paused
        try:
            return go_on()
        finally:
            _Spent.now = None
            held = cpu_clock() - began
            _Spent.on_loops += held
            self._worked += held + _Spent.elsewhere - elsewhere

    def _let_others(self, crowd: _Crowd) -> Generator[Any, None, None]:
        """Let the loop turn until others have had their share, or nobody wants it."""
        took, started = math.inf, crowd.now()
        while crowd.now() < self._until:
            began, long_work = cpu_clock(), _Spent.on_loops
            if took > IDLE_SECONDS:
                yield
            else:
                yield from asyncio.sleep(NAP_SECONDS).__await__()
            took = cpu_clock() - began - (_Spent.on_loops - long_work)
            if not crowd.is_there():
                self._until = 0.0
        self._paused += crowd.now() - started


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
