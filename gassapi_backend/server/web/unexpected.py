"""What nobody raised on purpose: what the caller is told of it; the log has the rest."""

import re
from functools import lru_cache

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
from gassapi_backend.server.errors import Failure, Invalid, TooLarge, Unavailable, Uncertain
from gassapi_backend.server.web.reading import printable
from gassapi_backend.server.web.state import HANDLING, SETTINGS, STATE

KEPT = 500  # paths whose shown form is kept: most are asked for again

_LEADS_TO_LINK = re.compile(
    r"(?<=/)(?:verify|reset|invite)(?=/.)|(?<=/v1/)invitations(?=/(?!(?:accept|decline)$).)"
)
_PLAIN = re.compile(r"(?:/[\w.-]{0,39}){1,5}", re.ASCII)  # far cheaper, and most
_MAY_BE_LINK = re.compile(r"[\w-]{40,}")  # ids are shorter
_log = structlog.get_logger("gassapi.request")


def unexpected(error: Exception, request: web.Request) -> Failure:
    """Return what to tell the caller of an exception, and log it."""
    if isinstance(error, TimeoutError):
        _log.warning("request took too long", path=shown_path(request))
        return Uncertain("The answer took too long. Try again.", retry_after=5)
    if is_away(error) or is_deadlock(error):
        if is_damaged(error):
            request.app[STATE].has_met_damage = True
        _log.warning("database unavailable", reason=explain(error, request.app[SETTINGS]))
        if is_busy(error):
            return Unavailable("The server is too busy. Try again shortly.", retry_after=5)
        return Uncertain("The database cannot be reached. Try again shortly.", retry_after=5)
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
        requestId=request[HANDLING].request_id,
        statement_failed=isinstance(error, OperationalError),
    )
    return Failure("Something went wrong here. Quote the request id to your operator.")


def shown_path(request: web.Request) -> str:
    """Return a request's path as logs may have it: without the token of a link.

    Whatever stands behind one goes with it, since mail programs add a dot or more to what they take
    for an address.
    """
    return _shown(request.path)


@lru_cache(maxsize=KEPT)
def _shown(path: str) -> str:
    if _PLAIN.fullmatch(path) and not ("verify" in path or "reset" in path or "invit" in path):
        return path
    if found := _LEADS_TO_LINK.search(path):
        return printable(f"{path[: found.end()]}/{{link}}")
    return printable("/".join(map(_without_link, path.split("/"))))


def _without_link(segment: str) -> str:
    return "{link}" if _MAY_BE_LINK.search(segment) else segment
