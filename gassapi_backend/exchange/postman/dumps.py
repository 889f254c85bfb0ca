"""Data dumps: everything in a Postman account, in one document or in an archive."""

from collections.abc import Iterator, Mapping

from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.postman.values import listed, mapping, text_or_none
from gassapi_backend.exchange.tree import Json, Note, Unreadable, What

INDEX = "archive.json"


def is_dump(said: Json) -> bool:
    """Whether something is a data dump in one document."""
    said = mapping(said)
    return isinstance(said.get("collections"), list) and (
        "environments" in said or "globals" in said or "headerPresets" in said
    )


def parts_of(said: dict[str, Json], pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Yield each collection, environment and globals of a dump, with its place.

    Globals are a list of variables.
    """
    for name in ("collections", "environments"):
        for place, one in enumerate(listed(said.get(name))):
            yield f"{pointer}/{name}/{place}", one
    if said.get("globals"):
        yield f"{pointer}/globals", said["globals"]


def left_out(said: dict[str, Json]) -> list[Note]:
    """Return notes on what is not imported from a dump."""
    presets = listed(said.get("headerPresets"))
    if not presets:
        return []
    reason = f"header presets have no place here and are left out: {len(presets)}"
    return [Note(What.SKIPPED, "document", "headerPresets", "/headerPresets", reason)]


def files_of(files: Mapping[str, str]) -> tuple[list[tuple[str, Json]], list[Note]]:
    """Return the parsed files by path; those that the archive's index names come first."""
    found: list[tuple[str, Json]] = []
    notes: list[Note] = []
    for path in _in_order(files):
        try:
            found.append((path, load_text(files[path], path).data))
        except Unreadable as problem:
            notes.append(Note(What.SKIPPED, "document", path, path, problem.message))
    return found, notes


def _in_order(files: Mapping[str, str]) -> list[str]:
    documents = [path for path in sorted(files) if not _is_index(path)]
    places = {name: place for place, name in enumerate(_named(files))}
    return sorted(documents, key=lambda path: places.get(_stem(path), len(places)))


def _named(files: Mapping[str, str]) -> list[str]:
    """Return the ids that the index of an archive names, collections first."""
    for path, text in files.items():
        if _is_index(path):
            try:
                said = mapping(load_text(text, path).data)
            except Unreadable:
                return []
            return [key for name in ("collection", "environment") for key in _ids(said.get(name))]
    return []


def _ids(said: Json) -> list[str]:
    if isinstance(said, dict):
        return list(said)
    return [key for one in listed(said) if (key := text_or_none(one))]


def _is_index(path: str) -> bool:
    return path.rpartition("/")[2] == INDEX


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".json")
