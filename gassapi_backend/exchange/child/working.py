"""The child's side: it limits itself, does what it is told, and exits with the server."""

import gc
import math
import os
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from typing import cast

from gassapi_backend.exchange.child import frames
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import Unreadable

Job = Callable[..., Iterator[Frame]]
"""What a child can do: turn options and documents, as bytes, into frames to send.

What comes in parts comes last, as an iterator of them: only those that are in use are in memory.
"""


def main() -> None:
    """Read orders from standard input, and write the frames of an answer to each."""
    order = frames.read_now(sys.stdin.buffer)
    _bound(order.said["memory"])
    orders = _orders()
    kept: tuple[bytes, ...] = ()
    while True:
        _limit_time(order.said["seconds"])
        kept = _carry_out(order, kept, orders)
        order = orders.get()


def _orders() -> "SimpleQueue[Frame]":
    """Return what the orders come to that follow the first one.

    This process exits when standard input ends: the server, which would have killed it, is gone.
    """
    orders = SimpleQueue[Frame]()

    def read() -> None:
        with suppress(EOFError, OSError):
            while True:
                orders.put(frames.read_now(sys.stdin.buffer))
        os._exit(1)

    threading.stack_size(256 * 1024)  # taken from the memory meant for the work
    threading.Thread(target=read, daemon=True).start()
    return orders


def _carry_out(
    order: Frame, kept: tuple[bytes, ...], orders: "SimpleQueue[Frame]"
) -> tuple[bytes, ...]:
    """Do a job on what was kept and what came along; return what is kept for the next one."""
    documents = (*kept, *order.blobs)
    kept = kept or documents[:1]
    parts = [_parts(orders)] if order.said["isMoreToCome"] else []
    out = sys.stdout.buffer
    for frame in _answer(order, *documents, *parts):
        is_kept = order.said["keeps"] and frame.blobs
        if is_kept:
            kept = frame.blobs
        out.writelines(frames.written(Frame(frame.said) if is_kept else frame))
    out.flush()
    for left in parts:  # of a job that was refused
        deque(left, maxlen=0)
    return kept


def _parts(orders: "SimpleQueue[Frame]") -> Iterator[bytes]:
    """Yield what comes in parts, until a frame without one."""
    while found := orders.get().blobs:
        yield found[0]


def _answer(order: Frame, *documents: bytes | Iterator[bytes]) -> Iterator[Frame]:
    try:
        yield from _job(order.said["job"])(order.said["options"], *documents)
        yield Frame({"end": "done"})
    except Unreadable as problem:
        yield Frame({"end": "refused", "message": problem.message, "pointer": problem.pointer})
    except MemoryError:
        yield Frame({"end": "memory"})
    except Exception as error:
        yield Frame({"end": "failed", "error": _place_of(error)})


def _job(name: str) -> Job:
    module, _, function = name.partition(":")
    return cast("Job", getattr(import_module(f"gassapi_backend.exchange.{module}"), function))


def _place_of(error: Exception) -> str:
    """Return what failed and where, without the message, which may quote the document."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"


def _bound(memory: int) -> None:
    """Limit this process to what it needs: memory, and no files."""
    for what, limit in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(what, (limit, limit))
    gc.disable()  # it exits soon, and trees have no cycles worth collecting


def _limit_time(seconds: int) -> None:
    """Have this process end after so many further seconds of processor time."""
    limit = math.ceil(time.process_time()) + seconds
    with suppress(ValueError, OSError):
        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (limit, most))
