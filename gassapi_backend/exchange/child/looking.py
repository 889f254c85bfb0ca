"""What a child finds out about a folder: which documents are in it."""

import re
from collections.abc import Iterator

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.formats import FORMATS, Format
from gassapi_backend.exchange.loading import MAX_BYTES, load, load_text
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Json, Unreadable

WHOLE = ""
"""The path of a document that many files are together."""

_PROJECTS = {"postman", "opencollection", "bruno"}
"""Whose folders are collections, even if a description of the API stands in them."""
_DESCRIBED = "It describes an API, in a folder of requests. Import it by itself."
_REFERENCE = re.compile(r"""\$ref["']?\s*:\s*["']?([^#"'\s]+)""")


def looked(options: Json, data: bytes) -> Iterator[Frame]:
    """Yield the ``documents`` in an archive of a folder, and why ``others`` are none, by path.

    A document is its ``path``, the name of its ``format``, and the paths of those that are to be
    left out where it is read ``without`` them from the archive; null where it is one file. The path
    ``WHOLE`` is all files together; it has no format where nothing is known, so that reading it
    says so. Options are those of ``jobs.read_document()``; with a ``format``, documents in others
    are left out.
    """
    source = load(data, options.get("name", ""), max_bytes=options.get("maxBytes", MAX_BYTES))
    found, others = _found(source)
    wanted = options.get("format") and formats.find_format(options["format"]).name
    chosen = [one for one in found if wanted in (None, one["format"])]
    others = others if chosen else {}
    yield Frame({"documents": chosen or [_document(WHOLE, wanted, [])], "others": others})


def _found(source: Source) -> tuple[list[Json], dict[str, str]]:
    together = _together(source)
    alone, others = _looked_at(source)
    descriptions = [path for path, own in alone.items() if own.name == "openapi"]
    found = [_document(WHOLE, one.name, []) for one in together]
    found += [
        _document(path, own.name)
        for path, own in alone.items()
        if own.name != "openapi" and (own not in together or _is_export(source, path, own))
    ]
    if any(one.name in _PROJECTS for one in together):
        return found, dict.fromkeys(descriptions, _DESCRIBED)
    found += _descriptions(source, descriptions)
    is_whole = any(one["without"] is not None for one in found)
    return found, {} if is_whole else others  # which may be parts of it


def _document(path: str, format: str | None, without: list[str] | None = None) -> Json:  # noqa: A002 - the API's word
    return {"path": path, "format": format, "without": without}


def _together(source: Source) -> list[Format]:
    """Return the formats as which files are one document, whatever is said in each."""
    found = [one for one in FORMATS if source.files and one.looks_so(source)]
    projects = [one for one in found if one.name in _PROJECTS]
    return projects or [one for one in found if one.name != "openapi"]


def _looked_at(source: Source) -> tuple[dict[str, Format], dict[str, str]]:
    """Return the formats of files that are documents of their own, and why others are none."""
    alone, others = {}, {}
    for path, text in source.files.items():
        try:
            alone[path] = formats.recognise(load_text(text, path.rpartition("/")[2]))
        except Unreadable as problem:
            others[path] = problem.message.partition(" Read are: ")[0]
    return alone, others


def _is_export(source: Source, path: str, own: Format) -> bool:
    """Whether a file is an export beside a folder in the same format."""
    is_folder = own.name in ("bruno", "postman") and "archive.json" not in source.files
    return is_folder and path.endswith(".json")


def _descriptions(source: Source, paths: list[str]) -> list[Json]:
    """Return the OpenAPI documents of a folder; what only another one refers to is a part of it."""
    named = {_name(path): _references(text) for path, text in source.files.items()}
    reached = {path: _reached(_name(path), named) for path in paths}
    roots = [
        path
        for path in paths
        if not any(_is_part(path, other, reached) for other in paths if other != path)
    ]
    if len(roots) == 1 and reached[roots[0]]:
        return [_document(WHOLE, "openapi", [])]
    return [
        _document(path, "openapi", [one for one in roots if one != path] if reached[path] else None)
        for path in roots
    ]


def _is_part(path: str, other: str, reached: dict[str, set[str]]) -> bool:
    """Whether another document refers to one; of two that refer to each other, the second."""
    is_mutual = _name(other) in reached[path]
    return _name(path) in reached[other] and (not is_mutual or other < path)


def _reached(name: str, named: dict[str, set[str]]) -> set[str]:
    """Return the names of the files to which one refers, itself or by others."""
    found, waiting = set[str](), [name]
    while waiting:
        new = named.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found - {name}


def _references(text: str) -> set[str]:
    return {_name(reference) for reference in _REFERENCE.findall(text)}


def _name(path: str) -> str:
    return path.rpartition("/")[2]
