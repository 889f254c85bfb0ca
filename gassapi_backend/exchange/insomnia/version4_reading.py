"""Parses exports of Insomnia's version 4: resources that name what they are in."""

from collections import defaultdict
from dataclasses import dataclass, field

from gassapi_backend.exchange.insomnia.nodes import (
    Item,
    Node,
    Parts,
    Workspace,
    not_read,
    sort_key,
)
from gassapi_backend.exchange.tree import Note
from gassapi_backend.exchange.values import listed, objects, text_in, text_or_none


def parts_of_version4(data: Node) -> Parts:
    """Return the parts of an export of version 4 (or 3, which is the same)."""
    resources = [*objects(data.get("resources"))]
    below: dict[str | None, list[tuple[int, Node]]] = defaultdict(list)
    known: set[str] = set()
    for at, one in resources:
        below[text_or_none(one.get("parentId"))].append((at, one))
        known.add(text_in(one.get("_id")))
    taking = _Taking(below)
    tops = [(at, one) for at, one in resources if one.get("_type") == "workspace"]
    workspaces = [taking.workspace(at, one) for at, one in tops]
    workspaces = _with_orphans(taking, workspaces, resources, known)
    for workspace in workspaces:
        _sort(workspace.root)
    wrapper = {name: one for name, one in data.items() if name != "resources"}
    for at, one in enumerate(listed(data.get("resources"))):
        if not isinstance(one, dict) and workspaces:
            workspaces[0].root.others.append((at, one))
    return Parts(text_in(data.get("__export_format")) or "4", workspaces, taking.notes, wrapper)


@dataclass(slots=True)
class _Taking:
    """Takes resources, each once, for the first parent that claims it: so cycles end."""

    below: dict[str | None, list[tuple[int, Node]]]
    taken: set[int] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)

    def workspace(self, at: int, said: Node) -> Workspace:
        self.taken.add(at)
        root = Item(said, f"/resources/{at}", at, is_version4=True, children=[])
        made = Workspace(root, is_collection=said.get("scope") != "environment")
        self.fill(made, [root])
        return made

    def fill(self, workspace: Workspace, waiting: list[Item]) -> None:
        """Put everything below some items into a workspace."""
        while waiting:
            parent = waiting.pop()
            for at, one in self.below.get(text_or_none(parent.said.get("_id")), ()):
                if at not in self.taken:
                    self.taken.add(at)
                    waiting += self.place(
                        workspace, parent, Item(one, f"/resources/{at}", at, True)
                    )

    def place(self, workspace: Workspace, parent: Item, item: Item) -> list[Item]:
        """Put one item where it belongs; return it, if there may be more below it."""
        kind = text_in(item.said.get("_type"))
        if kind == "environment":
            (workspace.base if parent is workspace.root else workspace.subs).append(item)
            return [item]
        if kind in ("request", "request_group") and parent.children is not None:
            parent.children.append(item)
            if kind == "request_group":
                item.children = []
                return [item]
        else:
            workspace.root.others.append((item.at, item.said))
            if kind not in _UNSAID:
                name = text_in(item.said.get("name"))
                self.notes.append(not_read(kind, name, item.pointer))
        item.children = None
        return [item]


_UNSAID = {"request_meta", "request_group_meta", "workspace_meta", "unit_test"}
"""What Insomnia keeps about its windows, and tests, whose suite is noted."""


def _with_orphans(
    taking: _Taking,
    workspaces: list[Workspace],
    resources: list[tuple[int, Node]],
    known: set[str],
) -> list[Workspace]:
    """Return workspaces, the first of which also gets the resources that are below none of them.

    First come those whose parent is missing; the rest are cycles, each broken at one place.
    """
    homeless = [one for one in resources if text_in(one[1].get("parentId")) not in known]
    for at, one in [*homeless, *resources]:
        if at in taking.taken:
            continue
        if not workspaces:
            said: Node = {"_type": "workspace", "name": "Insomnia"}
            workspaces = [Workspace(Item(said, "", -1, is_version4=True, children=[]))]
        taking.taken.add(at)
        home = workspaces[0]
        item = Item(one, f"/resources/{at}", at, is_version4=True, is_homeless=True)
        taking.fill(home, taking.place(home, home.root, item))
    return workspaces


def _sort(root: Item) -> None:
    waiting = [root]
    while waiting:
        children = waiting.pop().children or []
        children.sort(key=lambda one: (sort_key(one.said.get("metaSortKey")), one.at))
        waiting += children
