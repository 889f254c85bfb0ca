"""A server that keeps what it is sent, to compare what tools send with what we say is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class Sent:
    """A request as it arrived: path and query as they stood on the wire."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


@asynccontextmanager
async def echo_server() -> AsyncIterator[tuple[str, list[Sent]]]:
    """Yield the address of a server, and the list of what it was sent."""
    sent: list[Sent] = []

    async def keep(request: web.Request) -> web.Response:
        headers = [(key.decode(), value.decode()) for key, value in request.raw_headers]
        body = await request.read()
        sent.append(Sent(request.method, request.raw_path, headers, body))
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", keep)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}", sent
    finally:
        await runner.cleanup()
