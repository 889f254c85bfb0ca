"""Prepares our tree for Insomnia: each node in the form of version 5, with an id and a place."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace

from gassapi_backend.exchange.insomnia.auth import is_known, write_auth
from gassapi_backend.exchange.insomnia.entries import write_entries
from gassapi_backend.exchange.insomnia.environments import of_folder, write_variables
from gassapi_backend.exchange.insomnia.nodes import sort_key
from gassapi_backend.exchange.insomnia.reading import FORMAT
from gassapi_backend.exchange.insomnia.requests import write_request
from gassapi_backend.exchange.insomnia.version4 import as_version5
from gassapi_backend.exchange.resolving.urls import query_keys
from gassapi_backend.exchange.tree import Entry, Folder, Json, Request, base_of
from gassapi_backend.exchange.values import is_on, listed, mapping, text_in
from gassapi_backend.exchange.writing import own_origin

Node = dict[str, Json]

PREFIXES = {"workspace": "wrk", "request": "req", "request_group": "fld", "environment": "env"}


@dataclass(slots=True)
class Outgoing:
    """A workspace, folder, request or environment as it is written.

    ``node`` is its form in version 5, ``changed`` names the fields of it that differ from before;
    ``original`` is what was kept of it, and empty if it is not from Insomnia.
    """

    kind: str
    node: Node
    changed: set[str]
    original: Node
    children: "list[Outgoing]" = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id that it is written with."""
        return text_in(mapping(self.node.get("meta")).get("id"))

    @property
    def sort_key(self) -> float:
        """The key that it is sorted by among its siblings."""
        return sort_key(mapping(self.node.get("meta")).get("sortKey"))

    @property
    def at(self) -> int | None:
        """Its former place in its list, if it is from Insomnia."""
        at = self.original.get("at")
        return at if isinstance(at, int) else None

    def set_meta(self, name: str, value: Json) -> None:
        """Set something in its ``meta``."""
        meta = mapping(self.node.get("meta"))
        if meta.get(name) != value or name not in meta:
            self.node["meta"] = meta | {name: value}
            self.changed.add("meta")


@dataclass(slots=True)
class Sending:
    """The state while a document is made: ids that are taken, and what could not be expressed.

    ``by_id`` says that things in it name their parents, as in version 4.
    """

    by_id: bool = False
    ids: set[str] = field(default_factory=set)
    losses: Counter[str] = field(default_factory=Counter)

    def identify(self, out: Outgoing, own: str | None, place: str) -> None:
        """Give a node its id: its own if no other has it, else one made from our id or place."""
        kept = out.id
        if kept and kept not in self.ids:
            self.ids.add(kept)
            return
        if out.original and not kept and not (self.by_id and _may_be_parent(out)):
            return  # Insomnia gives it one
        made = (own or "").replace("-", "") or hashlib.md5(
            place.encode(), usedforsecurity=False
        ).hexdigest()
        identity = f"{PREFIXES[out.kind]}_{made}"
        while identity in self.ids:
            made = hashlib.md5(identity.encode(), usedforsecurity=False).hexdigest()
            identity = f"{PREFIXES[out.kind]}_{made}"
        self.ids.add(identity)
        out.set_meta("id", identity)


def _may_be_parent(out: Outgoing) -> bool:
    return out.kind != "request" and out.original.get("version") != 4


def original_of(node: Folder | Request) -> tuple[Node, Node, Node]:
    """Return what was kept of a node, its form in version 5, and our fields at that time."""
    origin = own_origin(node, FORMAT)
    if origin is None or not isinstance(origin.original, dict):
        return {}, {}, {}
    return origin.original, said_in(origin.original), origin.base


def said_in(original: Node) -> Node:
    """Return the form in version 5 of what was kept of a node, of either version."""
    said = mapping(original.get("node"))
    return as_version5(said) if original.get("version") == 4 else dict(said)


def workspace_of(folder: Folder, sending: Sending, place: str = "") -> Outgoing:
    """Return a collection with all its contents.

    Insomnia's collections hand down only their base environment: credentials and headers go to the
    items directly in it.
    """
    original, said, base = original_of(folder)
    out = Outgoing("workspace", said, set(), original)
    if not base or folder.name != base.get("name"):
        _say(out, "name", folder.name)
    if folder.description != base.get("description"):
        out.set_meta("description", folder.description or "")
    sending.identify(out, folder.id, f"workspace {place} {folder.name}")
    items = folder.items
    if folder.auth is not None or folder.headers:
        items = [_handed(item, folder) for item in items]
        sending.losses["credentials and headers of the collection went to what stands in it"] += 1
    out.children = _children(items, sending, place)
    return out


def _say(out: Outgoing, name: str, value: Json) -> None:
    out.node[name] = value
    out.changed.add(name)


def _handed(item: Folder | Request, parent: Folder) -> Folder | Request:
    own = {text_in(one.get("key")).lower() for one in item.headers if is_on(one)}
    handed = [one for one in parent.headers if text_in(one.get("key")).lower() not in own]
    auth = item.auth if item.auth and item.auth.get("type") != "inherit" else parent.auth
    return replace(item, auth=auth, headers=[*handed, *item.headers])


def _children(items: "list[Folder | Request]", sending: Sending, place: str) -> list[Outgoing]:
    children = []
    for at, item in enumerate(items):
        where = f"{place}/{at}"
        if isinstance(item, Folder):
            children.append(_group(item, sending, where))
        else:
            children.append(_request(item, sending, where))
    _keep_in_order(children)
    return children


def _group(folder: Folder, sending: Sending, place: str) -> Outgoing:
    original, said, base = original_of(folder)
    out = Outgoing("request_group", said, set(), original)
    now = base_of(folder)
    changed = {name for name, value in now.items() if name not in base or base[name] != value}
    if "name" in changed:
        _say(out, "name", folder.name)
    sending.identify(out, folder.id, f"folder {place} {folder.name}")
    if "description" in changed and (base or folder.description):
        out.set_meta("description", folder.description or "")
    if "headers" in changed and (base or folder.headers):
        headers = write_entries(folder.headers, base.get("headers"), said.get("headers"))
        _say(out, "headers", headers)
    if "auth" in changed and (base or folder.auth):
        auth = write_auth(folder.auth, base.get("auth"), said.get("authentication"))
        _say(out, "authentication", auth)
    if "variables" in changed and (base or folder.variables):
        _write_variables(out, folder.variables, listed(base.get("variables")), sending)
    _lose_auth(folder, sending)
    out.children = _children(folder.items, sending, place)
    return out


def _write_variables(
    out: Outgoing, variables: list[Entry], base: list[Entry], sending: Sending
) -> None:
    made, left = write_variables(variables, base, of_folder(out.node))
    _say(out, "environment", made.pop("data"))
    for name, value in made.items():
        _say(out, name, value)
    off = {one["key"] for one in variables if not is_on(one)}
    shown = [one for one in variables if is_on(one)] if made else variables
    lose_variables(sending, shown, [key for key in left if key not in off])


def lose_variables(sending: Sending, variables: list[Entry], left: list[str]) -> None:
    """Count what Insomnia cannot express of variables."""
    off = sum(not is_on(one) for one in variables)
    sending.losses["variables that are switched off have no place in Insomnia"] += off
    sending.losses["descriptions of variables have no place in Insomnia"] += sum(
        bool(one.get("description")) for one in variables
    )
    if left:
        names = ", ".join(left)[:200]
        sending.losses[f"variables whose names Insomnia cannot have are left out: {names}"] += 1


def _request(request: Request, sending: Sending, place: str) -> Outgoing:
    original, said, base = original_of(request)
    node, changed = write_request(request, said, base)
    out = Outgoing("request", node, changed, original)
    sending.identify(out, request.id, f"request {place} {request.name}")
    _lose_auth(request, sending)
    losses = sending.losses
    losses["examples have no place in Insomnia"] += len(request.examples)
    ours = (request.purpose, request.request_params, request.response_schema, request.header_docs)
    losses["what an assistant is told of a request has no place in Insomnia"] += any(ours)
    if request.body_type == "form-data":
        fields = [one for one in listed(request.body) if isinstance(one, dict)]
        losses["content types of form fields have no place in Insomnia"] += sum(
            bool(one.get("contentType")) for one in fields
        )
    in_url = query_keys(request.url)
    losses["descriptions of parameters in a URL have no place in Insomnia"] += sum(
        is_on(one) and one.get("in") != "path" and one.get("key") in in_url
        for one in request.params
    )
    return out


def _lose_auth(node: Folder | Request, sending: Sending) -> None:
    if not is_known(node.auth):
        kind = text_in(mapping(node.auth).get("type"))[:40]
        sending.losses[f"Insomnia does not know credentials of the type “{kind}”"] += 1


def _keep_in_order(children: list[Outgoing]) -> None:
    """Give a new sort key to children whose present one would not keep them in place."""
    last: tuple[float, float] | None = None
    for place, out in enumerate(children):
        at = out.at
        if at is not None and (last is None or (out.sort_key, at) > last):
            last = (out.sort_key, at)
            continue
        if last is None:
            following = next((one for one in children[place:] if one.at is not None), None)
            key = int(following.sort_key) - 1 if following else 0
        else:
            key = int(last[0]) + 1
        out.set_meta("sortKey", key)
        last = (key, float("inf") if at is None else at)
