"""Answers with secret values: for whom, and that nobody stores them."""

from aiohttp import web

from gassapi_backend.server.access.permissions import Permission, allows
from gassapi_backend.server.errors import Forbidden
from gassapi_backend.server.web.state import ACTOR, REVEALS, ROLE


def begin_reveal(request: web.Request) -> None:
    """Raise ``Forbidden`` for who may see only the mask; else have nobody store the answer."""
    if not allows(request[ROLE], Permission.REVEAL_SECRETS, request[ACTOR].caller.scope):
        raise Forbidden("You may not see secret values here.")
    request[REVEALS] = True
