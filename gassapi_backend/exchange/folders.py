"""Finds the documents in a folder or archive: tools' projects, exports, API descriptions."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from gassapi_backend.exchange.descriptions import has_paths, refers, roots_of
from gassapi_backend.exchange.known_formats import FORMATS, Format, recognise
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Unreadable

WHOLE = ""
"""The path of a document that consists of many files."""

_PROJECTS = {"postman", "opencollection", "bruno"}
"""The formats whose folders are collections, even if they contain a description of the API."""
_ROOTS = {
    "opencollection": ("opencollection.yml", "opencollection.yaml"),
    "bruno": ("bruno.json",),
}
"""The files in the topmost folder of a collection, by format."""
_DESCRIBED = "It describes an API, in a folder of requests. Import it by itself."


@dataclass(frozen=True, slots=True)
class Part:
    """A document in a folder, by its path and the name of its format.

    For a document of several files, ``without`` lists the files that do not belong to it; for a
    single file, it is ``None``. ``main`` is the file that the others are parts of, if there is one.
    """

    path: str
    format: str
    without: Collection[str] | None = None
    main: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it consists of more than one file."""
        return self.without is not None

    def source(self, folder: Source) -> Source:
        """Return the document itself, out of its folder. Raises ``Unreadable``."""
        if self.without is None:
            return load_text(folder.files[self.path], self.path.rpartition("/")[2])
        files = {path: text for path, text in folder.files.items() if path not in self.without}
        return replace(folder, files=files, notes=(), main=self.main)


def parts_of(source: Source) -> tuple[list[Part], dict[str, str]]:
    """Return the documents in a folder, and why other files are not documents, by path.

    A tool's project takes precedence over descriptions of an API inside it.
    """
    together = _together(source)
    alone, others, descriptions = _looked_at(source)
    tops = {one.name: _tops_of(source, one.name) for one in together}
    found = _parts_together(source, tops)
    found += [
        Part(path, own.name)
        for path, own in alone.items()
        if own.name != "openapi"
        and (own not in together or _is_export(source, path, own) or _is_outside(path, tops))
    ]
    if any(one.name in _PROJECTS for one in together):
        outside = {path: why for path, why in others.items() if _is_outside(path, tops)}
        return found, outside | dict.fromkeys(descriptions, _DESCRIBED)
    found += _descriptions(source, descriptions)
    is_whole = any(one.is_folder for one in found)
    return found, {} if is_whole else others  # which may be parts of it


def _parts_together(source: Source, tops: dict[str, list[str]]) -> list[Part]:
    """Return the documents of many files in a folder: one per format, or per collection in it."""
    all_tops = sorted((top, name) for name, some in tops.items() for top in some)
    if len(all_tops) < 2:
        return [Part(WHOLE, name, ()) for name in tops]
    parts = [Part(WHOLE, name, ()) for name, some in tops.items() if not some]
    for top, name in all_tops:
        inner = [one for one, _ in all_tops if one != top and one.startswith(top)]
        without = {
            path for path in source.files if not path.startswith(top) or _is_below(path, inner)
        }
        parts.append(Part(top.rstrip("/"), name, without))
    return parts


def _tops_of(source: Source, name: str) -> list[str]:
    """Return the folders of the collections that lie beside each other, with a slash at the end."""
    found: list[str] = []
    for path in sorted(source.files, key=lambda path: (path.count("/"), path)):
        folder, _, file = path.rpartition("/")
        top = f"{folder}/" if folder else ""
        if file in _ROOTS.get(name, ()) and not _is_below(top, found):
            found.append(top)
    return found


def _is_outside(path: str, tops: dict[str, list[str]]) -> bool:
    """Whether a file is in none of the collections, as far as these have a topmost folder."""
    return all(some and not _is_below(path, some) for some in tops.values())


def _is_below(path: str, tops: list[str]) -> bool:
    return any(path.startswith(top) for top in tops)


def _together(source: Source) -> list[Format]:
    """Return the formats in which the files together look like one document."""
    found = [one for one in FORMATS if source.files and one.looks_so(source)]
    projects = [one for one in found if one.name in _PROJECTS]
    return projects or [one for one in found if one.name != "openapi"]


def _looked_at(source: Source) -> tuple[dict[str, Format], dict[str, str], dict[str, bool]]:
    """Return the formats of files that are documents by themselves, and why others are not.

    The last says which of those that describe an API have paths.
    """
    alone, others, descriptions = {}, {}, {}
    for path, text in source.files.items():
        try:
            one = load_text(text, path.rpartition("/")[2])
            alone[path] = recognise(one)
            if alone[path].name == "openapi":
                descriptions[path] = has_paths(one.data)
        except Unreadable as problem:
            others[path] = problem.message.partition(" Read are: ")[0]
    return alone, others, descriptions


def _is_export(source: Source, path: str, own: Format) -> bool:
    """Whether a file is an export beside a folder in the same format."""
    is_folder = own.name in ("bruno", "postman") and "archive.json" not in source.files
    return is_folder and path.endswith(".json")


def _descriptions(source: Source, descriptions: dict[str, bool]) -> list[Part]:
    """Return the OpenAPI documents of a folder; ``descriptions`` says which have paths."""
    roots = roots_of(source.files, descriptions)
    found = []
    for path in roots:
        if not refers(path, source.files[path]):
            found.append(Part(path, "openapi"))
        else:
            found.append(Part(WHOLE if len(roots) == 1 else path, "openapi", (), path))
    return found
