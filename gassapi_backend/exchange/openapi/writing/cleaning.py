"""Removes from a document what no tool could read: cyclic and dangling references."""

from collections.abc import Callable

from gassapi_backend.exchange.openapi.copying import unshared
from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.grammar import SECTIONS, Where, pointer, walk
from gassapi_backend.exchange.openapi.references import References, Unresolved, is_remote
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.tree import Json, Note, What

Found = list[tuple[str, str, Where]]
"""References that cannot be written: the object's kind, the reference, and its place."""


def without_examples(document: dict[str, Json]) -> dict[str, Json]:
    """Return a document without the examples of its responses."""
    copy: dict[str, Json] = unshared(document)
    for kind, node, _ in walk("document", copy):
        if kind != "response":
            continue
        if isinstance(node.get(OWN), dict):
            node[OWN].pop("examples", None)
            if not node[OWN]:
                del node[OWN]
        for media in mapping(node.get("content")).values():
            if isinstance(media, dict):
                media.pop("example", None)
                media.pop("examples", None)
    return copy


def without_rings(document: dict[str, Json]) -> tuple[dict[str, Json], list[Note]]:
    """Return a document without references that only lead to themselves."""
    return _without(
        document,
        lambda ref, failed: failed.at is not None,
        "It refers to itself, so it says nothing, and other tools refuse it: it is left out.",
    )


def without_dangling(document: dict[str, Json]) -> tuple[dict[str, Json], list[Note]]:
    """Return a document without references whose target is not exported with it."""
    cleaned, notes = _without(
        document,
        lambda ref, failed: failed.at is None and not is_remote(ref),
        "What it refers to belongs to another collection, which is not exported: it is left out.",
    )
    schemes = mapping(mapping(cleaned.get("components")).get("securitySchemes"))
    for kind, node, where in walk("document", cleaned):
        if kind == "operation" and isinstance(node.get("security"), list):
            notes += _without_schemes(node, schemes, where)
    return cleaned, notes


def _without_schemes(node: dict[str, Json], schemes: dict[str, Json], where: Where) -> list[Note]:
    wanted = [one for one in node["security"] if isinstance(one, dict)]
    lost = {name for one in wanted for name in one if name not in schemes}
    if not lost:
        return []
    node["security"] = [one for one in wanted if not lost & one.keys()]
    reason = (
        f"The security scheme {', '.join(sorted(lost))} belongs to another collection, "
        "which is not exported: it is left out."
    )
    return [Note(What.SKIPPED, "document", "security", f"{pointer(where)}/security", reason)]


def _without(
    document: dict[str, Json], is_out: Callable[[str, Unresolved], bool], reason: str
) -> tuple[dict[str, Json], list[Note]]:
    found = _found(document, is_out)
    if not found:
        return document, []
    copy: dict[str, Json] = unshared(document)
    notes = []
    for kind, ref, where in reversed(found):
        _take_out(copy, kind, where)
        notes.append(Note(What.SKIPPED, "document", ref, pointer(where), reason))
    _tidy(copy)
    return copy, notes[::-1]


def _found(document: dict[str, Json], is_out: Callable[[str, Unresolved], bool]) -> Found:
    references = References(document)
    found: Found = []
    for kind, node, where in walk("document", document):
        ref = node.get("$ref")
        if not isinstance(ref, str):
            continue
        try:
            references.resolve(ref)
        except Unresolved as failed:
            if is_out(ref, failed):
                found.append((kind, ref, where))
    return found


def _take_out(document: dict[str, Json], kind: str, where: Where) -> None:
    """Remove an object, or replace it by an empty one if it is required."""
    steps: list[str | int] = []
    place = where
    while place is not None:
        place, step = place
        steps.append(step)
    *above, last = reversed(steps)
    owner: Json = document
    for step in above:
        owner = owner[step]
    if above[:1] == ["components"] and len(above) == 2:
        del owner[last]
    elif kind == "response":
        owner[last] = {"description": ""}
    elif kind == "schema":
        owner[last] = {}
    else:
        del owner[last]


def _tidy(document: dict[str, Json]) -> None:
    components: dict[str, Json] = mapping(document.get("components"))
    for section in SECTIONS.values():
        if components.get(section) == {}:
            del components[section]
    if document.get("components") == {}:
        del document["components"]
