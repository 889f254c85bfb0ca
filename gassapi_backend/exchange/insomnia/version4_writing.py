"""Writes exports of Insomnia's version 4: a flat list of resources."""

from gassapi_backend.exchange.insomnia.environment_writing import EnvironmentsOut
from gassapi_backend.exchange.insomnia.nodes import kind_of
from gassapi_backend.exchange.insomnia.outgoing import Outgoing
from gassapi_backend.exchange.insomnia.version4 import as_version4
from gassapi_backend.exchange.insomnia.version5_writing import others_of
from gassapi_backend.exchange.loading import json_text
from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.values import mapping, objects, text_in

Node = dict[str, Json]
Placed = tuple[int, Json]
"""A resource, and its place in the list it is from; ``_NEW`` if it is from elsewhere."""

_NEW = 1 << 40
_DEFAULTS: dict[str, Node] = {
    "request": {"body": {}, "parameters": [], "headers": [], "authentication": {}},
    "request_group": {"environment": {}},
    "environment": {"data": {}},
}


def export_of(roots: list[Outgoing], environments: list[EnvironmentsOut]) -> Node:
    """Return an export with all workspaces and their environments."""
    placed: list[Placed] = []
    wrapper: Node = {"_type": "export", "__export_format": 4, "__export_source": "gassapi"}
    for root, found in zip(roots, environments, strict=True):
        if kept := root.original.get("wrapper"):
            wrapper = mapping(kept)
        placed += _workspace(root)
        placed += _environments(root, found)
    placed.sort(key=lambda one: one[0])
    return wrapper | {"resources": [resource for _, resource in placed]}


def _workspace(root: Outgoing) -> list[Placed]:
    placed: list[Placed] = []
    is_version4 = root.original.get("version") == 4
    if not _was_missing(root):
        placed.append(_resource(root, "workspace", None))
    if is_version4:
        placed += others_of(root.original)
    else:
        placed += [(_NEW, one) for one in _sections(root)]
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        for out in parent.children:
            is_at_home = out.original.get("homeless") and parent is root
            placed.append(_resource(out, out.kind, None if is_at_home else parent.id))
        waiting += [out for out in reversed(parent.children) if out.kind == "request_group"]
        if parent.original.get("version") != 4:
            for _, other in others_of(parent.original):
                if isinstance(other, dict) and (kind := kind_of(other)):
                    resource = as_version4(other, kind) | {"parentId": parent.id}
                    placed.append((_NEW, resource))
    return placed


def _was_missing(root: Outgoing) -> bool:
    """Whether there was no workspace, and everything is still homeless."""
    return (
        root.at == -1
        and not root.changed
        and all(out.original.get("homeless") for out in root.children)
    )


def _resource(out: Outgoing, kind: str, parent: str | None) -> Placed:
    """Return a resource; without a ``parent``, it stays where it was."""
    at = out.at
    if out.original.get("version") == 4 and at is not None:
        edited = {name: out.node[name] for name in out.changed if name in out.node}
        resource = mapping(out.original.get("node")) | as_version4(edited, kind)
        if parent is not None and resource.get("parentId") != parent:
            resource["parentId"] = parent
        return (_NEW if at < 0 else at), resource
    said = as_version4(out.node, kind)
    resource = {"_id": out.id, "parentId": parent} | _DEFAULTS.get(kind, {}) | said
    if kind == "workspace":
        resource["scope"] = out.original.get("scope") or "collection"
    return _NEW, resource


def _environments(root: Outgoing, found: EnvironmentsOut) -> list[Placed]:
    base = [found.base] if found.base else []
    known = {root.id, *(one.id for one in [*base, *found.subs])}
    above = found.base.id if found.base else root.id
    outs = [*((one, root.id) for one in base), *((one, above) for one in found.subs)]
    return [_resource(one, "environment", _parent(one, parent, known)) for one, parent in outs]


def _parent(out: Outgoing, parent: str, known: set[str]) -> str | None:
    """Return the parent of an environment; ``None`` if it keeps the one it has."""
    own = text_in(mapping(out.original.get("node")).get("parentId"))
    return None if out.original.get("homeless") or own in known else parent


def _sections(root: Outgoing) -> list[Node]:
    """Return what version 5 has besides the requests of a workspace, as resources."""
    resources: list[Node] = []
    said, parent = root.node, {"parentId": root.id}
    if isinstance(jar := said.get("cookieJar"), dict):
        resources.append(as_version4(jar, "cookie_jar") | parent)
    if isinstance(spec := said.get("spec"), dict):
        contents = spec.get("contents")
        text = contents if isinstance(contents, str) else json_text(contents)
        meta = as_version4({"meta": spec.get("meta")}, "workspace")
        resources.append(
            meta | {"_type": "api_spec", "contents": text, "contentType": "json"} | parent
        )
    for at, suite in objects(said.get("testSuites")):
        made = {"_id": f"uts_{at}"} | as_version4(suite, "unit_test_suite") | parent
        resources.append(made)
        resources += [
            as_version4(test, "unit_test") | {"parentId": made["_id"]}
            for _, test in objects(suite.get("tests"))
        ]
    return resources
