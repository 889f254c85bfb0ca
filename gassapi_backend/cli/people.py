"""Which account a command is about, and what a new one needs."""

import secrets
from typing import Annotated, Any

import typer

from gassapi_backend.cli import completion
from gassapi_backend.cli.console import Complaint, ask, ask_password, fail, password_from_stdin
from gassapi_backend.settings import Registration, Settings

Who = Annotated[
    str,
    typer.Argument(metavar="EMAIL", help="E-mail address or id.", autocompletion=completion.people),
]

WHO_REGISTERS = {
    Registration.OPEN: "everybody who reaches this server",
    Registration.INVITED: "people whom a project invites",
    Registration.CLOSED: "nobody: you make the accounts",
}


def ask_account(
    email: str | None, name: str | None, *, from_stdin: bool = False, is_asked: bool = True
) -> tuple[str, str, str]:
    """Return address, name and password of a new account: what is given, and asked for the rest.

    Where the password ``is_asked`` for by nobody, it is one that nobody will know. Each answer is
    refused at once. What is given is not checked, see ``checked_account()``.
    """
    email = email or ask("E-mail address", complaint_about("email"))
    name = name or ask("Name", complaint_about("name"))
    if from_stdin:
        return email, name, password_from_stdin()
    if not is_asked:
        return email, name, secrets.token_urlsafe()
    return email, name, ask_password(complaint=complaint_about("password", email=email, name=name))


def checked_account(*, email: str, name: str, password: str) -> Any:
    """Return what an account is created from. Raises ``Invalid`` when it breaks a rule."""
    from gassapi_backend.server.accounts.passwords import check_password
    from gassapi_backend.server.accounts.schemas import NewAccount
    from gassapi_backend.server.web.bodies import validated

    new = validated(NewAccount, {"email": email, "name": name, "password": password})
    check_password(password, email=new.email, name=new.name)
    return new


async def new_account(
    settings: Settings,
    *,
    email: str,
    name: str,
    password: str,
    is_admin: bool,
    must_change: bool = False,
) -> Any:
    """Create an account from the console. Raises ``Invalid`` and ``Conflict``."""
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.accounts import actions
    from gassapi_backend.server.accounts.passwords import Passwords, server_names

    new = checked_account(email=email, name=name, password=password)
    passwords = Passwords(settings.password_rounds, servers=server_names(settings))
    return await actions.create_user(
        CONSOLE, new, passwords, is_admin=is_admin, must_change=must_change
    )


def complaint_about(field: str, **known: str) -> Complaint:
    """Return a check that says why an account may not have a field, given the others."""
    from gassapi_backend.server.errors import Invalid

    usual = {"email": "you@example.com", "name": "You", "password": "x" * 12}

    def complaint(text: str) -> str | None:
        try:
            checked_account(**{**usual, **known, field: text})
        except Invalid as error:
            reasons = [one["reason"] for one in error.details or () if one["field"] == field]
            return " ".join(reasons) or None
        return None

    return complaint


async def find_account(who: str) -> Any:
    """Return the account of an e-mail address or an id."""
    from gassapi_backend.server.accounts.queries import find_user

    user = await find_user(who)
    if user is None:
        fail(f'There is no account "{who}". See: gassapi-backend user list')
    return user


async def load_account(who: str) -> Any:
    """Return an account's row with how much it has."""
    from gassapi_backend.server.accounts.queries import load_user

    row = await load_user((await find_account(who)).id)
    return row or fail(f'The account "{who}" was deleted at this moment.')


def minute(moment: str | None) -> str | None:
    """Shorten a time of an answer to what a table has room for."""
    return f"{moment[:10]} {moment[11:16]}" if moment else None
