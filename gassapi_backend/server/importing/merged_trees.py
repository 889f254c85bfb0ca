"""The collections of a project as a merge will leave them: their places, and how deep they go."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from gassapi_backend.database import Row, rows
from gassapi_backend.server.collections.actions import MAX_DEPTH
from gassapi_backend.server.errors import Invalid
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.children import Read


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
        "SELECT c.id, c.parent_id, c.position, c.name, o.given_name FROM collections c "
        "LEFT JOIN origins o ON o.owner_id = c.id WHERE c.project_id = ?",
        project_id,
    )
    tree = MergedTree({row["id"]: row for row in found})
    for row in found:
        parent = row["parent_id"] or project_id
        tree.places[row["id"]] = ("collection", parent, row["position"])
    if root_id is not None:
        for row in await queries.merged_places(root_id):
            tree.places[row["id"]] = ("endpoint", row["collection_id"], row["position"])
    return tree


def place(tree: MergedTree, read: Read, ids: Mapping[str, str]) -> None:
    """Put new and moved things in their places; check that they are not nested too deep."""
    changed, decisions = [], read.decisions or {}
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
