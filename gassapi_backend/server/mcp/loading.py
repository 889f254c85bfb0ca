"""The kernel, loaded when a client first asks, off the event loop."""

import asyncio
import ctypes
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from gassapi_backend.third_party import defer

if TYPE_CHECKING:
    from gassapi_backend.server.mcp.kernel import Kernel


class Loading:
    """Holds the kernel once it is needed, and the tool lists that it has written."""

    def __init__(self) -> None:
        self._kernel: asyncio.Future[Kernel] | None = None
        self.lists: dict[tuple[str, str], bytes] = {}

    async def kernel(self) -> "Kernel":
        """Return the kernel, loading it the first time."""
        if self._kernel is None:
            self._kernel = asyncio.ensure_future(asyncio.to_thread(_load))
        try:
            return await asyncio.shield(self._kernel)
        except Exception:
            self._kernel = None
            raise


def _load() -> "Kernel":
    defer("mcp", "mcp.server")  # they would also load the SDK's clients: 4 MB more
    from gassapi_backend.server.mcp.kernel import Kernel  # a second, and 18 MB

    kernel = Kernel()
    with suppress(AttributeError, OSError, TypeError):  # glibc only
        ctypes.CDLL(None).malloc_trim(0)  # 1.5 MB that loading needed for a while
    return kernel


MCP = web.AppKey("mcp", Loading)
