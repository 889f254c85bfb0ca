"""Writes trees as collections of Postman 2.1."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.cookies import is_cookie
from gassapi_backend.exchange.postman.auth import is_sent_by_postman, write_auth
from gassapi_backend.exchange.postman.environments import write_environment as environment_json
from gassapi_backend.exchange.postman.inheritance import (
    Inherited,
    handed_down,
    with_inherited,
)
from gassapi_backend.exchange.postman.reading import FORMAT
from gassapi_backend.exchange.postman.request_writing import write_request
from gassapi_backend.exchange.postman.values import mapping, with_description
from gassapi_backend.exchange.postman.variables import write_variables
from gassapi_backend.exchange.postman.version2 import SCHEMA
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Note,
    Request,
    Unreadable,
    What,
)
from gassapi_backend.exchange.writing import (
    JSON_TYPE,
    WriteOptions,
    Written,
    json_chunks,
    own_origin,
)

Node = dict[str, Json]


def write(document: Document, options: WriteOptions) -> Written:
    """Return a collection of Postman 2.1; several become the folders of one.

    A document with just one environment becomes that. What 2.1 cannot express is in the notes.
    """
    if not document.collections:
        if len(document.environments) != 1:
            raise Unreadable("There is no collection to write. Export environments one by one.")
        return write_environment(document.environments[0], options)
    notes = [
        Note(What.SKIPPED, "environment", one.name, "", "Postman keeps environments in own files")
        for one in document.environments
    ]
    root = document.collections[0]
    if len(document.collections) > 1:
        root = Folder("Collections", items=[*document.collections])
    writing = _Writing(options, notes)
    written = writing.collection(root)
    name = f"{root.name}.postman_collection.json"
    return Written(json_chunks(written), JSON_TYPE, name, [*notes, *writing.left_out()])


def write_environment(environment: Environment, options: WriteOptions) -> Written:
    """Return an environment as Postman imports it."""
    written = environment_json(environment)
    name = f"{environment.name}.postman_environment.json"
    return Written(json_chunks(written), JSON_TYPE, name)


_OURS = {
    "purpose": "the purpose",
    "request_params": "the meaning of parameters",
    "response_schema": "the schema of the response",
    "header_docs": "the meaning of headers",
}


@dataclass(slots=True)
class _Writing:
    """A collection being written: its notes, and how many requests lose which field."""

    options: WriteOptions
    notes: list[Note]
    lost: dict[str, int] = field(default_factory=dict)
    beyond: str | None = None

    def collection(self, root: Folder) -> Node:
        """Return a collection with all its contents, wrapped in the object that it came in."""
        written = self._root(root)
        waiting = [(root, written, handed_down(root, Inherited()), "")]
        while waiting:
            folder, inside, inherited, pointer = waiting.pop()
            for place, item in enumerate(folder.items):
                at = f"{pointer}/item/{place}"
                if isinstance(item, Request):
                    inside["item"].append(self._request(item, inherited, at))
                    continue
                below = self._folder(item, at)
                inside["item"].append(below)
                waiting.append((item, below, handed_down(item, inherited), at))
            _put_back_others(folder, inside["item"])
        origin = own_origin(root, FORMAT)
        wrapper = origin.original.get("wrapper") if origin else None
        return {**wrapper["rest"], wrapper["name"]: written} if wrapper else written

    def left_out(self) -> list[Note]:
        """Return notes on what has no place in Postman."""
        notes = [
            Note(
                What.SKIPPED,
                "endpoint",
                "",
                "",
                f"{_OURS[name]} has no place in Postman; {count} requests go without it",
            )
            for name, count in self.lost.items()
        ]
        if self.beyond:
            reason = (
                f"details that only Postman {self.beyond} knows are kept here; "
                "the exported version 2.1 has no place for them"
            )
            notes.append(Note(What.KEPT, "document", "", "", reason))
        return notes

    def _root(self, root: Folder) -> Node:
        origin = own_origin(root, FORMAT)
        node: Node = dict(origin.original["node"]) if origin else {}
        base = origin.base if origin else {}
        info: Node = dict(mapping(node.get("info")))
        if not info:
            info = {"name": root.name, "schema": SCHEMA}
            with_description(info, root.description or "")
            node.pop("name", None)
            node.pop("description", None)
        else:
            if root.name != base.get("name"):
                info["name"] = root.name
            if root.description != base.get("description"):
                with_description(info, root.description)
        node.pop("info", None)
        if root.items:
            node.pop("item", None)  # it was not a list
        return {"info": info, "item": [], **self._inherited(root, node, "")}

    def _folder(self, folder: Folder, pointer: str) -> Node:
        origin = own_origin(folder, FORMAT)
        node: Node = dict(origin.original["node"]) if origin else {}
        base = origin.base if origin else {}
        info = node.pop("info", None)
        if isinstance(info, dict):
            node |= {name: info[name] for name in ("name", "description") if name in info}
        if folder.name != base.get("name"):
            node["name"] = folder.name
        if folder.description != base.get("description"):
            with_description(node, folder.description)
        name = {"name": node.pop("name")} if "name" in node else {}
        return {**name, "item": [], **self._inherited(folder, node, pointer)}

    def _inherited(self, folder: Folder, node: Node, pointer: str) -> Node:
        """Write what a folder hands down."""
        origin = own_origin(folder, FORMAT)
        base = origin.base if origin else {}
        if origin and origin.original.get("beyond"):
            self.beyond = origin.version
        if folder.variables != base.get("variables", []):
            node["variable"] = write_variables(
                folder.variables, base.get("variables"), node.get("variable")
            )
        auth = {"type": "none"} if is_cookie(folder.auth) else folder.auth
        if auth != base.get("auth"):
            node["auth"] = write_auth(auth, base.get("auth"), node.get("auth"))
            if node["auth"] is None:
                del node["auth"]
        self._say_what_is_copied(folder, pointer)
        return node

    def _say_what_is_copied(self, folder: Folder, pointer: str) -> None:
        if any(entry.get("enabled", True) for entry in folder.headers):
            reason = "Postman has no headers of collections: they are written into each request"
            self._note(What.KEPT, "collection", folder.name, pointer, reason)
        if is_cookie(folder.auth):
            reason = (
                "Postman cannot send a key as a cookie: it is written as a Cookie header "
                "into each request that inherits it"
            )
            self._note(What.KEPT, "collection", folder.name, pointer, reason)
        self._say_what_is_unknown("collection", folder, pointer)

    def _say_what_is_unknown(self, kind: str, node: Folder | Request, pointer: str) -> None:
        if node.auth and not is_cookie(node.auth) and not is_sent_by_postman(node.auth):
            reason = f"Postman does not know authentication of the type {node.auth.get('type')}"
            self._note(What.KEPT, kind, node.name, pointer, reason)

    def _request(self, request: Request, inherited: Inherited, pointer: str) -> Node:
        origin = own_origin(request, FORMAT)
        if origin and origin.original.get("beyond"):
            self.beyond = origin.version
        for name in _OURS:
            if getattr(request, name):
                self.lost[name] = self.lost.get(name, 0) + 1
        if is_cookie(request.auth):
            reason = "Postman cannot send a key as a cookie: it is written as a Cookie header"
            self._note(What.KEPT, "endpoint", request.name, pointer, reason)
        self._say_what_is_unknown("endpoint", request, pointer)
        return write_request(
            with_inherited(request, inherited), include_examples=self.options.include_examples
        )

    def _note(self, what: What, kind: str, name: str, pointer: str, reason: str) -> None:
        self.notes.append(Note(what, kind, name, pointer, reason))


def _put_back_others(folder: Folder, items: list[Json]) -> None:
    """Put entries that are not items back into their places in a list."""
    origin = own_origin(folder, FORMAT)
    for place, value in origin.original.get("others", ()) if origin else ():
        items.insert(place, value)
