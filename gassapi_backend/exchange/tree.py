"""The one tree between all formats: collections, requests, environments, and where they came from.

A reader of a format makes a ``Document``; a writer takes one. Values have the shapes of the HTTP
contract ("The shape of a saved request"), so that rows become a tree and a tree becomes rows
without another translation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

Json = Any
"""What a JSON text can hold: ``dict`` with text keys, ``list``, text, number, truth value, null."""

Entry = dict[str, Any]
"""``{key, value, enabled = true, description?}``: a header, a parameter (with ``in: query|path``)
or a form field (with ``type: text|file``, ``contentType?``, ``src?``). A query parameter whose key
is in the URL is not sent again: its entry only describes it."""

Variable = dict[str, Any]
"""``{key, value, enabled = true, secret = false, description?}``; ``value`` is text."""


@dataclass(slots=True)
class Origin:
    """Where a thing came from, and what its source said of it.

    ``source_id`` is the source's own id for it, which stays the same from one version of the
    document to the next (Postman's ``id``, Insomnia's ``_id`` or ``meta.id``); ``operation_id`` is
    OpenAPI's.
    ``pointer`` is a JSON pointer (RFC 6901) or ``line N``. ``original`` is everything the
    source says of the thing itself, without what is below it in the tree; ``base`` holds our fields
    as they were last imported, by the names of the dataclass. A writer of the same format returns
    those parts of ``original`` whose fields still equal ``base``.
    """

    format: str
    version: str = ""
    pointer: str = ""
    source_id: str | None = None
    operation_id: str | None = None
    original: Json = None
    base: dict[str, Json] = field(default_factory=dict)

    def is_unchanged(self, name: str, value: Json) -> bool:
        """Whether a field is still as it was imported."""
        return name in self.base and self.base[name] == value


@dataclass(slots=True)
class Request:
    """A saved request. Fields are those of the contract's endpoint, in snake case.

    ``id`` is our own id, if the request comes from our rows. An ``auth`` of ``None`` means
    ``inherit``.
    """

    name: str
    method: str = "GET"
    url: str = ""
    headers: list[Entry] = field(default_factory=list)
    params: list[Entry] = field(default_factory=list)
    body_type: str | None = None
    body: Json = None
    auth: dict[str, Json] | None = None
    description: str | None = None
    examples: list[dict[str, Json]] = field(default_factory=list)
    purpose: str | None = None
    request_params: Json = None
    response_schema: Json = None
    header_docs: Json = None
    origin: Origin | None = None
    id: str | None = None


@dataclass(slots=True)
class Folder:
    """A collection: what its items inherit, and its folders and requests in one common order."""

    name: str
    description: str | None = None
    variables: list[Variable] = field(default_factory=list)
    headers: list[Entry] = field(default_factory=list)
    auth: dict[str, Json] | None = None
    items: "list[Folder | Request]" = field(default_factory=list)
    origin: Origin | None = None
    id: str | None = None

    def folders(self) -> "Iterator[Folder]":
        """Yield this folder and all below it, parents first, in order."""
        waiting = [self]
        while waiting:
            folder = waiting.pop()
            yield folder
            waiting.extend(item for item in reversed(folder.items) if isinstance(item, Folder))

    def requests(self) -> Iterator[Request]:
        """Yield the requests in this folder and below it."""
        for folder in self.folders():
            yield from (item for item in folder.items if isinstance(item, Request))

    def requests_in_order(self) -> "Iterator[tuple[Request, list[Folder]]]":
        """Yield the requests in order, each with the folders that it is in, outermost first."""
        waiting: list[tuple[Folder | Request, list[Folder]]] = [(self, [])]
        while waiting:
            item, above = waiting.pop()
            if isinstance(item, Request):
                yield item, above
            else:
                waiting += [(one, [*above, item]) for one in reversed(item.items)]


@dataclass(slots=True)
class Environment:
    """A named set of variables.

    ``collection`` is the place of the collection that it belongs to, in a document of several; in
    a document of one, all environments belong to that.
    """

    name: str
    variables: list[Variable] = field(default_factory=list)
    description: str | None = None
    is_default: bool = False
    origin: Origin | None = None
    id: str | None = None
    collection: int | None = None


Node = Folder | Request | Environment
"""Anything that has an origin of its own."""

_NOT_IN_BASE = {"items", "origin", "id", "is_default", "collection"}


def base_of(node: Node) -> dict[str, Json]:
    """Return a node's own fields by name, as ``Origin.base`` keeps them: without what is below it.

    Lists and their entries are copied, so that editing the node's lists leaves the base unchanged;
    anything deeper is shared.
    """
    names = [one.name for one in fields(node) if one.name not in _NOT_IN_BASE]
    return {name: _copied(getattr(node, name)) for name in names}


def _copied(value: Json) -> Json:
    if isinstance(value, list):
        return [dict(entry) if isinstance(entry, dict) else entry for entry in value]
    return dict(value) if isinstance(value, dict) else value


class What(StrEnum):
    """What happened to a thing on its way in or out; the contract's words."""

    CREATED = "created"
    RENAMED = "renamed"
    UPDATED = "updated"
    KEPT = "kept"
    SKIPPED = "skipped"
    CONFLICT = "conflict"
    GONE = "gone"


@dataclass(slots=True)
class Note:
    """A line of the report. ``kind``: collection, endpoint, environment, variable, document."""

    what: What
    kind: str
    name: str
    pointer: str
    reason: str
    id: str | None = None
    details: dict[str, Json] | None = None


@dataclass(slots=True)
class Document:
    """What one document holds. Most formats have one collection; data dumps have many.

    ``source_id`` identifies the document across its versions (Postman's ``info._postman_id``, an
    Insomnia workspace, an OpenAPI title), so that a newer version finds what an older one became.
    ``above`` holds the folders around a collection that is written alone, outermost first: it
    inherits from them, and its originals may refer to theirs.
    """

    format: str
    version: str
    collections: list[Folder] = field(default_factory=list)
    environments: list[Environment] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    source_id: str | None = None
    above: list[Folder] = field(default_factory=list)


class Unreadable(Exception):
    """A document that cannot be read: ``message`` says why in a sentence, and what to do instead.

    ``pointer`` says where in the document, as a JSON pointer or ``line N``, if that is known.
    """

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
