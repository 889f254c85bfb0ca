"""What an export consists of: rows as frames, and an audit entry if it reveals secret values."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson

from gassapi_backend.database import Row
from gassapi_backend.database.statements import batches
from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Steps
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.access.permissions import Permission
from gassapi_backend.server.changes.change import Change, change
from gassapi_backend.server.collections.queries import list_collections
from gassapi_backend.server.environments.queries import list_environments
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.importing import queries
from gassapi_backend.server.importing.schemas import CollectionExport, EnvironmentExport
from gassapi_backend.server.importing.stored import packed, row_frame
from gassapi_backend.server.items.outlines import SOME
from gassapi_backend.server.items.variables import revealed, secret_keys
from gassapi_backend.vault import Vault

ENDPOINT = 100  # of what one statement may ask for: the endpoints of so few collections at a time


async def collection_rows(
    actor: Actor, project_id: str, collection_id: str, wanted: CollectionExport, vault: Vault
) -> tuple[dict[str, Json], AsyncIterator[bytes]]:
    """Return what a child needs to write a collection, and its rows in parts, as they are read.

    Raises ``Invalid`` for an environment of another project, and ``Conflict`` for a secret value
    that is to be revealed and cannot be decrypted.
    """
    found = await _collection(project_id, collection_id, wanted)

    async def note(made: Change) -> None:
        for kind, row in found:
            note_secrets(made, kind, row)

    if wanted.reveal:
        await change(actor, project_id, Permission.REVEAL_SECRETS, note)
    opened = vault if wanted.reveal else None
    chosen = next((row for kind, row in found if kind == "chosen"), None)
    options = {
        "format": wanted.format,
        "version": wanted.version,
        "includeExamples": wanted.include_examples,
        "variables": None
        if chosen is None
        else row_frame("environment", chosen, opened).said["fields"]["variables"],
    }
    frames = (_frame(kind, row, opened) for kind, row in found if kind != "chosen")
    collections = [row for kind, row in found if kind == "collection"]
    return options, _parts(await packed(frames), collections)


async def _parts(first: bytes, collections: Sequence[Row]) -> AsyncIterator[bytes]:
    """Yield what is read already, then the endpoints of collections, as they are read."""
    yield first
    for some in batches(collections, SOME, lambda row: int(row["endpoint_count"]) * ENDPOINT):
        async for part in queries.endpoints_in([row["id"] for row in some]):
            yield await packed(row_frame("endpoint", row) for row in part)


async def environment_rows(
    actor: Actor, project_id: str, environment_id: str, wanted: EnvironmentExport, vault: Vault
) -> AsyncIterator[bytes]:
    """Return an environment as rows for a child. Raises ``NotFound`` and ``Conflict``."""
    row = await queries.environment_with_origin(environment_id)
    if row is None:
        raise NotFound("There is no such environment.")
    opened = vault if wanted.reveal else None
    frame = row_frame("environment", row, opened)

    async def note(made: Change) -> None:
        note_secrets(made, "environment", row)

    if wanted.reveal:
        await change(actor, project_id, Permission.REVEAL_SECRETS, note)
    return _parts(await packed([frame]), [])


async def reveal_project(actor: Actor, project_id: str, vault: Vault) -> None:
    """Record that a project's secret values are exported. Raises ``Conflict`` if one is lost."""
    found: list[tuple[str, Any]] = [
        *(("environment", row) for row in await list_environments(project_id)),
        *(("collection", row) for row in await list_collections(project_id)),
    ]

    async def note(made: Change) -> None:
        steps = Steps()
        for kind, row in found:
            await steps.end()
            revealed(vault, row["id"], orjson.loads(row["variables"] or "[]"))
            note_secrets(made, kind, row)

    await change(actor, project_id, Permission.REVEAL_SECRETS, note)


def note_secrets(made: Change, kind: str, row: Row) -> None:
    """Record that secret values of something are exported, if it has any."""
    if keys := secret_keys(orjson.loads(row.get("variables") or "[]")):
        kind = "environment" if kind == "chosen" else kind.removeprefix("above ")
        made.note("secrets_revealed", kind, row["id"], row["name"], keys=keys)


async def _collection(
    project_id: str, collection_id: str, wanted: CollectionExport
) -> list[tuple[str, Row]]:
    """Return all rows of an export but endpoints, each with its kind."""
    deep = wanted.include_sub_collections
    above = await queries.collections_above(collection_id)
    collections = await queries.collections_of(collection_id, deep=deep)
    if not collections:
        raise NotFound("There is no such collection.")
    environments = await queries.environments_of_document(collection_id)
    found = [
        *(("above collection", row) for row in above),
        *(("collection", row) for row in collections),
        *(("environment", row) for row in environments),
    ]
    if wanted.environment is not None:
        chosen = await queries.find_environment(project_id, wanted.environment)
        if chosen is None:
            raise Invalid.field("environment", "There is no such environment in this project.")
        found.append(("chosen", chosen))
    return found


def _frame(kind: str, row: Row, vault: Vault | None) -> Frame:
    if kind.startswith("above "):
        return row_frame(kind.removeprefix("above "), row, vault, isAbove=True)
    return row_frame(kind, row, vault)
