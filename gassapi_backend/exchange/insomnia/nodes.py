"""Parses documents of Insomnia's versions 4 and 5 into workspaces and their contents."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.insomnia.version4 import as_version5
from gassapi_backend.exchange.tree import Json, Note, Unreadable, What
from gassapi_backend.exchange.values import listed, mapping, objects, text_in, text_or_none

Node = dict[str, Json]


@dataclass(slots=True)
class Item:
    """A workspace, folder, request or environment.

    ``said`` is the item in the document, without what is in it; ``at`` is its place in its list.
    ``others`` are the things in it that are not read, with their places. A homeless item names a
    parent that does not exist; a childless one has no list of children.
    """

    said: Node
    pointer: str
    at: int = 0
    is_version4: bool = False
    children: "list[Item] | None" = None
    others: list[tuple[int, Json]] = field(default_factory=list)
    is_homeless: bool = False
    is_childless: bool = False

    @property
    def node(self) -> Node:
        """The item in the form of version 5."""
        return as_version5(self.said) if self.is_version4 else self.said

    @property
    def source_id(self) -> str | None:
        """Insomnia's id of it."""
        if self.is_version4:
            return text_or_none(self.said.get("_id")) or None
        return text_or_none(mapping(self.said.get("meta")).get("id")) or None


@dataclass(slots=True)
class Workspace:
    """A workspace; ``base`` is its own environment, ``subs`` are those that add to it."""

    root: Item
    base: list[Item] = field(default_factory=list)
    subs: list[Item] = field(default_factory=list)
    is_collection: bool = True


@dataclass(slots=True)
class Parts:
    """A whole document; ``wrapper`` is what version 4 says of the export itself."""

    version: str
    workspaces: list[Workspace]
    notes: list[Note]
    wrapper: Node = field(default_factory=dict)


_NOT_READ = {
    "grpc_request": "a gRPC request",
    "websocket_request": "a WebSocket request",
    "socketio_request": "a Socket.IO request",
    "websocket_payload": "a WebSocket message",
    "cookie_jar": "a cookie jar",
    "api_spec": "an API specification",
    "unit_test_suite": "a suite of tests",
    "unit_test": "a test",
    "proto_file": "a proto file",
    "proto_directory": "a folder of proto files",
    "mock_server": "a mock server",
    "mock_route": "a route of a mock server",
    "certificates": "a list of certificates",
}
_BACK = "is kept, and comes back when exporting to Insomnia; it is not used here"


def not_read(kind: str, name: str, pointer: str) -> Note:
    """Return the note on a thing that is kept for Insomnia."""
    said = _NOT_READ.get(kind, f"{kind[:40] or 'something unknown'}")
    is_request = kind.endswith("_request")
    return Note(
        What.SKIPPED if is_request else What.KEPT,
        "endpoint" if is_request else "document",
        name,
        pointer,
        f"{said} {_BACK}",
    )


def kind_of(said: Node) -> str:
    """Return the kind of an item in a version 5 collection, by its name in version 4."""
    meta_id = text_in(mapping(said.get("meta")).get("id"))
    kind = text_in(said.get("type"))
    if isinstance(said.get("children"), list) or kind == "RequestGroup":
        return "request_group"
    if not kind and "method" in said:
        return "request"
    if kind == "GrpcRequest" or (not kind and _is_grpc(said, meta_id)):
        return "grpc_request"
    if kind == "SocketIORequest" or meta_id.startswith("socketio-req"):
        return "socketio_request"
    if kind == "WebSocketRequest" or meta_id.startswith("ws-req"):
        return "websocket_request"
    if "method" in said or "url" in said or kind == "Request":
        return "request"
    return "request_group" if said.keys() & {"name", "environment", "headers"} else ""


def _is_grpc(said: Node, meta_id: str) -> bool:
    """Whether an item is a gRPC request, which early releases of version 5 write without a type."""
    return meta_id.startswith("greq") or ("method" not in said and bool(_GRPC & said.keys()))


_GRPC = {"reflectionApi", "protoFileId", "protoMethodName"}


def sort_key(value: Json) -> float:
    """Return a number to sort siblings by; anything else counts as zero, as in Insomnia."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(max(-1e300, min(1e300, value))) if is_number else 0.0


def parts_of_version5(data: Node) -> Parts:
    """Return the parts of a file of version 5."""
    environments = data.get("environments")
    said = without(data, "collection", list)
    said = without(said, "environments", dict)
    root = Item(said, "", children=[], is_childless=not isinstance(data.get("collection"), list))
    notes: list[Note] = []
    waiting: list[tuple[Item, str, Json]] = [(root, "/collection", data.get("collection"))]
    while waiting:
        parent, pointer, children = waiting.pop()
        parent.children = inside = []
        for at, child in enumerate(listed(children)):
            item, below = _item(child, f"{pointer}/{at}", at)
            if item is None:
                parent.others.append((at, child))
                name = text_in(mapping(child).get("name"))
                kind = kind_of(mapping(child))
                notes.append(not_read(kind, name, f"{pointer}/{at}"))
            else:
                inside.append(item)
                if item.children is not None:
                    waiting.append((item, f"{item.pointer}/children", below))
        inside.sort(key=lambda one: sort_key(mapping(one.said.get("meta")).get("sortKey")))
    for name, kind in _SECTIONS.items():
        if data.get(name):
            notes.append(not_read(kind, "", f"/{name}"))
    kind = text_in(data.get("type"))
    workspace = Workspace(root, is_collection=not kind.startswith("environment."))
    if isinstance(environments, dict):
        has_subs = bool(environments.get("subEnvironments"))
        own = without(environments, "subEnvironments", list) if has_subs else environments
        base = Item(own, "/environments")
        base.others = [
            (at, one)
            for at, one in enumerate(listed(environments.get("subEnvironments")))
            if not isinstance(one, dict)
        ]
        workspace.base = [base]
        workspace.subs = [
            Item(one, f"/environments/subEnvironments/{at}", at)
            for at, one in objects(environments.get("subEnvironments"))
        ]
    version = text_or_none(data.get("schema_version")) or "5.0"
    return Parts(version, [workspace], notes)


def without(said: Node, name: str, kind: type) -> Node:
    """Return an object without one of its fields, if that has the expected type."""
    if not isinstance(said.get(name), kind):
        return said
    return {key: one for key, one in said.items() if key != name}


_SECTIONS = {
    "cookieJar": "cookie_jar",
    "spec": "api_spec",
    "testSuites": "unit_test_suite",
    "certificates": "certificates",
}


def _item(said: Json, pointer: str, at: int) -> tuple[Item | None, Json]:
    if not isinstance(said, dict):
        return None, None
    kind = kind_of(said)
    if kind == "request":
        return Item(said, pointer, at), None
    if kind != "request_group":
        return None, None
    own = without(said, "children", list)
    is_childless = not isinstance(said.get("children"), list)
    item = Item(own, pointer, at, children=[], is_childless=is_childless)
    return item, said.get("children")


def refuse_others(data: Node) -> None:
    """Raise ``Unreadable`` for files of Insomnia without requests and variables."""
    kind = text_in(data.get("type"))
    if kind.startswith("mock."):
        raise Unreadable(
            "This is a mock server of Insomnia, which has no requests. "
            "Export the collection that it belongs to, and import that."
        )
    if kind.startswith("mcpClient."):
        raise Unreadable(
            "This is an MCP client of Insomnia, which has no HTTP requests. "
            "Export a collection from Insomnia, and import that."
        )
    if text_in(data.get("__export_format")) in ("1", "2"):
        raise Unreadable(
            "This is an export of Insomnia from before 2016. Import it into Insomnia, "
            "export it from there again, and import that."
        )
