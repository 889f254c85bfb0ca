"""Where the application keeps its check-ups."""

from aiohttp import web

from gassapi_backend.doctor.examining import Doctor

DOCTOR = web.AppKey("doctor", Doctor)
