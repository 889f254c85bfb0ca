"""Matches the things in a newly read document with those of the last import.

A thing with the same content in the same place as last time is the same thing. For the rest, a key
counts only where it is unique on both sides. Our keys are those of the import, whatever people have
changed since.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from gassapi_backend.exchange.merging.origins import full_origin, says_the_same
from gassapi_backend.exchange.merging.outcome import Stored
from gassapi_backend.exchange.merging.settling import written
from gassapi_backend.exchange.merging.urls import path_key
from gassapi_backend.exchange.tree import Folder, Json, Request, base_of


@dataclass(eq=False, slots=True)
class Incoming:
    """A collection or request of the document just read; ``parent`` is ``None`` at the top."""

    node: Folder | Request
    parent: "Incoming | None"
    position: int
    children: "list[Incoming]" = field(default_factory=list)


Pairs = dict[Incoming, Stored]
_Key = Callable[[Incoming | Stored], Hashable]
_StoredKey = Callable[[Stored], Hashable]
_IncomingKey = Callable[[Incoming], Hashable]


def incoming_of(root: Folder) -> list[Incoming]:
    """Return a collection and everything below it, parents first."""
    top = Incoming(root, None, 0)
    found, waiting = [], [top]
    while waiting:
        one = waiting.pop()
        found.append(one)
        if isinstance(one.node, Folder):
            one.children = [Incoming(item, one, at) for at, item in enumerate(one.node.items)]
            waiting.extend(reversed(one.children))
    return found


def match(stored: list[Stored], root_id: str, incoming: list[Incoming]) -> Pairs:
    """Return what each incoming thing was before; new things are not among the keys.

    Things that were gone before are matched last: otherwise, two documents with one thing each, of
    the same name, would be matched differently the second time. They do not come back into a
    collection that was deleted here, since nothing would record it.
    """
    pairs: Pairs = {incoming[0]: next(one for one in stored if one.id == root_id)}
    known = [one for one in stored if one.origin is not None and one.id != root_id]
    gone = [one for one in known if _is_gone(one)]
    there = [one for one in known if not _is_gone(one)]
    _match_unchanged(pairs, there, incoming[1:])
    _match_folders(pairs, there, incoming[1:])
    living = _in_living(pairs, incoming)
    _match_folders(pairs, gone, living)
    _match_requests(pairs, there, incoming[1:])
    _match_requests(pairs, gone, living)
    return pairs


def _is_gone(one: Stored) -> bool:
    """Whether a thing exists here that the last import no longer had."""
    return one.is_gone and one.node is not None


def _match_unchanged(pairs: Pairs, stored: list[Stored], incoming: list[Incoming]) -> None:
    """Match what the source still has, unchanged, in the same place.

    Other keys may have been unique last time only because other things were matched or forgotten
    since, and would then match the same document differently. Nothing is known of a collection that
    was never created, being in one that was deleted here: its contents match only if they are the
    same in every respect.
    """
    by_place = defaultdict[Hashable, list[Stored]](list)
    for one in stored:
        by_place[one.base_parent_id, one.base_position, one.is_folder].append(one)
    for new in incoming:  # parents first, so that their match is known
        parent = pairs.get(new.parent) if new.parent else None
        place = parent.id if parent else None, new.position, isinstance(new.node, Folder)
        for at, one in enumerate(by_place[place]):
            if _says_the_same(one, new, wholly=parent is None and one.node is not None):
                pairs[new] = by_place[place].pop(at)
                break


def _says_the_same(one: Stored, new: Incoming, *, wholly: bool) -> bool:
    return one.origin is not None and says_the_same(
        one.origin, full_origin(new.node), wholly=wholly
    )


def _in_living(pairs: Pairs, incoming: list[Incoming]) -> list[Incoming]:
    """Return what is not in a collection that was deleted here."""
    lives = dict[Incoming, bool]()
    for new in incoming:  # parents first
        old = pairs.get(new)
        is_in_living = new.parent is None or lives[new.parent]
        lives[new] = is_in_living if old is None else old.node is not None
    return [new for new in incoming if new.parent is not None and lives[new.parent]]


def _match_folders(pairs: Pairs, stored: list[Stored], incoming: list[Incoming]) -> None:
    stored = [one for one in stored if one.is_folder]
    incoming = [one for one in incoming if isinstance(one.node, Folder)]
    _unique(pairs, stored, incoming, _source_id, _new_source_id)
    by_name = defaultdict[Hashable, list[Stored]](list)
    taken = set(pairs.values())
    for one in sorted(stored, key=lambda one: one.base_position):
        if one not in taken:
            by_name[one.base_parent_id, _base(one, "name")].append(one)
    for new in incoming:  # parents first, so that their match is known
        if new not in pairs and new.parent in pairs:
            among = by_name[pairs[new.parent].id, new.node.name]
            if among:
                pairs[new] = among.pop(0)


def _match_requests(pairs: Pairs, stored: list[Stored], incoming: list[Incoming]) -> None:
    stored = [one for one in stored if not one.is_folder]
    incoming = [one for one in incoming if isinstance(one.node, Request)]

    def place(one: Stored) -> Hashable:
        return one.base_parent_id, _base(one, "name"), _base(one, "method")

    def new_place(one: Incoming) -> Hashable:
        parent = pairs.get(one.parent) if one.parent else None
        node = one.node
        return (parent.id, node.name, _method_of(node)) if parent else None

    for key, new_key in (
        (_source_id, _new_source_id),
        (_operation_id, _new_operation_id),
        (_path, _new_path),
        (place, new_place),
    ):
        _unique(pairs, stored, incoming, key, new_key)
    for key, new_key in ((place, new_place), (_path, _new_path)):
        _equals(pairs, stored, incoming, key, new_key)


def _unique(
    pairs: Pairs,
    stored: list[Stored],
    incoming: list[Incoming],
    key: _StoredKey,
    new_key: _IncomingKey,
) -> None:
    for ours, theirs in _groups(pairs, stored, incoming, key, new_key):
        if len(ours) == 1 and len(theirs) == 1:
            pairs[theirs[0]] = ours[0]


def _equals(
    pairs: Pairs,
    stored: list[Stored],
    incoming: list[Incoming],
    key: _StoredKey,
    new_key: _IncomingKey,
) -> None:
    """Match things that share a key: first those with the same content, the others by their order.

    If the sides differ in number, order means nothing for things in different places.
    """
    for ours, theirs in _groups(pairs, stored, incoming, key, new_key):
        ours.sort(key=lambda one: one.base_position)
        by_content = defaultdict[bytes, list[Stored]](list)
        for old in reversed(ours):
            by_content[_digest(old.origin.base if old.origin else None)].append(old)
        for new in theirs:
            if found := by_content[_digest(base_of(new.node))]:
                pairs[new] = found.pop()
        left = {old for some in by_content.values() for old in some}
        ours, theirs = [one for one in ours if one in left], [n for n in theirs if n not in pairs]
        is_place = key is not _path
        if is_place or len(ours) == len(theirs):
            pairs.update(zip(theirs, ours, strict=False))


def _digest(content: Json) -> bytes:
    """Return what tells a content from others; there may be very many under one key."""
    return sha256(written(content).encode()).digest()


def _groups(
    pairs: Pairs,
    stored: list[Stored],
    incoming: list[Incoming],
    key: _StoredKey,
    new_key: _IncomingKey,
) -> Iterator[tuple[list[Stored], list[Incoming]]]:
    """Yield what is still unmatched under each key that both sides have."""
    taken = set(pairs.values())
    ours, theirs = (
        defaultdict[Hashable, list[Stored]](list),
        defaultdict[Hashable, list[Incoming]](list),
    )
    for one in stored:
        if one not in taken and (value := key(one)) is not None:
            ours[value].append(one)
    for new in incoming:
        if new not in pairs and (value := new_key(new)) is not None:
            theirs[value].append(new)
    for value in list(theirs):
        if value in ours:
            yield ours[value], theirs[value]


def _base(one: Stored, name: str) -> Json:
    return one.origin.base.get(name) if one.origin else None


def _source_id(one: Stored) -> Hashable:
    return (one.origin and one.origin.source_id) or None


def _new_source_id(one: Incoming) -> Hashable:
    return (one.node.origin and one.node.origin.source_id) or None


def _operation_id(one: Stored) -> Hashable:
    return (one.origin and one.origin.operation_id) or None


def _new_operation_id(one: Incoming) -> Hashable:
    return (one.node.origin and one.node.origin.operation_id) or None


def _path(one: Stored) -> Hashable:
    """Return method and path; method and name for a request without a URL, which has no path."""
    return _path_of(*(_base(one, name) for name in ("method", "url", "name")))


def _new_path(one: Incoming) -> Hashable:
    node = one.node
    return _path_of(node.method, node.url, node.name) if isinstance(node, Request) else None


def _path_of(method: Json, url: Json, name: Json) -> Hashable:
    return (method, path_key(url)) if url else (method, None, name)


def _method_of(node: Folder | Request) -> str:
    return node.method if isinstance(node, Request) else ""
