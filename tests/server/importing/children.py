"""The children of this process while a server in it imports: found, stopped, let go on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from gassapi_backend.exchange.child.working import main

_MARK = main.__module__.encode()


def readers(parent: int | None = None) -> set[int]:
    """Return the ids of the children of a process that read documents; of this one by default."""
    found = set()
    for task in Path(f"/proc/{parent or os.getpid()}/task").iterdir():
        with suppress(OSError):
            found |= set(map(int, (task / "children").read_text().split()))
    return {one for one in found if _is_reader(one)}


def _is_reader(pid: int) -> bool:
    with suppress(OSError):
        return _MARK in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


async def none_left() -> None:
    """Wait until no child is left."""
    for _ in range(1_000):
        if not readers():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("A child was left behind.")


async def born(count: int) -> set[int]:
    """Return the ids of so many children, once they are there."""
    for _ in range(1_000):
        if len(found := readers()) >= count:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("No child was started.")


@asynccontextmanager
async def held(work: Coroutine[None, None, Any]) -> AsyncIterator["asyncio.Task[Any]"]:
    """Start an import, and hold its child as long as the block lasts: it has said nothing yet."""
    task = asyncio.create_task(work)
    [child] = await born(1)
    os.kill(child, signal.SIGSTOP)
    try:
        yield task
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)
