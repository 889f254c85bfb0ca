"""The wizard: from nothing, or from what is there, to a working configuration."""

import asyncio
import os
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import typer
from rich.panel import Panel

from gassapi_backend import settings as options
from gassapi_backend.cli.console import (
    ask_password,
    err,
    fail,
    is_interactive,
    need,
    out,
    password_from_stdin,
    run,
)
from gassapi_backend.settings import Registration, Settings, SettingsError, without_password


@dataclass
class Answers:
    """What the operator said: settings to write, and the administrator to create."""

    changes: dict[str, Any] = field(default_factory=dict)
    admin: tuple[str, str, str] | None = None


def setup(
    database: Annotated[
        Literal["sqlite", "mysql"] | None, typer.Option(help="Which kind of database.")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(help="The database as one URL, instead of the flags below.")
    ] = None,
    mysql_host: Annotated[str | None, typer.Option(help="MySQL's address.")] = None,
    mysql_port: Annotated[int | None, typer.Option(help="MySQL's port.")] = None,
    mysql_name: Annotated[
        str | None, typer.Option(help="Database; created when missing and allowed.")
    ] = None,
    mysql_user: Annotated[str | None, typer.Option(help="MySQL's user.")] = None,
    mysql_password: Annotated[
        str | None, typer.Option(envvar="MYSQL_PASSWORD", help="MySQL's password.")
    ] = None,
    database_tls: Annotated[
        Literal["off", "require", "verify"] | None, typer.Option(help="TLS to MySQL.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Address that people use.")] = None,
    registration: Annotated[
        Registration | None, typer.Option(help="Who may register an account.")
    ] = None,
    smtp_url: Annotated[
        str | None, typer.Option(help="Mail server: smtp://user:password@host:587")
    ] = None,
    mail_from: Annotated[str | None, typer.Option(help="Sender of mails.")] = None,
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

    Running it again changes only what you ask. Without a terminal nothing is asked: what is not
    given stays as it is, or takes its default.
    """
    current = options.load()
    asks = is_interactive() and not yes
    if admin_email and not (admin_name and (admin_password_stdin or asks)):
        need("--admin-email together with --admin-name and --admin-password-stdin")
    answers = Answers()
    given = {
        "database_tls": database_tls,
        "host": host,
        "port": port,
        "public_url": public_url,
        "registration": registration and registration.value,
        "smtp_url": smtp_url,
        "mail_from": mail_from,
    }
    answers.changes |= {name: value for name, value in given.items() if value is not None}
    parts = (mysql_host, mysql_port, mysql_name, mysql_user, mysql_password)
    url = _database_url(current, database, database_url, parts)
    if not (asks or yes or answers.changes or url or admin_email or no_admin):
        need(
            "--yes to take the defaults, or what you want to set: --database, --port, "
            "--public-url, --admin-email … (see --help)"
        )
    if asks:
        url = _ask(answers, current, url)
    if url is not None:
        answers.changes["database_url"] = url
    settings = _checked(current, answers.changes, asks=asks)
    has_accounts = _write(settings, answers)
    if admin_email and admin_name:
        password = password_from_stdin() if admin_password_stdin else ask_password()
        answers.admin = (admin_email, admin_name, password)
    elif not has_accounts and not no_admin:
        if not asks:
            fail(
                "The configuration is written, but there is no account yet. Give --admin-email, "
                "--admin-name and --admin-password-stdin, or --no-admin.",
                code=2,
            )
        answers.admin = _ask_admin()
    if answers.admin:
        _create_admin(settings, answers.admin)
    _summarize(settings, answers)


def _database_url(
    current: Settings,
    kind: str | None,
    url: str | None,
    parts: tuple[str | None, int | None, str | None, str | None, str | None],
) -> str | None:
    """Return the database that the flags ask for; ``None`` when they leave it as it is."""
    if url is not None:
        return url
    if kind == "sqlite":
        return _own_sqlite(current)
    if kind == "mysql" or any(part is not None for part in parts):
        return _mysql_url(current, *parts)
    return None


def _own_sqlite(current: Settings) -> str:
    return f"sqlite:///{quote(str((current.home / 'gassapi.db').absolute()))}"


def _mysql_url(
    current: Settings,
    host: str | None = None,
    port: int | None = None,
    name: str | None = None,
    user: str | None = None,
    password: str | None = None,
) -> str:
    """Return a MySQL URL: what is given, else what is configured, else the usual."""
    old = urlsplit(current.database if current.database.startswith("mysql:") else "mysql:")
    user = quote(user, safe="") if user is not None else (old.username or "gassapi")
    secret = quote(password, safe="") if password is not None else (old.password or "")
    database = quote(name, safe="") if name is not None else (old.path[1:] or "gassapi")
    account = f"{user}:{secret}" if secret else user
    return (
        f"mysql://{account}@{host or old.hostname or '127.0.0.1'}:{port or old.port or 3306}"
        f"/{database}"
    )


def _ask(answers: Answers, current: Settings, url: str | None) -> str | None:
    """Ask for everything that no flag answered; return the database."""
    import questionary

    def ask(question: Any) -> Any:
        answer = question.ask()
        if answer is None:
            raise KeyboardInterrupt
        return answer

    changes = answers.changes
    if url is None:
        choices = [
            questionary.Choice("SQLite: nothing to install, for one server", "sqlite"),
            questionary.Choice("MySQL or MariaDB: for a team", "mysql"),
        ]
        was = "sqlite" if current.database.startswith("sqlite:") else "mysql"
        kind = ask(questionary.select("Which database?", choices=choices, default=was))
        if kind == "mysql":
            url = _ask_mysql(ask, current)
        elif was == "mysql":
            url = _own_sqlite(current)
    for name, question in (
        ("port", "Which port?"),
        ("public_url", "Which address do people use? (empty: http://localhost:<port>)"),
        ("smtp_url", "Mail server, smtp://user:password@host:587 (empty: no mail)"),
    ):
        if name in changes:
            continue
        old = getattr(current, name)
        if name == "smtp_url" and old is not None:
            continue  # kept; --smtp-url changes it
        text = ask(questionary.text(question, default="" if old is None else str(old))).strip()
        if text and text != str(old):
            changes[name] = int(text) if name == "port" and text.isdigit() else text
        elif not text and old is not None:
            changes[name] = None
    if changes.get("smtp_url") and "mail_from" not in changes:
        changes["mail_from"] = ask(questionary.text("Sender of mails", default="")).strip() or None
    return url


def _ask_mysql(ask: Any, current: Settings) -> str:
    import questionary

    old = urlsplit(_mysql_url(current))
    host = ask(questionary.text("MySQL's address", default=old.hostname or ""))
    port = ask(questionary.text("Its port", default=str(old.port), validate=str.isdigit))
    name = ask(questionary.text("Database", default=old.path[1:]))
    user = ask(questionary.text("User", default=old.username or ""))
    password = ask(questionary.password("Password (empty: keep)")) or None
    return _mysql_url(current, host, int(port), name, user, password)


def _checked(current: Settings, changes: dict[str, Any], *, asks: bool) -> Settings:
    """Return the settings that the changes make, once their database is found to work."""
    kept = {
        name: value
        for name, value in options.read_file(current.file).items()
        if name not in changes
    }
    wanted = {name: value for name, value in changes.items() if value is not None}
    settings = options.load(**{**kept, **wanted, "home": current.home})
    if settings.database.startswith("mysql:"):
        asyncio.run(_try_mysql(settings, asks=asks))
    return settings


async def _try_mysql(settings: Settings, *, asks: bool) -> None:
    from gassapi_backend.database.probe import create_database, is_missing, look
    from gassapi_backend.database.reasons import explain

    name = urlsplit(settings.database).path[1:]
    try:
        try:
            info = await look(settings)
        except Exception as error:
            if not is_missing(error):
                raise
            if asks and not typer.confirm(
                f'There is no database "{name}". Create it?', default=True
            ):
                raise
            await create_database(settings)
            out.print(f'[green]Created[/] the database "{name}".')
            info = await look(settings)
    except Exception as error:
        raise SettingsError(explain(error, settings)) from None
    if info.is_too_old:
        raise SettingsError(f"{info.name} is too old: MySQL 8.0 or MariaDB 10.6 is needed.")
    out.print(f"[green]Connected[/] to {info.name}.")


def _write(settings: Settings, answers: Answers) -> bool:
    """Write the settings file and the secret, and migrate; return whether there are accounts."""
    from gassapi_backend.database.migrations import upgrade
    from gassapi_backend.models import User
    from gassapi_backend.secrets import load_keys
    from gassapi_backend.settings_file import change_file

    if answers.changes or not settings.file.exists():
        change_file(settings.file, answers.changes)
    load_keys(settings)

    async def upgraded(chosen: Settings) -> bool:
        await upgrade(chosen)
        return await User.exists()

    return run(upgraded, settings, needs_migrations=False)


def _ask_admin() -> tuple[str, str, str] | None:
    if not typer.confirm("Create the administrator now?", default=True):
        return None
    return typer.prompt("E-mail address"), typer.prompt("Name"), ask_password()


def _create_admin(settings: Settings, admin: tuple[str, str, str]) -> None:
    from gassapi_backend.cli.users import new_account

    email, name, password = admin

    async def action(chosen: Settings) -> None:
        await new_account(chosen, email=email, name=name, password=password, is_admin=True)

    run(action, settings)
    out.print(f"[green]Created[/] the administrator [bold]{email}[/].")


def _summarize(settings: Settings, answers: Answers) -> None:
    lines = [
        f"database  {without_password(settings.database)}",
        f"address   {settings.base_url}",
        f"mail      {'set up' if settings.smtp_url else 'none'}",
        f"settings  {settings.file}",
        "",
        "next      [bold]gassapi-backend start[/]",
    ]
    out.print(Panel("\n".join(lines), title="Set up", expand=False, border_style="green"))
    for name in answers.changes:
        variable = f"{options.PREFIX}{name.upper()}"
        if os.environ.get(variable):
            err.print(
                f"[yellow]Note:[/] {variable} is set in the environment and wins over the file."
            )
