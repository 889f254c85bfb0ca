"""Documents over HTTP: received while the client is there, and sent as files, piece by piece."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import TypeVar
from urllib.parse import quote

from aiohttp import hdrs, web

from gassapi_backend.exchange.child.running import Children
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Fairly
from gassapi_backend.models import new_id
from gassapi_backend.server.errors import Invalid, UnsupportedMediaType
from gassapi_backend.server.importing.children import Upload, open_upload, written_by
from gassapi_backend.server.importing.programs import Importing
from gassapi_backend.server.web.etags import is_unchanged
from gassapi_backend.server.web.pieces import cut_off_where_broken
from gassapi_backend.server.web.reading import JSON, MULTIPART, form_boundary, read_bytes
from gassapi_backend.server.web.state import HANDLING, SETTINGS, VAULT

CHILDREN = web.AppKey("children", Children)
WORK_SECONDS = 180  # that making a document may take until its first piece is there
PATIENCE = 60  # seconds that a client has to take a piece
LOOK = 0.25  # seconds between checks that the client is there

T = TypeVar("T")

_PLAIN = re.compile(r"[^A-Za-z0-9._ ()-]")


def importing_of(request: web.Request) -> Importing:
    """Return what an import needs from this server."""
    app = request.app
    return Importing(app[CHILDREN], app[SETTINGS], app[VAULT])


@asynccontextmanager
async def received(request: web.Request) -> AsyncIterator[Upload]:
    """Give the content of a request: a document and options, as JSON or as a form with a file.

    The child that has the document is gone once the block is left.
    """
    if request.content_type not in (JSON, MULTIPART):
        raise UnsupportedMediaType(f"Send the body as {JSON} or {MULTIPART}.")
    boundary = form_boundary(request)
    if boundary is not None and not 0 < len(boundary) <= 70:
        raise Invalid("The form does not say its boundary.")
    body = await read_bytes(request)
    opening = Fairly(open_upload(request.app[CHILDREN], body, boundary))
    upload = await while_there(request, opening)
    async with upload.document:
        yield upload


async def while_there(request: web.Request, work: Awaitable[T]) -> T:
    """Return the result of some work; cancel it if the client goes away.

    The work stays in its request's task, as a transaction that is committed later has to.
    """
    try:
        async with asyncio.timeout(None) as limit:
            watching = asyncio.create_task(_end_when_gone(request, limit))
            try:
                return await work
            finally:
                watching.cancel()
    except TimeoutError:
        if limit.expired():
            raise ConnectionResetError("The client went away.") from None
        raise


async def _end_when_gone(request: web.Request, limit: asyncio.Timeout) -> None:
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(LOOK)
    limit.reschedule(asyncio.get_running_loop().time())


def unchanged(request: web.Request, state: str | None) -> web.Response | None:
    """Return 304 if the client already has what would be sent in this state of the project."""
    if state is None or request[HANDLING].reveals:
        return None
    if not is_unchanged(request, etag_of(request, state)):
        return None
    return web.Response(status=304, headers={"ETag": etag_of(request, state)})


def etag_of(request: web.Request, state: str) -> str:
    """Return the ETag of an address in a state of its project."""
    text = f"{state}\0{request.rel_url.raw_path_qs}"
    return f'"{blake2b(text.encode(errors="surrogateescape"), digest_size=12).hexdigest()}"'


async def send_written(
    request: web.Request, job: str, options: Json, rows: AsyncIterator[bytes], state: str | None
) -> web.StreamResponse:
    """Have a child write a document from rows, and send it as it comes. Raises as a child does.

    It has as long for that as for reading one, and is gone when the client is.
    """
    _allow(request, WORK_SECONDS)
    return await while_there(request, Fairly(_sent(request, job, options, rows, state)))


async def _sent(
    request: web.Request, job: str, options: Json, rows: AsyncIterator[bytes], state: str | None
) -> web.StreamResponse:
    async with written_by(request.app[CHILDREN], job, options, rows) as (said, frames):
        response = web.StreamResponse(headers=file_headers(request, said["filename"], state))
        response.content_type = said["mediaType"]
        if response.content_type.startswith("text/"):
            response.charset = "utf-8"
        await response.prepare(request)
        if request.method == hdrs.METH_HEAD:
            return response
        with cut_off_where_broken(request):
            async for frame in frames:
                _allow(request, PATIENCE)
                await response.write(frame.blobs[0])
    await response.write_eof()  # the child is gone by now: a client with all of it need not wait
    return response


def _allow(request: web.Request, seconds: float) -> None:
    """Let the answer take so long from now on."""
    request[HANDLING].deadline.reschedule(asyncio.get_running_loop().time() + seconds)


def file_headers(request: web.Request, filename: str, state: str | None) -> dict[str, str]:
    """Return the headers of a file that shows a state of the project."""
    headers = {
        "Content-Disposition": disposition(filename),
        "ETag": etag_of(request, state or new_id()),
    }
    return headers | ({"Cache-Control": "no-store"} if request[HANDLING].reveals else {})


def disposition(filename: str) -> str:
    """Return the header that names a file (RFC 6266), in ASCII and in full."""
    plain = _PLAIN.sub("_", filename)
    full = quote(filename.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
