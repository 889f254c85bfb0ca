"""Where the application keeps those who follow projects."""

from aiohttp import web

from gassapi_backend.server.feed.followers import Followers

FOLLOWERS = web.AppKey("followers", Followers)
