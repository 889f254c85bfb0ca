"""Why the database cannot be used, in a sentence for the operator."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from tortoise.exceptions import DBConnectionError, OperationalError

from gassapi_backend.addresses import hosts_of
from gassapi_backend.database import is_sqlite, sqlite_path
from gassapi_backend.database.disk_space import is_full
from gassapi_backend.database.failures import is_busy, is_damaged
from gassapi_backend.settings import Settings


def explain(error: BaseException, settings: Settings) -> str:
    """Return what is wrong and what to do, without the password."""
    if is_sqlite(settings):
        path = sqlite_path(settings.database)
        if is_damaged(error):
            return (
                f"The database {path} is damaged: {_plain(error)}. Stop the server and restore a "
                "backup; the README says how."
            )
        hint = " There is hardly any room left on its disk." if is_full(settings) else ""
        return f"The database {path} cannot be used: {_plain(error)}.{hint}"
    parts = urlsplit(settings.database)
    server = ", ".join(map(str, hosts_of(parts.netloc)))
    if is_busy(error):
        return (
            f"All {settings.database_pool_size} connections to the database server {server} were "
            "taken. If that happens again, raise GASSAPI_DATABASE_POOL_SIZE."
        )
    user, name = unquote(parts.username or ""), unquote(parts.path[1:])
    code, text = _mysql_error(error)
    match code:
        case 1044 | 1142:
            return (
                f'The user "{user}" may not use the database "{name}": {text}. '
                f"Let the administrator of {server} create it and grant it."
            )
        case 1047:
            return f"The database server {server} takes no part in its cluster now: {text}."
        case 1290 | 1792 | 1836 | 3098 | 3100 | 3796 | 3797 | 3798 | 3799:
            return (
                f"The database server {server} takes no writes now, as while its cluster switches "
                f"over: {text}."
            )
        case 1046 | 1146:
            return (
                f'The database "{name}" of {server} lacks what belongs into it: {text}. Is a '
                "backup being loaded? Otherwise restore one; the README says how."
            )
        case 1153:
            return (
                f"The database server {server} takes no statement of this size: {text}. Raise its "
                "max_allowed_packet to 64M."
            )
        case 3 | 20 | 1021 | 1026 | 1030 | 1114:
            return f"The database server {server} cannot write, as where its disk is full: {text}."
        case 1045 | 1698:
            hint = ", and whether the server wants encryption: GASSAPI_DATABASE_TLS"
            return (
                f'The database server {server} refuses the user "{user}". Check name and password'
                f"{hint if settings.database_tls == 'off' else ''}."
            )
        case 3159:
            return (
                f"The database server {server} takes encrypted connections only. Set "
                "GASSAPI_DATABASE_TLS=verify, or require where nobody known signed its certificate."
            )
        case 2059:
            return (
                f'The user "{user}" signs in to the database server {server} in a way that this '
                f"program does not know: {text}. Let its administrator choose "
                "caching_sha2_password or mysql_native_password for it."
            )
        case 1205:
            return (
                f"The database server {server} keeps a table locked, as for a backup or while it "
                f"is changed: {text}."
            )
        case 1049:
            return (
                f'The database server {server} has no database "{name}". '
                "Create it, or run: gassapi-backend setup"
            )
        case 2002 | 2003 if "SSL" in text or "certificate" in text:
            return (
                f"The connection to the database server {server} cannot be encrypted: {text}. "
                "See GASSAPI_DATABASE_TLS."
            )
        case 2002 | 2003:
            return f"The database server {server} cannot be reached: {text}. Is it running?"
    return f"The database server {server} cannot be used: {text}."


def _mysql_error(error: BaseException) -> tuple[int | None, str]:
    from asyncmy.errors import MySQLError  # a driver that SQLite does not need

    found = list(_chain(error))
    for candidate in found:
        if isinstance(candidate, MySQLError) and len(candidate.args) >= 2:
            return int(candidate.args[0]), _plain(candidate.args[1])
    if any(isinstance(candidate, TimeoutError) for candidate in found):
        return None, "it does not answer"
    for candidate in found:  # of the driver, without a number
        if isinstance(candidate, RuntimeError) and "auth method" in str(candidate):
            return 2059, _plain(candidate)
    if isinstance(error, (DBConnectionError, OperationalError, RuntimeError)):
        return None, "it does not answer as a MySQL server"
    return None, _plain(error)


def _chain(error: BaseException) -> Iterator[object]:
    """Yield an error, and what it is about and comes from."""
    seen: BaseException | None = error
    while seen is not None:
        yield from (seen, *seen.args)
        seen = seen.__cause__ or seen.__context__


def _plain(found: object) -> str:
    return str(found).strip().rstrip(".")
