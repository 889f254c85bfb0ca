"""Health, status and documentation over HTTP."""

import asyncio
import os
import resource
import shutil
import time
from pathlib import Path
from typing import Annotated

import orjson
from aiohttp import web

from gassapi_backend import __version__
from gassapi_backend.clock import ago, now, rfc3339, rfc3339_now, stored
from gassapi_backend.database import row
from gassapi_backend.server.errors import Unavailable
from gassapi_backend.server.service.health import Check, Kind
from gassapi_backend.server.service.history import SLOT_SECONDS, Slot
from gassapi_backend.server.service.schemas import (
    DatabaseHealth,
    HealthAnswer,
    HistoryAnswer,
    HistoryView,
    InstanceAnswer,
    InstanceView,
    LiveAnswer,
    Operation,
    ReadyAnswer,
    SlotView,
    StatusAnswer,
)
from gassapi_backend.server.service.state import BOARD, DOCUMENT, HEALTH, HISTORY, INSTANCE
from gassapi_backend.server.web.answers import JsonResponse
from gassapi_backend.server.web.headers import takes_encoding
from gassapi_backend.server.web.reading import JSON
from gassapi_backend.server.web.state import ACTOR, SETTINGS, STATE, ServerState


async def health(request: web.Request) -> Annotated[web.Response, HealthAnswer]:
    """Tell the server's health; 503 when it is unhealthy.

    What is told is made anew for each tenth of a second of the uptime, and when anything changes.
    """
    app = request.app
    found, state = app[HEALTH], app[STATE]
    check = found.known or await found.check()
    tenths = int((time.monotonic() - state.started) * 10)
    said = check, state.is_draining, check.is_damaged or state.has_met_damage, tenths
    if found.told[0] != said:
        found.told = said, _health_json(found.kind, await app[INSTANCE].name(), *said)
    response = JsonResponse(found.told[1], status=200 if check.works else 503)
    if not check.works:
        response.headers["Retry-After"] = "5"
    return response


def _health_json(
    kind: Kind, instance: str, check: Check, is_draining: bool, is_damaged: bool, tenths: int
) -> bytes:
    healthy = "degraded" if check.is_degraded or is_draining or is_damaged else "healthy"
    answer: HealthAnswer = {
        "status": healthy if check.works else "unhealthy",  # type: ignore[typeddict-item]  # one of three
        "timestamp": rfc3339_now(),
        "uptime": tenths / 10,
        "database": _database(check, kind, is_damaged=is_damaged),
        "version": __version__,
        "instance": instance,
    }
    return orjson.dumps({"success": check.works, **answer})


async def live(request: web.Request) -> LiveAnswer:
    """Answer as long as the process runs."""
    return {"status": "alive"}


async def ready(request: web.Request) -> ReadyAnswer:
    """Tell whether the server can serve: database answering and migrated, not shutting down."""
    if request.app[STATE].is_draining:
        raise Unavailable("The server is shutting down.", retry_after=5)
    check = await request.app[HEALTH].check()
    if not check.answers:
        raise Unavailable("The database does not answer.", retry_after=5)
    if not check.is_current:
        raise Unavailable("The database is not at this program's version.", retry_after=5)
    return {"status": "ready"}


async def instance(request: web.Request) -> InstanceAnswer:
    """Tell what somebody has to know before they sign in: who may register, and what there is."""
    settings, found = request.app[SETTINGS], request.app[INSTANCE]
    shown: InstanceView = {
        "name": await found.name(),
        "version": __version__,
        "address": settings.base_url,
        "registration": settings.registration.value,
        "isEmpty": await found.is_empty(),
        "sendsMail": settings.smtp_url is not None,
        "sessionDays": settings.session_days,
        "importMaxBytes": settings.import_max_mb * 1_000_000,
    }
    return {"instance": shown}


async def status(request: web.Request) -> StatusAnswer:
    """Show that the server works and since when; to administrators, how it fares too.

    Counts, the process, the machine's load and its disk are theirs: others have no use for them.
    """
    state = request.app[STATE]
    uptime = _uptime(state)
    answer: StatusAnswer = {
        "status": "draining" if state.is_draining else "running",
        "version": __version__,
        "uptime": uptime,
        "startedAt": rfc3339(ago(uptime)),
    }
    if request[ACTOR].caller.is_admin:
        answer.update(await _operation(request))  # type: ignore[typeddict-item]  # its other fields
    return answer


async def history(request: web.Request) -> HistoryAnswer:
    """Show how this server fared within the last half hour, in slots of 10 seconds.

    Of all its workers together; each of several servers tells of itself. It is kept in memory: a
    restart forgets it.
    """
    board = request.app.get(BOARD)  # where there are several workers
    slots = await asyncio.to_thread(board.slots) if board else request.app[HISTORY].slots()
    shown: HistoryView = {
        "workers": request.app[SETTINGS].workers,
        "slotSeconds": SLOT_SECONDS,
        "slots": [_slot_view(slot) for slot in slots],
    }
    return {"history": shown}


def _slot_view(slot: Slot) -> SlotView:
    half, most = slot.percentile(0.5), slot.percentile(0.99)
    return {
        "at": rfc3339(slot.at or now()),
        "requests": slot.requests,
        "failures": slot.failures,
        "p50Ms": half and round(half * 1000, 2),
        "p99Ms": most and round(most * 1000, 2),
        "memoryBytes": slot.memory,
        "streams": slot.streams,
    }


async def _operation(request: web.Request) -> Operation:
    app, settings = request.app, request.app[SETTINGS]
    check = await app[HEALTH].check()
    counts = await row(
        """
        SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM projects) AS projects,
          (SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL AND expires_at > ?) AS sessions,
          (SELECT COUNT(*) FROM mcp_tokens WHERE revoked_at IS NULL) AS mcpTokens
        """,
        stored(now()),
    )
    disk = await asyncio.to_thread(shutil.disk_usage, settings.home)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "workers": settings.workers,
        "database": _database(
            check, app[HEALTH].kind, is_damaged=check.is_damaged or app[STATE].has_met_damage
        ),
        "counts": counts or {},  # type: ignore[typeddict-item]  # the row has these names
        "process": {
            "pid": os.getpid(),
            "memoryBytes": memory_bytes(),
            "cpuSeconds": round(used.ru_utime + used.ru_stime, 3),
        },
        "load": [round(value, 2) for value in os.getloadavg()],
        "disk": {"totalBytes": disk.total, "freeBytes": disk.free},
    }


async def openapi(request: web.Request) -> web.Response:
    """Return the OpenAPI 3.1 document of this server."""
    document = request.app[DOCUMENT]
    headers = {"Vary": "Accept-Encoding"}
    if takes_encoding(",".join(request.headers.getall("Accept-Encoding", ())), "gzip"):
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=await document.gzip(), content_type=JSON, headers=headers)
    return web.Response(body=await document.json(), content_type=JSON, headers=headers)


def memory_bytes() -> int:
    """Return this process's resident memory."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _uptime(state: ServerState) -> float:
    return round(time.monotonic() - state.started, 1)


def _database(check: Check, kind: Kind, *, is_damaged: bool) -> DatabaseHealth:
    return {
        "kind": kind,
        "answers": check.answers,
        "migrated": check.is_current,
        "hasRoom": check.has_room,
        "takesWrites": check.takes_writes,
        "damaged": is_damaged,
        "latencyMs": round(check.seconds * 1000, 1),
    }
