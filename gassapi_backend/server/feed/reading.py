"""Reading the feed: audit entries in order, each with what it is about as that is now."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from gassapi_backend.clock import ago, rfc3339
from gassapi_backend.database import Row
from gassapi_backend.server.feed.queries import list_entries
from gassapi_backend.server.feed.resources import RESOURCES, load_resources
from gassapi_backend.server.feed.schemas import (
    ChangeView,
    Related,
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

    ``current`` is a revision the project is known to have got to. A statement for the entries and
    one for each type of resource. Raises ``Gone`` where history begins later, or never was: in a
    restored backup, whose revisions are now others.
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
    shown = entries[:limit]
    up_to: int = shown[-1]["revision"]
    found = await _load(project_id, shown, since, up_to, sight)
    beside = _beside(found, shown)
    changes = [_change(entry, found, beside[entry["revision"]], sight) for entry in shown]
    return Changes(changes, up_to, has_more=len(entries) > limit)


async def _load(project_id: str, entries: list[Row], after: int, up_to: int, sight: Sight) -> Found:
    found: Found = {}
    for name, kind in RESOURCES.items():
        found[name] = {}
        ids = {entry["resource_id"] for entry in entries if entry["resource_type"] == name}
        if sight in kind.seen_by and (ids or kind.table):
            for row in await load_resources(kind, project_id, sorted(ids), after, up_to):
                revision = row["revision"] if kind.table else None
                found[name][row["id"]] = (revision, kind.view(row, sight))
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


def _change(entry: Row, found: Found, beside: list[Related], sight: Sight) -> ChangeView:
    kind = RESOURCES.get(entry["resource_type"])
    _, view = found.get(entry["resource_type"], {}).get(entry["resource_id"], (None, None))
    is_seen = kind is not None and sight in kind.seen_by
    return change_view(
        entry,
        is_hidden=not is_seen,
        deleted=is_seen and view is None,
        resource=view,
        resources=beside,
    )
