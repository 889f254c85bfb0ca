"""What a child makes of a document and of what its earlier version became: what to write."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.child.jobs import (
    MAX_NOTES,
    column,
    described,
    frames_of,
    keys_of,
    node_frame,
    origin_said,
    packed,
    read_document,
    said_of,
)
from gassapi_backend.exchange.child.nodes import node_of, read_frames
from gassapi_backend.exchange.concealing import conceal
from gassapi_backend.exchange.merging import (
    Merged,
    MergeOptions,
    Prefer,
    Rebase,
    Stored,
    merge,
    merge_environment,
)
from gassapi_backend.exchange.merging.reports import (
    report_created,
    report_deleted_here,
    report_gone_environment,
    report_kept_up,
    report_restored,
)
from gassapi_backend.exchange.merging.settling import same
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Note,
    Origin,
    Unreadable,
    What,
)

_RANKS = {What.CONFLICT: 0, What.GONE: 1, What.SKIPPED: 2, What.UPDATED: 3, What.RENAMED: 4}


@dataclass(slots=True)
class _Known:
    """An environment that an earlier version of the document became, or was deleted here since.

    One that merely belongs to the same collection is not ``is_ours``.
    """

    node: Environment
    is_ours: bool
    is_deleted: bool


def identified(options: Json, document: bytes) -> Iterator[Frame]:
    """Yield what a document is, so that what an earlier version became can be found."""
    yield Frame({"document": described(read_document(options, document))})


def merged(options: Json, document: bytes, stored: Iterator[bytes]) -> Iterator[Frame]:
    """Yield what merging a document writes: first what it is, then each row, finally the notes.

    Options are those of ``jobs.read_document``, and ``rootId``, ``prefer`` and ``prune``.
    ``stored`` are parts of frames as ``stored_of()`` takes them. New things get the ids ``new 1``,
    ``new 2``, ….
    """
    read, root_id = read_document(options, document), options["rootId"]
    things, environments = stored_of(stored)
    read = _part_for(next((one for one in things if one.id == root_id), None), read)
    yield from _merged(read, root_id, things, environments, _chosen(options))


def merged_each(options: Json, document: bytes, stored: Iterator[bytes]) -> Iterator[Frame]:
    """Yield what merging a document of several collections writes, one after the other.

    The first frame says what the whole document is. ``rootIds`` has the collection here of each
    that is in the document, or null for a new one, of which ``jobs.read()`` tells the frames, and
    for one that stays deleted, whose place is among those ``deleted``. ``stored`` are those of
    ``merged()`` for each that is here, and at the end for environments that belong to none; an
    empty part ends those of each. A frame with a ``document`` begins what is said of each.
    """
    read = read_document(options, document)
    yield Frame({"document": described(read)})
    chosen = _chosen(options)
    for at, root_id in enumerate([*options["rootIds"], None]):
        is_lone = at == len(read.collections)
        place = None if is_lone else at
        part = _only(read, place)
        part.notes = read.notes if at == 0 else []
        if at in options["deleted"]:
            yield from _left_deleted(part)
            continue
        if root_id is None and not is_lone:
            yield from frames_of(part)
            continue
        yield from _merged(part, root_id, *stored_of(iter(stored.__next__, b"")), chosen)


def _left_deleted(part: Document) -> Iterator[Frame]:
    """Yield the frames of a collection that was deleted here: nothing but that."""
    [collection] = part.collections
    pointer = collection.origin.pointer if collection.origin else ""
    note = report_deleted_here("collection", collection.name, pointer, is_changed=False)
    nothing = replace(part, collections=[], environments=[], notes=[*part.notes, note])
    yield from frames_of(nothing)


def _only(read: Document, place: int | None) -> Document:
    """Return one collection of a document with what belongs to it, or what belongs to none."""
    return replace(
        read,
        collections=[] if place is None else [read.collections[place]],
        environments=[
            replace(one, collection=None if place is None else 0)
            for one in read.environments
            if one.collection == place
        ],
        source_id=None if place is None else described(read)["sourceIds"][place],
    )


def _chosen(options: Json) -> MergeOptions:
    numbers = count(1)
    return MergeOptions(lambda: f"new {next(numbers)}", Prefer(options["prefer"]), options["prune"])


def _merged(
    read: Document,
    root_id: str | None,
    things: list[Stored],
    environments: list[_Known],
    chosen: MergeOptions,
) -> Iterator[Frame]:
    for node in (*read.environments, *(read.collections and _nodes(read.collections[0]))):
        conceal(node)
    outcome = Merged()
    if read.collections:
        outcome = merge(things, root_id or "", read.collections[0], chosen)
    found, gone = _environments(read, environments, chosen)
    if root_id is not None:  # others may have come from another document
        outcome.notes += [report_gone_environment(one.node) for one in gone if not one.is_deleted]
        outcome.forgets += [one.node.id or "" for one in gone if one.is_deleted]
    outcome.forgets += [id_ for one in found for id_ in one.forgets]
    notes = [*read.notes, *outcome.notes, *(note for one in found for note in one.notes)]
    notes.sort(key=lambda note: _RANKS.get(note.what, 5))
    unchanged = outcome.unchanged + sum(one.is_unchanged for one in found)
    updated = {one.id for one in notes if one.what is What.UPDATED}
    updated |= {one.id for one in outcome.moves}
    said = {"unchanged": unchanged, "updated": len(updated)}
    yield Frame({"document": described(read, notes), **said})
    yield from _written(outcome)
    for one in found:
        yield from one.frames
    for start in range(0, min(len(notes), MAX_NOTES), 100):
        yield Frame({"notes": [said_of(note) for note in notes[start : start + 100]]})


def _part_for(root: Stored | None, read: Document) -> Document:
    """Return the part of a document that a collection came from: of several, the one like it."""
    if len(read.collections) < 2:
        return read
    origin = root.origin if root else None
    places = [*enumerate(read.collections)]
    by_id = [
        at
        for at, one in places
        if origin and origin.source_id and one.origin and one.origin.source_id == origin.source_id
    ]
    by_name = [at for at, one in places if origin and one.name == origin.base.get("name")]
    found = by_id or by_name
    if len(found) != 1:
        raise Unreadable(
            f"It holds {len(read.collections)} collections, and it is not clear which of them this "
            "collection came from. Import them as new ones."
        )
    belonging = [one for one in read.environments if one.collection == found[0]]
    return replace(read, collections=[read.collections[found[0]]], environments=belonging)


def stored_of(stored: Iterable[bytes]) -> tuple[list[Stored], list[_Known]]:
    """Return what is stored, according to frames.

    Each frame is a node, with ``id``, ``parent`` and ``position``; ``fields`` is null if it was
    deleted here. ``baseParent`` and ``basePosition`` say where its last import put it, ``isGone``
    whether that import no longer had it, ``isOurs`` whether it came from the document at all,
    ``parentName`` what the collection that it is in is called.
    """
    things: list[Stored] = []
    environments: list[_Known] = []
    for frame in (frame for part in stored for frame in read_frames(part)):
        said = frame.said
        is_deleted = said["fields"] is None
        node = node_of(
            Frame({**said, "fields": {"name": ""}}, frame.blobs) if is_deleted else frame
        )
        if isinstance(node, Environment):
            environments.append(_Known(node, said["isOurs"], is_deleted))
            continue
        things.append(
            Stored(
                said["id"],
                None if is_deleted else node,
                said["parent"],
                said["position"],
                node.origin if said["isOurs"] else None,
                said["baseParent"],
                said["basePosition"],
                said["isGone"],
                isinstance(node, Folder),
                said["parentName"],
            )
        )
    return things, environments


def _nodes(root: Folder) -> Iterator[Json]:
    for folder in root.folders():
        yield folder
        yield from (item for item in folder.items if not isinstance(item, Folder))


def _written(outcome: Merged) -> Iterator[Frame]:
    origins = {one.id: one for one in outcome.rebases}
    for at, one in enumerate(outcome.creates):
        base = origins.pop(one.id)
        frame = node_frame(one.node, at, None, base.position)
        said = {"create": one.id, "parentId": one.parent_id, "baseParent": base.parent_id}
        yield Frame({**frame.said, **said}, frame.blobs)
    for update in outcome.updates:
        kind = "collection" if update.is_folder else "endpoint"
        yield update_frame(update.id, kind, update.fields)
    yield Frame(
        {
            "moves": [[one.id, one.is_folder, one.parent_id] for one in outcome.moves],
            "marks": [[one.id, one.is_folder, one.is_gone] for one in outcome.marks],
            "deletes": [[one.id, one.is_folder] for one in outcome.deletes],
            "orders": outcome.orders,
            "forgets": outcome.forgets,
        }
    )
    for base in origins.values():
        yield rebase_frame(base)


def update_frame(id_: str | None, kind: str, fields: dict[str, Json]) -> Frame:
    """Return the fields of a row that change, as columns."""
    columns = {name: column(name, value) for name, value in fields.items()}
    return Frame({"update": id_, "kind": kind, "fields": columns, "keys": keys_of(kind, fields)})


def rebase_frame(base: Rebase) -> Frame:
    """Return what is now imported of a thing that exists."""
    said = {
        "rebase": base.id,
        "kind": "collection" if base.is_folder else "endpoint",
        "parentId": base.parent_id,
        "position": base.position,
        "origin": origin_said(base.origin),
    }
    if base.origin is None:
        return Frame(said)
    return Frame(said, (packed(base.origin.original), packed(base.origin.base)))


@dataclass(slots=True)
class _Outcome:
    """What becomes of one environment of a document."""

    frames: list[Frame]
    notes: list[Note]
    is_unchanged: bool = False
    forgets: list[str] = field(default_factory=list)


def _environments(
    document: Document, known: list[_Known], options: MergeOptions
) -> tuple[list[_Outcome], list[_Known]]:
    """Merge each environment into the one it became; a name alone never matches one made here.

    Also returns those that the document no longer has.
    """
    left = sorted((one for one in known if one.is_ours), key=lambda one: one.is_deleted)
    found = []
    for new in document.environments:
        old = _match(new, left)
        if old is None:
            found.append(_new_environment(new, options))
            continue
        left.remove(old)
        settle = _deleted_environment if old.is_deleted else _merged_environment
        found.append(settle(old.node, new, options))
    return found, left


def _new_environment(new: Environment, options: MergeOptions) -> _Outcome:
    frame, id_ = _created(new, options)
    pointer = new.origin.pointer if new.origin else ""
    return _Outcome([frame], [report_created("environment", id_, new.name, pointer)])


def _created(new: Environment, options: MergeOptions) -> tuple[Frame, str]:
    id_ = options.new_id()
    frame = node_frame(new, 0, None, 0)
    return Frame({**frame.said, "create": id_, "parentId": None}, frame.blobs), id_


def _deleted_environment(old: Environment, new: Environment, options: MergeOptions) -> _Outcome:
    """Leave deleted what was deleted here, unless the source changed it and is preferred."""
    before, now = old.origin, new.origin
    if before is None or now is None:
        return _Outcome([], [])
    changed = not same(before.base, now.base)
    if changed and options.prefer is Prefer.SOURCE:
        frame, id_ = _created(new, options)
        note = report_restored("environment", new.name, now.pointer, id_)
        return _Outcome([frame], [note], forgets=[old.id or ""])
    note = report_deleted_here("environment", new.name, now.pointer, is_changed=changed)
    is_new = changed or before.source_id != now.source_id
    return _Outcome([_rebase_environment(old, now)] if is_new else [], [note])


def _match(new: Environment, known: list[_Known]) -> _Known | None:
    source_id = new.origin and new.origin.source_id
    by_id = [one for one in known if source_id and one.node.origin.source_id == source_id]  # type: ignore[union-attr]  # ours have one
    by_name = [one for one in known if one.node.origin.base.get("name") == new.name]  # type: ignore[union-attr]  # as above
    return next(iter((*by_id, *by_name)), None)


def _merged_environment(old: Environment, new: Environment, options: MergeOptions) -> _Outcome:
    if old.origin is None or new.origin is None:
        return _Outcome([], [], is_unchanged=True)
    fields, notes = merge_environment(old, old.origin.base, new, options.prefer)
    parts = [update_frame(old.id, "environment", fields)] if fields else []
    before, now = old.origin, new.origin
    if (before.base, before.original, before.source_id) != (now.base, now.original, now.source_id):
        parts.append(_rebase_environment(old, now))
    if parts and not notes:
        notes = [report_kept_up("environment", old.id, old.name, now.pointer)]
    return _Outcome(parts, notes, is_unchanged=not parts)


def _rebase_environment(old: Environment, origin: Origin) -> Frame:
    said = {"rebase": old.id, "kind": "environment", "parentId": None, "position": 0}
    blobs = packed(origin.original), packed(origin.base)
    return Frame({**said, "origin": origin_said(origin)}, blobs)
