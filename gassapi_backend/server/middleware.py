"""What happens around every handler, outermost first: ``surround``, then ``guard``."""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

import structlog
from aiohttp import hdrs, web

from gassapi_backend.addresses import ip_of, is_within
from gassapi_backend.console.pages import refuse
from gassapi_backend.fair_share import request_ended
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
from gassapi_backend.server.routing import Route
from gassapi_backend.server.service.history import History
from gassapi_backend.server.service.state import HISTORY
from gassapi_backend.server.tokens.state import USAGE
from gassapi_backend.server.web.admission import admit
from gassapi_backend.server.web.answers import JsonResponse
from gassapi_backend.server.web.credentials import (
    access_credential,
    remove_tokens,
    sent_refresh_token,
    sent_token,
)
from gassapi_backend.server.web.deadlines import DEADLINES
from gassapi_backend.server.web.headers import REQUEST_ID_HEADER, WRITTEN, is_preflight
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


def make_surround(app: web.Application) -> Callable[[Handler], Handler]:
    """Return what puts around a handler what happens to every request, whoever sends it."""
    settings, deadlines, history = app[SETTINGS], app[DEADLINES], app[HISTORY]
    headers = app[WRITTEN]
    trusted = settings.trusted_proxies

    def surround(handler: Handler) -> Handler:
        async def surrounded(request: web.Request) -> web.StreamResponse:
            """Name the request, give failures the contract's shape, and log the outcome."""
            started = time.perf_counter()
            sent = request.headers.get(REQUEST_ID_HEADER)
            request_id = sent if sent and _SANE_ID.fullmatch(sent) else new_id()
            ip, is_https = _origin_of(request, trusted)
            deadline = deadlines.after(DEADLINE)
            handling = request[HANDLING] = Handling(request_id, ip, is_https, deadline)
            try:
                if request.method == hdrs.METH_OPTIONS and is_preflight(request):
                    response: web.StreamResponse = web.Response(status=204)
                else:
                    with deadline:
                        response = await handler(request)
            except Exception as error:
                response = await _answer_to(error, request)
            if request.body_exists and not request.content.is_eof():
                _leave_unread(request, response)
            if isinstance(response, JsonResponse):
                response.make_head(headers, request, handling)
            request_ended()
            _log_request(request, handling, response.status, time.perf_counter() - started, history)
            return response

        return surrounded

    return surround


async def _answer_to(error: Exception, request: web.Request) -> web.StreamResponse:
    """Return the answer to a request that failed, in the contract's shape."""
    if isinstance(error, Failure):
        response: web.StreamResponse = await refuse(request, error)
        for cookie in request[HANDLING].cookies if error.status == 401 else ():
            cookie.set_on(response)
    elif isinstance(error, web.HTTPException):
        response = await _translated(error, request)
    elif isinstance(error, web.RequestPayloadError):
        broken = Invalid("The body is cut off, or not encoded as its headers say.")
        response = await refuse(request, broken)
        response.force_close()  # where the next request begins is unknown
    else:
        response = await refuse(request, unexpected(error, request))
    return response


def _leave_unread(request: web.Request, response: web.StreamResponse) -> None:
    """Close the connection where keeping it is not worth reading the body to its end."""
    if _is_much(request) or response.status == 408:
        response.force_close()


def _log_request(
    request: web.Request, handling: Handling, status: int, seconds: float, history: History
) -> None:
    """Count and log the outcome; one that took long, unless it is made to last, as a warning."""
    is_slow = seconds >= SLOW_SECONDS
    if is_slow and handling.is_lasting:
        is_slow = False
    else:
        history.note(seconds, status)
    log_request(
        "warning" if is_slow else "info",
        method=request.method,
        path=shown_path(request),
        status=status,
        ms=seconds * 1000,
        ip=handling.ip,
        request_id=handling.request_id,
        user_id=handling.caller.user_id,
        token_id=handling.caller.token_id,
    )


def make_guard(
    *, rates: RequestRate | None, project_rates: RequestRate | None, keys: Keys
) -> Callable[[Route | None, Handler], Handler]:
    """Return what finds out who asks a route, slows them down, and lets them in or not.

    ``rates`` limits the requests of a person, whose tokens count as them, or of an address, and
    ``project_rates`` those of all tokens of a project; ``None`` for no limit.
    """
    finder = Finder(keys)

    async def count(rates: RequestRate, handling: Handling, subject: str) -> None:
        window = handling.window = await rates.hit(subject)
        if window.is_exceeded:
            raise TooMany("Too many requests. Slow down.", retry_after=window.reset)

    async def count_project(rates: RequestRate, project_id: str) -> None:
        window = await rates.hit(project_id)
        if window.is_exceeded:
            text = "Too many requests by this project's tokens. Slow down."
            raise TooMany(text, retry_after=window.reset)

    async def find(request: web.Request, route: Route) -> Caller:
        try:
            credential, callers = _credential(request, route), request.app[CALLERS]
            if not route.is_lasting and (caller := callers.remembered(credential)):
                return caller
            return await callers.get(credential, finder.find, is_remembered=False)
        except Unauthenticated:
            token = sent_refresh_token(request) if route.takes_refresh else None
            if token is None:
                raise
        remove_tokens(request)  # if that is no good either
        return await finder.find_by_refresh_token(token)

    async def identify(request: web.Request, handling: Handling, route: Route) -> Caller:
        try:
            caller = await find(request, route)
        except Failure as failure:
            if rates is not None:
                await count(rates, handling, handling.ip)
            is_revoked = isinstance(failure, TokenRevoked)
            if is_revoked and route.permission is Permission.VALIDATE_TOKEN:
                raise Forbidden(failure.message) from None
            raise
        if rates is not None:
            await count(rates, handling, caller.user_id or handling.ip)
        if project_rates is not None and caller.project_id:
            await count_project(project_rates, caller.project_id)
        return caller

    def guard(route: Route | None, handler: Handler) -> Handler:
        async def open_to_all(request: web.Request) -> web.StreamResponse:
            handling = request[HANDLING]
            if rates is not None and (route is None or route.is_limited):
                await count(rates, handling, handling.ip)
            _note_actor(request, handling, NOBODY)
            return await handler(request)

        if route is None or route.permission is Permission.PUBLIC:
            return open_to_all

        async def guarded(request: web.Request) -> web.StreamResponse:
            handling = request[HANDLING]
            handling.is_lasting = route.is_lasting
            caller = await identify(request, handling, route)
            _note_actor(request, handling, caller)
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
            if route.is_lasting:
                request.app[USAGE].note(caller.token_id, handling.ip)
            response = await handler(request)
            if response.status < 400:  # one that is refused is no use
                request.app[USAGE].note(caller.token_id, handling.ip, request.get(CLIENT))
            return response

        return guarded

    return guard


def _note_actor(request: web.Request, handling: Handling, caller: Caller) -> None:
    handling.caller = caller
    agent = request.headers.get(hdrs.USER_AGENT)
    request[ACTOR] = Actor(
        caller, handling.ip, handling.request_id, agent and printable(agent, 255)
    )


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


def _origin_of(
    request: web.Request, trusted: Sequence[IPv4Network | IPv6Network]
) -> tuple[str, bool]:
    """Return the caller's address, and whether they come by https, through trusted proxies.

    Without one they come by http: this server speaks nothing else.
    """
    address, is_https = _address_of(request.remote or ""), False
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
    elif hdrs.X_FORWARDED_FOR in request.headers:
        _warn_of_proxy(request, address)
    return address, is_https


@lru_cache(maxsize=1024)
def _address_of(peer: str) -> str:
    address = peer.partition("%")[0]  # without an IPv6 zone
    return ip_of(address) or address


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
