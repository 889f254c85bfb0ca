"""How much of a feed is in one answer, and what of it is to be read anew instead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gassapi_backend.database import Row
from gassapi_backend.fair_share import in_steps
from gassapi_backend.server.feed.queries import (
    CONTENT,
    OVERHEAD,
    list_counts,
    list_named_sizes,
    list_places,
    list_sizes,
    spans,
)
from gassapi_backend.server.feed.schemas import Reload

FEW = 20  # entries, whose size nobody needs to ask for
MAX_SIZE = 2_000_000  # bytes of a part, about
TOO_MANY = MAX_SIZE // OVERHEAD + 1  # rows: so many are too large, whatever is in them
LOOKS = 4  # at how many rows were written, for one part; each at ``TOO_MANY`` of each type
MEASURED = TOO_MANY  # rows whose texts are measured for one part, and those of one change more
MOST_LARGE = 20  # changes in a part that are too large to be sent

TREE = ("collection", "endpoint")


class Part(NamedTuple):
    """The entries that fit into an answer, and by revision what is to be read anew instead.

    ``written`` are the types of content of which these changes wrote something that is shown.
    """

    entries: list[Row]
    reloads: dict[int, Reload]
    written: set[str]


Counts = dict[int, dict[str, int]]
"""By revision and type how many rows are as that change left them; ``TOO_MANY`` for any more."""


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

    own: dict[tuple[str, str], Row] = field(default_factory=dict)
    written: defaultdict[int, _Written] = field(default_factory=lambda: defaultdict(_Written))


async def fitting(project_id: str, entries: list[Row], since: int) -> Part:
    """Return the first of the entries, as many as ``MAX_SIZE`` allows and at least one.

    A thousand changes of one large endpoint would otherwise be a thousand times that endpoint. What
    a single change wrote beyond that, as a copy of a large collection does, is left out. What the
    database looks at for it is bounded, however much was written.
    """
    counts, known = await _counts(project_id, since, entries[-1]["revision"])
    entries = [entry for entry in entries if entry["revision"] <= known]
    reloads = dict[int, Reload]()
    if len(entries) > FEW or (entries[0]["project_size"] or 0) > MAX_SIZE:
        entries, reloads = await _measured(project_id, entries, counts, since)
    last: int = entries[-1]["revision"]
    return Part(
        entries, reloads, {kind for at, one in counts.items() if at <= last for kind in one}
    )


async def _counts(project_id: str, since: int, up_to: int) -> tuple[Counts, int]:
    """Return how many rows changes wrote, and up to which revision that is known.

    That is ``up_to`` unless changes wrote very many.
    """
    counts, after = defaultdict[int, dict[str, int]](dict), dict.fromkeys(CONTENT, since)
    for _ in range(LOOKS):
        found = defaultdict[str, dict[int, int]](dict)
        for row in await list_counts(project_id, after, up_to, TOO_MANY):
            found[row["type"]][row["revision"]] = row["number"]
        after = {kind: _cut(numbers) for kind, numbers in found.items() if _is_cut(numbers)}
        for kind, numbers in found.items():
            for revision, number in numbers.items():
                if revision <= after.get(kind, up_to):
                    counts[revision][kind] = number
        if not after:
            return counts, up_to
    return counts, min(after.values())


def _is_cut(numbers: dict[int, int]) -> bool:
    """Whether there may be more rows than those that were counted."""
    return sum(numbers.values()) >= TOO_MANY


def _cut(numbers: dict[int, int]) -> int:
    """Return up to which revision enough is known where not all rows were counted."""
    return max(numbers) if len(numbers) == 1 else max(numbers) - 1


async def _measured(
    project_id: str, entries: list[Row], counts: Counts, since: int
) -> tuple[list[Row], dict[int, Reload]]:
    """Return the first of the entries, and what is to be read anew."""
    entries, sizes = await _sizes(project_id, entries, counts, since)
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
            return entries[:number], reloads
    return entries, reloads


async def _sizes(
    project_id: str, entries: list[Row], counts: Counts, since: int
) -> tuple[list[Row], _Sizes]:
    """Return the first of the entries, and the sizes of what these are about.

    Texts are measured of what these were the last to write, and then of what else they name. Where
    a change wrote ``TOO_MANY``, that is enough to know.
    """
    entries, measured, too_many = _measurable(entries, counts)
    sizes, up_to = _Sizes(), entries[-1]["revision"]
    for revision, kinds in too_many.items():
        for kind in kinds:
            sizes.written[revision].add(kind, counts[revision][kind] * OVERHEAD)
    wanted = {
        kind: spans(since, up_to, [at for at, kinds in too_many.items() if kind in kinds])
        for kind in measured
    }
    async for row in in_steps(await list_sizes(project_id, wanted)):
        sizes.own[row["type"], row["id"]] = row
        sizes.written[row["revision"]].add(row["type"], row["size"])
    named = {(entry["resource_type"], entry["resource_id"]) for entry in entries}
    for row in await list_named_sizes(named - sizes.own.keys()):
        sizes.own[row["type"], row["id"]] = row
        if row["type"] == "project":
            sizes.written[row["revision"]].add(row["type"], row["size"])
    return entries, sizes


def _measurable(
    entries: list[Row], counts: Counts
) -> tuple[list[Row], set[str], dict[int, list[str]]]:
    """Return the first of the entries, and the types of which they wrote what can be measured.

    By revision, also the types of which a change wrote too many.
    """
    measured, too_many, rows_seen = set[str](), dict[int, list[str]](), 0
    for number, entry in enumerate(entries):
        found = counts.get(entry["revision"], {})
        many = [kind for side in _sides(found) if _total(found, side) >= TOO_MANY for kind in side]
        few = [kind for kind in found if kind not in many]
        rows_seen += _total(found, few)
        if rows_seen > MEASURED and number:
            return entries[:number], measured, too_many
        measured |= set(few)
        if many:
            too_many[entry["revision"]] = many
    return entries, measured, too_many


def _total(found: Mapping[str, int], kinds: Iterable[str]) -> int:
    return sum([found[kind] for kind in kinds])


def _sides(kinds: Iterable[str]) -> list[list[str]]:
    """Return the types that are in the tree, and the others, where there are any."""
    sides = [kind for kind in kinds if kind in TREE], [kind for kind in kinds if kind not in TREE]
    return [side for side in sides if side]


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
