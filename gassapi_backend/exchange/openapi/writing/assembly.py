"""A document in the making: what it is made from, and what was put where so far."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.writing.homes import Home
from gassapi_backend.exchange.openapi.writing.naming import OperationIds
from gassapi_backend.exchange.openapi.writing.tags import Tags
from gassapi_backend.exchange.openapi.writing.urls import shape_of
from gassapi_backend.exchange.openapi.writing.wanted import Wanted
from gassapi_backend.exchange.tree import Folder, Json, Note, Request, What


@dataclass(slots=True)
class Placed:
    """A request that became an operation, and whether that operation is new.

    ``beside`` are other requests with its method and path, kept in it; ``keys`` counts those of
    its examples.
    """

    wanted: Wanted
    said: dict[str, Json]
    is_new: bool
    beside: list[Json] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Assembly:
    """A document in the making."""

    home: Home
    version: str
    tags: Tags
    values: dict[str, str]
    usual: str | None
    ids: OperationIds
    with_examples: bool = True
    originals: dict[int, dict[str, Json]] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    placed: dict[tuple[str, str], Placed] = field(default_factory=dict)
    aside: list[Json] = field(default_factory=list)
    """Requests that no operation can be made of."""
    notes: list[Note] = field(default_factory=list)

    @property
    def paths(self) -> dict[str, Json]:
        """The paths of the document."""
        found: dict[str, Json] = self.home.document["paths"]
        return found

    def __post_init__(self) -> None:
        for path in self.paths:
            self.shapes.setdefault(shape_of(path), path)


def walk(folder: Folder) -> Iterator[tuple[list[Folder], Request | Folder]]:
    """Yield folders and requests in order, each with the folders above it."""
    waiting: list[tuple[list[Folder], Request | Folder]] = [([], folder)]
    while waiting:
        above, item = waiting.pop()
        if above or isinstance(item, Request):
            yield above, item
        if isinstance(item, Folder):
            waiting += reversed([([*above, item], below) for below in item.items])


def note(assembly: Assembly, wanted: Wanted, reason: str) -> None:
    request = wanted.request
    pointer = request.origin.pointer if request.origin else ""
    assembly.notes.append(Note(What.KEPT, "endpoint", request.name, pointer, reason, request.id))
