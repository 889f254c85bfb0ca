"""Whether mail works, over HTTP."""

import asyncio

import aiosmtplib
from aiohttp import web

from gassapi_backend.server.limits.state import VERIFICATIONS
from gassapi_backend.server.mail import actions, queries
from gassapi_backend.server.mail.schemas import MailTrial
from gassapi_backend.server.mail.transport import mail_server
from gassapi_backend.server.mail.trial import send_trial
from gassapi_backend.server.web.state import ACTOR, SETTINGS
from gassapi_backend.settings import Settings, SettingsError

PATIENCE = 20  # seconds a mail server may take: answers take 30 at most


async def try_mail(request: web.Request) -> MailTrial:
    """Send a mail to your own address now, and tell how it went.

    `isMailed` is false where no mail is set up, or the mail server did not take it; `message` says
    why.
    """
    actor = request[ACTOR]
    await request.app[VERIFICATIONS].take("mail test", actor.user_id)
    recipient = await queries.address_of(actor.user_id)
    found = await _tried(request.app[SETTINGS], recipient)
    await actions.note_trial(actor, is_mailed=found["isMailed"])
    return found


async def _tried(settings: Settings, recipient: str) -> MailTrial:
    nothing: MailTrial = {
        "isMailed": False,
        "message": "",
        "recipient": recipient,
        "sender": None,
        "server": None,
        "encryption": None,
    }
    try:
        server = mail_server(settings)
    except SettingsError as error:
        return {**nothing, "message": str(error)}
    try:
        async with asyncio.timeout(PATIENCE):
            sent = await send_trial(settings, server, recipient)
    except (aiosmtplib.SMTPException, OSError, ValueError, KeyError) as error:
        return {**nothing, "message": server.explain(error), "server": server.place}
    return {
        "isMailed": True,
        "message": server.shown(sent["answer"]),
        "recipient": recipient,
        "sender": sent["sender"],
        "server": server.place,
        "encryption": sent["encryption"],
    }
