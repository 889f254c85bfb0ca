"""What a merge notes of the source: the originals and bases that the next one compares with."""

from collections.abc import Mapping

from gassapi_backend.database import execute, rows
from gassapi_backend.database.statements import insert
from gassapi_backend.models.rows import OriginRow
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.rows import Place, document_key, new_origin


async def rebase(project_id: str, root_id: str | None, read: Read, ids: Mapping[str, str]) -> None:
    for forgotten in (read.decisions or {}).get("forgets", ()):
        await execute("DELETE FROM origins WHERE owner_id = ?", forgotten)
    for frame in read.rebases:
        said = frame.said
        parent = ids.get(said["parentId"], said["parentId"])
        place: Place = {"parent_id": parent, "position": said["position"]}
        if said["origin"] is None:
            await _update_origin(said["rebase"], place)
            continue
        row = new_origin(frame, said["kind"], said["rebase"], project_id, **place)
        key = document_key(row["format"], read.described["sourceId"])
        row["document_id"] = root_id
        if said["rebase"] == root_id:
            row["document_key"] = key
        await _put_origin(row)


async def _put_origin(row: OriginRow) -> None:
    """Write an origin over the one that is there; what was deleted here keeps no original."""
    fixed = ("owner_id", "owner_type", "project_id", "given_name", "is_deleted")
    columns: dict[str, object] = {name: value for name, value in row.items() if name not in fixed}
    if row["document_key"] is None:
        del columns["document_key"]
    found = await rows("SELECT is_deleted FROM origins WHERE owner_id = ?", row["owner_id"])
    if not found:
        await insert("origins", [row])
        return
    if found[0]["is_deleted"]:
        columns["original"] = None
    await _update_origin(row["owner_id"], columns)


async def _update_origin(owner_id: str, columns: Mapping[str, object]) -> None:
    assignments = ", ".join(f"{column} = ?" for column in columns)
    await execute(
        f"UPDATE origins SET {assignments} WHERE owner_id = ?",  # noqa: S608 - names of ours
        *columns.values(),
        owner_id,
    )
