"""Nodes of the tree from what rows hold of them: the way back from ``jobs.node_frame``."""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import fields as fields_of
from functools import lru_cache
from io import BytesIO

from gassapi_backend.exchange.child import frames
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import (
    Environment,
    Folder,
    Json,
    Node,
    Origin,
    Request,
)

_TEXTS = ("headers", "params", "body", "auth", "examples")
_DOCUMENTED = ("request_params", "response_schema", "header_docs")
_LISTS = ("headers", "params")
_KINDS: dict[str, type[Folder | Request | Environment]] = {
    "collection": Folder,
    "endpoint": Request,
    "environment": Environment,
}


@dataclass(slots=True)
class KeptOrigin(Origin):
    """The origin of a request, whose original and base are unpacked only while they are looked at.

    There are very many of these, and a writer of another format looks at none of them.
    """

    blobs: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        del self.original, self.base  # what is not there is asked for below

    def __getattr__(self, name: str) -> Json:
        if name == "original":
            return _unpacked_now(self.blobs[0])
        if name == "base":
            return _unpacked_now(self.blobs[1]) or {}
        raise AttributeError(name)


def node_of(frame: Frame) -> Node:
    """Return a frame's node, with its ``id`` and its origin, without what is below it.

    Its fields are those of a row: JSON columns are JSON text. If it was renamed here because its
    own name was taken (``givenName``), it gets its own name back.
    """
    said = frame.said
    kind = _KINDS[said["node"]]
    names = {one.name for one in fields_of(kind)}
    values = {name: _value(name, one) for name, one in said["fields"].items() if name in names}
    node = kind(**values)
    node.id = said.get("id")
    node.origin = _origin_of(said.get("origin"), frame.blobs, is_many=kind is Request)
    if node.origin and said.get("givenName") == node.name:
        node.name = node.origin.base.get("name", node.name)
    return node


def _origin_of(said: Json, blobs: tuple[bytes, ...], *, is_many: bool) -> Origin | None:
    """Return an origin from its row, and from its original and base as they are stored."""
    if said is None:
        return None
    if is_many:
        return KeptOrigin(**said, blobs=blobs)
    original, base = (_unpacked(blob) for blob in blobs)
    return Origin(**said, original=original, base=base or {})


def _unpacked(blob: bytes) -> Json:
    """Return the unpacked value; null if there is none."""
    return json.loads(zlib.decompress(blob)) if blob else None


_unpacked_now = lru_cache(maxsize=4)(_unpacked)
"""The same, for who looks at one request after the other, and several times at each."""


def read_frames(data: bytes) -> Iterator[Frame]:
    """Yield the frames that bytes hold."""
    stream = BytesIO(data)
    while stream.tell() < len(data):
        yield frames.read_now(stream)


Placed = tuple[str | None, int, Folder | Request]
"""The id of a parent, a position in it, and what is there."""


def tree_of(found: Iterable[Placed]) -> list[Folder]:
    """Return the collections that nodes make up, each in its place below its parent.

    A node whose parent is not among them is at the top, and is a collection.
    """
    placed = sorted(found, key=lambda one: one[1])
    folders = {node.id: node for _, _, node in placed if isinstance(node, Folder)}
    top = []
    for parent_id, _, node in placed:
        if (parent := folders.get(parent_id)) is not None:
            parent.items.append(node)
        elif isinstance(node, Folder):
            top.append(node)
    return top


def _value(name: str, value: Json) -> Json:
    if name == "variables":
        return value or []
    if name == "examples":
        examples = json.loads(value) if value is not None else []
        return [*map(_example, _objects(examples))]
    if name in _LISTS:
        return _entries(None if value is None else json.loads(value))
    if value is not None and name in (*_TEXTS, *_DOCUMENTED):
        read = json.loads(value)
        return _auth(read) if name == "auth" else read
    return value


def _auth(said: Json) -> Json:
    """Return authentication with text for a type; null if it has none."""
    if not isinstance(said, dict) or not said.get("type"):
        return None
    return said if isinstance(said["type"], str) else {**said, "type": _text(said["type"])}


def _entries(value: Json) -> list[Json]:
    """Return a list of entries, whichever shape they are stored in."""
    if isinstance(value, dict):
        return [{"key": key, "value": _text(one), "enabled": True} for key, one in value.items()]
    return [*map(_entry, _objects(value))]


def _objects(value: Json) -> list[dict[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _entry(said: dict[str, Json]) -> dict[str, Json]:
    """Return an entry with text for a key: rows may hold anything that a client has sent."""
    key = said.get("key")
    return said if key is None or isinstance(key, str) else {**said, "key": _text(key)}


def _example(said: dict[str, Json]) -> dict[str, Json]:
    """Return an example whose parts have the kinds that writers expect."""
    example = dict(said)
    if "headers" in said:
        example["headers"] = _entries(said["headers"])
    for name in ("request", "response"):
        if name in said and not isinstance(said[name], dict):
            del example[name]
    if isinstance(request := example.get("request"), dict):
        texts = {name: _text(request[name]) for name in ("method", "url") if name in request}
        lists = {name: _entries(request[name]) for name in _LISTS if name in request}
        example["request"] = {**request, **texts, **lists}
        if not isinstance(request.get("bodyType"), str):
            example["request"].pop("bodyType", None)
    return example


def _text(value: Json) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)
