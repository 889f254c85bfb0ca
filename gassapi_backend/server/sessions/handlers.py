"""Signing in, with a new account too, and staying signed in, over HTTP."""

from aiohttp import web

from gassapi_backend.clock import now, stored
from gassapi_backend.models import is_id
from gassapi_backend.models.rows import SessionRow
from gassapi_backend.server.access.link_tokens import read_link_token
from gassapi_backend.server.access.session_tokens import (
    ACCESS_SECONDS,
    REFRESH_PREFIX,
    make_access_token,
    make_refresh_token,
    read_refresh_token,
)
from gassapi_backend.server.accounts.schemas import user_view
from gassapi_backend.server.accounts.state import PASSWORDS
from gassapi_backend.server.errors import Unauthenticated
from gassapi_backend.server.limits.state import REGISTRATIONS, SIGN_INS
from gassapi_backend.server.members.schemas import PURPOSE
from gassapi_backend.server.recovery.state import LINKS
from gassapi_backend.server.sessions import actions, founding, queries, registration
from gassapi_backend.server.sessions.devices import Devices
from gassapi_backend.server.sessions.refusals import noted
from gassapi_backend.server.sessions.schemas import (
    Credentials,
    FirstAdministrator,
    LogoutOptions,
    Refreshed,
    RefreshToken,
    Registrant,
    SessionsAnswer,
    SignedIn,
    TokensView,
    session_view,
)
from gassapi_backend.server.sessions.state import REFUSED
from gassapi_backend.server.web.credentials import (
    DEVICE_COOKIE,
    REFRESH_COOKIE,
    bearer,
    refuse_foreign_origin,
    remove_tokens,
    sent_cookie,
    set_device,
    set_tokens,
)
from gassapi_backend.server.web.reading import Message
from gassapi_backend.server.web.state import ACTOR, KEYS, SETTINGS


async def register(request: web.Request, new: Registrant) -> SignedIn:
    """Create an account and sign in with it."""
    app = request.app
    user, session = await registration.register(
        request[ACTOR],
        new,
        read_link_token(app[KEYS].links, PURPOSE, new.invitation_token or ""),
        app[SETTINGS].registration,
        app[PASSWORDS],
        app[REGISTRATIONS],
        app[LINKS],
        app[SETTINGS].session_days,
    )
    tokens = _tokens(request, session)
    set_device(request, _devices(request).remembering(user))
    return {"user": user_view(user), "tokens": tokens}


async def found(request: web.Request, new: FirstAdministrator) -> SignedIn:
    """Create the first account of an empty server, an administrator's, and sign in with it.

    With the token of the link that `gassapi-backend start` prints as long as there is no account.
    It works once, for half an hour; then, and once there is an account, this is 410.
    """
    app = request.app
    user, session = await founding.found_instance(
        request[ACTOR], new, app[KEYS].links, app[PASSWORDS], app[SETTINGS].session_days
    )
    tokens = _tokens(request, session)
    set_device(request, _devices(request).remembering(user))
    return {"user": user_view(user), "tokens": tokens}


async def login(request: web.Request, credentials: Credentials) -> SignedIn:
    """Sign in with an e-mail address and a password.

    The tokens are also set as HttpOnly cookies.
    """
    app = request.app
    actor = request[ACTOR]
    devices = _devices(request)
    with noted(actor, credentials.email, app[REFUSED]):
        user, session = await actions.sign_in(
            actor, credentials, app[PASSWORDS], app[SIGN_INS], devices, app[SETTINGS].session_days
        )
    tokens = _tokens(request, session)
    set_device(request, devices.remembering(user))
    return {"user": user_view(user), "tokens": tokens}


async def refresh(request: web.Request, given: RefreshToken) -> Refreshed:
    """Exchange a refresh token for fresh tokens.

    It is sent in the body, as `Authorization: Bearer`, or as the cookie; the first of these counts.
    An access token beside it is ignored. It works once; a second use within 10 s of the first gets
    the same successor, a later one ends the session.
    """
    token = _refresh_token(request, given)
    session_id, generation = read_refresh_token(request.app[KEYS].refresh, token)
    max_days = request.app[SETTINGS].session_days
    session = await actions.refresh_session(request[ACTOR], session_id, generation, max_days)
    return {"tokens": _tokens(request, session)}


async def logout(request: web.Request, options: LogoutOptions) -> Message:
    """Sign out of this device, or of all."""
    await actions.sign_out(request[ACTOR], everywhere=options.revoke_all_tokens)
    remove_tokens(request)
    return {"message": "Signed out."}


async def list_sessions(request: web.Request) -> SessionsAnswer:
    """List the devices on which you are signed in."""
    caller = request[ACTOR].caller
    found = await queries.list_sessions(request[ACTOR].user_id, stored(now()))
    return {"sessions": [session_view(row, caller.session_id) for row in found]}


async def end_session(request: web.Request) -> Message:
    """Sign out of one device."""
    session_id = request.match_info["session_id"]
    await actions.end_session(request[ACTOR], session_id if is_id(session_id) else "")
    return {"message": "The session has ended."}


def _devices(request: web.Request) -> Devices:
    return Devices(request.app[KEYS].devices, sent_cookie(request, DEVICE_COOKIE))


def _refresh_token(request: web.Request, given: RefreshToken) -> str:
    """Return what was sent as a refresh token. Raises ``Unauthenticated``, ``Forbidden`` (CSRF)."""
    sent = bearer(request)
    if given.refresh_token:
        return given.refresh_token
    if sent and sent.startswith(REFRESH_PREFIX):
        return sent
    if cookie := sent_cookie(request, REFRESH_COOKIE):
        refuse_foreign_origin(request)
        remove_tokens(request)  # if it is no good
        return cookie
    if sent:
        return sent  # an access token, say, which front ends attach to everything: refused as such
    raise Unauthenticated("Send a refresh token.")


def _tokens(request: web.Request, session: SessionRow) -> TokensView:
    keys, session_id = request.app[KEYS], session["id"]
    access = make_access_token(keys.access, user_id=session["user_id"], session_id=session_id)
    new = make_refresh_token(keys.refresh, session_id=session_id, generation=session["generation"])
    set_tokens(request, access, new)
    return {"accessToken": access, "refreshToken": new, "expiresIn": ACCESS_SECONDS}
