"""Writing what a merge decided, in an open change."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Row, execute, rows
from gassapi_backend.database.statements import insert, update
from gassapi_backend.exchange.fitting import distinct
from gassapi_backend.exchange.tree import Json
from gassapi_backend.folding import folded, name_hash
from gassapi_backend.models import new_id
from gassapi_backend.models.rows import OriginRow
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.collections.actions import MAX_DEPTH, detach_flows
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.rows import (
    NewRows,
    Place,
    document_key,
    new_origin,
    variables_text,
)
from gassapi_backend.server.importing.writing import (
    DELETED,
    check_environments,
    insert_rows,
    record_import,
    renamed_line,
)
from gassapi_backend.server.items import places
from gassapi_backend.server.items.bulk import BATCH, count_items
from gassapi_backend.server.items.sizes import size_of_rows
from gassapi_backend.vault import Vault

TABLES = {"collection": "collections", "endpoint": "endpoints", "environment": "environments"}


@dataclass(slots=True)
class _Tree:
    """The collections of a project as they are going to be, and where endpoints of a merge are."""

    collections: dict[str, Row]
    places: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Kind, parent and position of what is there, by id."""

    def depth_of(self, id_: str) -> int:
        """Return how many levels end with a collection."""
        depth, at = 0, self.collections.get(id_)
        while at is not None and depth <= MAX_DEPTH:
            depth, at = depth + 1, self.collections.get(at["parent_id"] or "")
        return depth


async def write_merge(
    made: Change, project_id: str, root_id: str | None, read: Read, vault: Vault
) -> dict[str, str]:
    """Write a merge; return the ids of what it created by what the child called it.

    Names that are taken get a number, and lines that say so go into the notes. Raises ``Invalid``
    where collections would stand too deep.
    """
    ids = {frame.said["create"]: new_id() for frame in read.rows}
    decisions = read.decisions or {}
    tree = await _load(project_id, root_id)
    before = {id_: row["parent_id"] for id_, row in tree.collections.items()}
    _place(tree, read, ids, decisions)
    revision = await _record(made, read, root_id, tree)
    await _name_collections(tree, read, ids, before)
    before_size = await _size_of_changed(read, decisions)
    await _delete(made, tree, decisions)
    new = await _create(made, project_id, root_id, read, ids, revision, vault, decisions)
    await _update(read, ids, revision, vault)
    await _move(tree, decisions, ids, revision)
    await _mark(decisions, revision)
    await _order(tree, decisions, ids, revision)
    await _rebase(project_id, root_id, read, ids)
    await _count(project_id, decisions, new)
    count_items(made, size=await _size_of_changed(read, decisions) - before_size)
    return ids


async def _size_of_changed(read: Read, decisions: Json) -> int:
    """Return how large that is which a merge changes or deletes, as it is now."""
    ids = defaultdict[str, list[str]](list)
    for said in read.updates:
        ids[TABLES[said["kind"]]].append(said["update"])
    for id_, is_folder in decisions.get("deletes", ()):
        ids["collections" if is_folder else "endpoints"].append(id_)
    return sum([await size_of_rows(table, some) for table, some in ids.items()])


async def _load(project_id: str, root_id: str | None) -> _Tree:
    found = await rows(
        "SELECT id, parent_id, position, name FROM collections WHERE project_id = ?", project_id
    )
    tree = _Tree({row["id"]: row for row in found})
    for row in found:
        parent = row["parent_id"] or project_id
        tree.places[row["id"]] = ("collection", parent, row["position"])
    if root_id is not None:
        for row in await queries.merged_places(root_id):
            tree.places[row["id"]] = ("endpoint", row["collection_id"], row["position"])
    return tree


def _place(tree: _Tree, read: Read, ids: Mapping[str, str], decisions: Json) -> None:
    """Put what is new and what moves where it is going to stand; check that it is not too deep."""
    changed = []
    for frame in read.rows:
        said = frame.said
        if said["node"] == "collection":
            id_, parent = ids[said["create"]], ids.get(said["parentId"], said["parentId"])
            name = said["fields"]["name"]
            tree.collections[id_] = {"id": id_, "parent_id": parent, "name": name, "new": said}
            changed.append(id_)
    for id_, is_folder, parent in decisions.get("moves", ()):
        if is_folder:
            tree.collections[id_]["parent_id"] = ids.get(parent, parent)
            changed.append(id_)
    for id_, is_folder in decisions.get("deletes", ()):
        if is_folder:
            tree.collections.pop(id_)
    below = defaultdict[str, list[str]](list)
    for id_, row in tree.collections.items():
        below[row["parent_id"]].append(id_)
    waiting = [*changed]
    while waiting:
        id_ = waiting.pop()
        waiting += below.get(id_, ())
        if tree.depth_of(id_) > MAX_DEPTH:
            reason = f"Collections go at most {MAX_DEPTH} deep, and this would be deeper here."
            raise Invalid.field("data", reason)


async def _record(made: Change, read: Read, root_id: str | None, tree: _Tree) -> int:
    if root_id is not None:
        said: Json = {"fields": {"name": tree.collections[root_id]["name"]}}
        return record_import(made, read, "collection", root_id, said, is_merge=True)
    first = (read.updates or [frame.said for frame in read.rows + read.rebases])[0]
    id_ = first.get("update") or first.get("rebase")
    said = {"fields": {"name": first.get("fields", {}).get("name")}}
    return record_import(made, read, "environment", id_, said, is_merge=True)


async def _name_collections(
    tree: _Tree, read: Read, ids: Mapping[str, str], before: Mapping[str, str | None]
) -> None:
    """Give collections that are new, renamed or moved names that nobody beside them has."""
    renamed = {one["update"]: one for one in read.updates if _renames(one)}
    moved = {
        id_
        for id_, row in tree.collections.items()
        if id_ in before and row["parent_id"] != before[id_]
    }
    touched = [
        id_ for id_, row in tree.collections.items() if "new" in row or id_ in {*renamed, *moved}
    ]
    for id_ in touched:
        if id_ in renamed:
            tree.collections[id_]["name"] = renamed[id_]["fields"]["name"]
    by_parent = defaultdict[str | None, list[str]](list)
    for id_ in touched:
        by_parent[tree.collections[id_]["parent_id"]].append(id_)
    for parent, group in by_parent.items():
        taken = [
            row["name"]
            for id_, row in tree.collections.items()
            if row["parent_id"] == parent and id_ not in group
        ]
        own = [tree.collections[id_]["name"] for id_ in group]
        for id_, name, wanted in zip(group, distinct(own, folded, taken=taken), own, strict=True):
            _name(tree.collections[id_], renamed.get(id_), name, wanted, read)
    there = [id_ for id_ in touched if id_ in before]
    for id_ in there:  # two may change names with each other
        await update("collections", id_, {"name_hash": name_hash(f"{id_} on its way")})
    for id_ in there:
        name = tree.collections[id_]["name"]
        await update("collections", id_, {"name": name, "name_hash": name_hash(name)})
        given = tree.collections[id_].get("given")
        await execute("UPDATE origins SET given_name = ? WHERE owner_id = ?", given, id_)


def _renames(said: Json) -> bool:
    return said["kind"] == "collection" and "name" in said["fields"]


def _name(row: Row, renamed: Json, name: str, wanted: str, read: Read) -> None:
    row["name"] = name
    if name == wanted:
        return
    row["given"] = name
    if "new" in row:
        said = row["new"]
        said["fields"]["name"] = name
        said["keys"]["name_hash"] = name_hash(name)
        said["givenName"] = name
        read.notes.append(renamed_line(said, wanted, name))
    elif renamed is not None:
        renamed["fields"]["name"] = name
        renamed["keys"]["name_hash"] = name_hash(name)


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
    environments = [one.said for one in read.rows if one.said["node"] == "environment"]
    await check_environments(project_id, len(environments))
    await _name_environments(project_id, environments, read)
    for frame in read.rows:
        said = frame.said
        said["number"] = said["create"]
        new.ids[said["create"]] = id_ = ids[said["create"]]
        if said["node"] == "environment":
            new.add_environment(said)
            new.add_origin(frame, "environment", id_, document_id=root_id)
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


async def _name_environments(project_id: str, environments: list[Json], read: Read) -> None:
    taken = await queries.environment_names(project_id) if environments else []
    names = [said["fields"]["name"] for said in environments]
    for said, name, own in zip(
        environments, distinct(names, folded, taken=taken, limit=100), names, strict=True
    ):
        said["fields"]["name"] = name
        said["keys"]["name_hash"] = name_hash(name)
        if name != own:
            read.notes.append(renamed_line(said, own, name))


async def _update(read: Read, ids: Mapping[str, str], revision: int, vault: Vault) -> None:
    moment = stored(now())
    for said in read.updates:
        table = TABLES[said["kind"]]
        columns = {**said["fields"], **said["keys"]}
        if said["kind"] != "endpoint":
            columns.pop("name" if said["kind"] == "collection" else "", None)
            columns.pop("name_hash" if said["kind"] == "collection" else "", None)
        if said["kind"] == "endpoint" and "headers" in columns:
            columns["headers"] = columns["headers"] or "[]"
        if "variables" in columns:
            columns["variables"] = await _resealed(table, said["update"], columns, vault)
        columns |= {"revision": revision, "updated_at": moment}
        await update(table, said["update"], columns)


async def _resealed(table: str, id_: str, columns: Json, vault: Vault) -> str | None:
    [row] = await rows(f"SELECT variables FROM {table} WHERE id = ?", id_)  # noqa: S608 - a table of ours
    before = orjson.loads(row["variables"] or "[]")
    found = variables_text(vault, id_, columns["variables"], before)
    return found or ("[]" if table == "environments" else None)


async def _move(tree: _Tree, decisions: Json, ids: Mapping[str, str], revision: int) -> None:
    ordered = {ids.get(parent, parent) for parent in decisions.get("orders", {})}
    for id_, is_folder, target in decisions.get("moves", ()):
        parent_id = ids.get(target, target)
        _, parent, position = tree.places[id_]
        columns: Row = {"revision": revision}
        if is_folder:
            columns |= {"parent_id": parent_id, "sibling_of": parent_id}
        else:
            columns["collection_id"] = parent_id
        await update("collections" if is_folder else "endpoints", id_, columns)
        if parent not in ordered:
            await places.close_gap(parent, position, revision)
        tree.places[id_] = (tree.places[id_][0], parent_id, -1)


async def _mark(decisions: Json, revision: int) -> None:
    for id_, is_folder, is_gone in decisions.get("marks", ()):
        table = "collections" if is_folder else "endpoints"
        await update(table, id_, {"is_gone": is_gone or None, "revision": revision})


async def _order(tree: _Tree, decisions: Json, ids: Mapping[str, str], revision: int) -> None:
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


async def _delete(made: Change, tree: _Tree, decisions: Json) -> None:
    """Delete what is pruned: the topmost have an entry each, for those who follow the project."""
    deleted = {id_ for id_, _ in decisions.get("deletes", ())}
    folders = [id_ for id_, is_folder in decisions.get("deletes", ()) if is_folder]
    flows = await _flows_of(folders)
    await detach_flows(made, flows)
    for id_, _ in decisions.get("deletes", ()):
        kind, parent, _ = tree.places[id_]
        if parent not in deleted:
            made.record(DELETED[kind], kind, id_, None)
        await execute(f"DELETE FROM {TABLES[kind]} WHERE id = ?", id_)  # noqa: S608 - a table of ours
        await execute("DELETE FROM origins WHERE owner_id = ?", id_)
    count_items(made, collections=-len(folders), endpoints=len(folders) - len(deleted))


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


async def _rebase(project_id: str, root_id: str | None, read: Read, ids: Mapping[str, str]) -> None:
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
    columns: dict[str, Json] = {name: value for name, value in row.items() if name not in fixed}
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


async def _count(project_id: str, decisions: Json, new: NewRows) -> None:
    """Count the endpoints of a project's collections, where some came, went or moved."""
    if new.endpoints or decisions.get("moves") or decisions.get("deletes"):
        await execute(
            "UPDATE collections SET endpoint_count = "
            "(SELECT COUNT(*) FROM endpoints WHERE endpoints.collection_id = collections.id) "
            "WHERE project_id = ?",
            project_id,
        )
