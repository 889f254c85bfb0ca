"""Reads and writes documents in any of the known formats."""

from dataclasses import replace
from importlib import import_module
from typing import cast

from gassapi_backend.exchange import folders
from gassapi_backend.exchange.fitting.depth import nested
from gassapi_backend.exchange.known_formats import (
    FORMATS,
    READ,
    WRITTEN,
    Format,
    find_format,
    recognise,
    recognised,
)
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Environment, Note, Unreadable, What
from gassapi_backend.exchange.unsupported import refuse_unsupported
from gassapi_backend.exchange.writing import WriteOptions, Written

__all__ = [
    "ENVIRONMENTS_WRITTEN",
    "FORMATS",
    "READ",
    "WRITTEN",
    "Format",
    "find_format",
    "read",
    "recognise",
    "write",
    "write_environment",
]

_WITH_FOLDERS = ("postman", "insomnia", "opencollection")
"""Formats whose folders stand in each other, as deep as anybody likes."""
ENVIRONMENTS_WRITTEN = ("postman", "insomnia", "dotenv")


def read(source: Source, format: str | None = None) -> Document:  # noqa: A002 - the API's word
    """Return the document of a source; raise ``Unreadable`` with a sentence and a place.

    ``format`` says what it is, if that is known; a document that is plainly something else is
    refused. Every document of a folder or archive is read; files in none of them are noted.
    """
    if format:
        return _read(_overridden(source, format), source)
    if source.files:
        return _read_folder(source)
    return _read(recognise(source), source)


def _overridden(source: Source, name: str) -> Format:
    wanted = find_format(name)
    if wanted.looks_so(source):
        return wanted
    other = recognised(source)
    if other:
        raise Unreadable(
            f"This is not {wanted.title}: it looks like {other.title}. "
            f"Leave the format out, or say “{other.name}”."
        )
    refuse_unsupported(source)
    return wanted


def _read(format: Format, source: Source) -> Document:  # noqa: A002 - as above
    module = import_module(f"gassapi_backend.exchange.{format.module}")
    try:
        document = cast("Document", module.read(source))
    except RecursionError:
        raise Unreadable("It is nested too deeply, or refers to itself too often.") from None
    if not document.collections and not document.environments:
        raise Unreadable(f"There is no request and no variable in it that {format.title} knows.")
    document.notes[:0] = source.notes
    return document


def _read_folder(source: Source) -> Document:
    """Read the documents of a folder: a tool's project, or several exports."""
    parts, others = folders.parts_of(source)
    found, problems = [], [*source.notes]
    for part in parts:
        try:
            document = _read(find_format(part.format), part.source(source))
        except Unreadable as problem:
            if len(parts) == 1:
                raise
            pointer = f"{part.path}#{problem.pointer}" if problem.pointer else part.path
            problems.append(_skipped(part.path or source.name, pointer, problem.message))
            continue
        if part.path and (part.main or not part.is_folder):
            moved = [replace(one, pointer=f"{part.path}#{one.pointer}") for one in document.notes]
            document.notes = moved
        found.append(document)
    noted = {note.pointer for document in found for note in document.notes}
    problems += [_skipped(path, path, others[path]) for path in others if path not in noted]
    if not found:
        listed = "; ".join(f"{note.name}: {note.reason}" for note in problems[:3])
        raise Unreadable(f"No file in it could be read. {listed}")
    return _together(found, problems)


def _skipped(name: str, pointer: str, reason: str) -> Note:
    return Note(What.SKIPPED, "document", name, pointer, reason)


def _together(documents: list[Document], notes: list[Note]) -> Document:
    first, place = documents[0], 0
    for one in documents:
        for environment in one.environments:
            if environment.collection is not None or len(one.collections) == 1:
                environment.collection = place + (environment.collection or 0)
        place += len(one.collections)
    notes = [*notes, *(note for one in documents for note in one.notes)]
    return Document(
        first.format,
        first.version,
        [collection for one in documents for collection in one.collections],
        [environment for one in documents for environment in one.environments],
        notes,
        first.source_id if len(documents) == 1 else None,
    )


def write(document: Document, format: str, options: WriteOptions) -> Written:  # noqa: A002
    """Return a document in a format; raise ``Unreadable`` for a format that is not written here."""
    wanted = find_format(format)
    title = wanted.title[:1].upper() + wanted.title[1:]
    if not wanted.is_written:
        raise Unreadable(f"{title} is not written here. Choose: {', '.join(WRITTEN)}.")
    if options.version and options.version not in wanted.versions:
        known = f"Choose: {', '.join(wanted.versions)}." if wanted.versions else "It has just one."
        raise Unreadable(f"{title} {options.version[:20]} is not written here. {known}")
    module = import_module(f"gassapi_backend.exchange.{wanted.module}")
    if wanted.name in _WITH_FOLDERS:
        document = replace(document, collections=[nested(one) for one in document.collections])
    return cast("Written", module.write(document, options))


def write_environment(environment: Environment, format: str) -> Written:  # noqa: A002
    """Return an environment in a format; raise ``Unreadable`` for a format without environments."""
    if format not in ENVIRONMENTS_WRITTEN:
        raise Unreadable(
            f"Environments are not written as {format[:50]}. "
            f"Choose: {', '.join(ENVIRONMENTS_WRITTEN)}."
        )
    name = "dothttp" if format == "dotenv" else format
    module = import_module(f"gassapi_backend.exchange.{name}")
    act = module.write_dotenv if format == "dotenv" else module.write_environment
    return cast("Written", act(environment, WriteOptions()))
