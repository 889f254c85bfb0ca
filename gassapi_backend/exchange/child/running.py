"""The server's side: children are started, fed, read, bounded in number, and never left behind."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from gassapi_backend.exchange.child import frames
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import Json, Unreadable

_START = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from gassapi_backend.exchange.child.working import main; main()"
)
_SLICE = 256 * 1024
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use: bytes of memory, and seconds of processor time and on the clock."""

    memory: int = 400 * MB
    seconds: int = 60


class Busy(Exception):
    """The maximum number of children is at work; try again in so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Other imports are being read just now. Try again in a moment.")
        self.retry_after = retry_after


class Broken(Unreadable):
    """A child that ended without an answer; ``cause`` says why, for the log."""

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class Children:
    """The children of one process, limited in number; ``heard`` gets what they say first."""

    def __init__(
        self,
        most: int = 2,
        bounds: Bounds = Bounds(),
        heard: Callable[[Json], None] = lambda _: None,
    ) -> None:
        self._free = most
        self._bounds = bounds
        self._heard = heard

    @asynccontextmanager
    async def run(
        self, job: str, options: Json, *documents: bytes
    ) -> AsyncIterator[AsyncGenerator[Frame]]:
        """Have a child do a job (``module:function`` of ``exchange``), and read its answer.

        Raises ``Busy`` at once if no child may be started. Reading raises ``Unreadable`` with the
        child's refusal, and ``Broken`` if the child failed or exceeded its limits. Once the block
        is left, for whatever reason, the child is gone.
        """
        if self._free <= 0:
            raise Busy(retry_after=5)
        self._free -= 1
        try:
            child = await _started()
            feeding = asyncio.create_task(_feed(child, self._order(job, options, documents)))
            try:
                async with aclosing(self._frames(child)) as answer:
                    yield answer
            finally:
                await _ended(child, feeding)
        finally:
            self._free += 1

    def _order(self, job: str, options: Json, documents: tuple[bytes, ...]) -> Frame:
        bounds = {"memory": self._bounds.memory, "seconds": self._bounds.seconds}
        return Frame({"job": job, "options": options, **bounds}, documents)

    async def _frames(self, child: Process) -> AsyncGenerator[Frame]:
        assert child.stdout is not None  # noqa: S101 - it was asked for
        try:
            while True:
                async with asyncio.timeout(self._bounds.seconds):
                    frame = await frames.read(child.stdout)
                self._heard(frame.said)
                if "end" in frame.said:
                    break
                yield frame
        except TimeoutError:
            raise self._too_slow() from None
        except asyncio.IncompleteReadError:
            raise await self._broken(child) from None
        if problem := self._problem(frame.said):
            raise problem

    def _problem(self, said: dict[str, Json]) -> Unreadable | None:
        match said["end"]:
            case "refused":
                return Unreadable(said["message"], said["pointer"])
            case "memory":
                return self._too_large()
            case "failed":
                return Broken(
                    "It could not be read: the reader failed on it. Please report this, "
                    "with the document if you can share it.",
                    said["error"],
                )
        return None

    async def _broken(self, child: Process) -> Unreadable:
        status = await child.wait()
        if status == -signal.SIGXCPU:
            return self._too_slow()
        if status in (-signal.SIGKILL, -signal.SIGABRT):  # the system's limit; one in orjson
            return self._too_large()
        return Broken("Reading it broke off. Try again.", f"the child ended with {status}")

    def _too_slow(self) -> Unreadable:
        seconds = self._bounds.seconds
        return Broken(f"Reading it takes longer than {seconds} seconds. Split it.", "time")

    def _too_large(self) -> Unreadable:
        size = self._bounds.memory // MB
        return Broken(f"Reading it takes more than {size} MB of memory. Split it.", "memory")


async def _started() -> Process:
    """Start an interpreter that sees our code but none of our environment variables."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", "-c", _START, *sys.path),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={},
        start_new_session=True,
    )


async def _feed(child: Process, order: Frame) -> None:
    """Send an order a slice at a time; if the child goes away, reading its answer shows that.

    The pipe stays open: a child exits when its pipe is closed.
    """
    assert child.stdin is not None  # noqa: S101 - it was asked for
    with suppress(ConnectionError):
        for part in frames.written(order):
            view = memoryview(part)
            for start in range(0, len(view), _SLICE):
                child.stdin.write(view[start : start + _SLICE])
                await child.stdin.drain()


async def _ended(child: Process, feeding: asyncio.Task[None]) -> None:
    """Kill a child, if it is alive, and leave nothing of it: no process, no pipe."""
    if child.returncode is None:
        with suppress(ProcessLookupError):  # asyncio's own kill() may take its status away from it
            os.kill(child.pid, signal.SIGKILL)
    feeding.cancel()
    if child.stdin is not None:
        child.stdin.close()
    assert child.stdout is not None  # noqa: S101 - it was asked for
    await asyncio.shield(child.stdout.read())
    await asyncio.shield(child.wait())
