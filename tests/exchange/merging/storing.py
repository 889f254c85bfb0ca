"""A database of dataclasses: what an import stores, and what a merge makes of it."""

import copy
import json
from dataclasses import replace
from itertools import count

from gassapi_backend.exchange.merging import Merged, MergeOptions, Prefer, Stored, merge
from gassapi_backend.exchange.tree import Folder, Origin, Request, base_of

ROOT = "root"


def stored_of(root: Folder) -> list[Stored]:
    """Return what an import of a collection stores, its origins through JSON as in a database."""
    found: list[Stored] = []
    waiting: list[tuple[Folder | Request, str | None, int]] = [(root, None, 0)]
    for number in count():
        if not waiting:
            return found
        node, parent_id, position = waiting.pop(0)
        id_ = f"old {number}" if number else ROOT
        own = alone(node)
        found.append(
            Stored(
                id_,
                own,
                parent_id,
                position,
                kept(own.origin or Origin("made up"), own),
                parent_id,
                position,
                is_folder=isinstance(node, Folder),
            )
        )
        if isinstance(node, Folder):
            waiting += [(item, id_, at) for at, item in enumerate(node.items)]
    raise AssertionError("unreachable")


def alone(node: Folder | Request) -> Folder | Request:
    """Return a copy of a node without what is below it."""
    if isinstance(node, Folder):
        return copy.deepcopy(replace(node, items=[]))
    return copy.deepcopy(node)


def kept(origin: Origin, node: Folder | Request) -> Origin:
    """Return an origin as a database gives it back."""
    original = json.loads(json.dumps(origin.original))
    base = json.loads(json.dumps(base_of(node)))
    return replace(origin, original=original, base=base)


def merged_with(
    stored: list[Stored],
    theirs: Folder,
    prefer: Prefer = Prefer.OURS,
    *,
    prune: bool = False,
    name: str = "new",
) -> Merged:
    """Return what a merge decides; ids of what is created begin with ``name``."""
    numbers = count()
    options = MergeOptions(lambda: f"{name} {next(numbers)}", prefer, prune)
    return merge(stored, ROOT, theirs, options)


def applied(stored: list[Stored], merged: Merged) -> list[Stored]:
    """Return what is stored once a merge's decisions are carried out, checking that they can be."""
    found = {one.id: replace(one, node=copy.deepcopy(one.node)) for one in stored}
    for made in merged.creates:
        assert made.id not in found
        assert found[made.parent_id].node is not None
        is_folder = isinstance(made.node, Folder)
        found[made.id] = Stored(
            made.id, alone(made.node), made.parent_id, 10**6, is_folder=is_folder
        )
    for update in merged.updates:
        for field, value in update.fields.items():
            setattr(found[update.id].node, field, copy.deepcopy(value))
    for move in merged.moves:
        assert found[move.parent_id].node is not None
        found[move.id].parent_id = move.parent_id
    for mark in merged.marks:
        found[mark.id].is_gone = mark.is_gone
    for delete in merged.deletes:
        below = [one for one in found.values() if one.parent_id == delete.id]
        assert [one for one in below if one.node is not None] == []
        del found[delete.id]
    for forgotten in merged.forgets:
        assert found.pop(forgotten).node is None
    for parent_id, ids in merged.orders.items():
        there = {one.id for one in found.values() if one.parent_id == parent_id and one.node}
        assert there == set(ids)
        for position, id_ in enumerate(ids):
            found[id_].position = position
    for base in merged.rebases:
        one = found[base.id]
        if base.origin is not None:
            original = None if one.node is None else base.origin.original
            one.origin = json_origin(replace(base.origin, original=original))
        one.base_parent_id, one.base_position = base.parent_id, base.position
    return [*found.values()]


def json_origin(origin: Origin) -> Origin:
    """Return an origin through JSON."""
    return replace(
        origin,
        original=json.loads(json.dumps(origin.original)),
        base=json.loads(json.dumps(origin.base)),
    )


def tree_of(stored: list[Stored], id_: str = ROOT) -> tuple[object, ...]:
    """Return a stored collection as nested fields, without ids and origins."""
    one = next(one for one in stored if one.id == id_)
    assert one.node is not None
    below = sorted(
        (item for item in stored if item.parent_id == id_ and item.node is not None),
        key=lambda item: item.position,
    )
    return (base_of(one.node), one.is_gone, [tree_of(stored, item.id) for item in below])


def find(stored: list[Stored], name: str) -> Stored:
    """Return what was imported under a name."""
    return next(one for one in stored if one.origin and one.origin.base["name"] == name)
