"""What happens around every handler, outermost first: ``surround``, then ``guard``."""

import re
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from gassapi_backend.addresses import ip_of, is_within
from gassapi_backend.console.pages import refuse
from gassapi_backend.instance_key import Keys
from gassapi_backend.logs import log_request
from gassapi_backend.models import new_id
from gassapi_backend.server.access.callers import NOBODY, Actor, Caller
from gassapi_backend.server.access.credentials import Finder
from gassapi_backend.server.access.decisions import TokenRevoked
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.errors import (
    Code,
    Failure,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
)
from gassapi_backend.server.limits.requests import RequestRate
from gassapi_backend.server.mcp.credentials import tool_credential
from gassapi_backend.server.routing import Route, route_of
from gassapi_backend.server.service.state import HISTORY
from gassapi_backend.server.tokens.state import USAGE
from gassapi_backend.server.web.admission import admit
from gassapi_backend.server.web.credentials import (
    access_credential,
    remove_tokens,
    sent_refresh_token,
    sent_token,
)
from gassapi_backend.server.web.deadlines import DEADLINES
from gassapi_backend.server.web.headers import REQUEST_ID_HEADER, is_preflight
from gassapi_backend.server.web.reading import MAX_BODY, printable
from gassapi_backend.server.web.state import (
    ACTOR,
    CALLERS,
    CLIENT,
    HANDLING,
    SETTINGS,
    STATE,
    Handling,
)
from gassapi_backend.server.web.unexpected import shown_path, unexpected

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

DEADLINE = 30  # seconds an answer may take
SLOW_SECONDS = 1.0  # from which on an answer is slow
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_log = structlog.get_logger("gassapi.request")


@web.middleware
async def surround(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the request, turn every failure into the contract's shape, and log the outcome."""
    started = time.perf_counter()
    app = request.app
    sent = request.headers.get(REQUEST_ID_HEADER)
    request_id = sent if sent and _SANE_ID.fullmatch(sent) else new_id()
    ip, is_https = _origin_of(request, app)
    deadline = app[DEADLINES].after(DEADLINE)
    handling = request[HANDLING] = Handling(request_id, ip, is_https, deadline)
    try:
        if is_preflight(request):
            response: web.StreamResponse = web.Response(status=204)
        else:
            with deadline:
                response = await handler(request)
    except Failure as failure:
        response = await refuse(request, failure)
        for cookie in handling.cookies if failure.status == 401 else ():
            cookie.set_on(response)
    except web.HTTPException as error:
        response = await _translated(error, request)
    except web.RequestPayloadError:
        broken = Invalid("The body is cut off, or not encoded as its headers say.")
        response = await refuse(request, broken)
        response.force_close()  # where the next request begins is unknown
    except Exception as error:
        response = await refuse(request, unexpected(error, request))
    is_unread = request.body_exists and not request.content.is_eof()
    if is_unread and (_is_much(request) or response.status == 408):
        response.force_close()  # keeping the connection is not worth reading it to its end
    _log_request(request, response.status, time.perf_counter() - started)
    return response


def _log_request(request: web.Request, status: int, seconds: float) -> None:
    """Count and log the outcome; one that took long, unless it is made to last, as a warning."""
    is_slow, is_lasting = seconds >= SLOW_SECONDS, False
    if is_slow and (route := route_of(request)):
        is_lasting = route.is_lasting
        is_slow = not is_lasting
    if not is_lasting:
        request.app[HISTORY].note(seconds, status)
    caller = request[ACTOR].caller if ACTOR in request else NOBODY
    handling = request[HANDLING]
    log_request(
        "warning" if is_slow else "info",
        {
            "method": request.method,
            "path": shown_path(request),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "ip": handling.ip,
            "requestId": handling.request_id,
            "userId": caller.user_id,
            "tokenId": caller.token_id,
        },
    )


def make_guard(
    *, rates: RequestRate | None, project_rates: RequestRate | None, keys: Keys
) -> Middleware:
    """Return the middleware that finds out who asks, slows them down, and lets them in or not.

    ``rates`` limits the requests of a person, whose tokens count as them, or of an address, and
    ``project_rates`` those of all tokens of a project; ``None`` for no limit.
    """
    finder = Finder(keys)

    async def count(request: web.Request, subject: str) -> None:
        if rates is None:
            return
        window = request[HANDLING].window = await rates.hit(subject)
        if window.is_exceeded:
            raise TooMany("Too many requests. Slow down.", retry_after=window.reset)

    async def count_project(project_id: str) -> None:
        if project_rates is None:
            return
        window = await project_rates.hit(project_id)
        if window.is_exceeded:
            text = "Too many requests by this project's tokens. Slow down."
            raise TooMany(text, retry_after=window.reset)

    async def identify(request: web.Request, route: Route) -> Caller:
        try:
            credential = _credential(request, route)
            return await request.app[CALLERS].get(
                credential, finder.find, is_remembered=not route.is_lasting
            )
        except Unauthenticated:
            token = sent_refresh_token(request) if route.takes_refresh else None
            if token is None:
                raise
        remove_tokens(request)  # if that is no good either
        return await finder.find_by_refresh_token(token)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = route_of(request)
        handling = request[HANDLING]
        ip, caller = handling.ip, NOBODY
        if route is None or route.permission is Permission.PUBLIC:
            if route is None or route.is_limited:
                await count(request, ip)
        else:
            try:
                caller = await identify(request, route)
            except Failure as failure:
                await count(request, ip)
                if (
                    isinstance(failure, TokenRevoked)
                    and route.permission is Permission.VALIDATE_TOKEN
                ):
                    raise Forbidden(failure.message) from None
                raise
            await count(request, caller.user_id or ip)
            if caller.project_id:
                await count_project(caller.project_id)
        agent = request.headers.get("User-Agent")
        request[ACTOR] = Actor(caller, ip, handling.request_id, agent and printable(agent, 255))
        if route is not None and route.permission is not Permission.PUBLIC:
            if caller.must_change_password and not route.before_password:
                raise _has_to_change_password()
            await admit(
                request,
                route.permission,
                is_counted=route.is_counted,
                is_decided_again=route.is_decided_again,
            )
        if caller.token_id is None:
            return await handler(request)
        if route is not None and route.is_lasting:
            request.app[USAGE].note(caller.token_id, ip)
        response = await handler(request)
        if response.status < 400:  # one that is refused is no use
            request.app[USAGE].note(caller.token_id, ip, request.get(CLIENT))
        return response

    return guard


def _has_to_change_password() -> Forbidden:
    return Forbidden(
        "Somebody else set your password. Choose one of your own first: PUT /users/password.",
        code=Code.PASSWORD_CHANGE_REQUIRED,
    )


def _credential(request: web.Request, route: Route) -> str:
    if route.permission is Permission.VALIDATE_TOKEN:  # a session's cookie is no token to validate
        if found := sent_token(request):
            return found
        raise Invalid("Send the token as X-MCP-Token or as Authorization: Bearer.")
    if route.permission is Permission.CALL_TOOLS:
        return tool_credential(request)
    if found := access_credential(request):
        return found
    raise Unauthenticated("Sign in first: send Authorization: Bearer with an access token.")


async def _translated(error: web.HTTPException, request: web.Request) -> web.StreamResponse:
    if error.status < 400:
        return error
    response = await refuse(request, _failure_of(error))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _failure_of(error: web.HTTPException) -> Failure:
    if error.status == 404:
        return NotFound("There is nothing at this address.")
    if error.status == 405:
        return MethodNotAllowed("This address does not take this method.")
    if error.status == 413:
        return TooLarge("The body is too large.")
    failure = Invalid(error.reason)
    failure.status = error.status
    return failure


def _origin_of(request: web.Request, app: web.Application) -> tuple[str, bool]:
    """Return the caller's address, and whether they come by https, through trusted proxies."""
    address = (request.remote or "").partition("%")[0]  # without an IPv6 zone
    address = ip_of(address) or address
    is_https = request.scheme == "https"
    trusted = app[SETTINGS].trusted_proxies
    if trusted and is_within(address, trusted):
        hops = ",".join(request.headers.getall("X-Forwarded-For", ()))  # each proxy may add a line
        for hop in reversed(hops.split(",")):
            if (found := ip_of(hop)) is None:
                break
            address = found
            if not is_within(found, trusted):
                break
        first = request.headers.get("X-Forwarded-Proto", "").partition(",")[0]
        is_https = first.strip().lower() == "https"
    elif "X-Forwarded-For" in request.headers:
        _warn_of_proxy(request, address)
    return address, is_https


def _warn_of_proxy(request: web.Request, address: str) -> None:
    """Say once that somebody tells who asks, and is not believed: a proxy that nobody named?"""
    state = request.app[STATE]
    if not state.has_warned_of_proxy:
        state.has_warned_of_proxy = True
        _log.warning(
            "X-Forwarded-For is not believed",
            sentBy=address,
            advice="If a proxy of yours has this address, name it in GASSAPI_TRUSTED_PROXIES: "
            "until then everybody behind it counts as one.",
        )


def _is_much(request: web.Request) -> bool:
    length = request.content_length
    return length is None or length > MAX_BODY
