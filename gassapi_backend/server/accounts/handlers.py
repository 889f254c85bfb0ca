"""Accounts over HTTP: one's own, and all of them for administrators."""

from typing import Annotated

from aiohttp import web

from gassapi_backend.clock import now
from gassapi_backend.server.access.session_tokens import invalid_token
from gassapi_backend.server.accounts import actions, administration, deletion, queries
from gassapi_backend.server.accounts.actions import create_user
from gassapi_backend.server.accounts.export import export_user
from gassapi_backend.server.accounts.export_schemas import ExportAnswer
from gassapi_backend.server.accounts.rows import UserWithCounts
from gassapi_backend.server.accounts.schemas import (
    AccountDeletion,
    EndedAnswer,
    NewPassword,
    NewUser,
    ProfileChanges,
    UserAnswer,
    UserChanges,
    UserDetailsAnswer,
    UsersAnswer,
    UserSearch,
    UserStatsAnswer,
    shown_user,
    user_details,
    user_view,
)
from gassapi_backend.server.accounts.state import PASSWORDS
from gassapi_backend.server.errors import NotFound
from gassapi_backend.server.limits.state import LOGINS
from gassapi_backend.server.web.credentials import remove_tokens
from gassapi_backend.server.web.etags import if_match
from gassapi_backend.server.web.pieces import Moment, send_pieces
from gassapi_backend.server.web.reading import Message
from gassapi_backend.server.web.state import ACTOR


async def show_profile(request: web.Request) -> UserAnswer:
    """Show your own account."""
    return {"user": user_view(await queries.own_account(request[ACTOR].user_id))}


async def update_profile(request: web.Request, changes: ProfileChanges) -> UserAnswer:
    """Change your name or picture."""
    user = await actions.update_profile(request[ACTOR], changes, if_match(request))
    return {"user": user_view(user)}


async def change_password(request: web.Request, new: NewPassword) -> Message:
    """Change your password; all other devices are signed out.

    Your MCP client tokens stay good unless `revokeTokens` ends them.
    """
    app = request.app
    await actions.change_password(
        request[ACTOR], new, app[PASSWORDS], app[LOGINS], if_match(request)
    )
    return {"message": "The password is changed. All other devices are signed out."}


async def delete_account(request: web.Request, proof: AccountDeletion) -> Message:
    """Delete your account, for good.

    Projects that nobody else is in go with it; what you made in other people's projects stays. It
    is refused while you own projects with other members, which `details.projects` lists, and while
    you are the only administrator and there are other accounts.
    """
    app = request.app
    await deletion.delete_own_account(
        request[ACTOR], proof, app[PASSWORDS], app[LOGINS], if_match(request)
    )
    remove_tokens(request)
    return {"message": "The account is deleted."}


async def export(request: web.Request) -> Annotated[web.StreamResponse, ExportAnswer]:
    """Download everything that is stored about you, as one JSON file.

    Never a password, a token or a link, nor a hash of one.
    """
    async with Moment() as moment:
        account = await queries.load_user(request[ACTOR].user_id)
        if account is None:
            raise invalid_token()
        filename = f"gassapi-export-{now():%Y-%m-%d}.json"
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{filename}"',
        }
        return await send_pieces(request, moment, export_user(account), headers)


async def list_users(request: web.Request, search: UserSearch) -> UsersAnswer:
    """List the accounts of this server."""
    found, total = await queries.list_users(search)
    return {"users": [shown_user(row) for row in found], "pagination": search.of(total)}


async def stats(request: web.Request) -> UserStatsAnswer:
    """Count the accounts of this server and what they made."""
    return {"stats": await queries.count_everything()}


async def create(request: web.Request, new: NewUser) -> UserAnswer:
    """Create an account for somebody.

    The password is for the administrator to hand over, and good for one thing: who signs in with it
    chooses one of their own first (`isProvisional`). The address counts as confirmed: the
    administrator vouches for it.
    """
    passwords = request.app[PASSWORDS]
    user = await create_user(
        request[ACTOR], new, passwords, is_admin=new.is_admin, must_change=True
    )
    return {"user": user_view(user)}


async def show(request: web.Request) -> UserDetailsAnswer:
    """Show an account, with the number of its projects, memberships and sessions.

    Its revision is that of the account: those numbers may change without it.
    """
    return {"user": user_details(await _load(request.match_info["user_id"]))}


async def update(request: web.Request, changes: UserChanges) -> UserDetailsAnswer:
    """Rename somebody, shut them out or let them in, make them an administrator or no longer.

    Whoever is shut out is so from their next request on. Nobody can shut out or demote themselves.
    """
    user_id = request.match_info["user_id"]
    await administration.update_user(request[ACTOR], user_id, changes, if_match(request))
    return {"user": user_details(await _load(user_id))}


async def sign_out(request: web.Request) -> EndedAnswer:
    """Sign somebody out of all their devices."""
    count = await administration.sign_out_user(request[ACTOR], request.match_info["user_id"])
    return {"endedCount": count}


async def _load(user_id: str) -> UserWithCounts:
    found = await queries.load_user(user_id)
    if found is None:
        raise NotFound("There is no such user.")
    return found
