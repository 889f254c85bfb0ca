"""What a merge records of the source: originals and bases for the next merge to compare with."""

from collections.abc import Mapping

from gassapi_backend.database import Statement, rows
from gassapi_backend.database.statements import batches, insert, send
from gassapi_backend.fair_share import Steps, let_go
from gassapi_backend.models.rows import OriginRow
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.merged_moves import delete_rows
from gassapi_backend.server.importing.rows import Place, document_key, new_origin
from gassapi_backend.server.items.bulk import BATCH


async def rebase(project_id: str, root_id: str | None, read: Read, ids: Mapping[str, str]) -> None:
    await delete_rows("origins", "owner_id", (read.decisions or {}).get("forgets", ()))
    places, origins, steps = list[Statement](), list[OriginRow](), Steps()
    for frame in read.rebases:
        await steps.end()
        said = frame.said
        parent = ids.get(said["parentId"], said["parentId"])
        place: Place = {"parent_id": parent, "position": said["position"]}
        if said["origin"] is None:
            places.append(_updating(said["rebase"], place))
            continue
        row = new_origin(frame, said["kind"], said["rebase"], project_id, **place)
        key = document_key(row["format"], read.described["sourceId"])
        row["document_id"] = root_id
        if said["rebase"] == root_id:
            row["document_key"] = key
        origins.append(row)
    await send(places)
    await _put(origins)
    await let_go(origins)


async def _put(origins: list[OriginRow]) -> None:
    """Overwrite existing origins; what was deleted here keeps no original."""
    is_deleted: dict[str, bool] = {}
    for some in batches([row["owner_id"] for row in origins], BATCH, len):
        marks = ", ".join("?" * len(some))
        sql = f"SELECT owner_id, is_deleted FROM origins WHERE owner_id IN ({marks})"  # noqa: S608 - question marks
        is_deleted |= {one["owner_id"]: one["is_deleted"] for one in await rows(sql, *some)}
    await send(
        _updating(row["owner_id"], _changed(row, is_deleted=bool(is_deleted[row["owner_id"]])))
        for row in origins
        if row["owner_id"] in is_deleted
    )
    await insert("origins", [row for row in origins if row["owner_id"] not in is_deleted])


def _changed(row: OriginRow, *, is_deleted: bool) -> dict[str, object]:
    fixed = {"owner_id", "owner_type", "project_id", "given_name", "is_deleted"}
    columns = {name: value for name, value in row.items() if name not in fixed}
    if columns["document_key"] is None:
        del columns["document_key"]
    return {**columns, "original": None} if is_deleted else columns


def _updating(owner_id: str, columns: Mapping[str, object]) -> Statement:
    assignments = ", ".join(f"{column} = ?" for column in columns)
    sql = f"UPDATE origins SET {assignments} WHERE owner_id = ?"  # noqa: S608 - names of ours
    return sql, [*columns.values(), owner_id]
