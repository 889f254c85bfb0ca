"""A check-up: one line for each thing that can be wrong, and what to do about it."""

import asyncio
import difflib
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.markup import escape

from gassapi_backend import settings as options
from gassapi_backend.cli.console import AsJson, out, print_json
from gassapi_backend.settings import PREFIX, Registration, Settings, SettingsError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CLOCK_TOLERANCE = 5  # seconds


class Verdict(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


SIGNS = {Verdict.GOOD: "[green]✓[/]", Verdict.WARNING: "[yellow]![/]", Verdict.BAD: "[red]✗[/]"}


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    verdict: Verdict
    message: str
    advice: str | None = None


def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Repair what can be repaired here.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check everything this server needs. Ends with 1 if something is broken."""
    findings = _examine(fix=fix)
    if as_json:
        print_json([finding.__dict__ for finding in findings])
    else:
        for finding in findings:
            out.print(f"{SIGNS[finding.verdict]} {finding.check:<14}{escape(finding.message)}")
            if finding.advice:
                out.print(f"  {'':<14}[dim]{escape(finding.advice)}[/]")
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)


def _examine(*, fix: bool) -> list[Finding]:
    try:
        settings = options.load()
    except SettingsError as error:
        advice = "Mend the setting, then run doctor again."
        return [Finding("settings", Verdict.BAD, str(error), advice)]
    findings = [*_settings(settings), *_files(settings, fix=fix)]
    checks: list[Callable[[Settings], Awaitable[list[Finding]]]] = [_database, _port, _mail, _redis]
    return [*findings, *asyncio.run(_all(settings, checks, fix=fix))]


async def _all(
    settings: Settings,
    checks: list[Callable[[Settings], Awaitable[list[Finding]]]],
    *,
    fix: bool,
) -> list[Finding]:
    found: list[Finding] = []
    for check in checks:
        found.extend(await check(settings))
        if check is _database and all(item.verdict is not Verdict.BAD for item in found):
            found.extend(await _counts(settings, fix=fix))
            found.extend(await _record(settings))
            found.extend(await _secrets(settings))
            found.extend(await _outbox(settings))
    return found


def _settings(settings: Settings) -> list[Finding]:
    where = str(settings.file) if settings.file.exists() else "defaults and environment"
    found = [Finding("settings", Verdict.GOOD, where)]
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known and not name.startswith("GASSAPI_TEST_"):
            near = difflib.get_close_matches(name, known, n=1)
            advice = f"Did you mean {near[0]}?" if near else "Remove it, or see: config show"
            found.append(Finding("settings", Verdict.WARNING, f"{name} is not a setting", advice))
    if settings.registration is Registration.OPEN and settings.host not in LOOPBACK:
        found.append(
            Finding(
                "registration",
                Verdict.WARNING,
                "everybody who reaches this server may register",
                "Set GASSAPI_REGISTRATION=closed unless that is meant.",
            )
        )
    if settings.public_url is None and (settings.smtp_url or settings.host not in LOOPBACK):
        message = f"links in mails and invitations lead to {settings.base_url}"
        advice = "Set GASSAPI_PUBLIC_URL to the address that people use."
        found.append(Finding("address", Verdict.WARNING, message, advice))
    if settings.password_rounds < 10:
        message = f"passwords are hashed with {settings.password_rounds} rounds only"
        found.append(
            Finding("passwords", Verdict.WARNING, message, "Remove GASSAPI_PASSWORD_ROUNDS.")
        )
    if settings.rate_limits == "off":
        message = "rate limits are off: passwords can be guessed without end"
        found.append(
            Finding("rate limits", Verdict.WARNING, message, "Remove GASSAPI_RATE_LIMITS.")
        )
    return found


def _files(settings: Settings, *, fix: bool) -> list[Finding]:
    from gassapi_backend.secrets import load_keys

    home = settings.home
    if not os.access(next(path for path in (home, *home.parents) if path.exists()), os.W_OK):
        advice = "Give it to the user that runs the server."
        return [Finding("files", Verdict.BAD, f"{home} cannot be written", advice)]
    if not home.is_dir():
        advice = "It is made at the first start."
        return [Finding("files", Verdict.WARNING, f"{home} does not exist yet", advice)]
    found = []
    for path in (home, settings.file, home / "secret.key", *_sqlite_files(settings)):
        forbidden, right = (0o022, 0o700) if path == home else (0o077, 0o600)
        if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & forbidden:
            if fix:
                path.chmod(right)
                found.append(Finding("files", Verdict.GOOD, f"{path}: made private"))
            else:
                message = f"{path} is open to others (mode {mode:04o})"
                found.append(Finding("files", Verdict.BAD, message, f"Run: chmod {right:o} {path}"))
    if (home / "secret.key").exists():
        try:
            load_keys(settings)
        except SettingsError as error:
            advice = "Put the key of a backup there; a new one signs everybody out."
            found.append(Finding("files", Verdict.BAD, str(error), advice))
    return found or [Finding("files", Verdict.GOOD, f"{home} is private")]


def _sqlite_files(settings: Settings) -> list[Path]:
    from gassapi_backend.database import is_sqlite, sqlite_path

    if not is_sqlite(settings):
        return []
    path = sqlite_path(settings.database)
    return [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]


async def _database(settings: Settings) -> list[Finding]:
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path
    from gassapi_backend.database.migrations import status
    from gassapi_backend.database.reasons import explain

    found: list[Finding] = []
    if is_sqlite(settings):
        path = sqlite_path(settings.database)
        if not path.exists():
            advice = "It is made at the first start."
            return [Finding("database", Verdict.WARNING, f"{path} does not exist yet", advice)]
        found.append(Finding("database", Verdict.GOOD, f"SQLite at {path}"))
        found.append(_clock(0.0))
    else:
        found.extend(await _mysql(settings))
        if any(item.verdict is Verdict.BAD for item in found):
            return found
    try:
        async with open_database(settings):
            migrations = await status(settings)
    except Exception as error:
        advice = "Nothing else can be checked until it works."
        return [Finding("database", Verdict.BAD, explain(error, settings), advice)]
    if migrations.unknown:
        message = "the database is newer than this program"
        advice = "Install the newer version again: pipx upgrade gassapi-backend"
        found.append(Finding("migrations", Verdict.BAD, message, advice))
    elif migrations.pending:
        message = f"{len(migrations.pending)} pending"
        found.append(Finding("migrations", Verdict.BAD, message, "Run: gassapi-backend db upgrade"))
    else:
        found.append(Finding("migrations", Verdict.GOOD, "up to date"))
    return found


async def _mysql(settings: Settings) -> list[Finding]:
    from gassapi_backend.database.probe import look
    from gassapi_backend.database.reasons import explain

    try:
        info = await look(settings)
    except Exception as error:
        advice = "Run gassapi-backend setup to change the connection."
        return [Finding("database", Verdict.BAD, explain(error, settings), advice)]
    host = urlsplit(settings.database).hostname
    if info.is_too_old:
        advice = "MySQL 8.0 or MariaDB 10.6 is needed."
        return [Finding("database", Verdict.BAD, f"{info.name} is too old", advice)]
    found = [Finding("database", Verdict.GOOD, f"{info.name} at {host}")]
    if not info.is_encrypted and host not in LOOPBACK:
        message = "the connection to the database is not encrypted"
        found.append(
            Finding("database", Verdict.WARNING, message, "Set GASSAPI_DATABASE_TLS=verify.")
        )
    found.append(_clock(info.clock_offset))
    return found


def _clock(offset: float) -> Finding:
    from gassapi_backend import __file__ as package

    installed = datetime.fromtimestamp(Path(package).stat().st_mtime, UTC)
    if datetime.now(UTC) < installed - timedelta(days=1):
        advice = "Set it, by NTP if you can: tokens expire by it."
        return Finding(
            "clock",
            Verdict.BAD,
            "this machine's clock is behind the installation of this program",
            advice,
        )
    if abs(offset) > CLOCK_TOLERANCE:
        message = f"the database's clock differs by {offset:+.0f} s"
        return Finding("clock", Verdict.WARNING, message, "Set both by NTP.")
    return Finding("clock", Verdict.GOOD, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")


async def _counts(settings: Settings, *, fix: bool) -> list[Finding]:
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path
    from gassapi_backend.server.identity import CONSOLE
    from gassapi_backend.server.projects.actions import recount_project
    from gassapi_backend.server.projects.queries import miscounted_projects

    if is_sqlite(settings) and not sqlite_path(settings.database).exists():
        return []
    async with open_database(settings):
        wrong = await miscounted_projects()
        if wrong and fix:
            for project_id in wrong:
                await recount_project(CONSOLE, project_id)
            return [Finding("counts", Verdict.GOOD, f"recounted {len(wrong)} project(s)")]
    if wrong:
        message = f"{len(wrong)} project(s) show wrong numbers of members, collections or endpoints"
        advice = "Run: gassapi-backend doctor --fix"
        return [Finding("counts", Verdict.WARNING, message, advice)]
    return [Finding("counts", Verdict.GOOD, "right")]


async def _record(settings: Settings) -> list[Finding]:
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path
    from gassapi_backend.server.audit.queries import misplaced_heads

    if is_sqlite(settings) and not sqlite_path(settings.database).exists():
        return []
    async with open_database(settings):
        wrong = await misplaced_heads()
    if wrong:
        message = f"the audit log of {len(wrong)} project(s) does not end as it should"
        return [Finding("audit log", Verdict.BAD, message, "See gassapi-backend audit verify.")]
    return [Finding("audit log", Verdict.GOOD, "ends as it should; audit verify checks all of it")]


async def _secrets(settings: Settings) -> list[Finding]:
    """Whether the keys that are here open the secret variables; makes no key."""
    import orjson

    from gassapi_backend.database import is_sqlite, open_database, sqlite_path
    from gassapi_backend.secrets import FILE_NAME, is_rotating
    from gassapi_backend.server.environments.queries import sealed_environments
    from gassapi_backend.server.environments.variables import is_lost, is_outdated, secret_keys
    from gassapi_backend.vault import Vault

    if is_sqlite(settings) and not sqlite_path(settings.database).exists():
        return []
    async with open_database(settings):
        environments = [
            (row, orjson.loads(row["variables"])) for row in await sealed_environments()
        ]
    has_key = settings.secret_key is not None or (settings.home / FILE_NAME).exists()
    try:
        vault = Vault(settings) if has_key else None
    except SettingsError:
        return []  # said of the file already
    lost = [
        f"{row['name']} of project {row['project_id']}"
        for row, variables in environments
        if vault is None or any(is_lost(vault, row["id"], variable) for variable in variables)
    ]
    if lost:
        shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        advice = (
            f"The secret key is not the one they were encrypted with. Put that one into {FILE_NAME}"
            " or GASSAPI_OLD_SECRET_KEYS, or write the values anew."
        )
        message = f"secret values that cannot be decrypted, in the environment {shown}"
        return [Finding("secrets", Verdict.BAD, message, advice)]
    outdated = vault is not None and any(
        is_outdated(vault, variable) for _, variables in environments for variable in variables
    )
    if outdated or is_rotating(settings):
        message = "a change of the secret key is not finished"
        advice = "Run: gassapi-backend key rotate"
        return [Finding("secrets", Verdict.WARNING, message, advice)]
    if settings.old_secret_keys:
        message = "nothing is encrypted with a former secret key any more"
        return [
            Finding("secrets", Verdict.GOOD, message, "GASSAPI_OLD_SECRET_KEYS can be removed.")
        ]
    count = sum(len(secret_keys(variables)) for _, variables in environments)
    return [Finding("secrets", Verdict.GOOD, f"{count}, all can be decrypted" if count else "none")]


async def _port(settings: Settings) -> list[Finding]:
    place = f"{settings.host}:{settings.port}"
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - compared
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, settings.port), 2)
    except (OSError, TimeoutError):
        return [_bindable(settings, place)]
    try:
        writer.write(f"GET /health/live HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(4096), 2)
    except (OSError, TimeoutError):
        answer = b""
    finally:
        writer.close()
    if b"Server: gassapi" in answer:
        return [Finding("port", Verdict.GOOD, f"{place}, a server of ours answers")]
    advice = "Stop what uses it, or choose another with GASSAPI_PORT."
    return [Finding("port", Verdict.BAD, f"{place} is taken by another program", advice)]


def _bindable(settings: Settings, place: str) -> Finding:
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        advice = "Choose another with GASSAPI_HOST and GASSAPI_PORT."
        return Finding("port", Verdict.BAD, f"{place} cannot be used ({error.strerror})", advice)
    return Finding("port", Verdict.GOOD, f"{place} is free")


async def _mail(settings: Settings) -> list[Finding]:
    import aiosmtplib

    from gassapi_backend.server.mail.transport import close, mail_server

    if settings.smtp_url is None:
        message = "not set up: no invitations, confirmations and password resets by mail"
        return [Finding("mail", Verdict.GOOD, message)]
    try:
        server = mail_server(settings)
    except SettingsError as error:
        return [Finding("mail", Verdict.BAD, str(error), "Mend the setting.")]
    client = server.client()
    try:
        await client.connect()
        await client.noop()
    except (aiosmtplib.SMTPException, OSError) as error:
        advice = "Check GASSAPI_SMTP_URL: smtp:// on 587 (STARTTLS), smtps:// on 465 (TLS)."
        return [Finding("mail", Verdict.BAD, server.explain(error), advice)]
    finally:
        await close(client)
    return [Finding("mail", Verdict.GOOD, f"{server.place} answers"), *_sender(settings)]


def _sender(settings: Settings) -> list[Finding]:
    from gassapi_backend.server.mail.transport import sender

    _, address = sender(settings)
    if settings.mail_from or not address.endswith(("@localhost", "]")):
        return []
    message = f"mails come from {address}, which other mail servers refuse"
    return [Finding("mail", Verdict.WARNING, message, "Set GASSAPI_MAIL_FROM.")]


async def _outbox(settings: Settings) -> list[Finding]:
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path
    from gassapi_backend.server.mail.queries import count_given_up

    if is_sqlite(settings) and not sqlite_path(settings.database).exists():
        return []
    async with open_database(settings):
        count = await count_given_up()
    if not count:
        return []
    message = f"{count} mail(s) could not be sent and were given up"
    advice = "See gassapi-backend mail list, then gassapi-backend mail retry."
    return [Finding("outbox", Verdict.WARNING, message, advice)]


async def _redis(settings: Settings) -> list[Finding]:
    from gassapi_backend.server.channel import connect

    if settings.redis_url is None:
        return [Finding("redis", Verdict.GOOD, "not set up")]
    parts = urlsplit(settings.redis_url.get_secret_value())
    server = f"{parts.hostname}:{parts.port or 6379}"
    try:
        client = connect(settings.redis_url.get_secret_value())
    except SettingsError as error:
        return [Finding("redis", Verdict.BAD, "the package for it is missing", str(error))]
    try:
        async with client:
            pong: Any = client.ping()
            await pong
    except Exception as error:
        message = f"{server}: {type(error).__name__}, so that news travel slower"
        advice = "Check GASSAPI_REDIS_URL, and that Redis runs."
        return [Finding("redis", Verdict.WARNING, message, advice)]
    return [Finding("redis", Verdict.GOOD, f"{server} answers")]
