"""Accounts and sessions over HTTP."""

from aiohttp import web

from gassapi_backend.server.accounts import actions, queries
from gassapi_backend.server.accounts.schemas import (
    NewPassword,
    ProfileChanges,
    UserAnswer,
    user_view,
)
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.reading import Message
from gassapi_backend.server.web.state import (
    ACTOR,
    LOGINS,
    PASSWORDS,
)


async def show_profile(request: web.Request) -> UserAnswer:
    """Show one's own account."""
    return {"user": user_view(await queries.own_account(request[ACTOR].user_id))}


async def update_profile(request: web.Request, changes: ProfileChanges) -> UserAnswer:
    """Change one's name or picture."""
    user = await actions.update_profile(request[ACTOR], changes, if_match(request))
    return {"user": user_view(user)}


async def change_password(request: web.Request, new: NewPassword) -> Message:
    """Change one's password; all other devices are signed out."""
    app = request.app
    await actions.change_password(
        request[ACTOR], new, app[PASSWORDS], app[LOGINS], if_match(request)
    )
    return {"message": "The password is changed. All other devices are signed out."}
