"""Bringing the database to the shape that this program needs, one upgrade at a time."""

from dataclasses import dataclass
from pathlib import Path

from tortoise.exceptions import OperationalError

from gassapi_backend.database import is_sqlite, orm_config, rows
from gassapi_backend.database.upgrade_lock import UpgradeUnderWay, upgrade_lock
from gassapi_backend.settings import Settings


class MigrationError(Exception):
    """The database cannot be upgraded; the message is for the operator."""


@dataclass(frozen=True)
class MigrationStatus:
    """Names of migrations: those in the database, those it lacks, those only it knows."""

    applied: list[str]
    pending: list[str]
    unknown: list[str]

    @property
    def is_current(self) -> bool:
        """Whether the database is exactly what this program needs."""
        return not self.pending and not self.unknown


def folder(dialect: str) -> Path:
    """Return where the migrations of ``sqlite`` or ``mysql`` are, installed or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_migrations"
    return (shipped if shipped.is_dir() else package.parent / "migrations") / dialect


def shipped(dialect: str) -> list[str]:
    """Return the names of this program's migrations, oldest first."""
    files = [path.name for path in (folder(dialect) / "models").glob("[0-9]*_*.py")]
    return sorted(files, key=lambda name: int(name.split("_")[0]))


async def status(settings: Settings) -> MigrationStatus:
    """Compare the open database with this program's migrations."""
    known = shipped(_dialect(settings))
    try:
        found = await rows("SELECT version FROM aerich WHERE app = ? ORDER BY id", "models")
    except OperationalError as error:
        if not _is_missing_table(error):
            raise
        found = []
    applied = [str(row["version"]) for row in found]
    return MigrationStatus(
        applied=applied,
        pending=[name for name in known if name not in applied],
        unknown=[name for name in applied if name not in known],
    )


async def upgrade(settings: Settings) -> list[str]:
    """Apply what is pending to the open database; return the names of what was applied.

    Safe to call from several processes at once. Raises ``MigrationError`` when the database is
    newer than this program.
    """
    found = await status(settings)
    refuse_newer(found)
    if found.is_current:
        return []
    try:
        async with upgrade_lock(settings):
            refuse_newer(await status(settings))  # another may have upgraded it meanwhile
            return await apply_pending(settings)
    except UpgradeUnderWay:
        raise MigrationError(
            "Another process is upgrading the database. Try again later."
        ) from None


def refuse_newer(found: MigrationStatus) -> None:
    """Raise ``MigrationError`` if the database has migrations that this program lacks."""
    if found.unknown:
        raise MigrationError(
            f"The database is newer than this program (it has {found.unknown[-1]}). "
            "Install the version of gassapi-backend that last ran on it, or a newer one."
        )


async def apply_pending(settings: Settings) -> list[str]:
    """Apply what is pending, with the lock held; return the names."""
    from aerich import Command  # slow to import, and rarely needed

    location = str(folder(_dialect(settings)))
    command = Command(tortoise_config=orm_config(settings), app="models", location=location)
    await command.init()
    return await command.upgrade()


def _dialect(settings: Settings) -> str:
    return "sqlite" if is_sqlite(settings) else "mysql"


def _is_missing_table(error: OperationalError) -> bool:
    cause = error.args[0] if error.args else None
    code = cause.args[0] if isinstance(cause, Exception) and cause.args else None
    return code == 1146 or "no such table" in str(error)
