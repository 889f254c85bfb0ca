"""A whole project as one document: written as it is read from the database, and read back."""

import zlib
from collections.abc import AsyncIterator
from typing import Any

import orjson

from gassapi_backend.database import Row, rows
from gassapi_backend.exchange.gassapi import FORMAT, VERSION
from gassapi_backend.exchange.tree import Json
from gassapi_backend.server.collections.queries import list_collections
from gassapi_backend.server.collections.schemas import collection_view
from gassapi_backend.server.collections.schemas import revealed_view as revealed_collection
from gassapi_backend.server.endpoints.queries import COLUMNS as ENDPOINT
from gassapi_backend.server.endpoints.schemas import EndpointView, endpoint_view
from gassapi_backend.server.environments.queries import list_environments
from gassapi_backend.server.environments.schemas import environment_view
from gassapi_backend.server.environments.schemas import revealed_view as revealed_environment
from gassapi_backend.server.importing.queries import ORIGIN
from gassapi_backend.server.items.variables import revealed
from gassapi_backend.vault import Vault

PAGE = 250  # endpoints read at a time

_NOT_SAID = ("projectId", "revision", "goneFromSource", "endpointsCount", "createdAt", "updatedAt")


async def project_pieces(project: Row, vault: Vault | None) -> AsyncIterator[bytes]:
    """Yield the JSON of a project, some rows at a time; with a ``vault``, secret values too.

    Raises ``Conflict`` for one that cannot be decrypted.
    """
    project_id = project["id"]
    head = {
        "format": FORMAT,
        "version": VERSION,
        "project": {
            "name": project["name"],
            "description": project["description"],
            "isPublic": bool(project["is_public"]),
            "settings": orjson.loads(project["settings"] or "{}"),
        },
    }
    yield orjson.dumps(head)[:-1] + b',"environments":['
    origins = await _origins(project_id, "environment")
    for start, row in enumerate(await list_environments(project_id)):
        view = environment_view(row)
        if vault is not None:
            variables = revealed(vault, row["id"], orjson.loads(row["variables"]))
            view = revealed_environment(row, variables)
        yield _written(start, view, origins.get(row["id"]), is_masked=vault is None)
    yield b'],"collections":['
    origins = await _origins(project_id, "collection")
    for start, one in enumerate(await list_collections(project_id)):
        shown = collection_view(one)
        if vault is not None:
            variables = revealed(vault, one["id"], orjson.loads(one["variables"] or "[]"))
            shown = revealed_collection(one, variables)
        yield _written(start, shown, origins.get(one["id"]), is_masked=vault is None)
    yield b'],"endpoints":['
    start = 0
    async for some in _endpoints(project_id):
        parts = [_written(start + at, _endpoint(one), one) for at, one in enumerate(some)]
        start += len(some)
        yield b"".join(parts)
    yield b'],"flows":['
    for at, flow in enumerate(await _flows(project_id)):
        yield _written(at, _flow(flow), None)
    yield b"]}"


def _written(at: int, view: Any, origin: Row | None, *, is_masked: bool = False) -> bytes:
    shown = {name: value for name, value in view.items() if name not in _NOT_SAID}
    if is_masked and isinstance(shown.get("variables"), list):
        shown["variables"] = [_unmasked(one) for one in shown["variables"]]
    if origin is not None and origin["o_format"] is not None:
        shown["origin"] = _origin(origin)
    return (b"," if at else b"") + b"\n" + orjson.dumps(shown)


def _unmasked(variable: Json) -> Json:
    """Return a variable whose secret value does not leave: it is empty, and no mask."""
    return {**variable, "value": ""} if variable.get("secret") else variable


def _origin(row: Row) -> Json:
    return {
        "format": row["o_format"],
        "version": row["o_version"],
        "pointer": row["o_pointer"],
        "sourceId": row["source_id"],
        "operationId": row["operation_id"],
        "documentId": row["document_id"],
        "documentKey": row["document_key"],
        "parentId": row["o_parent_id"],
        "position": row["o_position"],
        "givenName": row["given_name"],
        "original": _unpacked(row["original"]),
        "base": _unpacked(row["base"]),
    }


def _unpacked(blob: bytes | None) -> Json:
    return orjson.Fragment(zlib.decompress(blob)) if blob else None


async def _origins(project_id: str, kind: str) -> dict[str, Row]:
    found = await rows(
        f"SELECT o.owner_id, o.document_key, {ORIGIN} FROM origins o "  # noqa: S608 - constants only
        "WHERE o.project_id = ? AND o.owner_type = ? AND o.is_deleted = ?",
        project_id,
        kind,
        False,
    )
    return {row["owner_id"]: row for row in found}


def _endpoint(row: Any) -> EndpointView:
    return endpoint_view(row)


async def _endpoints(project_id: str) -> AsyncIterator[list[Row]]:
    """Yield endpoints some at a time: whoever reads slowly keeps no connection from others."""
    last = ""
    while True:
        found = await rows(
            f"SELECT {ENDPOINT}, o.document_key, {ORIGIN} FROM endpoints e "  # noqa: S608 - constants only
            "LEFT JOIN origins o ON o.owner_id = e.id "
            f"WHERE e.project_id = ? AND e.id > ? ORDER BY e.id LIMIT {PAGE}",
            project_id,
            last,
        )
        if not found:
            return
        yield found
        last = found[-1]["id"]


async def _flows(project_id: str) -> list[Row]:
    return await rows(
        "SELECT id, collection_id, name, description, flow_data, flow_inputs, is_active "
        "FROM flows WHERE project_id = ? ORDER BY id",
        project_id,
    )


def _flow(row: Row) -> Json:
    return {
        "id": row["id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "description": row["description"],
        "flowData": orjson.Fragment(row["flow_data"]),
        "flowInputs": orjson.Fragment(row["flow_inputs"]),
        "isActive": bool(row["is_active"]),
    }
