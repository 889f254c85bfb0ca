"""What every response says of itself, and which encodings a request takes."""

from collections.abc import Sequence

from aiohttp import HttpVersion11, hdrs, web
from multidict import CIMultiDict, istr

from gassapi_backend.clock import http_date
from gassapi_backend.models import new_id
from gassapi_backend.server.web.state import HANDLING, Handling

SERVER = "gassapi"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}
VARY = "Authorization, Cookie, X-MCP-Token"  # answers differ by caller
CACHE_CONTROL = "private, no-cache"
HSTS = "max-age=31536000"
EXPOSED = (
    "ETag, Idempotency-Replayed, Retry-After, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, X-Request-Id"
)
REQUEST_ID_HEADER = istr("X-Request-Id")

_STATUS_LINES = {200: "HTTP/1.1 200 OK\r\n", 201: "HTTP/1.1 201 Created\r\n"}
_OWN = {hdrs.CONTENT_TYPE, "ETag"}
_JUST_JSON = CIMultiDict({hdrs.CONTENT_TYPE: "application/json"})  # most say no more of themselves
_JSON_ONLY = "Content-Type: application/json\r\n"


class Headers:
    """The contract's headers, for responses of every kind."""

    def __init__(self, cors_origins: Sequence[str]) -> None:
        self._origins = frozenset(cors_origins)
        self._vary = f"{VARY}, Origin" if cors_origins else VARY
        self._defaults = [(istr(name), value) for name, value in HEADERS.items()]
        always = {
            **HEADERS,
            hdrs.SERVER: SERVER,
            hdrs.CACHE_CONTROL: CACHE_CONTROL,
            hdrs.VARY: self._vary,
        }
        self._always = "".join(f"{name}: {value}\r\n" for name, value in always.items())
        self._always_https = f"{self._always}Strict-Transport-Security: {HSTS}\r\n"

    async def add(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give a response, a stream too, what it does not say yet."""
        headers = response.headers
        handling = request.get(HANDLING)
        headers[REQUEST_ID_HEADER] = handling.request_id if handling else new_id()
        headers[hdrs.SERVER] = SERVER  # aiohttp has put its own there
        for name, value in self._defaults:  # a page that a secret link leads to has stricter ones
            headers.setdefault(name, value)
        headers.setdefault(hdrs.CACHE_CONTROL, CACHE_CONTROL)
        if handling and (window := handling.window):
            headers["RateLimit-Limit"] = str(window.limit)
            headers["RateLimit-Remaining"] = str(window.remaining)
            headers["RateLimit-Reset"] = str(window.reset)
        if handling and handling.is_https:
            headers["Strict-Transport-Security"] = HSTS
        own = headers.getall(hdrs.VARY, ())
        headers[hdrs.VARY] = ", ".join((self._vary, *own)) if own else self._vary
        if self._origins and request.headers.get("Origin") in self._origins:
            _allow_origin(request, response)

    def head_of(
        self, request: web.Request, handling: Handling, response: web.Response, length: int
    ) -> bytes | None:
        """Return the whole head of a response of ``length`` bytes, as ``add()`` makes it.

        ``None`` where the request, or what the response says of itself, is out of the ordinary.
        """
        line = _STATUS_LINES.get(response.status)
        if (
            line is None
            or request.version != HttpVersion11
            or request.method == hdrs.METH_HEAD
            or not request.keep_alive
            or (self._origins and hdrs.ORIGIN in request.headers)
        ):
            return None
        own = _JSON_ONLY
        if response.headers != _JUST_JSON:
            own = ""
            for name, value in response.headers.items():
                if name not in _OWN or "\n" in value or "\r" in value:
                    return None
                own += f"{name}: {value}\r\n"
        if window := handling.window:
            own += (
                f"RateLimit-Limit: {window.limit}\r\nRateLimit-Remaining: {window.remaining}\r\n"
                f"RateLimit-Reset: {window.reset}\r\n"
            )
        return (
            f"{line}{self._always_https if handling.is_https else self._always}{own}"
            f"Content-Length: {length}\r\nDate: {http_date()}\r\n"
            f"X-Request-Id: {handling.request_id}\r\n\r\n"
        ).encode()


def is_preflight(request: web.Request) -> bool:
    """Whether a browser asks what another site's page may send (Fetch, 3.3.2)."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _allow_origin(request: web.Request, response: web.StreamResponse) -> None:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    headers["Access-Control-Allow-Credentials"] = "true"
    if is_preflight(request):
        headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
            "Last-Event-ID, X-MCP-Token, X-Request-Id"
        )
        headers["Access-Control-Max-Age"] = "600"
    else:
        headers["Access-Control-Expose-Headers"] = EXPOSED


WRITTEN = web.AppKey("written", Headers)


def takes_encoding(accepted: str, name: str) -> bool:
    """Whether ``Accept-Encoding`` allows an encoding other than ``identity`` (RFC 9110, 12.5.3).

    A weight of 0, or one that is none, forbids it. ``*`` is for those that are not named.
    """
    found = weights(accepted)
    return found.get(name, found.get("*", 0.0)) > 0


def weights(accepted: str) -> dict[str, float]:
    """Return what a header like ``Accept`` names, each with its weight (RFC 9110, 12.4.2).

    In lower case and in the header's order. Where the weight is no number it is 0.
    """
    found = {}
    for item in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        found[name] = min(map(_weight, parameters), default=1.0)
    return found


def _weight(parameter: str) -> float:
    key, _, value = parameter.partition("=")
    try:
        return float(value) if key.strip() == "q" else 1.0
    except ValueError:
        return 0.0
