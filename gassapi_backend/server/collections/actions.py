"""Every write to collections.

Whatever depends on other rows (depth, cycles, free names, the last position) is read under the lock
on the project, so that no two writers can break it together.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson

from gassapi_backend.clock import now, stored
from gassapi_backend.database import Row, execute
from gassapi_backend.database.statements import insert, update
from gassapi_backend.models import Endpoint, name_hash, new_id
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.collections import queries
from gassapi_backend.server.collections.schemas import (
    CollectionChanges,
    CollectionView,
    NewCollection,
    collection_view,
    revealed_view,
)
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.items import copy_name, places
from gassapi_backend.server.items.schemas import NewVariable
from gassapi_backend.server.items.variables import (
    Stored,
    moved,
    revealed,
    secret_keys,
    to_store,
)
from gassapi_backend.server.web.etags import ANY_REVISION, IfMatch, stale
from gassapi_backend.vault import Vault

MAX_DEPTH = 12
BATCH = 400  # rows of a statement that names each; SQLite joins 500 SELECTs at most


async def create_collection(actor: Actor, project_id: str, new: NewCollection, vault: Vault) -> Row:
    """Create a collection. Raises ``Invalid`` for a parent that cannot be, ``Conflict``."""

    async def create(made: Change) -> Row:
        await _check_parent(project_id, new.parent_id)
        collection_id, moment = new_id(), stored(now())
        revision = made.record(
            "collection_created", "collection", collection_id, new.name, parent_id=new.parent_id
        )
        sibling_of = new.parent_id or project_id
        end = await places.count_in(sibling_of)
        if new.position is not None and new.position < end:
            await places.make_room(sibling_of, new.position, revision)
        collection = {
            "id": collection_id,
            "project_id": project_id,
            "parent_id": new.parent_id,
            "sibling_of": sibling_of,
            "name": new.name,
            "name_hash": name_hash(new.name),
            "description": new.description,
            "variables": _variables(vault, collection_id, new.variables),
            "auth": new.auth,
            "headers": new.headers,
            "is_gone": None,
            "position": end if new.position is None else min(new.position, end),
            "endpoint_count": 0,
            "revision": revision,
            "created_at": moment,
            "updated_at": moment,
        }
        await insert("collections", [collection])
        _count(made, collections=1)
        return collection

    return await change(actor, project_id, Permission.WRITE, create)


async def update_collection(
    actor: Actor,
    project_id: str,
    collection_id: str,
    changes: CollectionChanges,
    vault: Vault,
    if_match: IfMatch = ANY_REVISION,
) -> Row:
    """Change or move a collection; without a position, it moves to the end.

    Raises ``NotFound``, ``Stale``, ``Conflict``, and ``Invalid`` for a parent that cannot be.
    """

    async def update(made: Change) -> Row:
        collection = await _current(project_id, collection_id, if_match)
        wanted = {field: getattr(changes, field) for field in changes.model_fields_set}
        if "variables" in wanted:
            before = orjson.loads(collection["variables"] or "[]")
            wanted["variables"] = _variables(vault, collection_id, changes.variables, before)
        changed = {field: value for field, value in wanted.items() if value != collection[field]}
        if "parent_id" in changed:
            await _check_parent(project_id, changed["parent_id"], collection_id)
        if "parent_id" in changed or "position" in changed:
            await _find_place(collection, wanted, changed)
        if changed:
            await _save(made, collection, changed)
        return collection

    return await change(actor, project_id, Permission.WRITE, update)


async def delete_collection(
    actor: Actor, project_id: str, collection_id: str, if_match: IfMatch = ANY_REVISION
) -> None:
    """Delete a collection and everything below it; flows that belong to it stay without it."""

    async def delete(made: Change) -> None:
        collection = await _current(project_id, collection_id, if_match)
        if if_match.misses(collection["revision"], collection["endpoint_count"]):
            raise stale(collection_view(collection))  # an endpoint came that nobody meant
        below = await queries.ids_below(collection_id)
        sibling_of = collection["parent_id"] or project_id
        await _detach_flows(made, await queries.flows_below(collection_id))
        endpoints = await _delete(below)
        revision = made.record(
            "collection_deleted",
            "collection",
            collection_id,
            collection["name"],
            collections=len(below),
            endpoints=endpoints,
        )
        await places.close_gap(sibling_of, collection["position"], revision)
        _count(made, collections=-len(below), endpoints=-endpoints)

    await change(actor, project_id, Permission.WRITE, delete)


async def duplicate_collection(
    actor: Actor,
    source_project_id: str,
    collection_id: str,
    vault: Vault,
    *,
    name: str | None = None,
    project_id: str | None = None,
    if_match: IfMatch = ANY_REVISION,
) -> Row:
    """Copy a collection with everything below it: beside it, or to the top of another project.

    Without a name it is called "… copy", "… copy 2" and so on: the first that is free. Every row
    of the copy has the revision of the one entry that records it. Raises ``NotFound``, ``Stale``
    and ``Conflict``.
    """
    target_id = project_id or source_project_id
    is_elsewhere = target_id != source_project_id

    async def duplicate(made: Change) -> Row:
        source = await _current(source_project_id, collection_id, if_match)
        parent_id = None if is_elsewhere else source["parent_id"]
        chosen = name or await _free_name(parent_id or target_id, source["name"])
        below = await queries.collections_below(collection_id)
        endpoints = await queries.endpoints_below(collection_id)
        top_id = new_id()
        revision = made.record(
            "collection_duplicated",
            "collection",
            top_id,
            chosen,
            from_id=collection_id,
            from_project_id=source_project_id if is_elsewhere else None,
            collections=len(below),
            endpoints=len(endpoints),
        )
        top = {
            "id": top_id,
            "project_id": target_id,
            "parent_id": parent_id,
            "name": chosen,
            "name_hash": name_hash(chosen),
            "position": await places.count_in(parent_id or target_id),
            "revision": revision,
        }
        copies = _copied(below, endpoints, top, vault)
        await insert("collections", list(copies.values()))
        await _copy_endpoints(copies, endpoints, top)
        _count(made, collections=len(below), endpoints=len(endpoints))
        return copies[collection_id]

    return await change(
        actor,
        target_id,
        Permission.WRITE,
        duplicate,
        reads=source_project_id if is_elsewhere else None,
    )


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


async def _current(project_id: str, collection_id: str, if_match: IfMatch) -> Row:
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


async def _find_place(collection: Row, wanted: dict[str, Any], changed: dict[str, Any]) -> None:
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


async def _save(made: Change, collection: Row, changed: dict[str, Any]) -> None:
    revision = made.record(
        "collection_updated",
        "collection",
        collection["id"],
        changed.get("name", collection["name"]),
        fields=sorted(changed),
    )
    old = collection["parent_id"] or collection["project_id"], collection["position"]
    collection |= {**changed, "revision": revision, "updated_at": stored(now())}
    new = collection["parent_id"] or collection["project_id"], collection["position"]
    await places.move(old, new, revision)
    columns = {key: collection[key] for key in (*changed, "revision", "updated_at")}
    if "name" in changed:
        columns["name_hash"] = name_hash(changed["name"])
    if "parent_id" in changed:
        columns["sibling_of"] = changed["parent_id"] or collection["project_id"]
    await update("collections", collection["id"], columns)


def _count(made: Change, *, collections: int, endpoints: int = 0) -> None:
    made.locked_project.collection_count += collections
    made.locked_project.endpoint_count += endpoints
    made.save_project("collection_count", "endpoint_count")


async def _delete(ids: list[str]) -> int:
    """Delete collections and their endpoints; return how many endpoints there were.

    Step by step: MySQL 9 gives up where foreign keys would take a tree with many branches along.
    """
    endpoints = 0
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        among = f"IN ({', '.join('?' * len(some))})"
        endpoints += await execute(f"DELETE FROM endpoints WHERE collection_id {among}", *some)  # noqa: S608 - question marks
        await execute(f"UPDATE collections SET parent_id = NULL WHERE id {among}", *some)  # noqa: S608 - as above
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        await execute(f"DELETE FROM collections WHERE id IN ({', '.join('?' * len(some))})", *some)  # noqa: S608 - as above
    return endpoints


async def _detach_flows(made: Change, flows: list[Row]) -> None:
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


def _copied(below: list[Row], endpoints: list[Row], top: Row, vault: Vault) -> dict[str, Row]:
    """Return the rows of the copies by the ids of what they are copies of, parents first."""
    counts: dict[str, int] = {}
    for endpoint in endpoints:
        counts[endpoint["collection_id"]] = counts.get(endpoint["collection_id"], 0) + 1
    moment = stored(now())
    copies: dict[str, Row] = {}
    for original in below:
        fields = (
            {"id": new_id(), "parent_id": copies[original["parent_id"]]["id"]} if copies else top
        )
        copy = {**original, "project_id": top["project_id"], "revision": top["revision"], **fields}
        copies[original["id"]] = {
            **copy,
            "sibling_of": copy["parent_id"] or copy["project_id"],
            "variables": _moved(vault, original, copy["id"]),
            "is_gone": None,
            "endpoint_count": counts.get(original["id"], 0),
            "created_at": moment,
            "updated_at": moment,
        }
    return copies


def _moved(vault: Vault, original: Row, copy_id: str) -> str | None:
    """Return a collection's variables as its copy stores them. Raises ``Conflict``."""
    if not original["variables"] or '"sealed":"' not in original["variables"]:
        return original["variables"]  # type: ignore[no-any-return]  # JSON text
    variables = moved(vault, original["id"], copy_id, orjson.loads(original["variables"]))
    return orjson.dumps(variables).decode()


async def _copy_endpoints(copies: dict[str, Row], endpoints: list[Row], top: Row) -> None:
    """Copy endpoints within the database, which knows their bodies and examples already."""
    moment, rest = stored(now()), _copied_columns()
    columns = ", ".join(("id", "collection_id", "project_id", "revision", *rest))
    originals = ", ".join(f"e.{column}" for column in rest)
    for start in range(0, len(endpoints), BATCH):
        some = endpoints[start : start + BATCH]
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
                for value in (endpoint["id"], new_id(), copies[endpoint["collection_id"]]["id"])
            ),
            *(endpoint["id"] for endpoint in some),
        )


@cache
def _copied_columns() -> tuple[str, ...]:
    own = {"id", "collection_id", "project_id", "is_gone", "revision", "created_at", "updated_at"}
    return tuple(sorted(Endpoint._meta.db_fields - own))
