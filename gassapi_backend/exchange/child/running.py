"""The server's side: children are started, fed, read, bounded in number, and never left behind."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from subprocess import DEVNULL, Popen

from gassapi_backend.exchange.child import frames
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import Json, Unreadable
from gassapi_backend.fair_share import Steps

_START = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from gassapi_backend.exchange.child.working import main; main()"
)
_NICER = 10
"""How much lower their priority is than ours, from the start of the interpreter on.

Not before: until that starts, our threads wait.
"""
_SLICE = 256 * 1024
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use: bytes of memory, and seconds of processor time.

    ``patience`` is how many seconds on the clock it may say nothing: far more, since all others
    who want the processor come before it.
    """

    memory: int = 400 * MB
    seconds: int = 60
    patience: int = 150


class Busy(Exception):
    """There is no child, or no processor, to be had; try again in so many seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
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
    async def started(self) -> AsyncIterator["Child"]:
        """Start a child, which is gone once the block is left, for whatever reason.

        Raises ``Busy`` at once if no child may be started.
        """
        if self._free <= 0:
            raise Busy("Other imports are being read just now. Try again in a moment.", 5)
        self._free -= 1
        try:
            process, ours = await _spawned()
            try:
                reader, writer = await asyncio.open_connection(sock=ours)
                try:
                    yield Child(process, reader, writer, self._bounds, self._heard)
                finally:
                    writer.transport.abort()
            finally:
                await _ended(process)
        finally:
            self._free += 1

    @asynccontextmanager
    async def run(
        self, job: str, options: Json, *documents: bytes
    ) -> AsyncIterator[AsyncGenerator[Frame]]:
        """Have a child do one job, see ``Child.do()``. Raises ``Busy`` as ``started()`` does."""
        async with (
            self.started() as child,
            aclosing(child.do(job, options, *documents)) as answer,
        ):
            yield answer


class Child:
    """A child at work: it does one job after the other, and keeps a document between them."""

    def __init__(
        self,
        process: Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        bounds: Bounds,
        heard: Callable[[Json], None],
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._bounds = bounds
        self._heard = heard

    async def do(
        self,
        job: str,
        options: Json,
        *documents: bytes,
        parts: AsyncGenerator[bytes] | None = None,
        keeps: bool = False,
    ) -> AsyncGenerator[Frame]:
        """Have the child do a job (``module:function`` of ``exchange``), and read its answer.

        The first document that it was ever sent comes before these, and stays with it; if it
        ``keeps`` the blobs of this answer, these instead, and they are not sent here. ``parts`` are
        sent as they are made, and do not stay. Raises ``Unreadable`` with the child's refusal,
        ``Broken`` if the child failed or exceeded its limits, and ``Busy``.
        """
        steps = Steps()
        said = {"job": job, "options": options, "keeps": keeps, "isMoreToCome": parts is not None}
        try:
            await self._send(Frame({**said, **asdict(self._bounds)}, documents))
            if parts is not None:
                async with aclosing(parts):
                    async for part in parts:
                        await self._send(Frame({}, (part,)))
                await self._send(Frame({}))
            while True:
                async with asyncio.timeout(self._bounds.patience):
                    frame = await frames.read(self._reader)
                self._heard(frame.said)
                if "end" in frame.said:
                    break
                yield frame
                await steps.end()  # what has come already is read without waiting
        except TimeoutError:
            raise Busy("The server is too busy. Try again in a moment.", 30) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._broken() from None
        if problem := self._problem(frame.said):
            raise problem

    async def _send(self, frame: Frame) -> None:
        """Send a frame a slice at a time; if the child goes away, its answer shows that."""
        with suppress(ConnectionError):
            async with asyncio.timeout(self._bounds.patience):
                for part in frames.written(frame):
                    view = memoryview(part)
                    for start in range(0, len(view), _SLICE):
                        self._writer.write(view[start : start + _SLICE])
                        await self._writer.drain()

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

    async def _broken(self) -> Unreadable:
        status = await asyncio.to_thread(self._process.wait)
        if status == -signal.SIGXCPU:
            return self._too_slow()
        if status in (-signal.SIGKILL, -signal.SIGABRT):  # the system's limit; one in orjson
            return self._too_large()
        return Broken("Reading it broke off. Try again.", f"the child ended with {status}")

    def _too_slow(self) -> Unreadable:
        seconds = self._bounds.seconds
        return Broken(f"This document takes longer than {seconds} seconds. Split it.", "time")

    def _too_large(self) -> Unreadable:
        size = self._bounds.memory // MB
        return Broken(f"This document takes more than {size} MB of memory. Split it.", "memory")


async def _spawned() -> tuple[Popen[bytes], socket.socket]:
    """Start an interpreter that sees our code but none of our environment variables.

    A thread does so: until the new program begins, whoever starts it waits.
    """
    spawning = asyncio.ensure_future(asyncio.to_thread(_spawn))
    try:
        return await asyncio.shield(spawning)
    except asyncio.CancelledError:
        process, ours = await spawning
        ours.close()
        await _ended(process)
        raise


def _spawn() -> tuple[Popen[bytes], socket.socket]:
    """Start it in a group of its own, which no Ctrl-C reaches, but in our session.

    Linux may share the processors out among sessions; priorities would mean nothing between two.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = Popen(
            [sys.executable, "-I", "-B", "-c", _START, *sys.path],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=DEVNULL,
            env={},
            process_group=0,
        )
    with suppress(OSError):  # it may have ended
        priority = os.getpriority(os.PRIO_PROCESS, 0) + _NICER
        os.setpriority(os.PRIO_PROCESS, process.pid, priority)
    return process, ours


async def _ended(process: Popen[bytes]) -> None:
    """Kill a child, if it is alive, and leave nothing of it."""
    process.kill()
    await asyncio.shield(asyncio.to_thread(process.wait))
