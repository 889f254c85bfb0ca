"""Works out what has to be written to merge two versions of a tree; nothing is written here."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.merging import reports
from gassapi_backend.exchange.merging.comparing import (
    by_parent,
    is_touched,
    pointer_of,
)
from gassapi_backend.exchange.merging.fields import settle_folder, settle_request
from gassapi_backend.exchange.merging.matching import Incoming, Pairs, incoming_of, match
from gassapi_backend.exchange.merging.orders import merged_order
from gassapi_backend.exchange.merging.origins import full_origin, same_ids, says_the_same
from gassapi_backend.exchange.merging.outcome import (
    COLLECTION,
    ENDPOINT,
    Create,
    Delete,
    Mark,
    Merged,
    MergeOptions,
    Move,
    Prefer,
    Rebase,
    Stored,
    Update,
)
from gassapi_backend.exchange.merging.settling import Settling, same
from gassapi_backend.exchange.tree import Folder, Request


def merge(stored: list[Stored], root_id: str, theirs: Folder, options: MergeOptions) -> Merged:
    """Return what has to be written to merge a newer version of its source into a collection.

    ``stored`` is the collection ``root_id`` with everything below it, whatever came from the same
    document and has been moved elsewhere (with everything below that), and what was deleted here.
    Merging the same document again leaves nothing to write.
    """
    plan = _Plan(stored, root_id, incoming_of(theirs), options)
    plan.place()
    plan.settle()
    plan.find_gone()
    plan.put_in_order()
    plan.rebase()
    return plan.merged


@dataclass(slots=True)
class _Plan:
    """A merge in the making, one step after the other."""

    stored: list[Stored]
    root_id: str
    incoming: list[Incoming]
    options: MergeOptions
    merged: Merged = field(default_factory=Merged)
    pairs: Pairs = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    """The future parents of all things that exist."""
    ids: dict[Incoming, str] = field(default_factory=dict)
    """The id here of each incoming thing, even if it was deleted."""
    touched: set[str] = field(default_factory=set)

    def place(self) -> None:
        """Decide where everything goes: what is new, what moves, what stays deleted."""
        self.pairs = match(self.stored, self.root_id, self.incoming)
        self.parents = {one.id: one.parent_id for one in self.stored if one.node is not None}
        for new in self.incoming:
            old = self.pairs.get(new)
            if old is None:
                self._create(new)
            elif old.node is None:
                self._leave_deleted(new, old)
            else:
                self.ids[new] = old.id
                if new.parent:
                    self._move(new, old)

    def settle(self) -> None:
        """Settle the fields of everything that both sides have."""
        for new, old in self.pairs.items():
            if old.node is None or old.origin is None:
                continue
            settling, pointer = Settling(self.options.prefer), pointer_of(new)
            if isinstance(old.node, Request) and isinstance(new.node, Request):
                fields = settle_request(settling, old.origin.base, old.node, new.node)
            elif isinstance(old.node, Folder) and isinstance(new.node, Folder):
                fields = settle_folder(settling, old.origin.base, old.node, new.node)
            else:
                continue
            if fields:
                self.merged.updates.append(Update(old.id, old.is_folder, fields))
                self.touched.add(old.id)
            self.merged.notes += reports.report_settled(
                settling, old.kind, old.id, old.name, pointer, is_updated=bool(fields)
            )

    def find_gone(self) -> None:
        """Mark what the source no longer has, and what it has again; delete what may be deleted."""
        found = set(self.pairs.values())
        gone = [one for one in self.stored if one.origin and one not in found]
        self.merged.forgets += [one.id for one in gone if one.node is None]
        living = [one for one in gone if one.node is not None]
        deleted = self._prunable(living) if self.options.prune else set()
        for one in living:
            edited = one.node is not None and one.origin is not None and is_touched(one)
            is_deleted = one.id in deleted
            self.merged.notes.append(
                reports.report_gone(one, is_deleted=is_deleted, is_edited=edited)
            )
            if not is_deleted and not one.is_gone:
                self._mark(one, is_gone=True)
        for new, one in self.pairs.items():
            if one.is_gone and one.node is not None:
                self._mark(one, is_gone=False)
                self.merged.notes.append(reports.report_back(one, pointer_of(new)))

    def put_in_order(self) -> None:
        """Order each collection that got something new, or whose order changed in the source."""
        ours = by_parent(
            (one.parent_id, one.position, one.id) for one in self.stored if one.node is not None
        )
        base = by_parent(
            (one.base_parent_id, one.base_position, one.id)
            for one in self.stored
            if one.origin and one.node is not None
        )
        members = by_parent((parent, 0, id_) for id_, parent in self.parents.items())
        folders = {
            self.ids[new]: [self.ids[child] for child in new.children if child in self.ids]
            for new in self.incoming
            if new in self.ids and isinstance(new.node, Folder)
        }
        known = {one.id for one in self.stored} | {one.id for one in self.merged.creates}
        for parent, ids in members.items():
            if parent not in known:
                continue
            before = ours.get(parent, [])
            theirs = folders.get(parent, [])
            after = merged_order(base.get(parent, []), before, theirs, set(ids))
            after += sorted(set(ids).difference(after))
            if after != before:
                self.merged.orders[parent] = after

    def rebase(self) -> None:
        """Record what is imported now, where it differs from the last import."""
        created = {one.id for one in self.merged.creates}
        for new in self.incoming:
            id_ = self.ids.get(new)
            if id_ is None:
                continue
            parent_id = self.ids.get(new.parent) if new.parent else None
            old = self.pairs.get(new)
            is_folder = isinstance(new.node, Folder)
            origin = full_origin(new.node)
            if id_ in created or old is None or old.origin is None:
                self._rebase(Rebase(id_, is_folder, origin, parent_id, new.position))
                continue
            is_new = not says_the_same(old.origin, origin, wholly=old.node is not None)
            is_moved = (parent_id, new.position) != (old.base_parent_id, old.base_position)
            if is_new or (new.parent and is_moved):
                said = origin if is_new else None
                self._rebase(Rebase(id_, is_folder, said, parent_id, new.position))
            if old.node is not None and old.id not in self.touched:
                if is_new and same(old.origin.base, origin.base) and same_ids(old.origin, origin):
                    note = reports.report_kept_up(old.kind, old.id, old.name, pointer_of(new))
                    self.merged.notes.append(note)
                else:
                    self.merged.unchanged += 1

    def _rebase(self, rebase: Rebase) -> None:
        self.merged.rebases.append(rebase)

    def _create(self, new: Incoming) -> None:
        assert new.parent is not None  # noqa: S101 - the root is always stored
        kind = COLLECTION if isinstance(new.node, Folder) else ENDPOINT
        parent_id = self._living(new.parent)
        if parent_id is None:
            note = reports.report_skipped(kind, new.node.name, pointer_of(new))
            self.merged.notes.append(note)
            return
        self._add(new, parent_id)
        note = reports.report_created(kind, self.ids[new], new.node.name, pointer_of(new))
        self.merged.notes.append(note)

    def _add(self, new: Incoming, parent_id: str) -> None:
        id_ = self.options.new_id()
        self.ids[new] = id_
        self.parents[id_] = parent_id
        self.merged.creates.append(Create(id_, parent_id, new.node))

    def _living(self, folder: Incoming) -> str | None:
        """Return the id of the collection that a folder of the source is here, unless deleted."""
        id_ = self.ids.get(folder)
        return id_ if id_ in self.parents else None

    def _leave_deleted(self, new: Incoming, old: Stored) -> None:
        """Leave deleted what was deleted here, unless the source changed it and is preferred."""
        changed = old.origin is not None and not same(old.origin.base, full_origin(new.node).base)
        parent_id = self._living(new.parent) if new.parent else None
        if changed and self.options.prefer is Prefer.SOURCE and parent_id is not None:
            self._add(new, parent_id)
            self.merged.forgets.append(old.id)
            note = reports.report_restored(old.kind, old.name, pointer_of(new), self.ids[new])
        else:
            self.ids[new] = old.id
            note = reports.report_deleted_here(
                old.kind, old.name, pointer_of(new), is_changed=changed
            )
        self.merged.notes.append(note)

    def _move(self, new: Incoming, old: Stored) -> None:
        """Move what the source moved, unless people here moved it too."""
        assert new.parent is not None  # noqa: S101 - the root stays where it is
        wanted = self.ids.get(new.parent)
        if wanted is None or wanted in (old.base_parent_id, old.parent_id):
            return
        is_ours = old.parent_id != old.base_parent_id
        target = self._living(new.parent)
        why = ""
        if target is None:
            why = "The source moved it into a collection that was deleted here. It stays."
        elif self._is_below(target, old.id):
            why = "The source moved it below something that is now below it here. It stays."
        elif is_ours and self.options.prefer is Prefer.OURS:
            why = "The source and people here moved it to different places. It stays where it is."
        folder = new.parent.node.name
        if why:
            note = reports.report_not_moved(old, pointer_of(new), folder, why)
        elif target is not None:
            self.parents[old.id] = target
            self.touched.add(old.id)
            self.merged.moves.append(Move(old.id, old.is_folder, target))
            note = reports.report_moved(old, pointer_of(new), folder, is_ours=is_ours)
        self.merged.notes.append(note)

    def _is_below(self, id_: str, ancestor: str) -> bool:
        at: str | None = id_
        while at is not None:
            if at == ancestor:
                return True
            at = self.parents.get(at)
        return False

    def _mark(self, one: Stored, *, is_gone: bool) -> None:
        self.merged.marks.append(Mark(one.id, one.is_folder, is_gone))
        self.touched.add(one.id)

    def _prunable(self, gone: list[Stored]) -> set[str]:
        """Delete what is gone and was never edited: collections only with all their contents."""
        inside = by_parent((parent, 0, id_) for id_, parent in self.parents.items())
        deleted: set[str] = set()
        depth = {one.id: self._depth(one.id) for one in gone}
        for one in sorted(gone, key=lambda one: -depth[one.id]):
            if not is_touched(one) and deleted.issuperset(inside.get(one.id, [])):
                deleted.add(one.id)
                del self.parents[one.id]
                self.merged.deletes.append(Delete(one.id, one.is_folder))
        return deleted

    def _depth(self, id_: str) -> int:
        depth, at = 0, self.parents.get(id_)
        while at is not None:
            depth, at = depth + 1, self.parents.get(at)
        return depth
