"""Names that no sibling has, for what a merge creates, renames or moves: chosen, then written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gassapi_backend.database import Row, Statement, rows
from gassapi_backend.database.statements import send, updating
from gassapi_backend.exchange.fitting import distinct
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Steps
from gassapi_backend.folding import folded, name_hash, search_key
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.merged_trees import MergedTree, load_tree, place
from gassapi_backend.server.importing.writing import check_environments, renamed_line

_LIMITS = {"collections": 255, "environments": 100}


@dataclass(frozen=True, slots=True)
class _Name:
    """The future name of something that exists; ``given`` if it is not its own."""

    table: str
    id: str
    name: str
    given: str | None


@dataclass(slots=True)
class Arrangement:
    """A project's collections as a merge will leave them, and what things will be called.

    ``lines`` report names that were taken. New things have theirs among the rows of the merge.
    """

    tree: MergedTree
    names: list[_Name] = field(default_factory=list)
    lines: list[Json] = field(default_factory=list)

    async def step_aside(self) -> None:
        """Give up the names of what gets another one, so that others can have them."""
        await send(
            updating(one.table, one.id, {"name_hash": name_hash(f"{one.id} on its way")})
            for one in self.names
        )

    async def take_names(self) -> None:
        """Write the names, once everything is in its place."""
        await send(statement for one in self.names for statement in _named(one))


async def arrange(
    project_id: str, root_id: str | None, read: Read, ids: Mapping[str, str]
) -> Arrangement:
    """Decide where things go and what they are called; write nothing.

    Raises ``Invalid`` if collections would be nested too deep, and ``Conflict`` for too many
    environments.
    """
    made = Arrangement(await load_tree(project_id, root_id))
    before = {id_: row["parent_id"] for id_, row in made.tree.collections.items()}
    place(made.tree, read, ids)
    await _name_collections(made, read, before)
    await _name_environments(made, read, project_id)
    return made


async def _name_collections(
    made: Arrangement, read: Read, before: Mapping[str, str | None]
) -> None:
    collections = made.tree.collections
    renamed = _renamed(read, "collection")
    siblings = defaultdict[str | None, list[str]](list)
    for id_, row in collections.items():
        siblings[row["parent_id"]].append(id_)
    touched = {
        id_
        for id_, row in collections.items()
        if "new" in row or id_ in renamed or row["parent_id"] != before[id_]
    }
    steps = Steps()
    for parent in dict.fromkeys(collections[id_]["parent_id"] for id_ in touched):
        await steps.end()
        group = [id_ for id_ in siblings[parent] if id_ in touched]
        taken = [collections[id_]["name"] for id_ in siblings[parent] if id_ not in touched]
        said = [collections[id_].get("new") or renamed.get(id_) for id_ in group]
        _name(made, read, "collections", [collections[id_] for id_ in group], said, taken)


async def _name_environments(made: Arrangement, read: Read, project_id: str) -> None:
    new = [one.said for one in read.tops if one.said["node"] == "environment"]
    renamed = _renamed(read, "environment")
    if not (new or renamed):
        return
    await check_environments(project_id, len(new))
    found = await rows("SELECT id, name FROM environments WHERE project_id = ?", project_id)
    group = [row for row in found if row["id"] in renamed]
    said = [*(renamed[row["id"]] for row in group), *new]
    taken = [row["name"] for row in found if row["id"] not in renamed]
    _name(made, read, "environments", [*group, *({"new": one} for one in new)], said, taken)


def _renamed(read: Read, kind: str) -> dict[str, Json]:
    """Return what is said of those that the source renamed, by id."""
    updates = (one for one in read.updates if one["kind"] == kind)
    return {one["update"]: one for one in updates if "name" in one["fields"]}


def _name(
    made: Arrangement,
    read: Read,
    table: str,
    group: Sequence[Row],
    said: Sequence[Json],
    taken: Iterable[str],
) -> None:
    """Name siblings; ``said`` has what the child said of each, or nothing of what only moves."""
    own = [
        row["name"] if one is None else one.setdefault("ownName", one["fields"]["name"])
        for row, one in zip(group, said, strict=True)
    ]
    found = distinct(own, folded, taken=taken, limit=_LIMITS[table])
    for row, one, wanted, name in zip(group, said, own, found, strict=True):
        given = name if name != wanted else None
        if one is not None:
            one["fields"]["name"], one["keys"]["name_hash"] = name, name_hash(name)
            one["givenName"] = given
        elif given is None:
            given = row["given_name"]  # as before
        if "new" not in row:
            made.names.append(_Name(table, row["id"], name, given))
        if name != wanted:
            shown = row["new"] if "new" in row else _shown(table, row["id"], read)
            made.lines.append(renamed_line(shown, wanted, name))


def _shown(table: str, id_: str, read: Read) -> Json:
    """Return what a line of the report says of something that exists."""
    pointers = (note["pointer"] for note in read.notes if note.get("id") == id_)
    origin = {"pointer": next(pointers, "")}
    return {"node": table.removesuffix("s"), "create": id_, "origin": origin}


def _named(one: _Name) -> Iterator[Statement]:
    columns = {"name": one.name, "name_hash": name_hash(one.name)}
    if one.table == "collections":
        columns["name_key"] = search_key(one.name)
    yield updating(one.table, one.id, columns)
    yield "UPDATE origins SET given_name = ? WHERE owner_id = ?", [one.given, one.id]
