"""Reading the feed: audit entries in order, each with what it is about, as it is now."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from gassapi_backend.clock import ago, rfc3339, stored
from gassapi_backend.database import Row
from gassapi_backend.fair_share import Steps, in_steps
from gassapi_backend.server.feed.parts import TREE, Part, fitting
from gassapi_backend.server.feed.queries import last_before, list_entries, spans
from gassapi_backend.server.feed.resources import RESOURCES, load_named, load_written
from gassapi_backend.server.feed.schemas import (
    ChangeView,
    Related,
    Reload,
    Sight,
    change_view,
    history_gone,
)

DAY = 24 * 3600

Found = dict[str, dict[str, tuple[int | None, Mapping[str, Any]]]]
"""Type and id of resources that are there: the revision their row carries, and their view."""


class Changes(NamedTuple):
    """A part of a feed; ``revision`` is how far it goes."""

    changes: list[ChangeView]
    revision: int
    has_more: bool


async def read_changes(
    project_id: str, since: int, *, current: int, limit: int, sight: Sight, keep_days: int
) -> Changes:
    """Return what changed in a project after a revision.

    ``current`` is a revision the project is known to have got to. A statement for the entries, one
    for what they wrote and some more where that is very much, two for its size where there are more
    than a few, one for what is too large, and two for each type of resource that is in it: what was
    written by these entries, and what else they name. Raises ``Gone`` where history begins later,
    or never was: in a restored backup, whose revisions now mean something else.
    """
    entries = await list_entries(project_id, since, limit + 1)
    if entries:
        first, oldest = entries[0], rfc3339(ago(keep_days * DAY))
        if first["revision"] != since + 1 or rfc3339(first["at"]) < oldest:
            raise history_gone(max(current, entries[-1]["revision"]))
    elif since != current:
        raise history_gone(current)
    else:
        return Changes([], since, has_more=False)
    part = await fitting(project_id, entries[:limit], since)
    shown, up_to = part.entries, part.entries[-1]["revision"]
    found = await _load(project_id, part, since, sight)
    beside = _beside(found, shown)
    _add_members(beside, found, shown)
    changes, steps = [], Steps()
    for entry in shown:
        number = entry["revision"]
        changes.append(_change(entry, found, beside[number], sight, part.reloads.get(number)))
        await steps.end()
    return Changes(changes, up_to, has_more=len(entries) > len(shown))


async def where_history_begins(project_id: str, since: int, *, keep_days: int) -> int:
    """Return what to read ``since`` where not all changes after a revision are kept."""
    found = await last_before(project_id, since, stored(ago(keep_days * DAY)))
    return since if found is None else found


async def _load(project_id: str, part: Part, after: int, sight: Sight) -> Found:
    """Load what the entries are about; nothing of what is to be read anew.

    First what they were the last to write, then what else they name: what somebody changes in
    between is there by its name.
    """
    found: Found = {}
    entries, up_to = part.entries, part.entries[-1]["revision"]
    left_out = [at for at, one in part.reloads.items() if one["resourceType"] == "project"]
    for name, kind in RESOURCES.items():
        views = found[name] = dict[str, tuple[int | None, Mapping[str, Any]]]()
        if sight not in kind.seen_by:
            continue
        if name in part.written:
            some = spans(after, up_to, part.reloads if name in TREE else left_out)
            async for row in in_steps(await load_written(kind, project_id, some)):
                views[row["id"]] = row["revision"], kind.view(row, sight)
        ids = {entry["resource_id"] for entry in entries if entry["resource_type"] == name}
        if name == "member":
            ids |= {one for entry in entries for one in _members_beside(entry, found)}
        async for row in in_steps(await load_named(kind, project_id, sorted(ids - views.keys()))):
            views[row["id"]] = row["revision"] if kind.table else None, kind.view(row, sight)
    return found


def _beside(found: Found, entries: list[Row]) -> dict[int, list[Related]]:
    """Return, by revision, what a change wrote beside the resource that its entry names."""
    named = {entry["revision"]: (entry["resource_type"], entry["resource_id"]) for entry in entries}
    beside: dict[int, list[Related]] = defaultdict(list)
    for name, resources in found.items():
        for resource_id, (revision, view) in resources.items():
            if revision is not None and named.get(revision, (name, resource_id)) != (
                name,
                resource_id,
            ):
                beside[revision].append(
                    {"resourceType": name, "resourceId": resource_id, "resource": dict(view)}
                )
    return beside


def _members_beside(entry: Row, found: Found) -> list[str]:
    """Return the people whose membership or role a project's own entry is about.

    The first is its owner's: today's, for whoever was it before is named as the project changed
    hands, and has joined by no entry of their own.
    """
    if entry["revision"] == 1:
        return [view["ownerId"] for _, view in found["project"].values()]
    if entry["details"] is not None:
        details = orjson.loads(entry["details"])
        return [details["fromUserId"], details["toUserId"]]
    return []


def _add_members(beside: dict[int, list[Related]], found: Found, entries: list[Row]) -> None:
    for entry in entries:
        for user_id in _members_beside(entry, found):
            if user_id in found["member"]:
                _, view = found["member"][user_id]
                related: Related = {
                    "resourceType": "member",
                    "resourceId": user_id,
                    "resource": dict(view),
                }
                beside[entry["revision"]].append(related)


def _change(
    entry: Row, found: Found, beside: list[Related], sight: Sight, reload: Reload | None
) -> ChangeView:
    kind = RESOURCES.get(entry["resource_type"])
    _, view = found.get(entry["resource_type"], {}).get(entry["resource_id"], (None, None))
    is_seen = kind is not None and sight in kind.seen_by
    return change_view(
        entry,
        is_hidden=not is_seen,
        deleted=is_seen and view is None,
        resource=view,
        resources=beside,
        reload=reload,
    )
