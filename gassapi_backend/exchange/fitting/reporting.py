"""Changes to a node while it is fitted: its field, the field's base, and a line of the report."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.tree import Environment, Folder, Json, Node, Note, Request, What

_KINDS = {Folder: "collection", Request: "endpoint", Environment: "environment"}


def kind_of(node: Node) -> str:
    """Return the contract's word for a node."""
    return _KINDS[type(node)]


@dataclass(slots=True)
class Fitting:
    """The notes on what was changed to make it fit."""

    notes: list[Note] = field(default_factory=list)

    def change(self, node: Node, name: str, value: Json, reason: str) -> None:
        """Give a field a value other than the reader's.

        The base gets it too, so that the field still counts as unedited, and its original comes
        back when exporting to the same format.
        """
        setattr(node, name, value)
        if node.origin is not None and name in node.origin.base:
            node.origin.base[name] = list(value) if isinstance(value, list) else value
        self.note(node, What.RENAMED if name == "name" else What.KEPT, reason)

    def note(self, node: Node, what: What, reason: str) -> None:
        """Add a line about a node."""
        if what is What.KEPT and (node.origin is None or node.origin.original is None):
            what = What.SKIPPED
        pointer = node.origin.pointer if node.origin else ""
        self.notes.append(Note(what, kind_of(node), node.name, pointer, reason))
