"""A clock that all servers on a database share, for spans of seconds; their own may be apart."""

import time
from pathlib import Path

from gassapi_backend.database import dialect, row

_UPTIME = Path("/proc/uptime")


async def shared_seconds() -> float:
    """Return seconds since some moment, the same for all servers; only differences mean anything.

    By MySQL's clock, or, where all are on one machine with an SQLite file, since its start: nobody
    sets that, and a step of the machine's time does not change it.
    """
    if dialect() == "mysql":
        found = await row("SELECT UNIX_TIMESTAMP(NOW(6)) AS moment")
        return float(found["moment"]) if found else time.time()
    return _since_start()


def _since_start() -> float:
    try:
        return float(_UPTIME.read_text("ascii").split()[0])  # no file of a disk
    except OSError:  # not Linux
        return time.time()
