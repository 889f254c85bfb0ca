"""From nothing, or from what is there, to a working configuration."""

import asyncio
import os
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.panel import Panel

from gassapi_backend import settings as options
from gassapi_backend.cli.connection import mysql_url, try_mysql
from gassapi_backend.cli.console import (
    checks,
    confirm,
    err,
    fail,
    is_interactive,
    need,
    out,
    print_whole,
    run,
    warn_of_new_key,
)
from gassapi_backend.cli.people import WHO_REGISTERS, ask_account, checked_account
from gassapi_backend.settings import Registration, Settings, without_password

Admin = tuple[str, str, str]
"""The address, the name and the password of an administrator to create."""


def setup(
    database: Annotated[
        Literal["sqlite", "mysql"] | None, typer.Option(help="Which kind of database.")
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            help="The database as one URL, instead of the flags below.",
            callback=checks("database_url"),
        ),
    ] = None,
    mysql_host: Annotated[str | None, typer.Option(help="MySQL's address.")] = None,
    mysql_port: Annotated[int | None, typer.Option(help="MySQL's port.", min=1, max=65535)] = None,
    mysql_name: Annotated[
        str | None, typer.Option(help="Database; created when missing and allowed.")
    ] = None,
    mysql_user: Annotated[str | None, typer.Option(help="MySQL's user.")] = None,
    mysql_password: Annotated[
        str | None, typer.Option(help="MySQL's password; better in MYSQL_PASSWORD.")
    ] = None,
    database_tls: Annotated[
        Literal["off", "require", "verify"] | None, typer.Option(help="TLS to MySQL.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", callback=checks("host"))
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
    public_url: Annotated[
        str | None, typer.Option(help="Address that people use.", callback=checks("public_url"))
    ] = None,
    registration: Annotated[
        Registration | None, typer.Option(help="Who may register an account.")
    ] = None,
    smtp_url: Annotated[
        str | None,
        typer.Option(help="Mail server, as smtp://host:587.", callback=checks("smtp_url")),
    ] = None,
    mail_from: Annotated[
        str | None, typer.Option(help="Sender of mails.", callback=checks("mail_from"))
    ] = None,
    admin_email: Annotated[str | None, typer.Option(help="Administrator to create.")] = None,
    admin_name: Annotated[str | None, typer.Option(help="The administrator's name.")] = None,
    admin_password_stdin: Annotated[
        bool,
        typer.Option("--admin-password-stdin", help="Read their password from standard input."),
    ] = False,
    no_admin: Annotated[bool, typer.Option("--no-admin", help="Create no administrator.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: keep what is not given.")
    ] = False,
) -> None:
    """Set up this server, or change its setup. Asks for what is not given.

    Running it again changes only what you ask.

    Without a terminal nothing is asked: what is not given stays as it is or has its default.
    """
    from gassapi_backend.cli.wizard import Answers, ask_settings

    mysql = (mysql_host, mysql_port, mysql_name, mysql_user, mysql_password)
    _refuse_contradiction(database, database_url, has_mysql=mysql != (None,) * 5)
    if admin_email and no_admin:
        fail("--no-admin contradicts --admin-email.", code=2)
    if not admin_email and (admin_name or admin_password_stdin):
        fail("--admin-name and --admin-password-stdin need --admin-email.", code=2)
    current = options.load()
    asks = is_interactive() and not yes
    if admin_email and not asks and not (admin_name and admin_password_stdin):
        need("--admin-email together with --admin-name and --admin-password-stdin")
    given = {
        "database_tls": database_tls,
        "host": host,
        "port": port,
        "public_url": public_url,
        "registration": registration and registration.value,
        "smtp_url": smtp_url,
        "mail_from": mail_from,
    }
    answers = Answers({name: value for name, value in given.items() if value is not None})
    answers.changes |= _database(current, database, database_url, mysql)
    if not (asks or yes or answers.changes or admin_email or no_admin):
        need(
            "--yes to take the defaults, or what you want to set: --database, --port, "
            "--public-url, --admin-email … (see --help)"
        )
    settings = _changed(current, answers.changes)
    if asks:
        ask_settings(answers, settings)
        settings = _changed(current, answers.changes)
    if settings.database.startswith("mysql:") and settings.database != answers.works:
        asyncio.run(try_mysql(settings, asks=asks))
    admin: Admin | None
    if admin_email and _is_admin(settings, admin_email):
        admin = None
        err.print(f"{escape(admin_email)} is an administrator already; the password stays.")
    elif admin_email:
        admin = _given_admin(admin_email, admin_name, from_stdin=admin_password_stdin)
    else:
        admin = None if no_admin else _missing_admin(settings, asks=asks)
    _write(settings, answers.changes, admin)
    _summarize(settings, answers.changes)


def _refuse_contradiction(kind: str | None, url: str | None, *, has_mysql: bool) -> None:
    """End where flags name two databases, of which one would be ignored."""
    if url is not None and (has_mysql or not url.startswith(kind or "")):
        fail("--database-url names the whole database: leave the other flags for it out.", code=2)
    if kind == "sqlite" and has_mysql:
        fail("--database sqlite contradicts the flags that begin with --mysql.", code=2)


def _database(
    current: Settings,
    kind: str | None,
    url: str | None,
    mysql: tuple[str | None, int | None, str | None, str | None, str | None],
) -> dict[str, str | None]:
    """Return the change that the flags make to the database, if any."""
    if url is not None:
        return {"database_url": url}
    if kind == "sqlite":
        return {"database_url": None}  # the default: in the data directory
    if kind == "mysql" or any(part is not None for part in mysql):
        host, port, name, user, password = mysql
        if password is None:
            password = os.environ.get("MYSQL_PASSWORD")
        return {"database_url": mysql_url(current, host, port, name, user, password)}
    return {}


def _changed(current: Settings, changes: dict[str, Any]) -> Settings:
    """Return the settings that the changes make; ``None`` removes one."""
    settings = options.load(**{**changes, "home": current.home})
    return settings.model_copy(update={name: None for name in changes if changes[name] is None})


def _given_admin(email: str, name: str | None, *, from_stdin: bool) -> Admin:
    """Return the administrator of the flags, asking for what they lack. Raises ``Invalid``."""
    admin = ask_account(email, name, from_stdin=from_stdin)
    checked_account(email=admin[0], name=admin[1], password=admin[2])
    return admin


def _missing_admin(settings: Settings, *, asks: bool) -> Admin | None:
    """Return the administrator that an instance without an account gets, if one is wanted."""
    if _has_accounts(settings):
        return None
    if not asks:
        fail(
            "There is no account yet. Give --admin-email, --admin-name and "
            "--admin-password-stdin, or --no-admin.",
            code=2,
        )
    return ask_account(None, None) if confirm("Create the administrator now?") else None


def _is_admin(settings: Settings, email: str) -> bool:
    """Whether there is this administrator already. Ends where it is an ordinary account."""
    from gassapi_backend.server.names import email_key

    found = _accounts(settings, email_key=email_key(email))
    if found == [False]:
        fail(
            f'There is already an account "{email}", which is no administrator. Give --no-admin '
            f"instead of --admin-email, then run: gassapi-backend user promote {email}"
        )
    return bool(found)


def _has_accounts(settings: Settings) -> bool:
    """Whether there is an account. Writes nothing."""
    return bool(_accounts(settings))


def _accounts(settings: Settings, **fields: str) -> list[bool]:
    """Return whether an account with these fields is an administrator; nothing without one."""
    from gassapi_backend.database import is_sqlite, sqlite_path
    from gassapi_backend.database.migrations import refuse_newer, status
    from gassapi_backend.models import User

    async def look(chosen: Settings) -> list[bool]:
        found = await status(chosen)
        refuse_newer(found)
        if not found.applied:
            return []
        users = User.filter(**fields).limit(1)
        return [bool(user["is_admin"]) for user in await users.values("is_admin")]

    if is_sqlite(settings) and not sqlite_path(settings.database).exists():
        return []
    return run(look, settings, needs_migrations=False, makes_database=True)


def _write(settings: Settings, changes: dict[str, Any], admin: Admin | None) -> None:
    """Migrate, write the secret and the settings file, and create the administrator."""
    from gassapi_backend.cli.people import new_account
    from gassapi_backend.database.migrations import upgrade
    from gassapi_backend.instance_key import lacks_key, load_keys
    from gassapi_backend.settings_file import change_file

    is_keyless = lacks_key(settings) and _has_accounts(settings)
    load_keys(settings)
    if is_keyless:
        warn_of_new_key(settings)
    run(upgrade, settings, needs_migrations=False, makes_database=True)
    if changes or not settings.file.exists():
        change_file(settings.file, changes)
    if admin is None:
        return
    email, name, password = admin

    async def create(chosen: Settings) -> None:
        await new_account(chosen, email=email, name=name, password=password, is_admin=True)

    run(create, settings)
    out.print(f"[green]Created[/] the administrator [bold]{escape(email)}[/].")


def _summarize(settings: Settings, changes: dict[str, Any]) -> None:
    lines = [
        f"database  {escape(without_password(settings.database))}",
        f"address   {escape(settings.base_url)}",
        f"mail      {'set up' if settings.smtp_url else 'none'}",
        f"register  {WHO_REGISTERS[settings.registration]}",
        f"settings  {escape(str(settings.file))}",
        "",
    ]
    if changes.get("smtp_url"):
        lines.append("try mail  [bold]gassapi-backend mail test you@example.com[/]")
    lines.append("next      [bold]gassapi-backend start[/]")
    print_whole(Panel("\n".join(lines), title="Set up", expand=False, border_style="green"))
    for name in changes:
        variable = f"{options.PREFIX}{name.upper()}"
        if os.environ.get(variable):
            err.print(
                f"[yellow]Note:[/] {variable} is set in the environment and wins over the file."
            )
