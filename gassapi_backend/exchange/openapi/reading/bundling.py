"""Bundles several files into one document: what they share moves into the components, once."""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.grammar import (
    SECTIONS,
    Where,
    children,
    sections_of,
)
from gassapi_backend.exchange.openapi.references import at_pointer, is_remote, steps_of
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.tree import Json

Load = Callable[[str], Json]
"""Returns the parsed file at a path; raises ``LookupError`` if there is no such file."""

_MAX_INLINED = 20_000
_MAX_CHAIN = 50
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class _Visit:
    """A node to visit, and the file that its references are relative to."""

    kind: str
    node: Json
    where: Where
    file: str
    chain: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Bundling:
    """A document in the making; ``adopted`` maps pieces of files to their new references."""

    document: dict[str, Json]
    root: str
    load: Load
    sections: dict[str, str]
    adopted: dict[tuple[str, str, str], str] = field(default_factory=dict)
    waiting: list[_Visit] = field(default_factory=list)
    inlined: int = 0


def bundle(document: dict[str, Json], root: str, load: Load) -> dict[str, Json]:
    """Return a document that contains what its relative references lead to.

    What cannot be found stays a reference, to be reported with the others. The document passed in
    is not changed.
    """
    bundling = _Bundling(unshared(document), root, load, sections_of(document))
    whole = _Visit("document", bundling.document, None, root)
    _whole_sections(bundling, whole)
    _know_components(bundling)
    bundling.waiting.append(whole)
    seen: dict[int, Json] = {}  # holds the nodes too: the id of one that is gone is used again
    while bundling.waiting:
        visit = bundling.waiting.pop()
        if not isinstance(visit.node, dict) or id(visit.node) in seen:
            continue
        visit = _settled(bundling, visit)
        seen[id(visit.node)] = visit.node
        bundling.waiting += reversed(list(_below(bundling, visit)))
    return bundling.document


def _know_components(bundling: _Bundling) -> None:
    """Give pieces of files the names that the document's own components give them."""
    document = bundling.document
    owner = document if "swagger" in document else mapping(document.get("components"))
    if "swagger" not in document:
        _whole_sections(bundling, _Visit("components", owner, None, bundling.root))
    for kind, section in bundling.sections.items():
        for name, node in mapping(owner.get(section)).items():
            ref = mapping(node).get("$ref")
            target = _target(bundling, bundling.root, ref) if isinstance(ref, str) else None
            if target and target[0] != bundling.root:
                bundling.adopted.setdefault((kind, *target), _reference(bundling, kind, name))


def _below(bundling: _Bundling, visit: _Visit) -> Iterator[_Visit]:
    _whole_sections(bundling, visit)
    for kind, node, where in children(visit.kind, visit.node, visit.where):
        yield _Visit(kind, node, where, visit.file, visit.chain)
    _mappings(bundling, visit)


def _target(bundling: _Bundling, file: str, ref: str) -> tuple[str, str] | None:
    """Return file and fragment of a reference; ``None`` if nothing has to move."""
    if is_remote(ref):
        return None
    name, _, fragment = ref.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(name)))
    if not name:
        path = file
    return None if not name and file == bundling.root else (path, fragment)


def _settled(bundling: _Bundling, visit: _Visit) -> _Visit:
    """Resolve a node's reference into another file: move its target to components, or inline it."""
    ref = visit.node.get("$ref")
    if not isinstance(ref, str):
        return visit
    target = _target(bundling, visit.file, ref)
    if target is None:
        return visit
    path, fragment = target
    if path == bundling.root:
        visit.node["$ref"] = f"#{fragment}"
        return visit
    if visit.kind in bundling.sections and not _is_component(bundling, visit):
        moved = _adopt(bundling, visit.kind, path, fragment)
        if moved is not None:
            visit.node["$ref"] = moved
        return visit
    return _inlined(bundling, visit, path, fragment)


def _is_component(bundling: _Bundling, visit: _Visit) -> bool:
    return visit.where is not None and visit.where[0] == _place(bundling, visit.kind)


def _place(bundling: _Bundling, kind: str) -> Where:
    section: Where = None if "swagger" in bundling.document else (None, "components")
    return (section, bundling.sections[kind])


def _found(bundling: _Bundling, path: str, fragment: str) -> Json:
    return unshared(at_pointer(bundling.load(path), fragment))


def _adopt(bundling: _Bundling, kind: str, path: str, fragment: str) -> str | None:
    """Return the new reference to a piece of a file; ``None`` if the piece does not exist."""
    key = (kind, path, fragment)
    if key in bundling.adopted:
        return bundling.adopted[key]
    try:
        node = _found(bundling, path, fragment)
    except LookupError:
        return None
    ref = node.get("$ref") if isinstance(node, dict) and len(node) == 1 else None
    target = _target(bundling, path, ref) if isinstance(ref, str) else None
    if target and (kind, *target) in bundling.adopted:
        return bundling.adopted[kind, *target]
    section = _section(bundling, kind)
    name = _free(section, _name(path, fragment))
    section[name] = node
    moved = _reference(bundling, kind, name)
    bundling.adopted[key] = moved
    bundling.waiting.append(_Visit(kind, node, (_place(bundling, kind), name), path))
    return moved


def _section(bundling: _Bundling, kind: str) -> dict[str, Json]:
    owner = bundling.document
    if "swagger" not in owner:
        if not isinstance(owner.get("components"), dict):
            owner["components"] = {}
        owner = owner["components"]
    name = bundling.sections[kind]
    if not isinstance(owner.get(name), dict):
        owner[name] = {}
    section: dict[str, Json] = owner[name]
    return section


def _name(path: str, fragment: str) -> str:
    steps = steps_of(fragment)
    last = steps[-1] if steps else posixpath.basename(path).split(".", 1)[0]
    return _NO_NAME.sub("_", last).strip("_") or "component"


def _free(section: dict[str, Json], name: str) -> str:
    free, number = name, 1
    while free in section:
        number += 1
        free = f"{name}_{number}"
    return free


def _inlined(bundling: _Bundling, visit: _Visit, path: str, fragment: str) -> _Visit:
    """Inline a piece of a file where it is referred to; a cycle of such pieces stays as it is."""
    step = (path, fragment)
    if step in visit.chain or len(visit.chain) > _MAX_CHAIN or bundling.inlined > _MAX_INLINED:
        return visit
    try:
        found = _found(bundling, path, fragment)
    except LookupError:
        return visit
    if not isinstance(found, dict):
        return visit
    bundling.inlined += 1
    own = {key: value for key, value in visit.node.items() if key != "$ref"}
    visit.node.clear()
    visit.node.update({**found, **own})
    if visit.kind in bundling.sections and visit.where and _is_component(bundling, visit):
        place = _reference(bundling, visit.kind, str(visit.where[1]))
        bundling.adopted.setdefault((visit.kind, path, fragment), place)
    chain = (*visit.chain, step)
    return _settled(bundling, _Visit(visit.kind, visit.node, visit.where, path, chain))


def _reference(bundling: _Bundling, kind: str, name: str) -> str:
    place = "" if "swagger" in bundling.document else "/components"
    return f"#{place}/{bundling.sections[kind]}/{name}"


_MAPS = {
    "document": ("paths", "webhooks", "definitions", "parameters", "responses"),
    "components": tuple(SECTIONS.values()),
    "operation": ("responses", "callbacks"),
    "response": ("headers", "content"),
    "schema": ("properties",),
}


def _whole_sections(bundling: _Bundling, visit: _Visit) -> None:
    """Inline sections that are a single reference (``paths: {$ref: paths.yaml}``)."""
    if visit.kind == "document":
        _write_out(bundling, visit, "components")
    for key in _MAPS.get(visit.kind, ()):
        _write_out(bundling, visit, key)


def _write_out(bundling: _Bundling, visit: _Visit, key: str) -> None:
    section = mapping(visit.node.get(key))
    ref = section.get("$ref")
    if not isinstance(ref, str):
        return
    target = _target(bundling, visit.file, ref)
    if target is None or target[0] == bundling.root:
        return
    try:
        found = _found(bundling, *target)
    except LookupError:
        return
    if isinstance(found, dict):
        _rebased(found, target[0], visit.file)
        own = {name: value for name, value in section.items() if name != "$ref"}
        visit.node[key] = {**found, **own}


def _rebased(section: dict[str, Json], file: str, seen_from: str) -> None:
    """Make all references in a section relative to the file that it is in now."""
    waiting: list[Json] = [section]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            ref = node.get("$ref")
            if isinstance(ref, str) and not is_remote(ref):
                name, _, fragment = ref.partition("#")
                path = posixpath.join(posixpath.dirname(file), unquote(name)) if name else file
                relative = posixpath.relpath(path, posixpath.dirname(seen_from) or ".")
                node["$ref"] = f"{relative}#{fragment}" if fragment else relative
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _mappings(bundling: _Bundling, visit: _Visit) -> None:
    """Move the schemas that a discriminator refers to by file."""
    names = mapping(mapping(visit.node.get("discriminator")).get("mapping"))
    if visit.kind != "schema":
        return
    for value, ref in names.items():
        if isinstance(ref, str) and ("/" in ref or "." in ref or ref.startswith("#")):
            target = _target(bundling, visit.file, ref)
            if target and target[0] != bundling.root:
                names[value] = _adopt(bundling, "schema", *target) or ref
