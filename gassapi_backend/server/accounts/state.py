"""Where the application keeps what hashes passwords."""

from aiohttp import web

from gassapi_backend.server.accounts.passwords import Passwords

PASSWORDS = web.AppKey("passwords", Passwords)
