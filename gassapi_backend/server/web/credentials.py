"""The credential that a request carries, and the cookies that browsers keep it in."""

from urllib.parse import urlsplit

from aiohttp import web

from gassapi_backend.server.errors import Code, Forbidden
from gassapi_backend.server.web.state import IS_HTTPS, SETTINGS

ACCESS_COOKIE = "gassapi_access"


REFRESH_COOKIE = "gassapi_refresh"


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
    cookie = request.cookies.get(ACCESS_COOKIE)
    if cookie:
        refuse_foreign_origin(request)
    return cookie or None


def refuse_foreign_origin(request: web.Request) -> None:
    """Raise ``Forbidden`` for an unsafe request by cookie that no page of ours sent."""
    if request.method in SAFE_METHODS:
        return
    settings = request.app[SETTINGS]
    origin = request.headers.get("Origin")
    if origin is not None:
        scheme = "https" if request[IS_HTTPS] else "http"
        public = urlsplit(settings.base_url)
        own = {f"{scheme}://{request.host}", f"{public.scheme}://{public.netloc}"}
        is_ours = origin in own or origin in settings.cors_origins
    else:
        is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not is_ours:
        raise Forbidden(
            "This request did not come from a page of this server.", code=Code.CSRF_ERROR
        )


def refresh_path(request: web.Request) -> str:
    """Return the path for which browsers keep the refresh token, as they see it."""
    return urlsplit(request.app[SETTINGS].base_url).path + REFRESH_PATH
