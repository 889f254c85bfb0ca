"""Every write to collections.

Whatever depends on other rows (depth, cycles, free names, the last position) is read under the lock
on the project, so that no two writers can break it together.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Row, execute, rows, search, statements
from gassapi_backend.database.statements import batches
from gassapi_backend.models import Endpoint, name_hash, new_id, search_key
from gassapi_backend.models.rows import CollectionRow, StoredCollection
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.collections import queries
from gassapi_backend.server.collections.rows import new_row
from gassapi_backend.server.collections.schemas import (
    CollectionChanges,
    CollectionCopy,
    CollectionView,
    NewCollection,
    collection_view,
    revealed_view,
)
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.items import copy_name, origins, places
from gassapi_backend.server.items.bulk import BATCH, add_item, count_items, insert_items
from gassapi_backend.server.items.schemas import NewVariable
from gassapi_backend.server.items.sizes import growth
from gassapi_backend.server.items.variables import (
    Stored,
    moved,
    revealed,
    secret_keys,
    to_store,
)
from gassapi_backend.server.limits.quotas import MB, require
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale
from gassapi_backend.vault import Vault

MAX_DEPTH = 12


async def create_collection(
    actor: Actor, project_id: str, new: NewCollection, vault: Vault
) -> CollectionRow:
    """Create a collection. Raises ``Invalid`` for a parent that cannot be, ``Conflict``."""

    async def create(made: Change) -> CollectionRow:
        await _check_parent(project_id, new.parent_id)
        collection_id = new_id()
        revision = made.record(
            "collection_created", "collection", collection_id, new.name, parent_id=new.parent_id
        )
        sibling_of = new.parent_id or project_id
        end = await places.count_in(sibling_of)
        if new.position is not None and new.position < end:
            made.later(*places.make_room(sibling_of, new.position, revision))
        collection = new_row(
            collection_id,
            project_id=project_id,
            parent_id=new.parent_id,
            name=new.name,
            description=new.description,
            variables=_variables(vault, collection_id, new.variables),
            auth=new.auth,
            headers=new.headers,
            position=end if new.position is None else min(new.position, end),
            revision=revision,
            moment=stored(now()),
        )
        add_item(made, "collections", collection)
        return collection

    return await change(actor, project_id, Permission.WRITE, create)


async def update_collection(
    actor: Actor,
    project_id: str,
    collection_id: str,
    changes: CollectionChanges,
    vault: Vault,
    if_match: IfMatch = ANY_REVISION,
) -> CollectionRow:
    """Change or move a collection; without a position, it moves to the end.

    Raises ``NotFound``, ``Stale``, ``Conflict``, and ``Invalid`` for a parent that cannot be.
    """

    async def update(made: Change) -> CollectionRow:
        collection = await _current(project_id, collection_id, if_match)
        wanted = {field: getattr(changes, field) for field in changes.model_fields_set}
        if "variables" in wanted:
            before = orjson.loads(collection["variables"] or "[]")
            wanted["variables"] = _variables(vault, collection_id, changes.variables, before)
        changed = statements.differing(collection, wanted)
        if "parent_id" in changed:
            await _check_parent(project_id, changed["parent_id"], collection_id)
        if "parent_id" in changed or "position" in changed:
            await _find_place(collection, wanted, changed)
        if changed:
            _save(made, collection, changed)
        return collection

    return await change(actor, project_id, Permission.WRITE, update)


async def delete_collection(
    actor: Actor, project_id: str, collection_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete a collection and everything below it; flows that belong to it stay without it."""

    async def delete(made: Change) -> None:
        collection = await _current(project_id, collection_id, if_match)
        if if_match.misses(collection["revision"], collection["endpoint_count"]):
            raise stale(collection_view(collection))  # it came after they looked
        below = await queries.ids_below(collection_id)
        sibling_of = collection["parent_id"] or project_id
        await detach_flows(made, await queries.flows_below(collection_id))
        is_imported = await origins.mark_deleted_in(below)
        size = await queries.size_below(collection_id)
        endpoints = await _delete(project_id, below)
        if is_imported:
            await origins.forget_documents(project_id)
            await origins.forget_contents(project_id)
        revision = made.record(
            "collection_deleted",
            "collection",
            collection_id,
            collection["name"],
            collections=len(below),
            endpoints=endpoints,
        )
        made.later(*places.close_gap(sibling_of, collection["position"], revision))
        count_items(made, collections=-len(below), endpoints=-endpoints, size=-size)

    await change(actor, project_id, Permission.WRITE, delete)


async def duplicate_collection(
    actor: Actor,
    project_id: str,
    collection_id: str,
    wanted: CollectionCopy,
    vault: Vault,
    if_match: IfMatch = ANY_REVISION,
) -> CollectionRow:
    """Copy a collection with everything below it: beside it, or to the top of another project.

    Without a name it is called "… copy", "… copy 2" and so on: the first that is free. Every row
    of the copy has the revision of the one entry that records it. Raises ``NotFound``, ``Stale``
    and ``Conflict``.
    """
    target_id = wanted.project_id or project_id
    is_elsewhere = target_id != project_id

    async def duplicate(made: Change) -> CollectionRow:
        source = await _current(project_id, collection_id, if_match)
        parent_id = None if is_elsewhere else source["parent_id"]
        sibling_of = parent_id or target_id
        name = wanted.name or await _free_name(sibling_of, source["name"])
        below = await queries.collections_below(collection_id)
        endpoints = await queries.endpoints_below(collection_id)
        size = sum(endpoint["size"] for endpoint in endpoints)
        _check_copy(len(below) + len(endpoints), size)
        top_id = new_id()
        revision = made.record(
            "collection_duplicated",
            "collection",
            top_id,
            name,
            from_id=collection_id,
            from_project_id=project_id if is_elsewhere else None,
            collections=len(below),
            endpoints=len(endpoints),
        )
        top = new_row(
            top_id,
            project_id=target_id,
            parent_id=parent_id,
            name=name,
            position=await places.count_in(sibling_of),
            revision=revision,
            moment=stored(now()),
        )
        copies = _copied(below, endpoints, top, vault)
        await insert_items(made, collections=list(copies.values()))
        ids = {original: copy["id"] for original, copy in copies.items()}
        count_items(made, endpoints=len(endpoints), size=size)
        copied = await _copy_endpoints(copies, endpoints, top)
        await search.refresh(target_id, copied.values())
        ids |= copied
        await origins.copy(ids, target_id)
        return copies[collection_id]

    reads = project_id if is_elsewhere else None
    return await change(actor, target_id, Permission.WRITE, duplicate, reads=reads)


async def reveal(actor: Actor, project_id: str, collection_id: str, vault: Vault) -> CollectionView:
    """Return a collection with its secret values, and note who looked at which.

    Raises ``Conflict``, and notes nothing, where one cannot be decrypted.
    """

    async def reveal(made: Change) -> CollectionView:
        collection = await _current(project_id, collection_id, ANY_REVISION)
        stored_ones = orjson.loads(collection["variables"] or "[]")
        variables = revealed(vault, collection_id, stored_ones)
        if keys := secret_keys(stored_ones):
            made.note(
                "secrets_revealed", "collection", collection_id, collection["name"], keys=keys
            )
        return revealed_view(collection, variables)

    return await change(actor, project_id, Permission.REVEAL_SECRETS, reveal)


def _check_copy(items: int, size: int) -> None:
    """Raise ``Conflict`` for more than one copy may hold: others wait while it is made."""
    parts = "Copy what is in it in several parts."
    require("import_max_items", items, so="One copy has at most {limit} items", now=parts)
    require("import_max_mb", size, so="One copy has at most {limit} MB", now=parts, unit=MB)


async def _current(project_id: str, collection_id: str, if_match: IfMatch) -> CollectionRow:
    collection = await queries.load_collection(project_id, collection_id)
    if collection is None:
        raise NotFound("There is no such collection.")
    if if_match.misses(collection["revision"]):
        raise stale(collection_view(collection))
    return collection


async def _check_parent(project_id: str, parent_id: str | None, moved: str | None = None) -> None:
    """Raise ``Invalid`` where a new collection, or the one that is ``moved``, cannot go."""
    if parent_id is None:
        return
    above = await queries.ids_above(project_id, parent_id)
    if not above:
        raise Invalid.field("parentId", "There is no such collection in this project.")
    if moved in above:
        raise Invalid.field("parentId", "A collection cannot be moved below itself.")
    levels = await queries.height_of(moved) if moved else 1
    if len(above) + levels > MAX_DEPTH:
        raise Invalid.field("parentId", f"Collections go at most {MAX_DEPTH} deep.")


async def _find_place(
    collection: CollectionRow, wanted: dict[str, Any], changed: dict[str, Any]
) -> None:
    """Say where a collection goes that is moved: to the end, where no place is wanted."""
    is_moved = "parent_id" in changed
    parent_id = changed["parent_id"] if is_moved else collection["parent_id"]
    end = await places.count_in(parent_id or collection["project_id"]) - (not is_moved)
    changed["position"] = min(wanted.get("position", end), end)
    if not is_moved and changed["position"] == collection["position"]:
        del changed["position"]


def _variables(
    vault: Vault, collection_id: str, sent: list[NewVariable] | None, before: Iterable[Stored] = ()
) -> str | None:
    """Return what to store for the variables that were sent; nothing for none."""
    variables = to_store(vault, collection_id, sent or (), before)
    return orjson.dumps(variables).decode() if variables else None


def _save(made: Change, collection: CollectionRow, changed: dict[str, Any]) -> None:
    revision = made.record(
        "collection_updated",
        "collection",
        collection["id"],
        changed.get("name", collection["name"]),
        fields=sorted(changed),
    )
    old = collection["parent_id"] or collection["project_id"], collection["position"]
    count_items(made, size=growth("collections", collection, changed))
    columns = {**changed, "revision": revision, "updated_at": stored(now())}
    collection.update(columns)  # type: ignore[typeddict-item]  # they are its columns
    new = collection["parent_id"] or collection["project_id"], collection["position"]
    made.later(*places.move(old, new, revision))
    if "name" in changed:
        columns["name_key"] = search_key(changed["name"])
        columns["name_hash"] = name_hash(changed["name"])
    if "parent_id" in changed:
        columns["sibling_of"] = changed["parent_id"] or collection["project_id"]
    made.later(statements.updating("collections", collection["id"], columns))


async def _delete(project_id: str, ids: list[str]) -> int:
    """Delete collections and their endpoints; return how many endpoints there were.

    Step by step: MySQL 9 gives up where foreign keys would take a tree with many branches along.
    """
    endpoints: list[str] = []
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        among = f"IN ({', '.join('?' * len(some))})"
        found = await rows(f"SELECT id FROM endpoints WHERE collection_id {among}", *some)  # noqa: S608 - question marks
        endpoints += [one["id"] for one in found]
        await execute(f"DELETE FROM endpoints WHERE collection_id {among}", *some)  # noqa: S608 - as above
        await execute(f"UPDATE collections SET parent_id = NULL WHERE id {among}", *some)  # noqa: S608 - as above
    await statements.send(statements.for_ids("DELETE FROM collections WHERE id IN ({ids})", ids))
    await search.write(project_id, dict.fromkeys(endpoints))
    return len(endpoints)


async def detach_flows(made: Change, flows: list[Row]) -> None:
    """Have flows belong to no collection, each with an entry of its own."""
    revisions = {
        flow["id"]: made.record(
            "flow_updated", "flow", flow["id"], flow["name"], fields=["collection_id"]
        )
        for flow in flows
    }
    moment = stored(now())
    for start in range(0, len(flows), BATCH):
        some = [flow["id"] for flow in flows[start : start + BATCH]]
        marks, cases = ", ".join("?" * len(some)), " ".join(["WHEN ? THEN ?"] * len(some))
        await execute(
            f"""
            UPDATE flows SET collection_id = NULL, updated_at = ?, revision = CASE id {cases} END
            WHERE id IN ({marks})
            """,  # noqa: S608 - question marks
            moment,
            *(value for flow_id in some for value in (flow_id, revisions[flow_id])),
            *some,
        )


async def _free_name(sibling_of: str, name: str) -> str:
    first, count = 1, 10
    while True:
        numbers = range(first, first + count)
        names = {name_hash(copy): copy for copy in (copy_name(name, number) for number in numbers)}
        taken = await queries.taken_names(sibling_of, list(names))
        for hashed, candidate in names.items():
            if hashed not in taken:
                return candidate
        first, count = first + count, min(count * 10, 1000)  # hashing more holds others up


def _copied(
    below: list[CollectionRow], endpoints: list[Row], top: StoredCollection, vault: Vault
) -> dict[str, StoredCollection]:
    """Return the rows of the copies by the ids of what they are copies of, parents first.

    ``top`` says where the first of them goes, and what all have in common.
    """
    counts = Counter(endpoint["collection_id"] for endpoint in endpoints)
    copies: dict[str, StoredCollection] = {}
    for original in below:
        is_top = not copies
        id_ = top["id"] if is_top else new_id()
        copy = new_row(
            id_,
            project_id=top["project_id"],
            parent_id=top["parent_id"] if is_top else copies[original["parent_id"] or ""]["id"],
            name=top["name"] if is_top else original["name"],
            description=original["description"],
            variables=_moved(vault, original, id_),
            auth=original["auth"],
            headers=original["headers"],
            position=top["position"] if is_top else original["position"],
            revision=top["revision"],
            moment=top["created_at"],
        )
        copy["endpoint_count"] = counts[original["id"]]
        copies[original["id"]] = copy
    return copies


def _moved(vault: Vault, original: CollectionRow, copy_id: str) -> str | None:
    """Return a collection's variables as its copy stores them. Raises ``Conflict``."""
    if not original["variables"] or '"sealed":"' not in original["variables"]:
        return original["variables"]
    variables = moved(vault, original["id"], copy_id, orjson.loads(original["variables"]))
    return orjson.dumps(variables).decode()


async def _copy_endpoints(
    copies: dict[str, StoredCollection], endpoints: list[Row], top: StoredCollection
) -> dict[str, str]:
    """Copy endpoints within the database, which knows their bodies and examples already.

    Returns the ids of the copies by those of the originals.
    """
    ids = {endpoint["id"]: new_id() for endpoint in endpoints}
    moment, rest = top["created_at"], _copied_columns()
    columns = ", ".join(("id", "collection_id", "project_id", "revision", *rest))
    originals = ", ".join(f"e.{column}" for column in rest)
    for some in batches(endpoints, BATCH, lambda endpoint: int(endpoint["size"])):
        pairs = " UNION ALL SELECT ?, ?, ?" * (len(some) - 1)
        await execute(
            f"""
            INSERT INTO endpoints (created_at, updated_at, {columns})
            SELECT ?, ?, n.id, n.collection_id, ?, ?, {originals} FROM endpoints e
            JOIN (SELECT ? AS original, ? AS id, ? AS collection_id{pairs}) n ON n.original = e.id
            WHERE e.id IN ({", ".join("?" * len(some))})
            """,  # noqa: S608 - the model's columns and question marks
            moment,
            moment,
            top["project_id"],
            top["revision"],
            *(
                value
                for endpoint in some
                for value in (
                    endpoint["id"],
                    ids[endpoint["id"]],
                    copies[endpoint["collection_id"]]["id"],
                )
            ),
            *(endpoint["id"] for endpoint in some),
        )
    return ids


@cache
def _copied_columns() -> tuple[str, ...]:
    own = {"id", "collection_id", "project_id", "is_gone", "revision", "created_at", "updated_at"}
    return tuple(sorted(Endpoint._meta.db_fields - own))
