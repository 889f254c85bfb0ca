"""A whole project as one document: streamed from the database, and read back."""

import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

import orjson

from gassapi_backend.database import Row
from gassapi_backend.exchange.gassapi import FORMAT, VERSION
from gassapi_backend.exchange.tree import Json
from gassapi_backend.server.collections import queries as collections
from gassapi_backend.server.collections.schemas import collection_view
from gassapi_backend.server.collections.schemas import revealed_view as revealed_collection
from gassapi_backend.server.endpoints.queries import COLUMNS as ENDPOINT
from gassapi_backend.server.environments import queries as environments
from gassapi_backend.server.environments.schemas import environment_view
from gassapi_backend.server.environments.schemas import revealed_view as revealed_environment
from gassapi_backend.server.importing.queries import ORIGIN
from gassapi_backend.server.items.json_text import as_answered
from gassapi_backend.server.items.outlines import in_parts, outlines_by_age
from gassapi_backend.server.items.variables import revealed
from gassapi_backend.vault import Vault

_ORIGIN = f"o.document_key, {ORIGIN}"
_ENVIRONMENTS = (
    f"n.{', n.'.join(environments.COLUMNS.split(', '))}, {_ORIGIN}",
    "environments n LEFT JOIN origins o ON o.owner_id = n.id",
    "n.id",
)
_COLLECTIONS = (
    f"{collections.COLUMNS}, {_ORIGIN}",
    "collections c LEFT JOIN origins o ON o.owner_id = c.id",
    "c.id",
)
_ENDPOINTS = (
    f"{ENDPOINT}, {_ORIGIN}",
    "endpoints e LEFT JOIN origins o ON o.owner_id = e.id",
    "e.id",
)
_FLOWS = ("id, collection_id, name, description, flow_data, flow_inputs, is_active", "flows")
"""Columns, their source, and the column of the ids."""

_NOT_SAID = ("projectId", "revision", "goneFromSource", "endpointsCount", "createdAt", "updatedAt")

View = Callable[[Any], dict[str, Any]]


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
    async for piece in _array(_environments(project_id), partial(_environment, vault)):
        yield piece
    yield b'],"collections":['
    async for piece in _array(_collections(project_id), partial(_collection, vault)):
        yield piece
    yield b'],"endpoints":['
    async for piece in _array(_by_age("endpoints", project_id, *_ENDPOINTS), _endpoint):
        yield piece
    yield b'],"flows":['
    async for piece in _array(_by_age("flows", project_id, *_FLOWS), _flow):
        yield piece
    yield b"]}"


async def _array(parts: AsyncIterator[list[Any]], view: View) -> AsyncIterator[bytes]:
    """Yield what stands in an array, a piece for each part: a row alone costs less than a turn."""
    start = b"\n"
    async for part in parts:
        if part:
            yield start + b",\n".join([orjson.dumps(view(row)) for row in part])
            start = b",\n"


async def _environments(project_id: str) -> AsyncIterator[list[Any]]:
    found = await environments.list_outlines(project_id)
    async for part in in_parts(found, *_ENVIRONMENTS):
        yield part


async def _collections(project_id: str) -> AsyncIterator[list[Any]]:
    found = await collections.list_outlines(project_id)
    async for part in in_parts(found, *_COLLECTIONS):
        yield part


async def _by_age(table: str, project_id: str, *source: str) -> AsyncIterator[list[Any]]:
    async for page in outlines_by_age(table, project_id):
        async for part in in_parts(page, *source):
            yield part


def _environment(vault: Vault | None, row: Any) -> dict[str, Any]:
    if vault is None:
        return _said(_unmasked(environment_view(row)), row)
    variables = revealed(vault, row["id"], orjson.loads(row["variables"]))
    return _said(revealed_environment(row, variables), row)


def _collection(vault: Vault | None, row: Any) -> dict[str, Any]:
    if vault is None:
        return _said(_unmasked(collection_view(row)), row)
    variables = revealed(vault, row["id"], orjson.loads(row["variables"] or "[]"))
    return _said(revealed_collection(row, variables), row)


def _said(view: Mapping[str, Any], row: Row) -> dict[str, Any]:
    said = {name: value for name, value in view.items() if name not in _NOT_SAID}
    return _with_origin(said, row)


def _endpoint(row: Any) -> dict[str, Any]:
    """Return an endpoint as in an answer, but for ``_NOT_SAID``: there are very many of them."""
    said = {
        "id": row["id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "method": row["method"],
        "url": row["url"],
        "description": row["description"],
        "position": row["position"],
        "headers": as_answered(row["headers"]),
        "params": as_answered(row["params"]),
        "body": as_answered(row["body"]),
        "bodyType": row["body_type"],
        "auth": as_answered(row["auth"]),
        "examples": as_answered(row["examples"]),
        "purpose": row["purpose"],
        "requestParams": as_answered(row["request_params"]),
        "responseSchema": as_answered(row["response_schema"]),
        "headerDocs": as_answered(row["header_docs"]),
    }
    return _with_origin(said, row)


def _with_origin(said: dict[str, Any], row: Row) -> dict[str, Any]:
    if row["o_format"] is not None:
        said["origin"] = _origin(row)
    return said


def _unmasked(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """Show something without its secret values, which are left empty rather than masked."""
    if not isinstance(view["variables"], list):
        return view
    without = [{**one, "value": ""} if one.get("secret") else one for one in view["variables"]]
    return {**view, "variables": without}


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


def _flow(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "collectionId": row["collection_id"],
        "name": row["name"],
        "description": row["description"],
        "flowData": orjson.Fragment(row["flow_data"]),
        "flowInputs": orjson.Fragment(row["flow_inputs"]),
        "isActive": bool(row["is_active"]),
    }
