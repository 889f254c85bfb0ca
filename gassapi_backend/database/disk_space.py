"""Whether the database can still be written: the room that SQLite's file has, and trials."""

import shutil

from tortoise.exceptions import OperationalError

from gassapi_backend.database import execute, is_away, is_sqlite, sqlite_path
from gassapi_backend.settings import Settings

MEGABYTE = 1_000_000
LITTLE = 100 * MEGABYTE  # time to make room
TOO_LITTLE = 10 * MEGABYTE  # the next writes may fail


def free_bytes(settings: Settings) -> int | None:
    """Return the bytes that may still be written; ``None`` for MySQL and where nobody can tell."""
    if not is_sqlite(settings):
        return None
    folder = sqlite_path(settings.database).parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def is_full(settings: Settings) -> bool:
    """Whether there is so little room that writing may fail."""
    free = free_bytes(settings)
    return free is not None and free < TOO_LITTLE


async def try_writing() -> None:
    """Write back to the open database what is there already. Raises the database's errors."""
    await execute("UPDATE aerich SET app = app")


async def takes_writes() -> bool:
    """Whether the open MySQL database takes writes; one that writes no row is tried."""
    try:
        await execute("UPDATE aerich SET app = app WHERE id < 0")
    except OperationalError as error:
        if is_away(error):
            return False
        raise
    return True
