"""Reads about accounts: each a single statement."""

from gassapi_backend.models import User, is_id
from gassapi_backend.server.access.session_tokens import invalid_token
from gassapi_backend.server.names import email_key


async def find_user(who: str) -> User | None:
    """Return the account of an e-mail address or an id."""
    if is_id(who):
        return await User.get_or_none(id=who)
    return await User.filter(email_key=email_key(who)).first()


async def own_account(user_id: str) -> User:
    """Return a caller's account. Raises ``Unauthenticated`` where it has just been deleted."""
    user = await User.get_or_none(id=user_id)
    if user is None:
        raise invalid_token()
    return user
