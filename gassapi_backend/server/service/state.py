"""Where the application keeps what the service routes answer."""

from aiohttp import web

from gassapi_backend.server.service.document import Document
from gassapi_backend.server.service.health import Health

HEALTH = web.AppKey("health", Health)


INSTANCE = web.AppKey("instance", str)


DOCUMENT = web.AppKey("document", Document)
