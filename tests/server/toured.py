"""All routes with their good requests, sent once for the tests that look at what came of it."""

import io
import logging
from dataclasses import dataclass

from structlog.testing import capture_logs

from gassapi_backend.database import rows
from tests.conftest import PASSWORD, Api, everything
from tests.server.samples import Visit, tour


@dataclass(frozen=True)
class Toured:
    """What was answered; what the database kept, with the hashes of its chain; what was logged."""

    visits: list[Visit]
    kept: dict[str, list[str]]
    hashes: set[str]
    lines: list[str]
    log: str


_done: dict[str, Toured] = {}


async def toured(engine: str, api: Api) -> Toured:
    """Return the tour on an engine, made at a server of the first test that asks."""
    if engine not in _done:
        _done[engine] = await _made(api)
    return _done[engine]


async def _made(api: Api) -> Toured:
    root, log = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(log), root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with capture_logs() as lines:
            visits = await tour(api)
            kept = await everything()
            hashes = {entry["hash"] for entry in await rows("SELECT hash FROM audit_log")}
            await api.call("GET", "/projects", "gass_" + "x" * 49)
            await api.call("POST", "/auth/login", json={"email": PASSWORD, "password": PASSWORD})
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    return Toured(visits, kept, hashes, [str(line) for line in lines], log.getvalue())
