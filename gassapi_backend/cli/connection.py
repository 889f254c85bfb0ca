"""The MySQL server that ``setup`` is told of: its address, and whether it can be used."""

import re
from ipaddress import IPv6Address
from urllib.parse import quote, unquote, urlsplit

from rich.markup import escape

from gassapi_backend.addresses import MYSQL_PORT, Host, hosts_of
from gassapi_backend.cli.console import confirm, out
from gassapi_backend.settings import Settings, SettingsError


def mysql_url(
    current: Settings,
    host: str | None = None,
    port: int | None = None,
    name: str | None = None,
    user: str | None = None,
    password: str | None = None,
) -> str:
    """Return a MySQL URL: what is given, else what is configured, else the usual one.

    Raises ``SettingsError`` when the host is not one.
    """
    old = urlsplit(current.database if current.database.startswith("mysql:") else "mysql:")
    was = hosts_of(old.netloc)[0] if old.netloc else Host("127.0.0.1", MYSQL_PORT)
    if old.netloc and (host or was.name, port or was.port) == was:
        servers = old.netloc.rpartition("@")[2]  # maybe several of a cluster
    else:
        servers = f"{checked_host(host or was.name)}:{port or was.port}"
    user = quote(user, safe="") if user is not None else (old.username or "gassapi")
    secret = quote(password, safe="") if password is not None else (old.password or "")
    database = quote(name, safe="") if name is not None else (old.path[1:] or "gassapi")
    account = f"{user}:{secret}" if secret else user
    return f"mysql://{account}@{servers}/{database}"


def database_name(settings: Settings) -> str:
    """Return the name of the configured MySQL database."""
    return unquote(urlsplit(settings.database).path[1:])


async def try_mysql(settings: Settings, *, asks: bool) -> None:
    """Connect, and create the database when it is missing, after asking if somebody can answer.

    Raises ``SettingsError`` with the reason when it cannot be used.
    """
    from gassapi_backend.database.probe import create_database, is_missing, look
    from gassapi_backend.database.reasons import explain

    name = database_name(settings)
    try:
        try:
            info = await look(settings)
        except Exception as error:
            if not is_missing(error):
                raise
            if asks and not confirm(f'There is no database "{name}". Create it?'):
                raise
            await create_database(settings)
            out.print(f'[green]Created[/] the database "{escape(name)}".')
            info = await look(settings)
    except Exception as error:
        raise SettingsError(explain(error, settings)) from None
    if info.is_too_old:
        raise SettingsError(f"{info.name} is too old: MySQL 8.0 or MariaDB 10.6 is needed.")
    out.print(f"[green]Connected[/] to {escape(info.name)}.")


def checked_host(host: str) -> str:
    """Return a host as it stands in a URL. Raises ``SettingsError`` when it is not one."""
    try:
        return f"[{IPv6Address(host)}]"
    except ValueError:
        if re.fullmatch(r"[\w.-]+", host):
            return host
    raise SettingsError(f'"{host}" is not an address of a MySQL server. Give the port separately.')
