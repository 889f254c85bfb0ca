"""Verifying all chains bit by bit: a request checks as many as it has time for.

Beside the event loop, with a connection of its own, one such request at a time in each process.
"""

import asyncio
import time
from bisect import bisect_right
from dataclasses import dataclass, field

from gassapi_backend.database import open_database
from gassapi_backend.server.audit.queries import project_ids
from gassapi_backend.server.audit.verdicts import Verdict
from gassapi_backend.server.audit.verification import verify
from gassapi_backend.server.errors import TooMany
from gassapi_backend.server.web.apart import apart
from gassapi_backend.settings import Settings

SECONDS = 5.0  # after which no further chain is begun
LONGEST = 20.0  # seconds for one chain: an answer has 30
SHOWN = 100  # broken chains that one answer shows


@dataclass
class Part:
    """What a request has checked: chains after a project's, in the order of ids.

    ``begun`` are how many there were before it, ``last`` is the project of its last one. A chain
    that takes too long is ``unfinished``.
    """

    total: int = 0
    begun: int = 0
    chains: int = 0
    entries: int = 0
    last: str | None = None
    is_last: bool = True
    broken: list[Verdict] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


class Checking:
    """Verifies the chains of an instance, a part at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_busy = False

    async def part(self, after: str) -> Part:
        """Check the chains of projects after an id. Raises ``TooMany`` while another is checked."""
        if self._is_busy:
            raise TooMany("Somebody else is verifying. Try again in some seconds.", retry_after=5)
        self._is_busy = True
        try:
            return await apart(lambda: _checked(self._settings, after))
        finally:
            self._is_busy = False


async def _checked(settings: Settings, after: str) -> Part:
    end = time.monotonic() + SECONDS
    async with open_database(settings, statement_seconds=LONGEST):
        ids = await project_ids()
        begun = bisect_right(ids, after)
        part = Part(total=len(ids), begun=begun)
        for project_id in ids[begun:]:
            if part.chains and (time.monotonic() > end or len(part.broken) >= SHOWN):
                part.is_last = False
                break
            await _check(part, project_id, settings.audit_keep_days)
    return part


async def _check(part: Part, project_id: str, keep_days: int) -> None:
    part.chains += 1
    part.last = project_id
    try:
        async with asyncio.timeout(LONGEST):
            async for verdict in verify([project_id], keep_days=keep_days):
                part.entries += verdict.entries
                if verdict.problems:
                    part.broken.append(verdict)
    except TimeoutError:
        part.unfinished.append(project_id)
