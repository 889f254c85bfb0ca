"""How long something is good for, as people type it."""

import re
from datetime import UTC, datetime, timedelta

from gassapi_backend.cli.console import fail
from gassapi_backend.clock import now, rfc3339

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LENGTH = re.compile(r"([1-9][0-9]{0,4})([hdw])")
HELP = "When it ends: 12h, 90d, 4w, or a day like 2027-01-31. Default: never."


def expiry_of(text: str | None) -> str | None:
    """Return the time that is meant, as the API takes it. Ends the command where none is."""
    if text is None:
        return None
    if match := _LENGTH.fullmatch(text.strip().lower()):
        return rfc3339(now() + int(match[1]) * _UNITS[match[2]])
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        fail(f"--expires {text} is no time. Write it as 12h, 90d, 4w or 2027-01-31.", code=2)
    if day.date() < now().date():
        fail(f"--expires {text} is over already.", code=2)
    return f"{day:%Y-%m-%d}"
