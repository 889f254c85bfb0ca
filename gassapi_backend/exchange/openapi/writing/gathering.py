"""Gathers the documents that a tree was imported from, in one version and with one set of names."""

from gassapi_backend.exchange.openapi.grammar import SECTIONS
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.openapi.versions import converted, full, minor
from gassapi_backend.exchange.openapi.writing.assembly import Assembly, walk
from gassapi_backend.exchange.openapi.writing.homes import (
    Home,
    document_of,
    has_operation,
    operation_of,
    put_operation,
    with_moved_references,
)
from gassapi_backend.exchange.openapi.writing.wanted import Wanted
from gassapi_backend.exchange.tree import Folder, Json

_STAND_IN = "/#"
"""Where operations are put while they are converted; no real path begins like this."""


def homes_of(assembly: Assembly, root: Folder, wanted: list[Wanted]) -> dict[int, Home]:
    """Return the documents of imported collections by folder; their components move in.

    The operations as they were imported, converted to the version being written, are put into the
    assembly.
    """
    skeletons = {} if assembly.home.is_new else {id(root): assembly.home.document}
    for above, item in walk(root):
        if isinstance(item, Folder) and above and (found := document_of(item)):
            skeletons[id(item)] = found
    groups: dict[int | None, list[Wanted]] = {}
    for one in wanted:
        owner = next((id(f) for f in reversed(one.folders) if id(f) in skeletons), None)
        groups.setdefault(owner or _by_path(one, skeletons), []).append(one)
    homes = {id(root): assembly.home}
    for owner, group in groups.items():
        skeleton = skeletons.get(owner) if owner else None
        converted_ = _in_version(assembly, skeleton or {}, group)
        if owner and owner != id(root) and skeleton:
            home = homes[owner] = Home.of(converted_)
            _move_components(assembly.home, home)
    return homes


def _by_path(wanted: Wanted, skeletons: dict[int, dict[str, Json]]) -> int | None:
    """Return the document in the tree that has the path that a request once had."""
    known = operation_of(wanted.request)
    for owner, skeleton in skeletons.items():
        if known and known[1] in mapping(skeleton.get("paths")):
            return owner
    return None


def _in_version(
    assembly: Assembly, skeleton: dict[str, Json], group: list[Wanted]
) -> dict[str, Json]:
    """Keep the operations of a group, converted to the version being written.

    Returns the document that they belong to, converted as well.
    """
    known = [(one, found) for one in group if (found := operation_of(one.request))]
    by_version: dict[str, list[tuple[Wanted, str, dict[str, Json]]]] = {}
    for one, (origin, _, method, said) in known:
        version = minor(origin.version) or "3.0"
        by_version.setdefault(version, []).append((one, method, said))
    version = minor(str(skeleton.get("openapi"))) or assembly.version
    whole, _ = converted(skeleton or {"openapi": full(version)}, assembly.version)
    for version, operations in by_version.items():
        _convert(assembly, version, operations)
    return whole


def _convert(
    assembly: Assembly, version: str, operations: list[tuple[Wanted, str, dict[str, Json]]]
) -> None:
    paths: dict[str, Json] = {}
    for number, (_, method, said) in enumerate(operations):
        item = paths[f"{_STAND_IN}{number}"] = {}
        put_operation(item, method, said, version)
    document, notes = converted({"openapi": full(version), "paths": paths}, assembly.version)
    assembly.notes += notes
    for number, (one, method, said) in enumerate(operations):
        item = document["paths"][f"{_STAND_IN}{number}"]
        assembly.originals[id(one.request)] = _operation_in(item, method) or said


def _operation_in(item: dict[str, Json], method: str) -> dict[str, Json] | None:
    if not has_operation(item, method):
        return None
    known = item.get(method.lower())
    if isinstance(known, dict):
        return known
    for value in item.values():
        if isinstance(value, dict) and isinstance(value.get(method), dict):
            found: dict[str, Json] = value[method]
            return found
    return None


def _move_components(main: Home, home: Home) -> None:
    """Add the components of another document, renamed if their names are taken."""
    own = main.document["components"]
    for section, items in mapping(home.document.get("components")).items():
        if section not in SECTIONS.values():
            continue
        place = own.setdefault(section, {})
        for name, said in mapping(items).items():
            free, number = name, 1
            while free in place and place[free] != said:
                number += 1
                free = f"{name}_{number}"
            if free != name:
                home.moved[f"#/components/{section}/{name}"] = f"#/components/{section}/{free}"
            place[free] = said
    _follow_moves(main, home)


def _follow_moves(main: Home, home: Home) -> None:
    """Point the references in components that moved in to the new names."""
    if not home.moved:
        return
    for section, items in mapping(home.document.get("components")).items():
        kind = next((kind for kind, name in SECTIONS.items() if name == section), None)
        for name, said in mapping(items).items():
            target = home.moved.get(f"#/components/{section}/{name}", f"#/x/x/{name}")
            if kind and isinstance(said, dict):
                moved = with_moved_references(said, home.moved, kind)
                main.document["components"][section][target.rsplit("/", 1)[-1]] = moved


def home_of(wanted: Wanted, homes: dict[int, Home], main: Home) -> Home:
    """Return the document that a request belongs to: the nearest above, or one with its path."""
    for folder in reversed(wanted.folders):
        if id(folder) in homes and not homes[id(folder)].is_new:
            return homes[id(folder)]
    known = operation_of(wanted.request)
    if known:
        for home in homes.values():
            if known[1] in home.document["paths"]:
                return home
    return main
