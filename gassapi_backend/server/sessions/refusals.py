"""Refused sign-ins in the log, for operators and for programs like fail2ban."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.errors import Forbidden, TooMany, Unauthenticated

EVENT = "sign-in refused"

_log = structlog.get_logger("gassapi.sign-in")


@contextmanager
def logged(actor: Actor, account: str) -> Iterator[None]:
    """Log it where the block refuses to sign in; ``reason`` is the code of the answer.

    ``docs/logs.md`` shows a filter that takes the line apart: the order of its fields is promised.
    """
    try:
        yield
    except (Unauthenticated, Forbidden, TooMany) as failure:
        _log.warning(
            EVENT,
            ip=actor.ip,
            account=account,
            reason=failure.code,
            requestId=actor.request_id,
        )
        raise
