"""Writing a document as new collections and environments, in an open transaction."""

from gassapi_backend.exchange.fitting import distinct
from gassapi_backend.exchange.tree import Json
from gassapi_backend.folding import folded, name_hash
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.collections.actions import MAX_DEPTH
from gassapi_backend.server.collections.queries import ids_above
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.reports import import_report
from gassapi_backend.server.importing.rows import NewRows, add_tree, document_key
from gassapi_backend.server.importing.schemas import ImportAnswer
from gassapi_backend.server.importing.writing import (
    check_environments,
    insert_rows,
    record_import,
    renamed_line,
)
from gassapi_backend.server.items import origins, places
from gassapi_backend.vault import Vault


async def levels_above(project_id: str, parent_id: str | None) -> int:
    """Return how many collections there are above. Raises ``Invalid`` if there is no room."""
    if parent_id is None:
        return 0
    above = await ids_above(project_id, parent_id)
    if not above:
        raise Invalid.field("parentId", "There is no such collection in this project.")
    if len(above) >= MAX_DEPTH:
        raise Invalid.field("parentId", f"Collections go at most {MAX_DEPTH} deep.")
    return len(above)


async def check_place(project_id: str, parent_id: str | None, read: Read) -> None:
    """Check again, under the lock, whether a document can go to its destination."""
    above = await levels_above(project_id, parent_id)
    if above + read.depth > MAX_DEPTH:
        raise Invalid.field("parentId", f"Collections go at most {MAX_DEPTH} deep.")


async def write_new(
    made: Change,
    project_id: str,
    parent_id: str | None,
    read: Read,
    vault: Vault,
    revision: int | None = None,
) -> ImportAnswer:
    """Write a document as new collections and environments; ``revision`` if that is recorded."""
    renamed = await tell_apart(read, project_id, parent_id)
    collections = [one for one in read.tops if one.said["node"] == "collection"]
    environments = [one for one in read.tops if one.said["node"] == "environment"]
    rows = NewRows(project_id, 0, vault)
    first = (collections or environments)[0].said
    id_ = rows.id_of(first["number"])
    rows.revision = revision or record_import(made, read, first["node"], id_, first)
    end = await places.count_in(parent_id or project_id)
    await add_tree(rows, read.rows, parent_id, end)
    keys = _document_keys(read, [one.said for one in collections])
    for frame in collections:
        origin = rows.origin_of(frame.said["number"])
        if origin is not None:
            origin["document_key"] = keys[frame.said["number"]]
            origin["given_name"] = frame.said.get("givenName")
    ids = [rows.id_of(one.said["number"]) for one in collections]
    for frame in environments:
        place = 0 if len(collections) == 1 else frame.said["collection"]
        document_id = None if place is None or not ids else ids[place]
        id_ = rows.add_environment(frame.said)
        given = frame.said.get("givenName")
        rows.add_origin(frame, "environment", id_, document_id=document_id, given_name=given)
    await insert_rows(made, rows)
    await origins.forget_deleted(project_id, [key for key in keys.values() if key])
    await rows.let_go()
    root = rows.id_of(first["number"]) if collections else None
    return await import_report(
        read, collection_id=root, is_dry=False, ids=rows.ids, renamed=renamed
    )


async def tell_apart(read: Read, project_id: str, parent_id: str | None) -> list[Json]:
    """Number the names that are taken where a document goes; return notes about them.

    Raises ``Conflict`` for too many environments.
    """
    lines = []
    for kind, limit in (("collection", 255), ("environment", 100)):
        tops = [one.said for one in read.tops if one.said["node"] == kind]
        if not tops:
            continue
        taken = (
            await queries.sibling_names(parent_id or project_id)
            if kind == "collection"
            else await _environment_names(project_id, len(tops))
        )
        names = [said.get("ownName", said["fields"]["name"]) for said in tops]
        for said, name, own in zip(
            tops, distinct(names, folded, taken=taken, limit=limit), names, strict=True
        ):
            said["ownName"] = own
            said["fields"]["name"] = name
            said["keys"]["name_hash"] = name_hash(name)
            said["givenName"] = name if name != own else None
            if name != own:
                lines.append(renamed_line(said, own, name))
    return lines


async def _environment_names(project_id: str, more: int) -> list[str]:
    await check_environments(project_id, more)
    return await queries.environment_names(project_id)


def _document_keys(read: Read, tops: list[Json]) -> dict[int, str | None]:
    """Return, by collection number, the key that identifies its document across versions."""
    described = read.described
    if len(tops) == 1:
        return {tops[0]["number"]: document_key(described["format"], described["sourceId"])}
    keys = map(document_key, described["formats"], described["sourceIds"])
    return dict(zip((said["number"] for said in tops), keys, strict=True))
