"""Operation ids: every new operation gets one that no other has."""

import re
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.grammar import walk
from gassapi_backend.exchange.tree import Json


@dataclass(slots=True)
class OperationIds:
    """The ids that are taken."""

    taken: set[str] = field(default_factory=set)

    @classmethod
    def of_document(cls, document: dict[str, Json]) -> "OperationIds":
        """Return the ids outside the paths: those in webhooks and callbacks."""
        found = cls()
        for kind, node, _ in walk("document", document):
            if kind == "operation" and isinstance(node.get("operationId"), str):
                found.taken.add(node["operationId"])
        return found

    def keep(self, said: dict[str, Json]) -> Json:
        """Return the id of an operation that stays where it was, whatever it is."""
        known = said.get("operationId")
        if isinstance(known, str):
            self.taken.add(known)
        return known

    def of(self, said: dict[str, Json], name: str) -> str:
        """Return the id of an operation that is new in its place: its own, if that is free."""
        known = said.get("operationId")
        if isinstance(known, str) and known not in self.taken:
            self.taken.add(known)
            return known
        free = _free(known if isinstance(known, str) else _id_of(name), self.taken)
        self.taken.add(free)
        return free


def _free(wanted: str, taken: set[str]) -> str:
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}{number}"
    return free


def _id_of(name: str) -> str:
    """Return a name as an identifier: ``orderAMug`` for "Order a mug"."""
    words = re.findall(r"[A-Za-z0-9]+", name)[:10]
    words = [word.lower() if word.isupper() else word for word in words]
    text = "".join(word[:1].upper() + word[1:] for word in words)[:80]
    return (text[:1].lower() + text[1:]) or "request"
