"""The pages that mailed links lead to. They are the same for every link: a script reads which."""

from functools import cache
from importlib.resources import files

from aiohttp import web

from gassapi_backend.server.errors import NotFound

FILE_TYPES = {
    "pages.css": "text/css",
    "page.js": "text/javascript",
    "invite.js": "text/javascript",
    "reset.js": "text/javascript",
    "verify.js": "text/javascript",
}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is a secret
    "X-Robots-Tag": "noindex, nofollow",
}


async def invite(request: web.Request) -> web.Response:
    """Show an invitation to a project, and let its person in."""
    return _page("invite.html")


async def verify(request: web.Request) -> web.Response:
    """Ask whoever opened a link to confirm their e-mail address."""
    return _page("verify.html")


async def reset(request: web.Request) -> web.Response:
    """Ask whoever opened a link for their new password."""
    return _page("reset.html")


async def page_file(request: web.Request) -> web.Response:
    """Return a file of these pages."""
    name = request.match_info["page_file"]
    if name not in FILE_TYPES:
        raise NotFound("There is nothing at this address.")
    return web.Response(body=_file(name), content_type=FILE_TYPES[name], charset="utf-8")


def _page(name: str) -> web.Response:
    body = _file(name)
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers=HEADERS)


@cache
def _file(name: str) -> bytes:
    return files(__package__).joinpath("static", name).read_bytes()
