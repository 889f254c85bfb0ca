"""Where the application and a request keep what handlers need."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiohttp import web

from gassapi_backend.database import Row
from gassapi_backend.instance_key import Keys
from gassapi_backend.server.access.admission import EnteredBefore
from gassapi_backend.server.access.callers import NOBODY, Actor, Caller, Callers
from gassapi_backend.server.access.permissions import Role
from gassapi_backend.server.limits.windows import Window
from gassapi_backend.server.web.deadlines import Deadline
from gassapi_backend.settings import Settings
from gassapi_backend.vault import Vault


@dataclass
class ServerState:
    """What changes about this process: whether it still takes new work, and what it has said.

    ``started`` is since when it runs (monotonic seconds).
    """

    is_draining: bool = False
    has_warned_of_proxy: bool = False
    has_met_damage: bool = False  # of SQLite's file
    started: float = field(default_factory=time.monotonic)


class Cookie(NamedTuple):
    """A cookie to set with the answer; ``max_age`` in seconds, 0 to remove it."""

    name: str
    value: str
    max_age: int
    path: str
    is_secure: bool

    def set_on(self, response: web.StreamResponse) -> None:
        """Have a response set it: out of reach of scripts, and not sent by other sites."""
        response.set_cookie(
            self.name,
            self.value,
            max_age=self.max_age,
            path=self.path,
            httponly=True,
            samesite="Lax",
            secure=self.is_secure,
        )


@dataclass(slots=True)
class Handling:
    """What is known of a request as it arrives, and what its answer has to have.

    A stream lifts the ``deadline``; ``is_lasting`` says whether it may, for as long as the caller
    has access, who is nobody until they are known. ``window`` is where their limit stands,
    ``cookies`` are to be set, and ``reveals`` says whether the answer carries secrets that the same
    address does not always answer with.
    """

    request_id: str
    ip: str
    is_https: bool
    deadline: Deadline
    caller: Caller = NOBODY
    is_lasting: bool = False
    window: Window | None = None
    cookies: Sequence[Cookie] = ()
    reveals: bool = False


SETTINGS = web.AppKey("settings", Settings)
KEYS = web.AppKey("keys", Keys)
VAULT = web.AppKey("vault", Vault)
CALLERS = web.AppKey("callers", Callers)
ENTERED = web.AppKey("entered", EnteredBefore)
STATE = web.AppKey("state", ServerState)

HANDLING = web.RequestKey("handling", Handling)
ACTOR = web.RequestKey("actor", Actor)
CLIENT = web.RequestKey("client", str)
"""What the program that asks calls itself, where its protocol has it say so."""
PROJECT = web.RequestKey("project", Row)
SUBJECT: web.RequestKey[Any] = web.RequestKey("subject", dict)
"""The row of what the path names, one of the tables of ``access.admission.SUBJECTS``.

Where the route says ``is_decided_again``, no more than its ``id`` and ``project_id`` is sure.
"""
ROLE = web.RequestKey("role", Role)
