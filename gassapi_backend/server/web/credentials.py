"""The credential that a request carries, and the cookies that browsers keep it in."""

from urllib.parse import urlsplit

from aiohttp import web

from gassapi_backend.server.access.session_tokens import (
    ACCESS_SECONDS,
    REFRESH_PREFIX,
    REFRESH_SECONDS,
)
from gassapi_backend.server.errors import Code, Forbidden
from gassapi_backend.server.web.state import HANDLING, SETTINGS, Cookie

ACCESS_COOKIE = "gassapi_access"
REFRESH_COOKIE = "gassapi_refresh"
DEVICE_COOKIE = "gassapi_device"
DEVICE_SECONDS = 180 * 24 * 3600
REFRESH_PATH = "/api/v1/auth"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer(request: web.Request) -> str | None:
    """Return the token of ``Authorization: Bearer``, the scheme in any case (RFC 9110, 11.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


def sent_token(request: web.Request) -> str | None:
    """Return the access or MCP token that a request carries in a header."""
    return request.headers.get("X-MCP-Token") or bearer(request)


def access_credential(request: web.Request) -> str | None:
    """Return the access or MCP token that a request carries. Raises ``Forbidden`` (CSRF)."""
    if found := sent_token(request):
        return found
    cookie = sent_cookie(request, ACCESS_COOKIE)
    if cookie:
        refuse_foreign_origin(request)
    return cookie or None


def refuse_foreign_origin(request: web.Request) -> None:
    """Raise ``Forbidden`` for an unsafe request with a cookie that no page of ours sent."""
    if request.method in SAFE_METHODS:
        return
    settings = request.app[SETTINGS]
    origin = request.headers.get("Origin")
    if origin is not None:
        scheme = "https" if request[HANDLING].is_https else "http"
        public = urlsplit(settings.base_url)
        own = {f"{scheme}://{request.host}", f"{public.scheme}://{public.netloc}"}
        is_ours = origin in own or origin in settings.cors_origins
    else:
        is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not is_ours:
        raise Forbidden(
            "This request did not come from a page of this server.", code=Code.CSRF_ERROR
        )


def sent_refresh_token(request: web.Request) -> str | None:
    """Return the refresh token in a header or a cookie. Raises ``Forbidden`` (CSRF)."""
    if (sent := bearer(request)) and sent.startswith(REFRESH_PREFIX):
        return sent
    if cookie := sent_cookie(request, REFRESH_COOKIE):
        refuse_foreign_origin(request)
    return cookie


def sent_cookie(request: web.Request, name: str) -> str | None:
    """Return the value of a cookie of ours, under whichever of its names it was set."""
    for prefix in ("__Host-", "__Secure-", ""):
        if value := request.cookies.get(prefix + name):
            return value
    return None


def set_tokens(request: web.Request, access: str, refresh: str) -> None:
    """Have the answer set both cookies; empty ones are taken away.

    Their paths are those of this server as browsers see them, so that two servers under paths of
    one host have cookies of their own. Where people come by https the cookies go nowhere else, and
    their names say so to the browser (``__Host-`` and ``__Secure-``, RFC 6265bis, 4.1.3).
    """
    request[HANDLING].cookies = [
        _cookie(request, ACCESS_COOKIE, access, ACCESS_SECONDS, "/"),
        _cookie(request, REFRESH_COOKIE, refresh, REFRESH_SECONDS, REFRESH_PATH),
    ]


def set_device(request: web.Request, value: str) -> None:
    """Have the answer set the cookie by which a browser is known again, with those of a sign-in.

    Only what a browser sends has either of these headers (Fetch, 3.1): scripts keep no cookies.
    """
    if "Origin" in request.headers or "Sec-Fetch-Site" in request.headers:
        device = _cookie(request, DEVICE_COOKIE, value, DEVICE_SECONDS, REFRESH_PATH)
        request[HANDLING].cookies = [*request[HANDLING].cookies, device]


def remove_tokens(request: web.Request) -> None:
    """Have the answer, a refusal too, take the cookies away."""
    set_tokens(request, "", "")


def _cookie(request: web.Request, name: str, value: str, age: int, path: str) -> Cookie:
    public = urlsplit(request.app[SETTINGS].base_url)
    is_secure = request[HANDLING].is_https or public.scheme == "https"
    path = public.path + path if path != "/" else public.path or "/"
    name = _named(name, path, is_secure=is_secure)
    return Cookie(name, value, age if value else 0, path, is_secure)


def _named(name: str, path: str, *, is_secure: bool) -> str:
    if not is_secure:
        return name
    return f"__Host-{name}" if path == "/" else f"__Secure-{name}"
