"""Whether the database can be used by this version of the program."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from gassapi_backend.addresses import hosts_of
from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.settings import LOOPBACK, Settings

CLOCK_TOLERANCE = 5  # seconds
MEGABYTE = 2**20  # as MySQL counts
MIN_PACKET = 16 * MEGABYTE  # an endpoint of the maximum size, quoted, and its audit entry


async def check_database(settings: Settings, seconds: float | None = None) -> list[Finding]:
    """Find out whether the database answers, and is as this version expects it.

    A statement may take ``seconds``.
    """
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path
    from gassapi_backend.database.disk_space import try_writing
    from gassapi_backend.database.migrations import status
    from gassapi_backend.database.reasons import explain
    from gassapi_backend.database.sqlite import check_file

    found: list[Finding] = []
    if is_sqlite(settings):
        path = sqlite_path(settings.database)
        if not path.exists():
            advice = (
                "It is created at the first start. If a server has it open, somebody moved or "
                "removed it: put it back."
            )
            return [Finding("database", Verdict.WARNING, f"{path} does not exist yet", advice)]
        found.append(Finding("database", Verdict.GOOD, f"SQLite at {path}"))
        found.extend(_room(settings))
        found.append(_clock(0.0))
    else:
        found.extend(await _mysql(settings))
        if any(item.verdict is Verdict.BAD for item in found):
            return found
    try:
        async with open_database(settings, statement_seconds=seconds):
            if is_sqlite(settings):
                await check_file()
            migrations = await status(settings)
            if migrations.applied:
                await try_writing()
    except Exception as error:
        advice = "Nothing else can be checked until it works."
        found = [item for item in found if item.check != "database"]
        return [*found, Finding("database", Verdict.BAD, explain(error, settings), advice)]
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


def _room(settings: Settings) -> list[Finding]:
    from gassapi_backend.database.disk_space import LITTLE, MEGABYTE, TOO_LITTLE, free_bytes

    free = free_bytes(settings)
    if free is None or free >= LITTLE:
        return []
    verdict = Verdict.BAD if free < TOO_LITTLE else Verdict.WARNING
    message = f"{free / MEGABYTE:.0f} MB are left where the database is"
    return [Finding("room", verdict, message, "Free some space: otherwise nothing can be saved.")]


async def _mysql(settings: Settings) -> list[Finding]:
    from gassapi_backend.database.probe import look
    from gassapi_backend.database.reasons import explain

    try:
        info = await look(settings)
    except Exception as error:
        advice = "Run gassapi-backend setup to change the connection."
        return [Finding("database", Verdict.BAD, explain(error, settings), advice)]
    host = hosts_of(urlsplit(settings.database).netloc)[0].name
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
    if info.max_packet < MIN_PACKET:
        message = f"the database server takes at most {info.max_packet // MEGABYTE} MB at once"
        advice = "Raise its max_allowed_packet to 64M: otherwise large requests are refused."
        found.append(Finding("packets", Verdict.WARNING, message, advice))
    if info.is_read_only:
        message = "the database server is read-only"
        advice = "Nothing can be saved. Set GASSAPI_DATABASE_URL to the server that accepts writes."
        found.append(Finding("database", Verdict.BAD, message, advice))
    return [*found, *_cluster(info.cluster, settings)]


def _cluster(cluster: dict[str, str], settings: Settings) -> list[Finding]:
    if not cluster:
        return []
    is_well = cluster["isWhole"] == "True"
    message = f"{cluster['kind']} of {cluster['size']}: {cluster['state']}"
    advice = "" if is_well else "Bring the missing servers back; see docs/cluster.md."
    found = [Finding("cluster", Verdict.GOOD if is_well else Verdict.WARNING, message, advice)]
    if settings.redis_url is None:
        message = "there is no Redis"
        advice = (
            "Several servers of ours on this cluster hear of each other's changes and share their "
            "rate limits through Redis only: set GASSAPI_REDIS_URL on each."
        )
        found.append(Finding("redis", Verdict.WARNING, message, advice))
    return found


def _clock(offset: float) -> Finding:
    from gassapi_backend import __file__ as package

    installed = datetime.fromtimestamp(Path(package).stat().st_mtime, UTC)
    if datetime.now(UTC) < installed - timedelta(days=1):
        advice = "Set it, preferably with NTP: tokens expire by it."
        return Finding(
            "clock",
            Verdict.BAD,
            "this machine's clock is behind the installation of this program",
            advice,
        )
    if abs(offset) > CLOCK_TOLERANCE:
        message = f"the database's clock differs by {offset:+.0f} s"
        return Finding("clock", Verdict.WARNING, message, "Set both with NTP.")
    return Finding("clock", Verdict.GOOD, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
