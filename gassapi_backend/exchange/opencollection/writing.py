"""Writes trees as collections of OpenCollection, in one YAML file."""

from collections import Counter

from gassapi_backend.exchange.opencollection.auth import is_known, write_auth
from gassapi_backend.exchange.opencollection.completing import completed
from gassapi_backend.exchange.opencollection.entries import (
    describe,
    with_description,
    write_entries,
    write_variables,
)
from gassapi_backend.exchange.opencollection.extending import without_inherited
from gassapi_backend.exchange.opencollection.items import Item, in_sequence
from gassapi_backend.exchange.opencollection.requests import write_request
from gassapi_backend.exchange.tree import (
    Document,
    Environment,
    Folder,
    Json,
    Note,
    Request,
    What,
    base_of,
)
from gassapi_backend.exchange.tree import Node as TreeNode
from gassapi_backend.exchange.values import listed, mapping, text_in
from gassapi_backend.exchange.writing import (
    YAML_TYPE,
    WriteOptions,
    Written,
    own_origin,
    yaml_chunks,
)

Node = dict[str, Json]

_FORMATS = ("opencollection", "bruno")
"""What is kept of Bruno's own files is in the form of OpenCollection."""
_VERSION = "1.0.0"


def write(document: Document, options: WriteOptions) -> Written:
    """Return a document as a file of OpenCollection."""
    losses: Counter[str] = Counter()
    [root] = (
        document.collections
        if len(document.collections) == 1
        else [Folder("Collections", items=[*document.collections])]
    )
    root = completed(root)
    file = _collection(root, losses, with_examples=options.include_examples)
    environments = _environments(document.environments, root, losses)
    if environments is not None:
        file["config"] = mapping(file.get("config")) | {"environments": environments}
    notes = [
        Note(What.SKIPPED, "document", root.name, "", reason + (f" ({n})" if n > 1 else ""))
        for reason, n in losses.items()
        if n
    ]
    return Written(yaml_chunks(file), YAML_TYPE, f"{root.name}.yml", notes)


def _original(node: TreeNode) -> tuple[Node, Node, Node]:
    """Return what was kept of a node, its form in OpenCollection, and our fields at that time."""
    origin = own_origin(node, *_FORMATS)
    if origin is None or not isinstance(origin.original, dict):
        return {}, {}, {}
    return origin.original, mapping(origin.original.get("node")), origin.base


def _collection(root: Folder, losses: "Counter[str]", *, with_examples: bool) -> Node:
    original, said, base = _original(root)
    file = dict(said)
    if "opencollection" not in file:
        file = {"opencollection": _VERSION, **file}
    _write_folder(root, file, base)
    _lose(root, losses)
    items = _items(root, original, losses, is_cut=False, with_examples=with_examples)
    if items or not said or not original.get("childless"):
        file["items"] = items
    return {"bundled": True, **file} if "bundled" not in file and not base else file


def _write_folder(folder: Folder, node: Node, base: Node) -> None:
    """Put the edits of a folder, or of a whole collection, where they belong."""
    now = base_of(folder)
    changed = {name for name, value in now.items() if name not in base or base[name] != value}
    if "name" in changed:
        node["info"] = mapping(node.get("info")) | {"name": folder.name}
    if "description" in changed and (base or folder.description):
        describe(node, folder.description)
    defaults = dict(mapping(node.get("request")))
    if "headers" in changed and (base or folder.headers):
        before = defaults.get("headers")
        defaults["headers"] = write_entries(folder.headers, base.get("headers"), before)
    if "variables" in changed and (base or folder.variables):
        before = defaults.get("variables")
        defaults["variables"] = write_variables(folder.variables, base.get("variables"), before)
    if "auth" in changed:
        auth = write_auth(folder.auth, base.get("auth"), defaults.get("auth"))
        defaults.pop("auth", None)
        if auth is not None and (auth != "inherit" or base):
            defaults["auth"] = auth
    if defaults != mapping(node.get("request")):
        node["request"] = defaults


def _items(
    folder: Folder,
    original: Node,
    losses: "Counter[str]",
    *,
    is_cut: bool,
    with_examples: bool,
) -> list[Json]:
    """Return the contents of a folder, in the order of its file if nothing was moved."""
    made = [_item(one, losses, is_cut=is_cut, with_examples=with_examples) for one in folder.items]
    file_order = sorted(made, key=lambda one: one.at)
    is_kept = all(one.at >= 0 for one in made)
    if is_kept and [id(one) for one in in_sequence(file_order)] == [id(one) for one in made]:
        placed: list[tuple[int, int, Json]] = [
            (one.at, place, one.said) for place, one in enumerate(file_order)
        ]
    else:
        _number(made)
        placed = [(place, place, one.said) for place, one in enumerate(made)]
    placed += [
        (one[0], -1, one[1])
        for one in listed(original.get("others"))
        if isinstance(one, list) and len(one) == 2 and isinstance(one[0], int)
    ]
    return [said for _, _, said in sorted(placed, key=lambda one: one[:2])]


def _number(items: list[Item]) -> None:
    counts: Counter[bool] = Counter()
    for item in items:
        is_folder = item.children is not None
        counts[is_folder] += 1
        info = mapping(item.said.get("info"))
        item.said["info"] = info | {"seq": counts[is_folder]}


def _item(
    node: Folder | Request, losses: "Counter[str]", *, is_cut: bool, with_examples: bool
) -> Item:
    """Return an item as it is written; its place is -1 if it is from elsewhere."""
    original, said, base = _original(node)
    at = original.get("at")
    place = at if isinstance(at, int) and base else -1
    _lose(node, losses)
    if isinstance(node, Request):
        made = write_request(node, said, base, is_cut=is_cut)
        if not with_examples:
            made.pop("examples", None)
        return Item(made, "", place)
    made = dict(said) or {"info": {"type": "folder"}}
    _write_folder(node, made, base)
    if node.auth is not None and node.auth.get("type") != "inherit":
        is_cut = node.auth.get("type") == "none"
    inside = _items(node, original, losses, is_cut=is_cut, with_examples=with_examples)
    if inside or not original.get("childless"):
        made["items"] = inside
    return Item(made, "", place, children=[])


def _lose(node: Folder | Request, losses: "Counter[str]") -> None:
    """Count what OpenCollection cannot express of a node."""
    if not is_known(node.auth):
        kind = text_in(mapping(node.auth).get("type"))[:40]
        losses[
            f"credentials of the type “{kind}” cannot be said in OpenCollection as they are"
        ] += 1
    if isinstance(node, Folder):
        _lose_secrets(node.variables, losses)
        return
    ours = (node.purpose, node.request_params, node.response_schema, node.header_docs)
    losses["what an assistant is told of a request has no place in OpenCollection"] += any(ours)


def _lose_secrets(variables: list[Node], losses: "Counter[str]") -> None:
    losses["values of secrets are never in files of OpenCollection"] += sum(
        bool(one.get("secret") and one.get("value")) for one in variables
    )


def _environments(
    environments: list[Environment], root: Folder, losses: "Counter[str]"
) -> list[Json] | None:
    """Return the environments in the order of their file; ``None`` if there are none."""
    kept = _original(root)[0].get("environments")
    if not environments and not isinstance(kept, list):
        return None
    placed: list[tuple[int, Json]] = [
        (one[0], one[1]) for one in listed(kept) if isinstance(one, list) and len(one) == 2
    ]
    for environment in environments:
        original, said, base = _original(environment)
        at = original.get("at")
        written = dict(said)
        if environment.name != base.get("name"):
            written["name"] = environment.name
        if environment.description != base.get("description"):
            with_description(written, "description", environment.description)
        if environment.variables != base.get("variables"):
            own = without_inherited(environment.variables, base.get("variables"), said)
            before = without_inherited(listed(base.get("variables")), base.get("variables"), said)
            written["variables"] = write_variables(own, before, said.get("variables"))
        _lose_secrets(environment.variables, losses)
        placed.append((at if isinstance(at, int) else 1 << 30, written))
    placed.sort(key=lambda one: one[0])
    return [said for _, said in placed]
