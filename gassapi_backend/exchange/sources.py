"""What a reader is given: the parsed document, or the files of its folder or archive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gassapi_backend.exchange.tree import Json, Note, Unreadable


class Syntax(StrEnum):
    """How a document is written; ``TEXT`` is neither JSON nor YAML, ``FILES`` are many."""

    JSON = "json"
    YAML = "yaml"
    TEXT = "text"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be read.

    ``text`` is the document as Unicode text without a byte order mark (empty for JSON, where
    ``data`` says everything); ``data`` is its parsed value, if it is JSON or YAML. Where a format
    wants text, ``loading.text_of()`` gives a value as it was written. ``scalars`` holds, by JSON
    pointer, the YAML truth values and nulls that were not spelled ``true``, ``false`` or ``null``.
    ``name`` is the name of the file or folder, without the folders above it. ``files`` holds the
    texts of the files in a folder or archive by path, with ``/`` between the parts and without a
    folder common to all; ``text`` is then empty, and ``main`` is the file that the others are parts
    of, if that is known. ``notes`` say what loading left out; ``problem``
    says why a plain text is not YAML.
    """

    text: str = ""
    data: Json = None
    name: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    main: str = ""
    scalars: Mapping[str, str] = field(default_factory=dict)
    syntax: Syntax = Syntax.TEXT
    notes: tuple[Note, ...] = ()
    problem: Unreadable | None = None
