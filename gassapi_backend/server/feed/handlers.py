"""Changes over HTTP: read, and followed live as server-sent events.

The events are written by hand: aiohttp-sse formats each event anew for each stream and keeps a task
for the pings of each, where here hundreds of streams get the same bytes.
"""

import re
from contextlib import aclosing

import structlog
from aiohttp import web

from gassapi_backend.fair_share import Fairly
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.feed.reading import read_changes
from gassapi_backend.server.feed.schemas import (
    ChangesAnswer,
    ChangesQuery,
    EventsQuery,
    history_gone,
    sight_of,
)
from gassapi_backend.server.feed.state import FOLLOWERS
from gassapi_backend.server.feed.streams import End, Follower, event
from gassapi_backend.server.web.reading import MAX_INTEGER
from gassapi_backend.server.web.state import ACTOR, HANDLING, PROJECT, ROLE, SETTINGS

DRAIN_SECONDS = 10  # how long a reader may take for PIECE bytes
PIECE = 64 * 1024
HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold events back
}

_log = structlog.get_logger("gassapi.feed")


async def list_changes(request: web.Request, wanted: ChangesQuery) -> ChangesAnswer:
    """List what changed in a project after a revision, in order.

    Each change comes with its resource as it is now, or as a tombstone. An answer ends early, with
    `hasMore`, where it would be larger than about 2 MB. 410 where the changes are not kept: start
    again from a full read.
    """
    project = request[PROJECT]
    work = read_changes(
        project["id"],
        wanted.since,
        current=project["revision"],
        limit=wanted.limit,
        sight=sight_of(request[ROLE], request[ACTOR].caller),
        keep_days=request.app[SETTINGS].changes_keep_days,
    )
    changes, revision, has_more = await Fairly(work)
    return {"changes": changes, "revision": revision, "hasMore": has_more}


async def follow(request: web.Request, wanted: EventsQuery) -> web.StreamResponse:
    """Follow a project's changes live, as server-sent events.

    First `ready` with the project's `revision`, then `change` for each change, whose `id` is its
    revision: reconnecting with it as `Last-Event-ID` misses nothing and repeats nothing. A comment
    every 15 s. `end` says in `reason` why the server closes the stream: `access_ended`,
    `access_changed`, `token_revoked` (or expired), `session_ended`, `project_deleted`,
    `history_compacted`, `server_stopping` or `server_error`. `project_deleted` is the project's
    tombstone: do not wait for a `change` that tells of it. 410 where the changes since then are
    not kept.
    """
    project, caller = request[PROJECT], request[ACTOR].caller
    since = _last_event(request)
    if since is None:
        since = project["revision"] if wanted.since is None else wanted.since
    if since > project["revision"]:
        raise history_gone(project["revision"])
    follower = request.app[FOLLOWERS].join(
        project["id"],
        project["revision"],
        caller,
        sight_of(request[ROLE], caller),
        since,
        lambda: request.transport is None or request.transport.is_closing(),
    )
    try:
        await follower.topic.page(follower.sight, since)  # refuses what is not kept
        response = web.StreamResponse(headers=HEADERS)
        request[HANDLING].deadline.reschedule(None)
        await response.prepare(request)
        if request.method != "HEAD":
            await _send_all(request, response, follower, project["revision"])
    finally:
        request.app[FOLLOWERS].leave(follower)
    return response


def _last_event(request: web.Request) -> int | None:
    text = request.headers.get("Last-Event-ID", "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > MAX_INTEGER:
        raise Invalid.field("Last-Event-ID", "It is not the id of one of our events.")
    return int(text)


async def _send_all(
    request: web.Request, response: web.StreamResponse, follower: Follower, revision: int
) -> None:
    """Write events as they come. A reader who takes too long is cut off."""
    try:
        await _send(response, follower, event("ready", {"revision": revision}, follower.position))
        async with aclosing(follower.events()) as events:
            async for chunk in events:
                if follower.ending is not End.CLIENT_GONE:
                    await _send(response, follower, chunk)
    except ConnectionError:
        return
    except TimeoutError:
        reason = follower.ending or "too_slow"  # one that has to end gets less time
        _log.info("stream cut off", reason=str(reason), projectId=follower.topic.project_id)
        if request.transport is not None:
            request.transport.abort()
    except Exception as error:
        _log.error("stream broke", exc_info=error)
        await _send(response, follower, event("end", {"reason": End.SERVER_ERROR}))


async def _send(response: web.StreamResponse, follower: Follower, data: bytes) -> None:
    """Write in pieces, each of which has to get into the connection in time."""
    for start in range(0, len(data), PIECE):
        async with follower.within(DRAIN_SECONDS):
            await response.write(data[start : start + PIECE])
