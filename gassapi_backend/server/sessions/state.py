"""Where the application keeps what signing in needs."""

from aiohttp import web

from gassapi_backend.server.sessions.refused import RefusedSignIns

REFUSED = web.AppKey("refused", RefusedSignIns)
