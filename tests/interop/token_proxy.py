"""A proxy that adds a token: for clients that cannot be told of headers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

_HOPS = {"connection", "content-length", "keep-alive", "transfer-encoding"}


@asynccontextmanager
async def token_proxy(target: str, token: str) -> AsyncIterator[str]:
    """Run the proxy; give its address. ``Host`` and ``Origin`` go through as they are."""

    async def relay(request: web.Request) -> web.Response:
        headers = [
            (name, one) for name, one in request.headers.items() if name.lower() not in _HOPS
        ]
        headers.append(("Authorization", f"Bearer {token}"))
        async with (
            ClientSession() as session,
            session.request(
                request.method,
                target + request.path_qs,
                headers=headers,
                data=await request.read(),
                allow_redirects=False,
            ) as answer,
        ):
            body = await answer.read()
            kept = [
                (name, one) for name, one in answer.headers.items() if name.lower() not in _HOPS
            ]
            return web.Response(status=answer.status, body=body, headers=kept)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", relay)
    server = TestServer(app, host="localhost")
    await server.start_server()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        await server.close()
