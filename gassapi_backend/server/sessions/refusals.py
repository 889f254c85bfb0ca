"""Refused sign-ins in the log, for operators and for programs like fail2ban."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.errors import Forbidden, TooMany, Unauthenticated
from gassapi_backend.server.names import email_key
from gassapi_backend.server.sessions.refused import RefusedSignIns

EVENT = "sign-in refused"
NO_ADDRESS = "(not an address)"  # it may be a password that was typed into the wrong field

_log = structlog.get_logger("gassapi.sign-in")


@contextmanager
def noted(actor: Actor, account: str, refused: RefusedSignIns) -> Iterator[None]:
    """Log and count it when the block refuses a sign-in; ``reason`` is the code of the answer.

    ``docs/logs.md`` shows a filter that takes the line apart: the order of its fields is promised.
    """
    try:
        yield
    except (Unauthenticated, Forbidden, TooMany) as failure:
        refused.count(actor, account, failure)
        _log.warning(
            EVENT,
            ip=actor.ip,
            account=account if email_key(account)[:1] != "@" else NO_ADDRESS,
            reason=failure.code,
            requestId=actor.request_id,
        )
        raise
