"""Finds what a ``$ref`` refers to, and reports those that lead nowhere."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from gassapi_backend.exchange.openapi.grammar import pointer, walk
from gassapi_backend.exchange.tree import Json, Note, What

_REMOTE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")


class Unresolved(Exception):
    """A reference that leads nowhere; ``reason`` is a sentence, ``at`` the pointer of a cycle."""

    def __init__(self, reason: str, at: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def is_remote(ref: str) -> bool:
    """Whether a reference leads to another address (from which nothing is ever fetched)."""
    return _REMOTE.match(ref) is not None


def steps_of(fragment: str) -> list[str]:
    """Return the steps of a JSON pointer in a URI fragment (RFC 6901, section 6), without ``#``."""
    steps = unquote(fragment).split("/")[1:]
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def at_pointer(document: Json, fragment: str) -> Json:
    """Return what a pointer points to; raise ``LookupError`` if there is nothing."""
    node = document
    for step in steps_of(fragment):
        if isinstance(node, dict):
            node = node[step]
        elif isinstance(node, list) and step.isascii() and step.isdecimal():
            node = node[int(step)]
        else:
            raise LookupError(step)
    return node


@dataclass(slots=True)
class References:
    """The references of one document; each is looked up once."""

    document: Json
    _found: dict[str, Json] = field(default_factory=dict)
    _resolved: dict[str, Json] = field(default_factory=dict)
    _named: dict[str, Json] | None = None

    def find(self, ref: str) -> Json:
        """Return what ``ref`` refers to, perhaps another reference; raise ``Unresolved``."""
        if ref not in self._found:
            self._found[ref] = self._look_up(ref)
        found = self._found[ref]
        if isinstance(found, Unresolved):
            raise found
        return found

    def resolve(self, ref: str) -> Json:
        """Return what ``ref`` finally leads to; raise ``Unresolved``, also for a cycle."""
        if ref not in self._resolved:
            self._follow_chain(ref)
        found = self._resolved[ref]
        if isinstance(found, Unresolved):
            raise found
        return found

    def _follow_chain(self, ref: str) -> None:
        """Resolve a reference and all that it leads through, so that each is gone through once."""
        chain = [ref]
        seen = {ref}
        while True:
            try:
                node = self.find(chain[-1])
            except Unresolved as failed:
                node = failed
            following = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(following, str):
                break
            if following in self._resolved:
                node = self._resolved[following]
                break
            if following in seen:
                node = Unresolved("It refers to itself, so it says nothing.", "")
                break
            seen.add(following)
            chain.append(following)
        is_ring = isinstance(node, Unresolved) and node.at is not None
        for one in chain:
            own = Unresolved(node.reason, one.removeprefix("#")) if is_ring else node
            self._resolved[one] = own

    def follow(self, node: Json) -> dict[str, Json]:
        """Return the object that a node is or refers to; an empty one if there is none.

        A reference's own ``summary`` and ``description`` win (3.1, "Reference Object").
        """
        if not isinstance(node, dict):
            return {}
        ref = node.get("$ref")
        if not isinstance(ref, str):
            return node
        try:
            target = self.resolve(ref)
        except Unresolved:
            return {}
        if not isinstance(target, dict):
            return {}
        own = {key: node[key] for key in ("summary", "description") if key in node}
        return {**target, **own} if own else target

    def _look_up(self, ref: str) -> Json:
        if ref == "#" or ref.startswith("#/"):
            try:
                return at_pointer(self.document, ref[1:])
            except LookupError:
                return Unresolved("The document has nothing in that place.")
        named = self._by_name()
        if ref in named:
            return named[ref]
        if is_remote(ref):
            return Unresolved("It leads to another address, and nothing is fetched from there.")
        if ref.startswith("#"):
            return Unresolved("The document has no anchor of that name.")
        return Unresolved("The file it leads to was not given; a ZIP of all files can be imported.")

    def _by_name(self) -> dict[str, Json]:
        """Return schemas by ``$anchor`` and ``$id`` (JSON Schema 2020-12)."""
        if self._named is None:
            self._named = {}
            for kind, node, _ in walk("document", self.document):
                if kind != "schema":
                    continue
                for key, prefix in (("$anchor", "#"), ("$dynamicAnchor", "#"), ("$id", "")):
                    if isinstance(node.get(key), str):
                        self._named.setdefault(prefix + node[key], node)
        return self._named


PATHS_AT = "x-gassapi-paths-at"
"""Where a document has its paths, if ``paths`` is a reference to another place in it."""


def with_paths(document: dict[str, Json]) -> dict[str, Json]:
    """Return a document whose ``paths`` are no reference: ``PATHS_AT`` says where they were."""
    said = document.get("paths")
    ref = said.get("$ref") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(ref, str):
        return document
    found = References(document).follow({"$ref": ref})
    if not found:
        return document
    own = {key: value for key, value in said.items() if key != "$ref"}
    return {**document, "paths": {**found, **own}, PATHS_AT: ref}


def without_paths(document: dict[str, Json]) -> dict[str, Json]:
    """Return a document whose paths stand again where they were; copied is what leads there."""
    ref = document.pop(PATHS_AT, None)
    steps = steps_of(ref[1:]) if isinstance(ref, str) else []
    above = document
    for step in steps[:-1]:
        if not isinstance(above.get(step), dict):
            return document
        above[step] = above = dict(above[step])
    if steps and steps[-1] in above:
        above[steps[-1]], document["paths"] = document["paths"], {"$ref": ref}
    return document


def report_unresolved(references: References) -> list[Note]:
    """Report each reference that leads nowhere once, with its place."""
    notes = []
    seen: set[str] = set()
    for _, node, where in walk("document", references.document):
        ref = node.get("$ref")
        if not isinstance(ref, str) or ref in seen:
            continue
        seen.add(ref)
        try:
            references.resolve(ref)
        except Unresolved as failed:
            if failed.at is None and _leads_on(references, ref):
                continue
            at = failed.at if failed.at is not None else pointer(where)
            reason = f"The reference is kept but cannot be followed. {failed.reason}"
            notes.append(Note(What.KEPT, "document", ref, at, reason))
    return notes


def _leads_on(references: References, ref: str) -> bool:
    """Whether a reference leads to another one: that is the one which is reported."""
    try:
        references.find(ref)
    except Unresolved:
        return False
    return True
