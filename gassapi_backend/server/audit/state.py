"""Where the application keeps what verifies the audit log."""

from aiohttp import web

from gassapi_backend.server.audit.checking import Checking

CHECKING = web.AppKey("checking", Checking)
