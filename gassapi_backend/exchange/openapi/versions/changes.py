"""A document being converted to another version, and its changes that have no equivalent there."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.grammar import Where, pointer
from gassapi_backend.exchange.tree import Json, Note, What


@dataclass(slots=True)
class Changes:
    """A document being changed in place; each kind of change is reported once, with its count."""

    document: dict[str, Json]
    _said: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def say(self, name: str, reason: str, where: Where) -> None:
        """Record that ``name`` was written differently, why, and where that first happened."""
        first, count = self._said.get((name, reason), (pointer(where), 0))
        self._said[name, reason] = first, count + 1

    def notes(self) -> list[Note]:
        """Return a note for each kind of change."""
        return [
            Note(
                What.KEPT, "document", name, at, reason + (f" ({count} times)" if count > 1 else "")
            )
            for (name, reason), (at, count) in self._said.items()
        ]

    def rename(self, node: dict[str, Json], old: str, new: str, reason: str, where: Where) -> None:
        """Rename a field in its place, if it exists and the new name does not."""
        if old in node and new not in node:
            fields = list(node.items())
            node.clear()
            node.update((new if key == old else key, value) for key, value in fields)
            self.say(old, reason, where)
