"""Writing what a merge decided, in an open transaction."""

from collections import defaultdict
from collections.abc import Mapping

import orjson

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Statement, execute, rows, search
from gassapi_backend.database.statements import batches, send, updating
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Steps
from gassapi_backend.models import new_id
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.merged_moves import delete, mark, move, order
from gassapi_backend.server.importing.merged_names import Arrangement, arrange
from gassapi_backend.server.importing.merged_origins import rebase
from gassapi_backend.server.importing.merged_trees import MergedTree
from gassapi_backend.server.importing.reports import import_report
from gassapi_backend.server.importing.rows import NewRows, variables_text
from gassapi_backend.server.importing.schemas import ImportAnswer
from gassapi_backend.server.importing.writing import (
    TABLES,
    insert_rows,
    record_import,
)
from gassapi_backend.server.items.bulk import BATCH, count_items
from gassapi_backend.server.items.sizes import size_of_rows
from gassapi_backend.vault import Vault

_NAMES = ("name", "name_hash", "name_key")


async def write_merge(
    made: Change,
    project_id: str,
    root_id: str | None,
    read: Read,
    vault: Vault,
    revision: int | None = None,
) -> ImportAnswer:
    """Write a merge, and report it; ``revision`` is given if it is recorded already.

    Names that are taken get a number. Raises what ``arrange()`` does.
    """
    ids, steps = dict[str, str](), Steps()
    for frame in read.rows:
        ids[frame.said["create"]] = new_id()
        await steps.end()
    decisions, arranged = read.decisions or {}, await arrange(project_id, root_id, read, ids)
    tree = arranged.tree
    revision = revision or await _record(made, read, root_id, tree)
    before_size = await _size_of_changed(read, arranged)
    await arranged.step_aside()
    await delete(made, tree, decisions)
    new = await _create(made, project_id, root_id, read, ids, revision, vault, decisions)
    await _update(project_id, read, revision, vault)
    await move(tree, decisions, ids, revision)
    await mark(decisions, revision)
    await order(tree, decisions, ids, revision)
    await arranged.take_names()
    await rebase(project_id, root_id, read, ids)
    await _count(project_id, decisions, new)
    count_items(made, size=await _size_of_changed(read, arranged) - before_size)
    return await import_report(
        read, collection_id=root_id, is_dry=False, ids=ids, renamed=arranged.lines, is_merge=True
    )


async def _size_of_changed(read: Read, arranged: Arrangement) -> int:
    """Return the current size of what a merge changes or deletes."""
    ids, steps = defaultdict[str, dict[str, None]](dict), Steps()
    for said in read.updates:
        ids[TABLES[said["kind"]]][said["update"]] = None
        await steps.end()
    for id_, is_folder in (read.decisions or {}).get("deletes", ()):
        ids["collections" if is_folder else "endpoints"][id_] = None
    for one in arranged.names:
        ids[one.table][one.id] = None
    return sum([await size_of_rows(table, [*some]) for table, some in ids.items()])


async def _record(made: Change, read: Read, root_id: str | None, tree: MergedTree) -> int:
    if root_id is not None:
        said: Json = {"fields": {"name": tree.collections[root_id]["name"]}}
        return record_import(made, read, "collection", root_id, said, is_merge=True)
    first = (read.updates or [frame.said for frame in read.rows + read.rebases])[0]
    id_ = first.get("update") or first.get("rebase")
    said = {"fields": {"name": first.get("fields", {}).get("name")}}
    return record_import(made, read, "environment", id_, said, is_merge=True)


async def _create(
    made: Change,
    project_id: str,
    root_id: str | None,
    read: Read,
    ids: Mapping[str, str],
    revision: int,
    vault: Vault,
    decisions: Json,
) -> NewRows:
    new = NewRows(project_id, revision, vault)
    positions = {
        id_: at for order in decisions.get("orders", {}).values() for at, id_ in enumerate(order)
    }
    steps = Steps()
    for frame in read.rows:
        await steps.end()
        said = frame.said
        said["number"] = said["create"]
        new.ids[said["create"]] = id_ = ids[said["create"]]
        if said["node"] == "environment":
            new.add_environment(said)
            given = said.get("givenName")
            new.add_origin(frame, "environment", id_, document_id=root_id, given_name=given)
            continue
        parent = ids.get(said["parentId"], said["parentId"])
        position = positions.get(said["create"], 0)
        add = new.add_collection if said["node"] == "collection" else new.add_endpoint
        add(said, parent, position)
        new.add_origin(
            frame,
            said["node"],
            id_,
            document_id=root_id,
            parent_id=ids.get(said["baseParent"], said["baseParent"]),
            position=said["position"],
            given_name=said.get("givenName"),
        )
    await insert_rows(made, new)
    return new


async def _update(project_id: str, read: Read, revision: int, vault: Vault) -> None:
    moment, before = stored(now()), await _variables_before(read)
    statements, steps = list[Statement](), Steps()
    for said in read.updates:
        await steps.end()
        table, id_ = TABLES[said["kind"]], said["update"]
        columns = {**said["fields"], **said["keys"]}
        if said["kind"] != "endpoint":  # names are taken when all others were given up
            columns = {name: one for name, one in columns.items() if name not in _NAMES}
        if said["kind"] == "endpoint" and "headers" in columns:
            columns["headers"] = columns["headers"] or "[]"
        if "variables" in columns:
            found = variables_text(vault, id_, columns["variables"], before[id_])
            columns["variables"] = found or ("[]" if table == "environments" else None)
        columns |= {"revision": revision, "updated_at": moment}
        statements.append(updating(table, id_, columns))
    await send(statements)
    ids_of_endpoints = [said["update"] for said in read.updates if said["kind"] == "endpoint"]
    await search.refresh(project_id, ids_of_endpoints)


async def _variables_before(read: Read) -> dict[str, Json]:
    """Return the current variables of the rows whose variables change, by id."""
    ids = defaultdict[str, list[str]](list)
    for said in read.updates:
        if "variables" in said["fields"]:
            ids[TABLES[said["kind"]]].append(said["update"])
    found: dict[str, Json] = {}
    for table, all_ids in ids.items():
        for some in batches(all_ids, BATCH, len):
            marks = ", ".join("?" * len(some))
            sql = f"SELECT id, variables FROM {table} WHERE id IN ({marks})"  # noqa: S608 - a table of ours
            for row in await rows(sql, *some):
                found[row["id"]] = orjson.loads(row["variables"] or "[]")
    return found


async def _count(project_id: str, decisions: Json, new: NewRows) -> None:
    """Recount the endpoints of a project's collections, if any were added, deleted or moved."""
    if new.endpoints or decisions.get("moves") or decisions.get("deletes"):
        await execute(
            "UPDATE collections SET endpoint_count = "
            "(SELECT COUNT(*) FROM endpoints WHERE endpoints.collection_id = collections.id) "
            "WHERE project_id = ?",
            project_id,
        )
