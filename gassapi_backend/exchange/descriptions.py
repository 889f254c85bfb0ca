"""Tells which descriptions of an API in a folder are documents, and which are parts of others."""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from gassapi_backend.exchange.tree import Json

_REFERENCE = re.compile(r"""\$ref["']?\s*:\s*["']?([^#"'\s]*)(#[^"'\s,}]*)?""")
_OF_PATHS = re.compile(r"#?/?|#/(?:paths|webhooks)\b.*")
"""The fragments of references to a whole file, and to its operations."""


def has_paths(data: Json) -> bool:
    """Whether a description has operations of its own."""
    said = data if isinstance(data, dict) else {}
    return any(bool(said.get(name)) for name in ("paths", "webhooks"))


def roots_of(files: Mapping[str, str], documents: Mapping[str, bool]) -> list[str]:
    """Return the paths of the documents that are not just parts of others, in order.

    ``documents`` says of each description whether it has paths of its own. One without is a part
    of whatever refers to it; one with paths, of whatever refers to those. Of documents that refer
    to each other so, the first is none.
    """
    edges = {path: _references(path, text) for path, text in files.items()}
    all_users = {path: _reached(edges, path, of_paths=False) for path in documents}
    path_users = {path: _reached(edges, path, of_paths=True) for path in documents}

    def uses(one: str, other: str) -> bool:
        return other in (path_users if documents[other] else all_users)[one]

    return [
        path
        for path in documents
        if not any(
            uses(other, path) and (not uses(path, other) or other < path)
            for other in documents
            if other != path
        )
    ]


def refers(path: str, text: str) -> bool:
    """Whether a document refers to other files."""
    return bool(_references(path, text))


def _references(path: str, text: str) -> set[tuple[str, bool]]:
    """Return the files that one refers to, and whether to their paths or to all of them."""
    found = set()
    for place, fragment in _REFERENCE.findall(text):
        if place and "://" not in place:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(place)))
            found.add((target, bool(_OF_PATHS.fullmatch(fragment))))
    return {one for one in found if one[0] != path}


def _reached(edges: Mapping[str, set[tuple[str, bool]]], start: str, *, of_paths: bool) -> set[str]:
    """Return the files that one reaches; ``of_paths``: by a last reference to their paths."""
    found, seen, waiting = set[str](), {start}, [start]
    while waiting:
        for target, to_paths in edges.get(waiting.pop(), ()):
            if to_paths or not of_paths:
                found.add(target)
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return found
