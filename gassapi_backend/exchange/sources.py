"""What a reader is given: the document as it was parsed, and beside it the files of its archive."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gassapi_backend.exchange.tree import Json


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be read.

    ``text`` is the document as Unicode text without a byte order mark; ``data`` what it says, if
    it is JSON or YAML (YAML scalars that a format wants as text are found in ``scalars`` by JSON
    pointer, as they were written). ``name`` is its file name. ``files`` are the texts of the files
    of a folder or archive by path, with ``/`` between the parts; ``text`` is then empty.
    """

    text: str = ""
    data: Json = None
    name: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    scalars: Mapping[str, str] = field(default_factory=dict)
