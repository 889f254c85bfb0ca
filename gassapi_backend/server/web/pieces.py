"""Large answers: read from one state of the database, and sent while they are read.

Whoever reads an answer sees one state of the project, whatever is written meanwhile. That keeps a
connection, and SQLite's log from being tidied up, so it is given up where a client is slow. What is
read after that is still of the same state, or the answer is broken off.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import orjson
from aiohttp import hdrs, web

from gassapi_backend.database import Row, snapshot
from gassapi_backend.fair_share import Fairly, Steps
from gassapi_backend.server.access.queries import load_project
from gassapi_backend.server.errors import NotFound, Unavailable
from gassapi_backend.server.web.bodies import JSON
from gassapi_backend.server.web.etags import Resource
from gassapi_backend.server.web.state import ACTOR, HANDLING, PROJECT

SMALL = 1_000_000  # bytes; of a project of no more, a list is read and kept as a whole
AT_ONCE = 250_000  # bytes; an answer of no more is sent as a whole, with its length
CHUNK = 64_000  # bytes that are written at a time
HELD_SECONDS = 20  # that one state is kept at most
SLOW_SECONDS = 1  # in which a client takes a chunk, or the state is given up
PATIENCE = 60  # seconds in which a client has to take a chunk

_RESET = struct.pack("ii", 1, 0)  # closing tells the other end that it has not got everything


class Moment:
    """One state of the database, that of when it is entered; ``project`` is a project as of then.

    Without a project nobody can tell whether the state is the same after it was given up: then the
    rest of an answer is of later.
    """

    def __init__(self, project: Row | None = None, user_id: str | None = None) -> None:
        self.project = project
        self._user_id = user_id
        self._held: AsyncExitStack | None = None
        self._until = 0.0

    async def __aenter__(self) -> "Moment":
        await self._open()
        try:
            self.project = await self._now()
        except BaseException:
            await self.let_go()
            raise
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.let_go()

    async def hold(self) -> None:
        """See to it that what is read next is of this state. Raises ``Unavailable``."""
        if self._held and asyncio.get_running_loop().time() > self._until:
            await self.let_go()
        if self._held:
            return
        await self._open()
        found = await self._now()
        if found and self.project and found["audit_hash"] != self.project["audit_hash"]:
            raise Unavailable("The project was changed while it was sent. Ask again.")

    async def let_go(self) -> None:
        """Give the state up for now, and its connection to others."""
        held, self._held = self._held, None
        if held:
            await held.aclose()

    async def _open(self) -> None:
        held = AsyncExitStack()
        await held.enter_async_context(snapshot())
        self._held = held
        self._until = asyncio.get_running_loop().time() + HELD_SECONDS

    async def _now(self) -> Row | None:
        if self.project is None:
            return None
        found = await load_project(self.project["id"], self._user_id)
        if found is None:
            raise NotFound("There is no such project.")
        return found


@asynccontextmanager
async def moment_of(request: web.Request) -> AsyncIterator[Moment]:
    """Keep a state of the project that a request is about; ``PROJECT`` is as of then."""
    async with Moment(request[PROJECT], request[ACTOR].caller.user_id) as moment:
        request[PROJECT] = moment.project or request[PROJECT]
        yield moment


async def json_pieces(answer: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """Yield an answer in the contract's envelope; JSON that comes in pieces may be in it."""
    yield b'{"success":true'
    for name, value in answer.items():
        yield b"," + orjson.dumps(name) + b":"
        if isinstance(value, AsyncIterator):
            async for piece in value:
                yield piece
        else:
            yield orjson.dumps(value)
    yield b"}"


async def send_answer(
    request: web.Request,
    make: Callable[[Row], Awaitable[Mapping[str, Any]]],
    resource: Resource | None = None,
) -> web.StreamResponse:
    """Answer with what is made of one state of the request's project, in pieces.

    ``resource`` is what in it the ``ETag`` is of.
    """
    async with moment_of(request) as moment:
        answer = await make(request[PROJECT])
        headers = {"ETag": resource.etag_in(answer)} if resource else {}
        return await send_pieces(request, moment, json_pieces(answer), headers)


async def send_pieces(
    request: web.Request,
    moment: Moment,
    pieces: AsyncIterator[bytes],
    headers: Mapping[str, str],
    media_type: str = JSON,
) -> web.StreamResponse:
    """Answer with pieces that are read in a moment: whole, or so that it is seen not to be.

    What goes wrong before ``AT_ONCE`` bytes are there is an error like any other.
    """
    return await Fairly(_sent(request, moment, pieces, headers, media_type))


async def _sent(
    request: web.Request,
    moment: Moment,
    pieces: AsyncIterator[bytes],
    headers: Mapping[str, str],
    media_type: str,
) -> web.StreamResponse:
    begun = await _some(pieces, AT_ONCE)
    if len(begun) <= AT_ONCE:
        return web.Response(body=bytes(begun), headers=headers, content_type=media_type)
    response = web.StreamResponse(headers=headers)
    response.content_type = media_type
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return response
    with cut_off_where_broken(request):
        while begun:
            await _write(request, moment, bytes(begun))
            await moment.hold()
            begun = await _some(pieces, CHUNK)
        await moment.let_go()
        await response.write_eof()
    return response


async def _some(pieces: AsyncIterator[bytes], size: int) -> bytearray:
    """Return the next pieces, of more than ``size`` bytes together unless they end here.

    Others get their turn in between, however quick the database is.
    """
    found, steps = bytearray(), Steps()
    async for piece in pieces:
        found += piece
        if len(found) > size:
            break
        await steps.end()
    return found


async def _write(request: web.Request, moment: Moment, chunk: bytes) -> None:
    """Send a chunk; whoever takes it may take the next as slowly.

    It is written right here, so that it counts as a part of the work; waiting does not.
    """
    request[HANDLING].deadline.reschedule(asyncio.get_running_loop().time() + PATIENCE)
    await request.writer.write(chunk, drain=False)  # type: ignore[call-arg]  # aiohttp's own takes it
    taking = asyncio.ensure_future(request.writer.drain())
    try:
        taken, _ = await asyncio.wait([taking], timeout=SLOW_SECONDS)
        if not taken:
            await moment.let_go()
        await taking
    finally:
        taking.cancel()


@contextmanager
def cut_off_where_broken(request: web.Request) -> Iterator[None]:
    """Close the connection where an answer breaks off, so that it does not look whole."""
    try:
        yield
    except BaseException:
        if (transport := request.transport) is not None:
            if (connected := transport.get_extra_info("socket")) is not None:
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            transport.abort()
        raise
