"""Where the application keeps what the service routes answer."""

from aiohttp import web

from gassapi_backend.server.service.board import Board
from gassapi_backend.server.service.document import Document
from gassapi_backend.server.service.health import Health
from gassapi_backend.server.service.history import History
from gassapi_backend.server.service.instance import Instance

HEALTH = web.AppKey("health", Health)


INSTANCE = web.AppKey("instance", Instance)


DOCUMENT = web.AppKey("document", Document)


BOARD = web.AppKey("board", Board)


HISTORY = web.AppKey("history", History)
