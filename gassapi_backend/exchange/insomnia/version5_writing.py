"""Writes files of Insomnia's version 5."""

from collections import defaultdict

from gassapi_backend.exchange.insomnia.environment_writing import EnvironmentsOut, version5
from gassapi_backend.exchange.insomnia.outgoing import Outgoing
from gassapi_backend.exchange.insomnia.version4 import as_version5
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.tree import Json, Unreadable
from gassapi_backend.exchange.values import listed, mapping, text_in

Node = dict[str, Json]
Below = dict[str, list[Node]]
"""Requests of version 4 that are not HTTP, by the id of what they are in."""

_TYPE = "collection.insomnia.rest/5.0"
_SPEC_TYPE = "spec.insomnia.rest/5.0"
_ENVIRONMENT_TYPE = "environment.insomnia.rest/5.0"
_SCHEMA_VERSION = "5.1"
_OTHER_REQUESTS = {"grpc_request", "websocket_request", "socketio_request"}


def file_with(root: Outgoing, environments: EnvironmentsOut) -> Node:
    """Return a file with one workspace and its environments."""
    file = dict(root.node)
    is_version5 = bool(root.original.get("node")) and root.original.get("version") != 4
    if not is_version5:
        others = [one for _, one in others_of(root.original) if isinstance(one, dict)]
        kinds = {text_in(one.get("_type")) for one in others}
        kind = _SPEC_TYPE if "api_spec" in kinds else _TYPE
        if root.kind == "environments":
            kind = _ENVIRONMENT_TYPE
        file = {"type": kind, "schema_version": _SCHEMA_VERSION} | file | _sections(others)
    if root.kind != "environments":
        below: Below = defaultdict(list)
        if not is_version5:
            for one in others:
                if text_in(one.get("_type")) in _OTHER_REQUESTS:
                    below[text_in(one.get("parentId"))].append(as_version5(one))
        nested = _nested(root, below)
        if nested or not is_version5 or _has_children(root):
            file["collection"] = nested
    said = version5(environments)
    return file | ({"environments": said} if said is not None else {})


def _nested(parent: Outgoing, below: Below) -> list[Json]:
    """Return the contents of a folder, in the order of its file if nothing was moved."""
    placed: list[tuple[int, int, Json]] = []
    in_order = not any(map(_has_moved, parent.children))
    for place, out in enumerate(parent.children):
        node = dict(out.node)
        inside = _nested(out, below) if out.kind == "request_group" else []
        if inside or (out.kind == "request_group" and _has_children(out)):
            node["children"] = inside
        placed.append((out.at if in_order and out.at is not None else place, place, node))
    if parent.original.get("version") != 4:
        placed += [(place, -1, one) for place, one in others_of(parent.original)]
    placed.sort(key=lambda one: one[:2])
    return [node for _, _, node in placed] + [*below.get(parent.id, ())]


def _has_children(out: Outgoing) -> bool:
    """Whether a folder has a list of children, even an empty one."""
    return out.original.get("childless") is not True


def _has_moved(out: Outgoing) -> bool:
    """Whether the place of an item differs from the one it had in a file of version 5."""
    if out.at is None or out.original.get("version") == 4:
        return True
    before = mapping(mapping(out.original.get("node")).get("meta"))
    return before.get("sortKey") != mapping(out.node.get("meta")).get("sortKey")


def others_of(original: Node) -> list[tuple[int, Json]]:
    """Return what was in something but was not read, with its place."""
    return [
        (one[0], one[1])
        for one in listed(original.get("others"))
        if isinstance(one, list) and len(one) == 2 and isinstance(one[0], int)
    ]


def _sections(others: list[Node]) -> Node:
    """Return the rest of a workspace of version 4 in the form of version 5."""
    sections: Node = {}
    for one in others:
        if one.get("_type") == "cookie_jar":
            sections.setdefault("cookieJar", as_version5(one))
        elif one.get("_type") == "api_spec":
            said = as_version5(one) | {"contents": _contents(text_in(one.get("contents")))}
            sections.setdefault("spec", said)
    suites = [one for one in others if one.get("_type") == "unit_test_suite"]
    tests: Below = defaultdict(list)
    for one in others:
        if one.get("_type") == "unit_test":
            tests[text_in(one.get("parentId"))].append(as_version5(one))
    if suites:
        sections["testSuites"] = [
            as_version5(suite) | {"tests": tests[text_in(suite.get("_id"))]} for suite in suites
        ]
    return sections


def _contents(text: str) -> Json:
    """Return an API specification as data; text that cannot be parsed stays text."""
    try:
        return load_text(text).data or text
    except Unreadable:
        return text
