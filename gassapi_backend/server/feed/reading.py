"""Reading the feed: audit entries in order, each with what it is about, as it is now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from gassapi_backend.clock import ago, rfc3339, stored
from gassapi_backend.database import Row
from gassapi_backend.fair_share import Steps
from gassapi_backend.server.feed.queries import (
    OVERHEAD,
    last_before,
    list_counts,
    list_entries,
    list_places,
    list_sizes,
)
from gassapi_backend.server.feed.resources import RESOURCES, load_resources
from gassapi_backend.server.feed.schemas import (
    ChangeView,
    Related,
    Reload,
    Sight,
    change_view,
    history_gone,
)

DAY = 24 * 3600
FEW = 20  # entries, whose size nobody needs to ask for
MAX_SIZE = 2_000_000  # bytes of a part, about
MEASURED = 20_000  # rows whose texts are measured for one part, about
MOST_LARGE = 20  # changes in a part that are too large to be sent

TREE = ("collection", "endpoint")

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

    ``current`` is a revision the project is known to have got to. A statement for the entries, two
    for their size where there are more than a few, one for what is too large, and one for each type
    of resource. Raises ``Gone`` where history begins later, or never was: in a restored backup,
    whose revisions now mean something else.
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
    shown, reloads = await _fitting(project_id, entries[:limit], since)
    up_to: int = shown[-1]["revision"]
    found = await _load(project_id, shown, since, up_to, sight, reloads)
    beside = _beside(found, shown)
    _add_members(beside, found, shown)
    changes, steps = [], Steps()
    for entry in shown:
        number = entry["revision"]
        changes.append(_change(entry, found, beside[number], sight, reloads.get(number)))
        await steps.end()
    return Changes(changes, up_to, has_more=len(entries) > len(shown))


async def where_history_begins(project_id: str, since: int, *, keep_days: int) -> int:
    """Return what to read ``since`` where not all changes after a revision are kept."""
    found = await last_before(project_id, since, stored(ago(keep_days * DAY)))
    return since if found is None else found


class _Part(NamedTuple):
    """The entries that fit into an answer, and by revision what is to be read anew instead."""

    entries: list[Row]
    reloads: dict[int, Reload]


@dataclass(slots=True)
class _Written:
    """How much of what one change wrote is still so, in bytes."""

    tree: int = 0
    other: int = 0

    def add(self, kind: str, size: int) -> None:
        """Add resources of this change."""
        if kind in TREE:
            self.tree += size
        else:
            self.other += size

    @property
    def is_large(self) -> bool:
        """Whether it is left out, as a copy of a large collection is."""
        return self.tree + self.other > MAX_SIZE


@dataclass(slots=True)
class _Sizes:
    """What is known of entries before what they are about is read.

    ``own`` is by the name of a resource its size, and its parent and revision; ``written`` is by
    revision what that change wrote beside it.
    """

    own: dict[tuple[str, str], Row]
    written: defaultdict[int, _Written]


async def _fitting(project_id: str, entries: list[Row], since: int) -> _Part:
    """Return the first of the entries, as many as ``MAX_SIZE`` allows and at least one.

    A thousand changes of one large endpoint would otherwise be a thousand times that endpoint. What
    a single change wrote beyond that, as a copy of a large collection does, is left out.
    """
    if len(entries) <= FEW and (entries[0]["project_size"] or 0) <= MAX_SIZE:
        return _Part(entries, {})
    entries, sizes = await _sizes(project_id, entries, since)
    large = [entry for entry in entries if sizes.written[entry["revision"]].is_large]
    if len(large) > MOST_LARGE:
        entries = entries[: entries.index(large[MOST_LARGE])]
    places = await _places(project_id, large[:MOST_LARGE], sizes)
    total, reloads = 0, dict[int, Reload]()
    for number, entry in enumerate(entries):
        named = sizes.own.get((entry["resource_type"], entry["resource_id"]))
        written = sizes.written[entry["revision"]]
        size = written.tree + written.other
        if reload := places.get(entry["revision"]):
            reloads[entry["revision"]] = reload
            size = written.other if reload["resourceType"] == "collection" else 0
        total += max(named["size"] if named else 0, size)
        if total > MAX_SIZE and number:
            return _Part(entries[:number], reloads)
    return _Part(entries, reloads)


async def _sizes(project_id: str, entries: list[Row], since: int) -> tuple[list[Row], _Sizes]:
    """Return the first of the entries, and the sizes of what these are about.

    Texts are measured of ``MEASURED`` rows, about: of what a change wrote of the tree that has too
    many rows for an answer in any case, that is enough to know.
    """
    counts = defaultdict[int, dict[str, int]](dict)
    for row in await list_counts(project_id, since, entries[-1]["revision"]):
        counts[row["revision"]][row["type"]] = row["number"]
    sizes = _Sizes({}, defaultdict(_Written))
    revisions, rows_seen = defaultdict[str, list[int]](list), 0
    for number, entry in enumerate(entries):
        found = counts.get(entry["revision"], {})
        in_tree = sum(found.get(kind, 0) for kind in TREE)
        is_large = in_tree * OVERHEAD > MAX_SIZE
        rows_seen += sum(found.values()) - (in_tree if is_large else 0)
        if rows_seen > MEASURED and number:
            entries = entries[:number]
            break
        if is_large:
            sizes.written[entry["revision"]].tree = in_tree * OVERHEAD
        for kind in found:
            if kind not in TREE or not is_large:
                revisions[kind].append(entry["revision"])
    named = {(entry["resource_type"], entry["resource_id"]) for entry in entries}
    for row in await list_sizes(project_id, named, revisions):
        if row["id"] is not None:
            sizes.own[row["type"], row["id"]] = row
        if row["id"] is None or row["type"] == "project":
            sizes.written[row["revision"]].add(row["type"], int(row["size"]))
    return entries, sizes


async def _places(project_id: str, large: list[Row], sizes: _Sizes) -> dict[int, Reload]:
    """Return what to read anew for changes that are too large, by their revisions."""
    if not large:
        return {}
    tops = defaultdict[int, list[Row]](list)
    for row in await list_places(project_id, [entry["revision"] for entry in large]):
        tops[row["revision"]].append(row)
    return {
        entry["revision"]: _place(entry, project_id, tops[entry["revision"]], sizes)
        for entry in large
    }


def _place(entry: Row, project_id: str, tops: list[Row], sizes: _Sizes) -> Reload:
    """Return the collection that all of the tree is in which a change wrote, or the project."""
    whole: Reload = {"resourceType": "project", "resourceId": project_id}
    if sizes.written[entry["revision"]].other > MAX_SIZE:
        return whole
    if entry["action"] == "collection_merged" or _is_the_one(entry, tops, sizes):
        return {"resourceType": "collection", "resourceId": entry["resource_id"]}
    if len(tops) == 1 and (parent := tops[0]["parent"]):
        return {"resourceType": "collection", "resourceId": parent}
    return whole


def _is_the_one(entry: Row, tops: list[Row], sizes: _Sizes) -> bool:
    """Whether all that a change wrote is what it names, with what is in that."""
    named = sizes.own.get((entry["resource_type"], entry["resource_id"]))
    return named is not None and [
        (top["revision"], top["parent"], int(top["number"])) for top in tops
    ] == [(named["revision"], named["parent"], 1)]


async def _load(
    project_id: str,
    entries: list[Row],
    after: int,
    up_to: int,
    sight: Sight,
    reloads: Mapping[int, Reload],
) -> Found:
    """Load what the entries are about; nothing of what is to be read anew."""
    found: Found = {}
    left_out = [number for number, one in reloads.items() if one["resourceType"] == "project"]
    for name, kind in RESOURCES.items():
        found[name] = {}
        ids = {entry["resource_id"] for entry in entries if entry["resource_type"] == name}
        if name == "member":
            ids |= {one for entry in entries for one in _members_beside(entry, found)}
        if sight in kind.seen_by and (ids or kind.table):
            without = list(reloads) if name in TREE else left_out
            for row in await load_resources(kind, project_id, sorted(ids), after, up_to, without):
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
