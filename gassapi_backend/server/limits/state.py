"""Where the application keeps its limits."""

from aiohttp import web

from gassapi_backend.server.limits.attempts import Attempts
from gassapi_backend.server.limits.invitations import Mailing
from gassapi_backend.server.limits.logins import Logins
from gassapi_backend.server.limits.requests import RequestRate

SIGN_INS = web.AppKey("sign_ins", Logins)
RESET_MAILS = web.AppKey("reset_mails", Attempts)
LOGINS = web.AppKey("logins", Attempts)
REGISTRATIONS = web.AppKey("registrations", Attempts)
RESETS = web.AppKey("resets", Attempts)
VERIFICATIONS = web.AppKey("verifications", Attempts)
INVITATIONS = web.AppKey[Mailing | None]("invitations")
RATES = web.AppKey[RequestRate | None]("rates")
PROJECT_RATES = web.AppKey[RequestRate | None]("project_rates")
