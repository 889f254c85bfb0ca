"""A request's body: it has to come in time, and is inflated no further than its limit."""

import asyncio
import zlib
from typing import cast

from aiohttp import web

from gassapi_backend.fair_share import Fairly, Steps
from gassapi_backend.server.errors import Invalid, TooLarge, TooSlow, UnsupportedMediaType

ENCODINGS = ("gzip", "deflate", "identity")
PAUSE_SECONDS = 10  # in which something more of a body has to come
WHOLE_SECONDS = 25  # and all of it; less than an answer may take
UPLOAD_SECONDS = 120  # and all of a document that is sent

_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_THREAD_FROM = 16_000  # compressed bytes; more is inflated off the event loop

_BODY = web.RequestKey("body", bytes)


UPLOAD = web.RequestKey("upload", int)
"""How many bytes the body may have, of a request that brings a document."""


async def receive(request: web.Request, limit: int) -> bytes:
    """Return the request's body, at most ``limit`` bytes of it, decompressed.

    A request that brings a document may have more, see ``UPLOAD``, and takes longer.

    Raises ``TooLarge``, ``TooSlow``, ``UnsupportedMediaType`` and ``Invalid``.
    """
    known: bytes | None = request.get(_BODY)
    if known is not None:
        return known
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ENCODINGS:
        raise unknown_encoding()
    if (most := request.get(UPLOAD)) is None:
        body = await _received(request, limit, WHOLE_SECONDS)
    else:
        limit, body = most, await Fairly(_received(request, most, UPLOAD_SECONDS))
    if encoding != "identity" and body:
        body = await _inflated(body, encoding, limit)
    request[_BODY] = body
    return body


def unknown_encoding() -> UnsupportedMediaType:
    """Return the refusal of a ``Content-Encoding`` that is not understood here."""
    known = ", ".join(ENCODINGS[:-1])
    return UnsupportedMediaType(f"Send the body with Content-Encoding {known}, or without.")


async def _received(request: web.Request, limit: int, seconds: float) -> bytes:
    if request.content_length is not None and request.content_length > limit:
        raise _too_large(limit)
    if request.content.is_eof():  # it came along with its headers
        body = request.content.read_nowait()
        if len(body) > limit:
            raise _too_large(limit)
        return body
    found, steps = bytearray(), Steps()
    try:
        async with asyncio.timeout(seconds):
            while True:
                await steps.end()  # what is there already comes without waiting
                async with asyncio.timeout(PAUSE_SECONDS):
                    piece = await request.content.readany()
                if not piece and UPLOAD in request:
                    return cast("bytes", found)  # used as such; a copy would hold the event loop
                if not piece:
                    return bytes(found)
                found += piece
                if len(found) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise TooSlow("The body came too slowly. Send it again.") from None


async def _inflated(body: bytes, encoding: str, limit: int) -> bytes:
    if len(body) < _THREAD_FROM:
        return inflate(body, encoding, limit)
    return await asyncio.to_thread(inflate, body, encoding, limit)


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """Return what was compressed, as ``gzip`` (RFC 1952) or ``deflate`` (RFC 1950, or 1951 alone).

    Stops one byte past ``limit``. Raises ``TooLarge``, and ``Invalid`` for what is no such stream.
    """
    window = _GZIP if encoding == "gzip" else _ZLIB if body[0] & 0xF == 8 else _RAW
    found = b""
    while body:  # gzip may have several members
        stream = zlib.decompressobj(window)
        try:
            found += stream.decompress(body, limit + 1 - len(found))
        except zlib.error:
            raise _broken() from None
        if len(found) > limit:
            raise _too_large(limit)
        if not stream.eof:
            raise _broken()
        body = stream.unused_data.lstrip(b"\0") if encoding == "gzip" else b""
    return found


def _broken() -> Invalid:
    return Invalid("The body is cut off, or not encoded as its headers say.")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit // 1000} KB.")
