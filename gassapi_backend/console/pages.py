"""The console's first page, at any of its paths, and refusals as a page."""

import asyncio
import gzip
import html
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import orjson
from aiohttp import web

from gassapi_backend.console.files import ENTRY, Console, console
from gassapi_backend.console.first import early, policy, sign_in, styled, texts
from gassapi_backend.server.errors import Failure, NoAddress
from gassapi_backend.server.web.credentials import ACCESS_COOKIE, sent_cookie
from gassapi_backend.server.web.headers import takes_encoding, weights
from gassapi_backend.server.web.reading import reply_failure
from gassapi_backend.server.web.state import HANDLING, SETTINGS

LANGUAGES = ("en", "id")
PARTS = "screens/parts.js"
LOGIN = "screens/login.js"
DOCS = "screens/docs.js"
SECRET_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is a secret
    "X-Robots-Tag": "noindex, nofollow",
}


def asks_for_page(request: web.Request) -> bool:
    """Whether a person will see the answer: a browser that opens an address asks for HTML.

    So do programs that say nothing of what they accept, in Java; but they bring a token.
    """
    if request.method not in ("GET", "HEAD") or request.app[SETTINGS].console == "off":
        return False
    is_bearer = request.headers.get("Authorization", "").lower().startswith("bearer ")
    if is_bearer or "X-MCP-Token" in request.headers:
        return False
    wanted = weights(request.headers.get("Accept", ""))
    html_weight = wanted.get("text/html", 0.0)
    return html_weight > wanted.get("application/json", 0.0)


def may_have(request: web.Request, name: str) -> bool:
    """Whether there is this module here: the page of all parts is for whoever changes them."""
    return name != PARTS or request.app[SETTINGS].console == "parts"


async def refuse(request: web.Request, failure: Failure) -> web.Response:
    """Answer with a refusal: a page for browsers, the API's error envelope for others.

    For browsers, an address that only the console has is not a refusal.
    """
    answer = reply_failure(failure, request[HANDLING].request_id)
    if not asks_for_page(request):
        return answer
    found = await asyncio.to_thread(console)
    screen = found.screen(request.path) if isinstance(failure, NoAddress) else None
    if screen and may_have(request, screen.module):
        return page(request, found, screen.module)
    problem = {
        "status": failure.status,
        "code": failure.code,
        "message": failure.message,
        "requestId": request[HANDLING].request_id,
    }
    shown = page(request, found, "screens/problem.js", problem)
    shown.set_status(failure.status)
    for name in ("Retry-After", "WWW-Authenticate"):
        if name in answer.headers:
            shown.headers[name] = answer.headers[name]
    return shown


def page(
    request: web.Request, found: Console, screen: str, problem: dict[str, Any] | None = None
) -> web.Response:
    """Return the console's page with links to everything that its first screen needs.

    The links are relative to the page's address: a proxy may serve the server under any path.
    """
    language = language_of(request.headers.get("Accept-Language", ""))
    root = "../" * (request.raw_path.partition("?")[0].count("/") - 1) or "./"
    files = f"{root}console/{found.version}"
    facts = _facts(request, problem)
    headers = {"Vary": "Accept, Accept-Encoding, Accept-Language"}
    style, first = f'<link rel="stylesheet" href="{files}/console.css">', ""
    if signs_in := _signs_in(request, found, facts):
        style, first = styled(found), sign_in(language, root, facts)
    headers["Content-Security-Policy"] = policy(found, is_styled=signs_in)
    reads = _reads(request, found)
    modules = _modules(request, found, screen, language, facts)
    preloads = [f'<link rel="modulepreload" href="{files}/{name}">' for name in modules]
    if facts["mayBeIn"] and not problem:
        preloads += (_PRELOADED.format(root=root, path=html.escape(path)) for path in reads)
    text = _template().substitute(
        language=language,
        facts=f'<meta name="gassapi" content="{html.escape(orjson.dumps(facts).decode())}">',
        early=early(found, root, reads, is_in=facts["mayBeIn"]),
        style=style,
        files=files,
        preloads="\n".join(preloads),
        first=first,
        sentence=html.escape(problem["message"])
        if problem
        else _unscripted(language, root, screen),
    )
    body = text.encode()
    if takes_encoding(",".join(request.headers.getall("Accept-Encoding", ())), "gzip"):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, mtime=0)  # 0.3 ms
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)


def _facts(request: web.Request, problem: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the console has to know before it asks for anything."""
    settings = request.app[SETTINGS]
    facts = {
        "registration": settings.registration,
        "mails": settings.smtp_url is not None,
        "isWhole": settings.console != "off",
        "hasParts": settings.console == "parts",
        "mayBeIn": bool(sent_cookie(request, ACCESS_COOKIE)),
    }
    return facts | {"problem": problem} if problem else facts


_PRELOADED = '<link rel="preload" as="fetch" crossorigin href="{root}api/v1{path}">'
"""As ``fetch`` asks for it; what is preloaded otherwise would be asked for again."""


def _modules(
    request: web.Request, found: Console, screen: str, language: str, facts: dict[str, Any]
) -> list[str]:
    """Return all modules but the entry: the screen's, and sign-in's where that may be next."""
    row = found.screen(request.path)
    screens = [screen] if facts["mayBeIn"] or not row or row.is_open else [screen, LOGIN]
    return found.needed([ENTRY, f"texts/{language}.js", *screens])[1:]


def _signs_in(request: web.Request, found: Console, facts: dict[str, Any]) -> bool:
    """Whether somebody who was never here has to sign in first; then that form is in the page."""
    row = found.screen(request.path)
    has_to = row is not None and (row.module == LOGIN or not row.is_open)
    return has_to and not facts["mayBeIn"] and "problem" not in facts


def _reads(request: web.Request, found: Console) -> list[str]:
    """Return what the page will read of the API, which it can then ask for with its modules."""
    row = found.screen(request.path)
    first = row.first_read(request.path) if row and not request.query_string else ""
    return ["/users/profile", *filter(None, [first])]


def language_of(accepted: str) -> str:
    """Return our language that ``Accept-Language`` prefers (RFC 9110, 12.5.4)."""
    wanted = sorted(weights(accepted).items(), key=lambda item: -item[1])
    found = (name.partition("-")[0] for name, weight in wanted if weight > 0)
    return next((name for name in found if name in LANGUAGES), LANGUAGES[0])


def _unscripted(language: str, root: str, screen: str) -> str:
    """Return what a browser that runs no script shows, as markup."""
    words = texts(language)
    if screen != DOCS:
        return words["frame.unscripted"]
    document = f'<a href="{root}api/v1/openapi.json">openapi.json</a>'
    return f"{words['frame.unscripted']} {words['frame.unscriptedDocs']} {document}"


@cache
def _template() -> Template:
    return Template(Path(__file__).with_name("shell.html").read_text("utf-8").rstrip())
