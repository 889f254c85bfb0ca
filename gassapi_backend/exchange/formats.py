"""The formats that are read and written: how each is known, and which module does it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from gassapi_backend.exchange import recognition
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Environment, Note, Unreadable, What
from gassapi_backend.exchange.unsupported import refuse_unsupported
from gassapi_backend.exchange.writing import JSON_TYPE, YAML_TYPE, WriteOptions, Written


@dataclass(frozen=True, slots=True)
class Format:
    """A format by the name that the API and the command line know it by.

    ``title`` names it in sentences. ``module`` of this package has ``read(source)``, and where
    the format is written ``write(document, options)``; it is loaded when it is needed.
    """

    name: str
    title: str
    module: str
    looks_so: Callable[[Source], bool]
    media_type: str = JSON_TYPE
    extension: str = ".json"
    versions: tuple[str, ...] = ()
    is_written: bool = True


FORMATS = (
    Format("gassapi", "a GassAPI project", "gassapi", recognition.is_gassapi),
    Format("postman", "Postman", "postman", recognition.is_postman, versions=("2.1",)),
    Format("openapi", "OpenAPI", "openapi", recognition.is_openapi, versions=("3.1", "3.0", "3.2")),
    Format(
        "insomnia",
        "Insomnia",
        "insomnia",
        recognition.is_insomnia,
        YAML_TYPE,
        ".yaml",
        versions=("5", "4"),
    ),
    Format(
        "opencollection",
        "OpenCollection",
        "opencollection",
        recognition.is_opencollection,
        YAML_TYPE,
        ".yml",
    ),
    Format("bruno", "Bruno", "bruno", recognition.is_bruno, is_written=False),
    Format("har", "HAR", "har", recognition.is_har, extension=".har", versions=("1.2",)),
    Format("curl", "cURL", "curl", recognition.is_curl, "text/x-shellscript", ".sh"),
    Format("http", "an .http file", "dothttp", recognition.is_http, "text/plain", ".http"),
    Format("hoppscotch", "Hoppscotch", "hoppscotch", recognition.is_hoppscotch, is_written=False),
)
"""In the order in which they are looked for: what says its own name comes before what does not."""

READ = tuple(one.name for one in FORMATS)
WRITTEN = tuple(one.name for one in FORMATS if one.is_written)
ENVIRONMENTS_WRITTEN = ("postman", "insomnia", "dotenv")
_ALSO_CALLED = {"swagger": "openapi", "rest": "http", "dothttp": "http"}


def find_format(name: str) -> Format:
    """Return the format of a name; raise ``Unreadable`` for another.

    ``postman-environment`` and the like, as reports call a part of a format, name the format.
    """
    wanted = name.strip().lower().partition("-")[0]
    for one in FORMATS:
        if one.name == _ALSO_CALLED.get(wanted, wanted):
            return one
    raise Unreadable(f"There is no format “{name[:50]}” here. Known are: {', '.join(READ)}.")


def recognise(source: Source) -> Format:
    """Return what a source is; raise ``Unreadable`` if it is nothing that is read here."""
    if found := _recognised(source):
        return found
    refuse_unsupported(source)
    if source.problem and _is_meant_as_yaml(source):
        raise source.problem
    keys = ", ".join(sorted(recognition.keys_of(source.data)))
    raise Unreadable(
        "It is no format that is known here"
        + (f" (its keys are: {keys[:200]}). " if keys else ". ")
        + f"Read are: {', '.join(one.title for one in FORMATS)}."
    )


_YAML = re.compile(r"(?:\s|#.*\n|---.*\n)*[\w\"'$-]+:(?:\s|$)")


def _is_meant_as_yaml(source: Source) -> bool:
    named = source.name.lower().endswith((".yaml", ".yml"))
    return named or _YAML.match(recognition.start_of(source)) is not None


def _recognised(source: Source) -> Format | None:
    return next((one for one in FORMATS if one.looks_so(source)), None)


def read(source: Source, format: str | None = None) -> Document:  # noqa: A002 - the API's word
    """Return the document of a source; raise ``Unreadable`` with a sentence and a place.

    ``format`` says what it is, where that is known; a document that is plainly something else is
    refused. The files of a folder that is no format as a whole are read one by one.
    """
    if format:
        return _read(_overridden(source, format), source)
    if source.files and not _recognised(source):
        return _read_each(source)
    return _read(recognise(source), source)


def _overridden(source: Source, name: str) -> Format:
    wanted = find_format(name)
    if wanted.looks_so(source):
        return wanted
    other = _recognised(source)
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


def _read_each(source: Source) -> Document:
    """Read files that are documents of their own: exported collections beside environments."""
    found: list[Document] = []
    notes = list(source.notes)
    for path, text in source.files.items():
        try:
            inner = load_text(text, path.rpartition("/")[2])
            document = _read(recognise(inner), inner)
        except Unreadable as problem:
            pointer = f"{path}#{problem.pointer}" if problem.pointer else path
            notes.append(Note(What.SKIPPED, "document", path, pointer, problem.message))
            continue
        found.append(document)
        notes += [replace(note, pointer=f"{path}#{note.pointer}") for note in document.notes]
    if not found:
        problems = "; ".join(f"{note.name}: {note.reason}" for note in notes[:3])
        raise Unreadable(f"No file in it could be read. {problems}")
    return _together(found, notes)


def _together(documents: list[Document], notes: list[Note]) -> Document:
    first = documents[0]
    return Document(
        first.format,
        first.version,
        [collection for one in documents for collection in one.collections],
        [environment for one in documents for environment in one.environments],
        notes,
        first.source_id if len(documents) == 1 else None,
    )


def write(document: Document, format: str, options: WriteOptions) -> Written:  # noqa: A002
    """Return a document in a format; raise ``Unreadable`` for one that is not written here."""
    wanted = find_format(format)
    if not wanted.is_written:
        raise Unreadable(f"{wanted.title} is not written here. Choose: {', '.join(WRITTEN)}.")
    if options.version and options.version not in wanted.versions:
        known = f"Choose: {', '.join(wanted.versions)}." if wanted.versions else "It has just one."
        raise Unreadable(f"{wanted.title} {options.version[:20]} is not written here. {known}")
    module = import_module(f"gassapi_backend.exchange.{wanted.module}")
    return cast("Written", module.write(document, options))


def write_environment(environment: Environment, format: str) -> Written:  # noqa: A002
    """Return one environment in a format; raise ``Unreadable`` for one that has none."""
    if format not in ENVIRONMENTS_WRITTEN:
        raise Unreadable(
            f"Environments are not written as {format[:50]}. "
            f"Choose: {', '.join(ENVIRONMENTS_WRITTEN)}."
        )
    name = "dothttp" if format == "dotenv" else format
    module = import_module(f"gassapi_backend.exchange.{name}")
    act = module.write_dotenv if format == "dotenv" else module.write_environment
    return cast("Written", act(environment, WriteOptions()))
