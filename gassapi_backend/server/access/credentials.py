"""Whom a credential stands for."""

import time
from datetime import datetime

from gassapi_backend.database import Row
from gassapi_backend.instance_key import Keys
from gassapi_backend.models.tokens import Scope
from gassapi_backend.server.access.callers import Caller, Kind
from gassapi_backend.server.access.decisions import Standing, check_standing
from gassapi_backend.server.access.mcp_tokens import PREFIX, hash_of, is_well_formed
from gassapi_backend.server.access.queries import find_session, find_token
from gassapi_backend.server.access.session_tokens import (
    invalid_token,
    read_access_token,
    read_refresh_token,
)

FOREVER = float("inf")


class Finder:
    """Finds callers with the keys of one instance."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def find(self, credential: str) -> tuple[Caller, float]:
        """Return the caller and until when (epoch seconds) the credential is good.

        Raises ``Unauthenticated``, ``TokenRevoked``, ``TokenExpired`` and ``Forbidden``
        (deactivated).
        """
        if credential.startswith(PREFIX):
            return await _by_mcp_token(credential)
        claims = read_access_token(self._keys.access, credential)
        caller = await _by_session(claims.session_id)
        if caller.user_id != claims.user_id:
            raise invalid_token()
        return caller, claims.expires

    async def find_by_refresh_token(self, token: str) -> Caller:
        """Return whose session a refresh token is of, be it used up or not.

        Enough to end that session, and for nothing else. Raises as ``find()``.
        """
        session_id, _ = read_refresh_token(self._keys.refresh, token)
        return await _by_session(session_id)


async def _by_session(session_id: str) -> Caller:
    session = await find_session(session_id)
    if session is None:
        raise invalid_token()
    caller = Caller(
        Kind.USER,
        user_id=session["user_id"],
        name=session["name"],
        is_admin=bool(session["is_admin"]),
        must_change_password=bool(session["must_change_password"]),
        session_id=session_id,
    )
    check_standing(caller, _standing(session))
    return caller


async def _by_mcp_token(credential: str) -> tuple[Caller, float]:
    if not is_well_formed(credential):
        raise invalid_token()
    token = await find_token(hash_of(credential))
    if token is None:
        raise invalid_token()
    caller = Caller(
        Kind.TOKEN,
        user_id=token["user_id"],
        name=token["name"],
        token_id=token["id"],
        project_id=token["project_id"],
        scope=Scope(token["scope"]),
    )
    check_standing(caller, _standing(token))
    return caller, _seconds(token["expires_at"])


def _seconds(expires_at: str | None) -> float:
    if expires_at is None:
        return FOREVER
    return datetime.fromisoformat(f"{expires_at}+00:00").timestamp()


def _standing(found: Row) -> Standing:
    return Standing(
        is_current=bool(found["is_current"]),
        is_active=bool(found["is_active"]),
        is_member=bool(found.get("is_member")),
        is_expired=_seconds(found.get("expires_at")) <= time.time(),
    )
