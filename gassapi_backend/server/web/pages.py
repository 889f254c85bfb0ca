"""The pages that mailed links lead to. They are the same for every link: a script reads which."""

from functools import cache
from pathlib import Path

from aiohttp import web

from gassapi_backend.server.web.files import file_response

STATIC = Path(__file__).parent / "static"
PAGE_TYPES = dict.fromkeys(("invite.html", "verify.html", "reset.html"), "text/html")
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


async def invite(request: web.Request) -> web.FileResponse:
    """Show an invitation to a project, and let its addressee in."""
    return file_response(STATIC, "invite.html", PAGE_TYPES, HEADERS)


async def verify(request: web.Request) -> web.FileResponse:
    """Ask whoever opened a link to confirm their e-mail address."""
    return file_response(STATIC, "verify.html", PAGE_TYPES, HEADERS)


async def verify_from_api(request: web.Request) -> web.Response:
    """Show the page that asks whoever opened a mailed link to confirm their e-mail address.

    Opening it confirms nothing: programs that look through mail open links too.
    """
    return web.Response(text=_verify_page(), content_type="text/html", headers=HEADERS)


async def reset(request: web.Request) -> web.FileResponse:
    """Ask whoever opened a link for their new password."""
    return file_response(STATIC, "reset.html", PAGE_TYPES, HEADERS)


async def page_file(request: web.Request) -> web.FileResponse:
    """Return a file of these pages."""
    return file_response(STATIC, request.match_info["page_file"], FILE_TYPES)


@cache
def _verify_page() -> str:
    """Return the page as it is four levels down, at the API's address."""
    page = STATIC.joinpath("verify.html").read_text("utf-8")
    return page.replace('"../pages/', '"../../../../pages/')
