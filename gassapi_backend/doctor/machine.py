"""Whether the settings and files are as they should be."""

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.settings import LOOPBACK, Registration, Settings, SettingsError
from gassapi_backend.unknown_variables import unknown_variables


def check_settings(settings: Settings) -> list[Finding]:
    """Find settings that are unknown, or that few people intend."""
    where = str(settings.file) if settings.file.exists() else "defaults and environment"
    found = [Finding("settings", Verdict.GOOD, where)]
    for sentence in unknown_variables():
        found.append(Finding("settings", Verdict.WARNING, sentence, "See: config show"))
    if settings.registration is Registration.OPEN and _is_reached_from_elsewhere(settings):
        found.append(
            Finding(
                "registration",
                Verdict.WARNING,
                "anybody who can reach this server may register",
                "Set GASSAPI_REGISTRATION=closed unless that is intended.",
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


def _is_reached_from_elsewhere(settings: Settings) -> bool:
    return settings.host not in LOOPBACK or urlsplit(settings.base_url).hostname not in LOOPBACK


def check_files(settings: Settings, *, fix: bool) -> list[Finding]:
    """Find files that others can read or that cannot be used; ``fix`` makes them private."""
    from gassapi_backend.instance_key import load_keys

    home = settings.home
    if not os.access(next(path for path in (home, *home.parents) if path.exists()), os.W_OK):
        advice = "Give it to the user that runs the server."
        return [Finding("files", Verdict.BAD, f"{home} cannot be written", advice)]
    if not home.is_dir():
        advice = "It is created at the first start."
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
            advice = (
                "Restore the key from a backup. With a new one, secret variables cannot be read, "
                "and everybody is signed out."
                if os.access(home / "secret.key", os.R_OK)
                else "Give it to the user that runs the server, or run doctor as that user."
            )
            found.append(Finding("files", Verdict.BAD, str(error), advice))
    return found or [Finding("files", Verdict.GOOD, f"{home} is private")]


def _sqlite_files(settings: Settings) -> list[Path]:
    from gassapi_backend.database import is_sqlite, sqlite_path

    if not is_sqlite(settings):
        return []
    path = sqlite_path(settings.database)
    return [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
