"""Where the application keeps its check-ups."""

from aiohttp import web

from gassapi_backend.server.doctor.examining import Doctor

DOCTOR = web.AppKey("doctor", Doctor)
