"""How an empty instance gets its first administrator: by a link that works once.

Whoever starts the server is told the link. It is void as soon as there is any account.
"""

from typing import cast

from tortoise.exceptions import IntegrityError

from gassapi_backend.clock import ahead, now, stored
from gassapi_backend.database import execute, row
from gassapi_backend.database.statements import insert, locking
from gassapi_backend.models import User, new_id
from gassapi_backend.models.rows import SessionRow, SetupLinkRow
from gassapi_backend.server.access.callers import CONSOLE, Actor, acting_as
from gassapi_backend.server.access.link_tokens import make_link_token, read_link_token
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.accounts.actions import check_new
from gassapi_backend.server.accounts.passwords import Passwords
from gassapi_backend.server.accounts.queries import has_accounts
from gassapi_backend.server.accounts.rows import new_row, user_of
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.errors import Gone, Invalid
from gassapi_backend.server.recovery.rows import hash_of
from gassapi_backend.server.sessions.actions import start_session
from gassapi_backend.server.sessions.schemas import FirstAdministrator

LIFE_SECONDS = 1800
_PURPOSE = "first_administrator"
_ONLY = 1  # the id of the only row
_COLUMNS = ", ".join(SetupLinkRow.__annotations__)


async def make_setup_link(key: bytes) -> str | None:
    """Return the token of the link, good for its full time from now; ``None`` if there are users.

    As long as it is good, whoever asks is told the same one: several servers may start at once.
    """
    if await has_accounts():
        return None

    async def make(made: Change) -> str:
        known = await _lock_link()
        token_id = known["token_id"] if known and _is_good(known, key) else new_id()
        await _put(known, token_id, _token(key, token_id))
        made.record("setup_link_made", "instance", None)
        return _token(key, token_id)

    try:
        return await change(CONSOLE, None, Permission.PUBLIC, make)
    except IntegrityError:  # another server made it at this moment
        return await change(CONSOLE, None, Permission.PUBLIC, make)


async def found_instance(
    actor: Actor, new: FirstAdministrator, key: bytes, passwords: Passwords, max_days: int
) -> tuple[User, SessionRow]:
    """Create the first account, an administrator's, and sign in with it, for at most ``max_days``.

    One of several that try at once can. Raises ``Invalid`` for what is no token of ours, and
    ``Gone`` for a link that is used or too old, or where there is an account by now.
    """
    if await has_accounts():
        raise _is_void()
    if read_link_token(key, _PURPOSE, new.token) is None:
        raise Invalid.field("token", "It is not a link of this server, or only part of one.")
    check_new(new, passwords)
    administrator = new_row(
        new_id(),
        email=new.email,
        name=new.name,
        password_hash=await passwords.hash(new.password.get_secret_value()),
        is_admin=True,
        is_verified=True,
        moment=stored(now()),
    )
    user = user_of(administrator)

    async def create(made: Change) -> tuple[User, SessionRow]:
        await _use_up(new.token)
        if await has_accounts():
            raise _is_void()
        await insert("users", [administrator])
        made.record("user_created", "user", user.id, user.email, isAdmin=True)
        return user, await start_session(made, user, max_days)

    return await change(acting_as(user, actor), None, Permission.PUBLIC, create)


async def _lock_link() -> SetupLinkRow | None:
    found = await row(f"SELECT {_COLUMNS} FROM setup_links WHERE id = ?{locking()}", _ONLY)  # noqa: S608 - constants only
    return cast("SetupLinkRow | None", found)


def _is_good(known: SetupLinkRow, key: bytes) -> bool:
    is_ours = known["token_hash"] == hash_of(_token(key, known["token_id"]))  # else the key changed
    return is_ours and known["used_at"] is None and known["expires_at"] > stored(now())


async def _put(known: SetupLinkRow | None, token_id: str, token: str) -> None:
    wanted: SetupLinkRow = {
        "id": _ONLY,
        "token_id": token_id,
        "token_hash": hash_of(token),
        "created_at": stored(now()),
        "expires_at": stored(ahead(LIFE_SECONDS)),
        "used_at": None,
    }
    if known:
        await execute("DELETE FROM setup_links WHERE id = ?", _ONLY)
    await insert("setup_links", [wanted])


async def _use_up(token: str) -> None:
    """Use the link in the open change. Raises ``Gone`` for all but the first who try."""
    moment = stored(now())
    used = await execute(
        "UPDATE setup_links SET used_at = ? "
        "WHERE id = ? AND token_hash = ? AND used_at IS NULL AND expires_at > ?",
        moment,
        _ONLY,
        hash_of(token),
        moment,
    )
    if not used:
        raise _is_void()


def _token(key: bytes, token_id: str) -> str:
    return make_link_token(key, _PURPOSE, token_id)


def _is_void() -> Gone:
    return Gone(
        "This link has been used, is too old, or there is an account by now. If you have none, ask "
        "the operator for one: gassapi-backend user create makes it."
    )
