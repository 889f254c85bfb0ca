"""On what was measured."""

import datetime
import os
import platform
import re
from pathlib import Path


def described() -> str:
    """Return a sentence about this machine and Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    busy = os.getloadavg()[2] / (os.cpu_count() or 1)
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, on {day}. "
        f"In the quarter of an hour that ended with it, {busy:.1f} programs per core wanted to run."
    )


def _processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.M)
    return found[1] if found else platform.machine()
