"""The servers that a database URL names, and which of them to use now.

``mysql://user:password@one:3306,two:3306,three/name`` names several of one cluster. The first that
takes writes is used; when it fails, the next one is looked for.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import asyncmy
import structlog

from gassapi_backend.addresses import Host
from gassapi_backend.database.failures import code_of
from gassapi_backend.database.session import session_command

LOOK_SECONDS = 3
EARLIER_SECONDS = 0.3

_log = structlog.get_logger("gassapi.database")


async def is_galera(cursor: Any) -> bool:
    """Whether a server is a node of a Galera cluster."""
    await cursor.execute("SHOW GLOBAL VARIABLES LIKE 'wsrep_on'")
    found = await cursor.fetchone()
    return found is not None and found[1] == "ON"


async def _is_outside(cursor: Any) -> bool:
    """Whether a server is a node of Galera that others left behind, or that catches up."""
    if not await is_galera(cursor):  # a server alone says that it is not ready, too
        return False
    await cursor.execute("SHOW GLOBAL STATUS LIKE 'wsrep_ready'")
    ready = await cursor.fetchone()
    return ready is not None and ready[1] != "ON"


class _OutsideError(Exception):
    """A node that takes no part in its cluster now."""


async def choose(hosts: Sequence[Host], credentials: Mapping[str, Any]) -> Host:
    """Return the first server that takes writes, else the first that answers, else the first.

    All are asked at once. Where one is well, those before it have ``EARLIER_SECONDS`` more, so that
    a silent one costs no more than that.
    """
    if len(hosts) == 1:
        return hosts[0]
    asked = [asyncio.create_task(takes_writes(host, credentials)) for host in hosts]
    try:
        for answer in asyncio.as_completed(asked):
            if await answer:
                if earlier := asked[: _first_good(asked)]:
                    await asyncio.wait(earlier, timeout=EARLIER_SECONDS)
                break
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    found = [None if task.cancelled() else task.result() for task in asked]
    for wanted in (True, False):
        if wanted in found:
            chosen = hosts[found.index(wanted)]
            _log.info("database server chosen", server=str(chosen), takesWrites=wanted)
            return chosen
    return hosts[0]


def _first_good(asked: Sequence[asyncio.Task[bool | None]]) -> int:
    return next(number for number, task in enumerate(asked) if task.done() and task.result())


async def takes_writes(host: Host, credentials: Mapping[str, Any]) -> bool | None:
    """Whether a server takes writes; ``None`` where it does not answer, or not as one should."""
    options = {key: credentials.get(key) for key in ("user", "password", "ssl")}
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            connection = await asyncmy.connect(
                host=host.name, port=host.port, init_command=session_command(), **options
            )
            try:
                async with connection.cursor() as cursor:
                    if await _is_outside(cursor):
                        raise _OutsideError
                    await cursor.execute("SELECT @@global.read_only")
                    return not (await cursor.fetchone())[0]
            finally:
                connection.close()
    except Exception as error:
        is_outside = isinstance(error, _OutsideError)
        reason = "outside" if is_outside else f"{code_of(error) or type(error).__name__}"
        _log.warning("database server not used", server=str(host), reason=reason)
        return None
