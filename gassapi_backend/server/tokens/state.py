"""Where the application keeps what counts the use of tokens."""

from aiohttp import web

from gassapi_backend.server.tokens.usage import TokenUsage

USAGE = web.AppKey("usage", TokenUsage)
