"""Converts resources between Insomnia's versions 4 and 5.

Version 4 is a flat list whose resources name their parents, version 5 nests them; both say the same
of a thing, in different places. The code that reads and writes requests knows only version 5.
"""

from collections.abc import Callable

from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.values import mapping

Node = dict[str, Json]

_META = {
    "_id": "id",
    "created": "created",
    "modified": "modified",
    "isPrivate": "isPrivate",
    "description": "description",
    "metaSortKey": "sortKey",
}
_SCRIPTS = {"preRequestScript": "preRequest", "afterResponseScript": "afterResponse"}
_SETTINGS = {
    "settingDisableRenderRequestBody": "renderRequestBody",
    "settingEncodeUrl": "encodeUrl",
    "settingFollowRedirects": "followRedirects",
    "settingRebuildPath": "rebuildPath",
}
_COOKIES = {"settingSendCookies": "send", "settingStoreCookies": "store"}
_PLAIN = {
    "workspace": ("name",),
    "request": (
        "url", "name", "method", "body", "parameters", "headers", "authentication",
        "pathParameters",
    ),
    "request_group": (
        "name", "headers", "authentication", "environment", "environmentPropertyOrder",
        "kvPairData", "environmentType",
    ),
    "environment": (
        "name", "data", "dataPropertyOrder", "color", "kvPairData", "environmentType",
    ),
    "grpc_request": (
        "url", "name", "body", "metadata", "protoFileId", "protoMethodName", "reflectionApi",
    ),
    "websocket_request": (
        "url", "name", "headers", "parameters", "pathParameters", "authentication",
    ),
    "socketio_request": (
        "url", "name", "headers", "parameters", "pathParameters", "authentication",
        "eventListeners",
    ),
    "cookie_jar": ("name", "cookies"),
    "unit_test_suite": ("name",),
    "unit_test": ("name", "requestId", "code"),
}  # fmt: skip
_WITH_SETTINGS = {"request", "websocket_request", "socketio_request"}
_WITH_SCRIPTS = {"request", "request_group"}


def as_version5(resource: Node) -> Node:
    """Return a resource in the form of version 5, without what is in it."""
    kind = str(resource.get("_type"))
    node = {name: resource[name] for name in _PLAIN.get(kind, ()) if name in resource}
    _move(resource, node, "meta", _META)
    if kind == "grpc_request":
        node.setdefault("reflectionApi", {"enabled": False})  # version 5 recognises it by this
    if kind in _WITH_SCRIPTS:
        _move(resource, node, "scripts", _SCRIPTS)
    if kind in _WITH_SETTINGS:
        _move(resource, node, "settings", _SETTINGS, _switched)
        cookies: Node = {}
        _move(resource, cookies, "cookies", _COOKIES)
        if cookies:
            node["settings"] = {**mapping(node.get("settings")), **cookies}
    return node


def as_version4(node: Node, kind: str) -> Node:
    """Return a node in the form of version 4, without its parent."""
    resource = {name: node[name] for name in _PLAIN[kind] if name in node}
    _move_back(node, resource, "meta", _META)
    if kind in _WITH_SCRIPTS:
        _move_back(node, resource, "scripts", _SCRIPTS)
    if kind in _WITH_SETTINGS:
        settings = mapping(node.get("settings"))
        _move_back(node, resource, "settings", _SETTINGS, _switched)
        _move_back(settings, resource, "cookies", _COOKIES)
    return resource | {"_type": kind}


def _same(name: str, value: Json) -> Json:
    return value


def _switched(name: str, value: Json) -> Json:
    """Return a setting for the other version; the meaning of one setting is inverted."""
    return not value if name == "settingDisableRenderRequestBody" else value


def _move(
    resource: Node,
    node: Node,
    place: str,
    names: dict[str, str],
    change: Callable[[str, Json], Json] = _same,
) -> None:
    found = {
        name: change(theirs, resource[theirs])
        for theirs, name in names.items()
        if theirs in resource
    }
    if found:
        node[place] = found


def _move_back(
    node: Node,
    resource: Node,
    place: str,
    names: dict[str, str],
    change: Callable[[str, Json], Json] = _same,
) -> None:
    said = mapping(node.get(place))
    for theirs, name in names.items():
        if name in said:
            resource[theirs] = change(theirs, said[name])
