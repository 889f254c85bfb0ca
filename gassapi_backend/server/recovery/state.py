"""Where the application keeps what makes mailed links."""

from aiohttp import web

from gassapi_backend.server.audit.actions import Counted
from gassapi_backend.server.recovery.links import Links

LINKS = web.AppKey("links", Links)
COUNTED = web.AppKey("counted", Counted)
