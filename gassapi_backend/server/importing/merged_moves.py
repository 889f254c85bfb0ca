"""What a merge moves, marks, puts in order and deletes, in an open change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from gassapi_backend.database import Row, Statement, execute, rows, search
from gassapi_backend.database.statements import for_ids, send, updating
from gassapi_backend.exchange.tree import Json
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.collections.actions import detach_flows
from gassapi_backend.server.importing.merged_trees import MergedTree
from gassapi_backend.server.importing.writing import DELETED, TABLES
from gassapi_backend.server.items import places
from gassapi_backend.server.items.bulk import BATCH, count_items


async def move(tree: MergedTree, decisions: Json, ids: Mapping[str, str], revision: int) -> None:
    ordered = {ids.get(parent, parent) for parent in decisions.get("orders", {})}
    moved, gaps = list[Statement](), list[tuple[str, int]]()
    for id_, is_folder, target in decisions.get("moves", ()):
        parent_id = ids.get(target, target)
        _, parent, position = tree.places[id_]
        columns: Row = {"revision": revision}
        if is_folder:
            columns |= {"parent_id": parent_id, "sibling_of": parent_id}
        else:
            columns["collection_id"] = parent_id
        moved.append(updating("collections" if is_folder else "endpoints", id_, columns))
        if parent not in ordered:
            gaps.append((parent, position))
        tree.places[id_] = (tree.places[id_][0], parent_id, -1)
    await send(moved)
    for parent, position in sorted(gaps, reverse=True):  # last first, so that no other gap moves
        await send(places.close_gap(parent, position, revision))


async def mark(decisions: Json, revision: int) -> None:
    marked = defaultdict[tuple[str, bool], list[str]](list)
    for id_, is_folder, is_gone in decisions.get("marks", ()):
        marked["collections" if is_folder else "endpoints", is_gone].append(id_)
    for (table, is_gone), ids in marked.items():
        sql = f"UPDATE {table} SET is_gone = ?, revision = ? WHERE id IN ({{ids}})"  # noqa: S608 - a table of ours
        await send(for_ids(sql, ids, is_gone or None, revision))


async def order(tree: MergedTree, decisions: Json, ids: Mapping[str, str], revision: int) -> None:
    created = set(ids.values())
    changed: dict[str, list[tuple[str, int]]] = {"collections": [], "endpoints": []}
    for order in decisions.get("orders", {}).values():
        for position, name in enumerate(order):
            id_ = ids.get(name, name)
            if id_ in created:
                continue
            kind, _, before = tree.places[id_]
            if before != position:
                changed[TABLES[kind]].append((id_, position))
    for table, pairs in changed.items():
        for start in range(0, len(pairs), BATCH):
            some = pairs[start : start + BATCH]
            cases = " ".join(["WHEN ? THEN ?"] * len(some))
            await execute(
                f"UPDATE {table} SET position = CASE id {cases} END, revision = ? "  # noqa: S608 - constants and question marks
                f"WHERE id IN ({', '.join('?' * len(some))})",
                *(value for pair in some for value in pair),
                revision,
                *(id_ for id_, _ in some),
            )


async def delete(made: Change, tree: MergedTree, decisions: Json) -> None:
    """Delete what is pruned; each topmost thing gets an entry, for those who follow the project."""
    deleted = {id_ for id_, _ in decisions.get("deletes", ())}
    folders = [id_ for id_, is_folder in decisions.get("deletes", ()) if is_folder]
    flows = await _flows_of(folders)
    await detach_flows(made, flows)
    for id_, _ in decisions.get("deletes", ()):
        kind, parent, _ = tree.places[id_]
        if parent not in deleted:
            made.record(DELETED[kind], kind, id_, None)
    endpoints = deleted.difference(folders)
    await delete_rows("endpoints", "id", endpoints)
    await send([("DELETE FROM collections WHERE id = ?", [id_]) for id_ in folders])  # inner first
    await delete_rows("origins", "owner_id", deleted)
    await search.write(made.locked_project.id, dict.fromkeys(endpoints))
    count_items(made, collections=-len(folders), endpoints=-len(endpoints))


async def delete_rows(table: str, column: str, ids: Iterable[str]) -> None:
    """Delete the rows of a table whose column holds one of these ids."""
    await send(for_ids(f"DELETE FROM {table} WHERE {column} IN ({{ids}})", sorted(ids)))  # noqa: S608 - names of ours and question marks


async def _flows_of(collection_ids: list[str]) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(collection_ids), BATCH):
        some = collection_ids[start : start + BATCH]
        marks = ", ".join("?" * len(some))
        found += await rows(
            f"SELECT id, name FROM flows WHERE collection_id IN ({marks}) ORDER BY id",  # noqa: S608 - question marks
            *some,
        )
    return found
