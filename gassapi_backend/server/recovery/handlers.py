"""Confirming an address and resetting a password over HTTP."""

from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from aiohttp import web

from gassapi_backend.clock import ahead, rfc3339
from gassapi_backend.models import Purpose
from gassapi_backend.server.accounts.schemas import UserAnswer, user_view
from gassapi_backend.server.accounts.state import PASSWORDS
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.limits.state import LOGINS, RESET_MAILS, RESETS, VERIFICATIONS
from gassapi_backend.server.recovery import actions
from gassapi_backend.server.recovery.links import LIFE
from gassapi_backend.server.recovery.schemas import (
    ForgottenPassword,
    MailedToken,
    NewAddress,
    PasswordReset,
    Queued,
    ResetLink,
)
from gassapi_backend.server.recovery.state import COUNTED, LINKS
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.reading import Message
from gassapi_backend.server.web.state import ACTOR, HANDLING, SETTINGS

_log = structlog.get_logger("gassapi.mail")


async def verify_email(request: web.Request, given: MailedToken) -> Message:
    """Confirm your e-mail address with the token of a mailed link.

    Only the account that the link was mailed for can confirm its address: 403 for any other. A link
    works once, for 24 hours; then this is 410.
    """
    with_token = partial(actions.verify_email, request[ACTOR], given.token, request.app[LINKS])
    await _guessed(request, with_token)
    return {"message": "Your e-mail address is confirmed."}


async def change_address(request: web.Request, wanted: NewAddress) -> UserAnswer:
    """Change your e-mail address, with your password.

    You sign in with the new address from now on; it has to be confirmed like that of a new account.
    The old one is told, where mail is set up. 409 where somebody else has the address.
    """
    app = request.app
    user = await actions.change_address(
        request[ACTOR],
        wanted,
        app[LINKS],
        app[PASSWORDS],
        app[LOGINS],
        app[VERIFICATIONS],
        if_match(request),
    )
    return {"user": user_view(user)}


async def disown_account(request: web.Request, given: MailedToken) -> Message:
    """Close an account that somebody else made with your e-mail address.

    With the token of the link that was mailed to you. The account is deactivated, its sessions and
    MCP tokens end, the invitations it sent are withdrawn, and your address is free again. 409 once
    the address is confirmed.
    """
    with_token = partial(actions.disown_account, request[ACTOR], given.token, request.app[LINKS])
    await _guessed(request, with_token)
    return {"message": "The account is closed. Your address is free again."}


async def resend_verification(request: web.Request) -> Queued:
    """Mail another link that confirms your e-mail address.

    `isMailed` is false where this server has no mail set up. 409 when the address is confirmed.
    """
    links = request.app[LINKS]
    await actions.resend_verification(request[ACTOR], links, request.app[VERIFICATIONS])
    if not links.are_sent:
        return {"message": "This server sends no mail. Ask its operator.", "isMailed": False}
    return {"message": "A mail with a new link is on its way.", "isMailed": True}


async def forgot_password(request: web.Request, forgotten: ForgottenPassword) -> Message:
    """Ask for a mail with a link that resets a password.

    The answer is the same whether or not there is an account with this address.
    """
    app, links = request.app, request.app[LINKS]
    await actions.request_reset(
        request[ACTOR], forgotten.email, links, app[RESETS], app[RESET_MAILS], app[COUNTED]
    )
    if not links.are_sent:
        _log.warning(
            "somebody wants to reset a password, but no mail is set up",
            advice="gassapi-backend user reset-link EMAIL makes a link to hand over",
        )
    return {"message": "If there is an account with this address, a mail is on its way to it."}


async def make_reset_link(request: web.Request) -> ResetLink:
    """Make a link with which somebody sets a new password, for you to hand over in private.

    It is good once, for an hour. Their older links of this kind end; their password stays good
    until they use it. 403 for a deactivated account.
    """
    links, user_id = request.app[LINKS], request.match_info["user_id"]
    token = await actions.make_reset_link(request[ACTOR], user_id, links)
    return {
        "resetUrl": f"{request.app[SETTINGS].base_url}/reset/{token}",
        "expiresAt": rfc3339(ahead(LIFE[Purpose.RESET_PASSWORD])),
    }


async def reset_password(request: web.Request, given: PasswordReset) -> Message:
    """Set a new password with the token of a mailed link; all devices are signed out.

    A link works once, for an hour; then this is 410. The account's MCP client tokens stay good
    unless `revokeTokens` ends them, which whoever fears a stranger in the account should.
    """
    app = request.app
    await actions.reset_password(request[ACTOR], given, app[PASSWORDS], app[LINKS], app[LOGINS])
    return {"message": "The password is changed. All devices are signed out."}


async def _guessed(request: web.Request, with_token: Callable[[], Awaitable[object]]) -> None:
    try:
        await with_token()
    except Invalid:
        await request.app[VERIFICATIONS].take(request[HANDLING].ip)  # only guesses are counted
        raise
