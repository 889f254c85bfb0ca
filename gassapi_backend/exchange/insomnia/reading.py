"""Reads Insomnia's documents as trees."""

from gassapi_backend.exchange.insomnia.auth import read_auth
from gassapi_backend.exchange.insomnia.entries import read_entries
from gassapi_backend.exchange.insomnia.environments import of_folder, read_variables
from gassapi_backend.exchange.insomnia.nodes import (
    Item,
    Parts,
    Workspace,
    parts_of_version5,
    refuse_others,
)
from gassapi_backend.exchange.insomnia.requests import kept_of, read_request
from gassapi_backend.exchange.insomnia.version4_reading import parts_of_version4
from gassapi_backend.exchange.overridden import overridden
from gassapi_backend.exchange.own_authorization import prefer_headers
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.spelling import Texts, as_spelled
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Node,
    Note,
    Origin,
    Unreadable,
    Variable,
    What,
    base_of,
)
from gassapi_backend.exchange.values import mapping, text_or_none

FORMAT = "insomnia"
_TEXTS = Texts(
    keys=frozenset({
        "name", "value", "url", "method", "text", "fileName", "mimeType", "description",
        "schema_version", "preRequest", "afterResponse", "type",
    }),
    inside=frozenset({"authentication"}),
    free=frozenset({
        "environments", "environment", "spec", "cookieJar", "data", "dataPropertyOrder",
    }),
    others=frozenset({
        "disabled", "useISO88591", "usePkce", "credentialsInBody", "useDefaultBrowser",
        "validatePayload", "includeBodyHash",
    }),
)  # fmt: skip


def read(source: Source) -> Document:
    """Return the tree of an export of version 4, or of a file of version 5."""
    data = as_spelled(source, _TEXTS)
    if not isinstance(data, dict):
        raise Unreadable("This is not an export of Insomnia: it is not an object.")
    refuse_others(data)
    parts = parts_of_version4(data) if "__export_format" in data else parts_of_version5(data)
    document = Document(FORMAT, parts.version, notes=parts.notes)
    for at, workspace in enumerate(parts.workspaces):
        _read_workspace(workspace, parts, document, wrapper=parts.wrapper if at == 0 else {})
    if len(parts.workspaces) == 1:
        document.source_id = parts.workspaces[0].root.source_id
    return document


def _read_workspace(workspace: Workspace, parts: Parts, document: Document, wrapper: Json) -> None:
    name = text_or_none(workspace.root.node.get("name"))
    if workspace.is_collection:
        folder = _read_tree(workspace.root, parts.version, document.notes)
        extras = {"wrapper": wrapper} if wrapper else {}
        _hand_down(folder, workspace, document.notes)
        folder.origin = _origin(folder, workspace.root, parts.version, extras)
        document.notes += prefer_headers(folder)
        document.collections.append(folder)
    known: set[str] = set()
    for is_base, item in [(True, one) for one in workspace.base] + [
        (False, one) for one in workspace.subs
    ]:
        fallback = None if workspace.is_collection else name
        environment = _read_environment(
            item, parts.version, document.notes, is_base=is_base, fallback=fallback
        )
        if environment.origin and environment.origin.original is not None:
            environment.origin.original["workspace"] = workspace.root.source_id or ""
            if not workspace.is_collection:
                environment.origin.original["file"] = _original(workspace.root) | (
                    {"wrapper": wrapper} if wrapper else {}
                )
        if workspace.is_collection:
            environment.collection = len(document.collections) - 1
        known |= {one["key"] for one in environment.variables}
        document.environments.append(environment)
    if workspace.is_collection:
        document.notes += overridden(document.collections[-1], known, "Insomnia")


def _hand_down(folder: Folder, workspace: Workspace, notes: list[Note]) -> None:
    """Give a collection the variables of its base environment, which the others only add to."""
    if not workspace.subs:
        return
    variables: dict[str, Variable] = {}
    for base in workspace.base[:1]:
        found, _ = read_variables(base.node, "", base.pointer)
        variables = {one["key"]: one for one in found if one["enabled"]}
    folder.variables = [*variables.values()]
    if variables:
        reason = (
            "the variables of the base environment are also variables of the collection, "
            "so that they apply together with those of the other environments"
        )
        pointer = workspace.base[0].pointer
        notes.append(Note(What.KEPT, "environment", folder.name, pointer, reason))


def _read_tree(root: Item, version: str, notes: list[Note]) -> Folder:
    top = _read_folder(root, notes)
    waiting = [(top, root)]
    while waiting:
        folder, item = waiting.pop()
        for child in item.children or ():
            if child.children is None:
                request, said = read_request(child.node, child.pointer)
                request.origin = _origin(request, child, version)
                folder.items.append(request)
                notes += said
            else:
                inner = _read_folder(child, notes)
                inner.origin = _origin(inner, child, version)
                folder.items.append(inner)
                waiting.append((inner, child))
    return top


def _read_folder(item: Item, notes: list[Note]) -> Folder:
    node = item.node
    name = text_or_none(node.get("name")) or "Untitled"
    variables, said = read_variables(of_folder(node), name, item.pointer)
    folder = Folder(
        name=name,
        description=text_or_none(mapping(node.get("meta")).get("description")) or None,
        variables=variables,
        headers=read_entries(node.get("headers")),
        auth=read_auth(node.get("authentication")),
    )
    reasons = [reason for _, reason in kept_of(node)] + [one.reason for one in said]
    notes += [Note(What.KEPT, "collection", folder.name, item.pointer, one) for one in reasons]
    return folder


def _read_environment(
    item: Item, version: str, notes: list[Note], *, is_base: bool, fallback: str | None
) -> Environment:
    node = item.node
    name = text_or_none(node.get("name"))
    if fallback and is_base and name in (None, "", "Base Environment"):
        name = fallback
    name = name or ("Base Environment" if is_base else "Environment")
    variables, said = read_variables(node, name, item.pointer)
    notes += said
    environment = Environment(name=name, variables=variables)
    extras = {"base": True} if is_base else {}
    environment.origin = _origin(environment, item, version, extras)
    return environment


def _origin(node: Node, item: Item, version: str, extras: Json = None) -> Origin:
    return Origin(
        format=FORMAT,
        version=version,
        pointer=item.pointer,
        source_id=item.source_id,
        original=_original(item) | (extras or {}),
        base=base_of(node),
    )


def _original(item: Item) -> dict[str, Json]:
    original: dict[str, Json] = {"node": item.said, "at": item.at}
    if item.is_version4:
        original["version"] = 4
    if item.is_homeless:
        original["homeless"] = True
    if item.is_childless:
        original["childless"] = True
    if item.others:
        original["others"] = [[at, one] for at, one in item.others]
    return original
