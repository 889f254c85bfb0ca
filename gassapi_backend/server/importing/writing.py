"""What every import writes: its entry, its rows, and the counts of what a project holds."""

from collections.abc import Sequence

from gassapi_backend.database.statements import insert
from gassapi_backend.exchange.tree import Json
from gassapi_backend.models.rows import StoredFlow
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.environments.schemas import MAX_ENVIRONMENTS
from gassapi_backend.server.errors import Conflict
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.rows import NewRows
from gassapi_backend.server.items.bulk import insert_items

TABLES = {"collection": "collections", "endpoint": "endpoints", "environment": "environments"}
DELETED = {"collection": "collection_deleted", "endpoint": "endpoint_deleted"}
IMPORTED = {"collection": "collection_imported", "environment": "environment_imported"}
MERGED = {"collection": "collection_merged", "environment": "environment_merged"}
"""The audit log's names, by the kind of thing."""


def record_import(
    made: Change, read: Read, kind: str, id_: str, said: Json, *, is_merge: bool = False
) -> int:
    """Record an import or a merge; return the revision that it makes."""
    counts = read.described["counts"]
    return made.record(
        (MERGED if is_merge else IMPORTED)[kind],
        kind,
        id_,
        said["fields"]["name"],
        format=read.described["format"],
        version=read.described["version"],
        **counts,
    )


async def check_environments(project_id: str, more: int) -> None:
    """Raise ``Conflict`` if a project has no room for so many more environments."""
    if more and len(await queries.environment_names(project_id)) + more > MAX_ENVIRONMENTS:
        raise Conflict(f"A project has at most {MAX_ENVIRONMENTS} environments. Delete some first.")


async def insert_rows(made: Change, rows: NewRows, flows: Sequence[StoredFlow] = ()) -> None:
    """Insert what is new, and count it."""
    await insert_items(
        made,
        collections=rows.collections,
        endpoints=rows.endpoints,
        environments=rows.environments,
        flows=flows,
    )
    await insert("origins", rows.origins)


def renamed_line(said: Json, own: str, name: str) -> Json:
    """Return a note about something that has a different name here."""
    return {
        "what": "renamed",
        "kind": said["node"],
        "id": said.get("create", said.get("number")),
        "name": name,
        "pointer": (said["origin"] or {}).get("pointer", ""),
        "reason": f"“{own}” is taken here; this name is used until it is exported.",
    }
