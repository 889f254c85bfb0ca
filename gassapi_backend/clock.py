"""The time: always UTC, always to the millisecond, as the contract shows it."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache


def now() -> datetime:
    """Return the current time in UTC, cut to milliseconds."""
    milliseconds = time.time_ns() // 1_000_000
    return datetime.fromtimestamp(milliseconds / 1000, UTC)  # cutting one costs twice as much


def ago(seconds: float) -> datetime:
    """Return the time that many seconds before now."""
    return now() - timedelta(seconds=seconds)


def ahead(seconds: float) -> datetime:
    """Return the time that many seconds after now."""
    return now() + timedelta(seconds=seconds)


def rfc3339(moment: datetime | str) -> str:
    """Write a time as RFC 3339 with ``Z`` and milliseconds.

    It also takes the text that databases here keep: ``2026-01-31 12:00:00.000``.
    """
    if isinstance(moment, str):
        return f"{moment[:10]}T{moment[11:]}Z"
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


def rfc3339_now() -> str:
    """Return the current time as RFC 3339 with ``Z`` and milliseconds."""
    return rfc3339_at(time.time_ns())


def rfc3339_at(nanoseconds: int) -> str:
    """Write a time, nanoseconds of the epoch, as RFC 3339 with ``Z`` and milliseconds."""
    second, milliseconds = divmod(nanoseconds // 1_000_000, 1000)
    return f"{_to_the_second(second, 'T')}.{milliseconds:03d}Z"


@lru_cache(maxsize=4)
def _to_the_second(second: int, between: str) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat(between)[:19]


def stored_now() -> str:
    """Return the current time as databases here keep it."""
    second, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{_to_the_second(second, ' ')}.{milliseconds:03d}"


def http_date() -> str:
    """Return the current time as HTTP's headers have it (RFC 9110, 5.6.7)."""
    return _as_http_date(int(time.time()))


@lru_cache(maxsize=2)
def _as_http_date(second: int) -> str:
    return formatdate(second, usegmt=True)


def stored(moment: datetime) -> str:
    """Write a UTC time as databases here keep it, for use in plain SQL."""
    return moment.isoformat(" ", timespec="milliseconds")[:23]
