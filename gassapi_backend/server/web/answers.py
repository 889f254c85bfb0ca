"""Answers that go out in one piece, head and body.

aiohttp makes the head of a response of a dictionary, in eight steps, all of which are awaited. That
costs as much as a small answer does otherwise, and most heads differ in four values only.
"""

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.web_request import BaseRequest

from gassapi_backend.server.web.bodies import JSON
from gassapi_backend.server.web.headers import Headers
from gassapi_backend.server.web.state import Handling


class JsonResponse(web.Response):
    """A response with JSON for a body, which is not changed any more; aiohttp's own otherwise.

    Unless its head is made, it goes out aiohttp's way, as all does that is out of the ordinary.
    """

    _whole: bytes | None = None

    def __init__(self, body: bytes, *, status: int = 200) -> None:
        super().__init__(body=body, status=status, content_type=JSON)

    def make_head(self, headers: Headers, request: web.Request, handling: Handling) -> None:
        """Make the head, after which nothing may change any more."""
        if (
            self._cookies
            or self._chunked
            or self._compression
            or self._keep_alive is False
            or not isinstance(self._body, bytes)
        ):
            return
        head = headers.head_of(request, handling, self, len(self._body))
        if head is not None:
            self._whole = head + self._body

    async def prepare(self, request: BaseRequest) -> AbstractStreamWriter | None:
        """Write the head, unless that is done."""
        if self._whole is None:
            return await super().prepare(request)
        self._keep_alive = True
        self._payload_writer = request.writer
        return request.writer

    async def write_eof(self, data: bytes = b"") -> None:
        """Write the answer, unless that is done."""
        if self._whole is None or self._payload_writer is None:
            await super().write_eof(data)
            return
        whole, self._whole = self._whole, None
        writer = self._payload_writer
        await writer.write(whole)
        self._eof_sent = True
        self._body_length = writer.output_size
        self._payload_writer = None
