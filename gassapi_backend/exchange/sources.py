"""What a reader is given: the document as it was parsed, and beside it the files of its archive."""

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

    ``text`` is the document as Unicode text without a byte order mark (empty for JSON, of which
    ``data`` says everything); ``data`` is what it says, if it is JSON or YAML. Where a format wants
    text, ``loading.text_of()`` gives it as it was written. ``scalars`` are, by JSON pointer, the
    YAML truth values and nulls that were not spelled ``true``, ``false`` or ``null``. ``name`` is
    the name of the file or folder, without folders above it. ``files`` are the texts of the files
    of a folder or archive by path, with ``/`` between the parts and without the one folder that all
    stand in; ``text`` is then empty. ``notes`` say what loading left out; ``problem`` is why it is
    not YAML, if it is just text.
    """

    text: str = ""
    data: Json = None
    name: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    scalars: Mapping[str, str] = field(default_factory=dict)
    syntax: Syntax = Syntax.TEXT
    notes: tuple[Note, ...] = ()
    problem: Unreadable | None = None
