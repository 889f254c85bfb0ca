"""What a merge is given of what is stored, and what it decides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from gassapi_backend.exchange.tree import Folder, Json, Note, Origin, Request

COLLECTION = "collection"
ENDPOINT = "endpoint"


class Prefer(StrEnum):
    """Which side wins where both changed the same thing differently."""

    OURS = "ours"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """How to merge: ``prune`` deletes what is gone from the source and was never edited here.

    ``new_id`` makes the ids of new things.
    """

    new_id: Callable[[], str]
    prefer: Prefer = Prefer.OURS
    prune: bool = False


@dataclass(eq=False, slots=True)
class Stored:
    """A collection or endpoint as the database has it, or one that was imported and deleted here.

    ``node`` is ``None`` for what was deleted; its ``items`` are ignored, since ``parent_id`` and
    ``position`` say where things are. ``origin`` is ``None`` for what was made here;
    ``base_parent_id`` and ``base_position`` are where its last import put it. ``is_gone`` says that
    the last import no longer had it, ``parent_name`` what the collection it is in is called.
    """

    id: str
    node: Folder | Request | None
    parent_id: str | None
    position: int
    origin: Origin | None = None
    base_parent_id: str | None = None
    base_position: int = 0
    is_gone: bool = False
    is_folder: bool = False
    parent_name: str | None = None

    @property
    def kind(self) -> str:
        """The contract's word for this kind of thing."""
        return COLLECTION if self.is_folder else ENDPOINT

    @property
    def name(self) -> str:
        """Its name, or the one it had when it was deleted."""
        if self.node is not None:
            return self.node.name
        return str(self.origin.base.get("name", "")) if self.origin else ""


@dataclass(slots=True)
class Create:
    """A thing to create, without what is below it."""

    id: str
    parent_id: str
    node: Folder | Request


@dataclass(slots=True)
class Update:
    """Fields to set: those of the tree's dataclass, by name."""

    id: str
    is_folder: bool
    fields: dict[str, Json]


@dataclass(slots=True)
class Move:
    """A thing to move into another collection."""

    id: str
    is_folder: bool
    parent_id: str


@dataclass(slots=True)
class Mark:
    """Whether a thing is gone from its source."""

    id: str
    is_folder: bool
    is_gone: bool


@dataclass(slots=True)
class Delete:
    """A thing to delete; everything below it is deleted too."""

    id: str
    is_folder: bool


@dataclass(slots=True)
class Rebase:
    """What is imported now, for the next merge; ``origin`` is ``None`` if only the place changed.

    ``parent_id`` and ``position`` are the place that the source gives it.
    """

    id: str
    is_folder: bool
    origin: Origin | None
    parent_id: str | None
    position: int


@dataclass(slots=True)
class Merged:
    """What a merge decides: creates list parents first, deletes children first.

    ``orders`` holds the ids in each collection whose order changed, in their new order.
    ``forgets`` are things deleted here that the source no longer has either.
    """

    creates: list[Create] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    deletes: list[Delete] = field(default_factory=list)
    orders: dict[str, list[str]] = field(default_factory=dict)
    rebases: list[Rebase] = field(default_factory=list)
    forgets: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to write."""
        parts = (self.creates, self.updates, self.moves, self.marks, self.deletes)
        return not any((*parts, self.orders, self.rebases, self.forgets))
