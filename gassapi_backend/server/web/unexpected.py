"""What nobody raised on purpose: what the caller is told of it; the log has the rest."""

import re

import structlog
from aiohttp import web
from tortoise.exceptions import OperationalError

from gassapi_backend.database.failures import (
    is_away,
    is_busy,
    is_damaged,
    is_deadlock,
    is_too_large,
    is_too_slow,
)
from gassapi_backend.database.reasons import explain
from gassapi_backend.server.errors import Failure, Invalid, TooLarge, Unavailable
from gassapi_backend.server.web.reading import printable
from gassapi_backend.server.web.state import REQUEST_ID, SETTINGS, STATE

_LINK = re.compile(
    r"(?<=/)(verify|reset|invite)/.+|(?<=/v1/)(invitations)/(?!(?:accept|decline)$).+|[\w-]{40,}.*",
    re.DOTALL,
)
"""What leads to the token of a link, or may be one (ids are shorter), whatever stands behind."""
_log = structlog.get_logger("gassapi.request")


def unexpected(error: Exception, request: web.Request) -> Failure:
    """Return what to tell the caller of an exception, and log it."""
    if isinstance(error, TimeoutError):
        _log.warning("request took too long", path=shown_path(request))
        return Unavailable("The answer took too long. Try again.", retry_after=5)
    if is_away(error) or is_deadlock(error):
        if is_damaged(error):
            request.app[STATE].has_met_damage = True
        _log.warning("database unavailable", reason=explain(error, request.app[SETTINGS]))
        if is_busy(error):
            return Unavailable("The server is too busy. Try again shortly.", retry_after=5)
        return Unavailable("The database cannot be reached. Try again shortly.", retry_after=5)
    if is_too_slow(error):
        _log.warning("statement took too long", path=shown_path(request))
        return Unavailable("This took the database too long. Ask for less at once.", retry_after=5)
    if is_too_large(error):
        _log.warning("statement too large", reason=explain(error, request.app[SETTINGS]))
        return TooLarge("This is more than the database takes at once. Send less at a time.")
    if isinstance(error, ConnectionError):
        return Invalid("The request broke off.")
    _log.error(
        "unexpected error",
        exc_info=error,
        requestId=request[REQUEST_ID],
        statement_failed=isinstance(error, OperationalError),
    )
    return Failure("Something went wrong here. Quote the request id to your operator.")


def shown_path(request: web.Request) -> str:
    """Return a request's path as logs may have it: without the token of a link."""
    return printable(_LINK.sub(_without_token, request.path))


def _without_token(found: re.Match[str]) -> str:
    room = found[1] or found[2]
    return f"{room}/{{link}}" if room else "{link}"
