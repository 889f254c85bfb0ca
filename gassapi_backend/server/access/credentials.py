"""Finding the credential in a request, and whom it stands for."""

from urllib.parse import urlsplit

from aiohttp import web

from gassapi_backend.instance_key import Keys
from gassapi_backend.models.tokens import Scope
from gassapi_backend.server.access.callers import Caller, Kind
from gassapi_backend.server.access.mcp_tokens import PREFIX, hash_of, is_well_formed
from gassapi_backend.server.access.session_tokens import invalid_token, read_access_token
from gassapi_backend.server.accounts.queries import find_session
from gassapi_backend.server.errors import Forbidden, Unauthenticated
from gassapi_backend.server.sessions.actions import account_inactive
from gassapi_backend.server.tokens.queries import find_token
from gassapi_backend.server.web.state import IS_HTTPS, SETTINGS

ACCESS_COOKIE = "gassapi_access"
REFRESH_COOKIE = "gassapi_refresh"
REFRESH_PATH = "/api/v1/auth"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

FOREVER = float("inf")


class TokenRevoked(Unauthenticated):
    """An MCP token that was good once."""

    def __init__(self) -> None:
        super().__init__("This token is revoked. Ask for a new one.", code="TOKEN_INVALID")


def bearer(request: web.Request) -> str | None:
    """Return the token of ``Authorization: Bearer``, the scheme in any case (RFC 9110, 11.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


def sent_token(request: web.Request) -> str | None:
    """Return the access or MCP token that a request carries in a header."""
    return request.headers.get("X-MCP-Token") or bearer(request)


def access_credential(request: web.Request) -> str | None:
    """Return the access or MCP token that a request carries. Raises ``Forbidden`` (CSRF)."""
    if found := sent_token(request):
        return found
    cookie = request.cookies.get(ACCESS_COOKIE)
    if cookie:
        refuse_foreign_origin(request)
    return cookie or None


def refuse_foreign_origin(request: web.Request) -> None:
    """Raise ``Forbidden`` for an unsafe request by cookie that no page of ours sent."""
    if request.method in SAFE_METHODS:
        return
    settings = request.app[SETTINGS]
    origin = request.headers.get("Origin")
    if origin is not None:
        scheme = "https" if request[IS_HTTPS] else "http"
        public = urlsplit(settings.base_url)
        own = {f"{scheme}://{request.host}", f"{public.scheme}://{public.netloc}"}
        is_ours = origin in own or origin in settings.cors_origins
    else:
        is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not is_ours:
        raise Forbidden("This request did not come from a page of this server.", code="CSRF_ERROR")


def refresh_path(request: web.Request) -> str:
    """Return the path for which browsers keep the refresh token, as they see it."""
    return urlsplit(request.app[SETTINGS].base_url).path + REFRESH_PATH


class Finder:
    """Finds callers with the keys of one instance."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def find(self, credential: str) -> tuple[Caller, float]:
        """Return the caller and until when (epoch seconds) the credential is good.

        Raises ``Unauthenticated``, ``TokenRevoked`` and ``Forbidden`` (deactivated).
        """
        if credential.startswith(PREFIX):
            return await _by_mcp_token(credential), FOREVER
        claims = read_access_token(self._keys.access, credential)
        session = await find_session(claims.session_id)
        if session is None or session["user_id"] != claims.user_id:
            raise invalid_token()
        if not session["is_active"]:
            raise account_inactive()
        if session["revoked_at"] is not None:
            raise Unauthenticated("This session has ended. Sign in again.", code="TOKEN_INVALID")
        caller = Caller(
            Kind.USER,
            user_id=claims.user_id,
            name=session["name"],
            is_admin=bool(session["is_admin"]),
            session_id=claims.session_id,
        )
        return caller, claims.expires


async def _by_mcp_token(credential: str) -> Caller:
    if not is_well_formed(credential):
        raise invalid_token()
    token = await find_token(hash_of(credential))
    if token is None:
        raise invalid_token()
    if token["revoked_at"] is not None or not token["is_active"] or not token["is_member"]:
        raise TokenRevoked
    return Caller(
        Kind.TOKEN,
        user_id=token["user_id"],
        name=token["name"],
        token_id=token["id"],
        project_id=token["project_id"],
        scope=Scope(token["scope"]),
    )
