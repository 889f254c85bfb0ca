"""The console over HTTP: its first page, where the route table has the address, and its files."""

import asyncio

from aiohttp import web

from gassapi_backend.console.files import ENTRY, console
from gassapi_backend.console.pages import SECRET_HEADERS, asks_for_page, may_have, page
from gassapi_backend.server.errors import NotFound
from gassapi_backend.server.web.etags import is_unchanged
from gassapi_backend.server.web.headers import takes_encoding

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


async def home(request: web.Request) -> web.Response:
    """Show the console to browsers; others are redirected to the documentation."""
    if not asks_for_page(request):
        return web.Response(status=302, headers={"Location": "docs"})
    found = await asyncio.to_thread(console)
    return page(request, found, "screens/projects.js")


async def docs(request: web.Request) -> web.Response:
    """Show the API reference as a page, from which requests can be tried, to whoever asks."""
    found = await asyncio.to_thread(console)
    return page(request, found, "screens/docs.js")


async def linked(request: web.Request) -> web.Response:
    """Show the page that a mailed link leads to: an invitation, a confirmation, a new password.

    Opening it changes nothing: mail scanners open links too. The page is the same for every link,
    since a script reads the link, and it is served even without the rest of the console.
    """
    found = await asyncio.to_thread(console)
    screen = found.screen(request.path)
    shown = page(request, found, screen.module if screen else ENTRY)
    shown.headers.update(SECRET_HEADERS)
    return shown


async def file(request: web.Request) -> web.Response:
    """Return a file of the console, in this version only: it never changes at its address."""
    found = await asyncio.to_thread(console)
    parts = request.match_info
    name = "/".join(parts[key] for key in ("folder", "part", "module") if key in parts)
    is_there = parts["console_version"] == found.version and name in found.files
    if not is_there or not may_have(request, name):
        raise NotFound("There is nothing at this address.")
    wanted = found.files[name]
    headers = {**FOR_EVER, "ETag": f'"{found.version}"', "Vary": "Accept-Encoding"}
    if is_unchanged(request, headers["ETag"]):
        return web.Response(status=304, headers=headers)
    body = wanted.body
    if takes_encoding(",".join(request.headers.getall("Accept-Encoding", ())), "gzip"):
        headers["Content-Encoding"] = "gzip"
        body = wanted.gzip
    return web.Response(body=body, content_type=wanted.kind, charset="utf-8", headers=headers)
