"""Finds the collections here that earlier versions of a document became."""

from dataclasses import dataclass

from gassapi_backend.database import Row
from gassapi_backend.exchange.tree import Json
from gassapi_backend.server.errors import Conflict
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Document, read_document
from gassapi_backend.server.importing.programs import Importing, read_options
from gassapi_backend.server.importing.rows import document_key
from gassapi_backend.server.importing.schemas import ImportOptions

MOST_CANDIDATES = 500
"""How many collections of a document are looked for here."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The collection here of each one in a document, in order; ``None`` for one that is new.

    Unless ``is_each``, there is just one, or none where a document only has environments. ``keys``
    are what they were found by. ``deleted`` are the places of those that were deleted here.
    """

    roots: list[str | None]
    is_each: bool = False
    keys: tuple[str, ...] = ()
    deleted: tuple[int, ...] = ()

    @property
    def here(self) -> list[str]:
        """Those that are here."""
        return [one for one in self.roots if one is not None]

    @property
    def has_lone(self) -> bool:
        """Whether environments of no collection are compared, too."""
        return self.is_each or self.roots == [None]


async def find_targets(
    project_id: str, wanted: ImportOptions, document: Document, name: str, program: Importing
) -> Targets:
    """Return where a document goes. Raises ``Conflict`` with the candidates if that is unclear."""
    if wanted.collection_id is not None:
        return Targets([wanted.collection_id])
    options = read_options(wanted, name, program.settings, 0)
    read = await read_document(document, "child.updating:identified", options)
    described = read.described
    if not described["counts"]["collections"]:
        return Targets([None])
    is_one = len(described["sourceIds"]) == 1
    keys = _keys(described)
    known = tuple(key for key in keys if key)
    rows = await queries.documents_named(project_id, known[:MOST_CANDIDATES])
    is_clear = len(known) == len(keys) == len(set(keys)) <= MOST_CANDIDATES
    if rows and is_clear and len(rows) == len({row["document_key"] for row in rows}):
        return await _targets(project_id, known, rows, is_each=not is_one)
    raise _unclear(rows, len(keys))


async def is_still_so(project_id: str, targets: Targets) -> bool:
    """Whether the same collections would be found now."""
    if not targets.keys:
        return True
    rows = await queries.documents_named(project_id, targets.keys)
    return targets == await _targets(project_id, targets.keys, rows, is_each=targets.is_each)


async def _targets(
    project_id: str, keys: tuple[str, ...], rows: list[Row], *, is_each: bool
) -> Targets:
    here = {row["document_key"]: row["id"] for row in rows}
    gone = await queries.deleted_documents(project_id, [key for key in keys if key not in here])
    deleted = tuple(at for at, key in enumerate(keys) if key in gone)
    return Targets([here.get(key) for key in keys], is_each, keys, deleted)


def _keys(described: Json) -> list[str | None]:
    """Return what identifies each collection of a document between its versions."""
    if len(described["sourceIds"]) == 1:
        return [document_key(described["format"], described["sourceId"])]
    return [*map(document_key, described["formats"], described["sourceIds"])]


def _unclear(found: list[Row], count: int) -> Conflict:
    why = (
        "No collection here came from this document"
        if not found
        else "Several collections here came from this document"
        if count == 1
        else f"It is not clear which collections here its {count} are"
    )
    return Conflict(
        f"{why}. Choose the one to merge into (collectionId), or import it as a new one.",
        details={"candidates": [{"id": one["id"], "name": one["name"]} for one in found]},
    )
