"""A server's check-up of itself: in its own thread, one at a time, within a time limit."""

import asyncio
import time

from gassapi_backend.database.reasons import explain
from gassapi_backend.doctor.content import check_content
from gassapi_backend.doctor.database import check_database
from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.doctor.machine import check_files, check_settings
from gassapi_backend.doctor.network import check_mail, check_redis
from gassapi_backend.doctor.proxies import check_proxies
from gassapi_backend.server.web.apart import apart
from gassapi_backend.settings import Settings

PATIENCE = 20  # seconds for everything: an answer has 30
STATEMENT_SECONDS = 8
MAX_AGE = 5.0  # seconds for which findings are reused
ADVICE = "Run gassapi-backend doctor, which has no time limit."


class Doctor:
    """The findings about this server, which is examined at most every ``MAX_AGE`` seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._last: list[Finding] = []
        self._until = 0.0

    async def findings(self) -> list[Finding]:
        """Return the findings, in the order of the checks."""
        async with self._lock:
            if time.monotonic() >= self._until:
                self._last = await apart(lambda: _everything(self._settings))
                self._until = time.monotonic() + MAX_AGE
        return self._last


async def _everything(settings: Settings) -> list[Finding]:
    found = [*check_settings(settings), *check_proxies(settings)]
    found += check_files(settings, fix=False)
    try:
        async with asyncio.timeout(PATIENCE):
            await _outside(settings, found)
    except TimeoutError:
        message = f"not everything could be checked within {PATIENCE} seconds"
        found.append(Finding("doctor", Verdict.WARNING, message, ADVICE))
    return found


async def _outside(settings: Settings, found: list[Finding]) -> None:
    """Check everything outside this process."""
    database = await check_database(settings, STATEMENT_SECONDS)
    found += database
    try:
        if all(item.verdict is not Verdict.BAD for item in database):
            await check_content(settings, found, fix=False, seconds=STATEMENT_SECONDS)
    except Exception as error:
        found.append(Finding("content", Verdict.WARNING, explain(error, settings), ADVICE))
    found += await check_mail(settings)
    found.append(await check_redis(settings))
