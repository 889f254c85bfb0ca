"""The collections of a project as a merge will leave them: places, depth, names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gassapi_backend.database import Row, Statement, rows
from gassapi_backend.database.statements import send, updating
from gassapi_backend.exchange.fitting import distinct
from gassapi_backend.exchange.tree import Json
from gassapi_backend.folding import folded, name_hash, search_key
from gassapi_backend.server.collections.actions import MAX_DEPTH
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.writing import renamed_line


@dataclass(slots=True)
class MergedTree:
    """The collections of a project as they will be, and where the endpoints of a merge are."""

    collections: dict[str, Row]
    places: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Kind, parent and position of what exists, by id."""

    def depth_of(self, id_: str) -> int:
        """Return the depth of a collection, itself included."""
        depth, at = 0, self.collections.get(id_)
        while at is not None and depth <= MAX_DEPTH:
            depth, at = depth + 1, self.collections.get(at["parent_id"] or "")
        return depth


async def load_tree(project_id: str, root_id: str | None) -> MergedTree:
    found = await rows(
        "SELECT id, parent_id, position, name FROM collections WHERE project_id = ?", project_id
    )
    tree = MergedTree({row["id"]: row for row in found})
    for row in found:
        parent = row["parent_id"] or project_id
        tree.places[row["id"]] = ("collection", parent, row["position"])
    if root_id is not None:
        for row in await queries.merged_places(root_id):
            tree.places[row["id"]] = ("endpoint", row["collection_id"], row["position"])
    return tree


def place(tree: MergedTree, read: Read, ids: Mapping[str, str], decisions: Json) -> None:
    """Put new and moved things in their places; check that they are not nested too deep."""
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


async def name_collections(
    tree: MergedTree, read: Read, ids: Mapping[str, str], before: Mapping[str, str | None]
) -> None:
    """Give new, renamed or moved collections names that none of their siblings has."""
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
    await send(_renaming({id_: tree.collections[id_] for id_ in touched if id_ in before}))


def _renaming(collections: Mapping[str, Row]) -> Iterator[Statement]:
    for id_ in collections:  # two may swap names
        yield updating("collections", id_, {"name_hash": name_hash(f"{id_} on its way")})
    for id_, row in collections.items():
        name = row["name"]
        keys = {"name_key": search_key(name), "name_hash": name_hash(name)}
        yield updating("collections", id_, {"name": name, **keys})
        yield "UPDATE origins SET given_name = ? WHERE owner_id = ?", [row.get("given"), id_]


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
