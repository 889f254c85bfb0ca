"""The OpenAPI document as it is answered: built when somebody asks for it, then kept."""

import asyncio
import gzip
import threading
from collections.abc import Callable
from typing import Any

import orjson


class Document:
    """A document of this server, as JSON and compressed.

    ``build`` takes a fifth of a second, and its import as much: it runs once, in a thread.
    """

    def __init__(self, build: Callable[[], dict[str, Any]]) -> None:
        self._build = build
        self._building = threading.Lock()
        self._json = b""
        self._gzip = b""

    async def json(self) -> bytes:
        """Return the document as JSON."""
        await self._ready()
        return self._json

    async def gzip(self) -> bytes:
        """Return the document as JSON, compressed: a tenth of it."""
        await self._ready()
        return self._gzip

    async def _ready(self) -> None:
        if not self._gzip:
            await asyncio.to_thread(self._make)

    def _make(self) -> None:
        with self._building:
            if not self._gzip:
                self._json = orjson.dumps(self._build())
                self._gzip = gzip.compress(self._json)
