"""The child's side: it limits itself, does one job, reports the outcome, and exits."""

import gc
import os
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import cast

from gassapi_backend.exchange.child import frames
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import Unreadable

Job = Callable[..., Iterator[Frame]]
"""What a child can do: turn options and documents, as bytes, into frames to send."""


def main() -> None:
    """Read one order from standard input, and write the frames of its answer."""
    order = frames.read_now(sys.stdin.buffer)
    _bound(order.said["memory"], order.said["seconds"])
    _end_with_server()
    out = sys.stdout.buffer
    with suppress(BrokenPipeError):
        for frame in _answer(order):
            out.writelines(frames.written(frame))
        out.flush()
    os._exit(0)  # whatever is in memory needs no cleaning up


def _end_with_server() -> None:
    """Exit when standard input ends: the server, which would have killed this process, is gone."""

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)
        os._exit(1)

    threading.stack_size(256 * 1024)  # taken from the memory meant for the work
    threading.Thread(target=wait, daemon=True).start()


def _answer(order: Frame) -> Iterator[Frame]:
    try:
        yield from _job(order.said["job"])(order.said["options"], *order.blobs)
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


def _bound(memory: int, seconds: int) -> None:
    """Limit this process to what it needs: memory, time, files, and a low priority."""
    for what, limit in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(what, (limit, limit))
    with suppress(OSError):
        os.nice(10)
    gc.disable()  # it exits soon, and trees have no cycles worth collecting
