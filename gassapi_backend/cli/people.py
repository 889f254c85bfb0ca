"""Which account a command is about."""

from typing import Annotated, Any

import typer

from gassapi_backend.cli.console import fail

Who = Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address or id.")]


async def find_account(who: str) -> Any:
    """Return the account of an e-mail address or an id."""
    from gassapi_backend.server.accounts.queries import find_user

    user = await find_user(who)
    if user is None:
        fail(f'There is no account "{who}". See: gassapi-backend user list')
    return user


async def load_account(who: str) -> Any:
    """Return an account's row with how much it has."""
    from gassapi_backend.server.users.queries import load_user

    row = await load_user((await find_account(who)).id)
    return row or fail(f'The account "{who}" was deleted at this moment.')


def minute(moment: str | None) -> str | None:
    """Shorten a time of an answer to what a table has room for."""
    return f"{moment[:10]} {moment[11:16]}" if moment else None
