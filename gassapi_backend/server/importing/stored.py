"""Rows as frames, for children that compare or write them."""

from collections.abc import Iterable
from typing import Any, cast

import orjson

from gassapi_backend.database import Row
from gassapi_backend.exchange.child.frames import Frame, written
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Steps
from gassapi_backend.server.items.variables import MASK, revealed
from gassapi_backend.vault import Vault

COLLECTION = ("name", "description", "variables", "auth", "headers")
ENDPOINT = (
    *("name", "method", "url", "headers", "params", "body_type", "body", "auth", "description"),
    *("examples", "purpose", "request_params", "response_schema", "header_docs"),
)
ENVIRONMENT = ("name", "description", "variables")
FIELDS = {"collection": COLLECTION, "endpoint": ENDPOINT, "environment": ENVIRONMENT}


def row_frame(
    kind: str, row: Row, vault: Vault | None = None, *, mask: str = "", **more: Json
) -> Frame:
    """Return a row as a frame, with its origin; with a ``vault``, secret values are decrypted.

    Otherwise ``mask`` replaces them. Raises ``Conflict`` for one that cannot be decrypted.
    """
    fields = {name: row[name] for name in FIELDS[kind]}
    if "variables" in fields:
        fields["variables"] = _variables(row, vault, mask)
    said: dict[str, Any] = {
        "node": kind,
        "id": row["id"],
        "parent": row.get("parent_id"),
        "position": row.get("position", 0),
        "fields": fields,
        "origin": _origin(row),
        "givenName": row["given_name"],
        **more,
    }
    return Frame(said, _blobs(row))


def merge_frame(kind: str, row: Row, document_id: str | None, *, is_deleted: bool = False) -> Frame:
    """Return a row as a frame for a merge, with its place as of its document's last import."""
    more = {
        "isOurs": row["document_id"] == document_id,
        "baseParent": row["o_parent_id"],
        "basePosition": row["o_position"] or 0,
        "isGone": bool(row.get("is_gone")),
        "parentName": row.get("parent_name"),
    }
    if not is_deleted:
        return row_frame(kind, row, mask=MASK, **more)
    said = {"node": kind, "id": row["id"], "parent": None, "position": 0, "fields": None, **more}
    return Frame({**said, "origin": _origin(row)}, _blobs(row))


async def packed(frames: Iterable[Frame]) -> bytes:
    """Return frames as bytes, yielding to the event loop in between."""
    found, steps = bytearray(), Steps()
    for frame in frames:
        await steps.end()
        for part in written(frame):
            found += part
    return cast("bytes", found)  # used as it is; a copy would block the event loop


def _variables(row: Row, vault: Vault | None, mask: str) -> Json:
    stored = orjson.loads(row["variables"] or "[]")
    if vault is not None:
        stored = revealed(vault, row["id"], stored)
    return [_shown(one, mask) for one in stored]


def _shown(variable: Json, mask: str) -> Json:
    """Return a variable of the tree; a secret value that was not decrypted is the mask."""
    shown = {name: one for name, one in variable.items() if name not in ("sealed", "hasValue")}
    return shown if "value" in shown else {**shown, "value": mask if "sealed" in variable else ""}


def _origin(row: Row) -> Json:
    if row["o_format"] is None:
        return None
    return {
        "format": row["o_format"],
        "version": row["o_version"],
        "pointer": row["o_pointer"],
        "source_id": row["source_id"],
        "operation_id": row["operation_id"],
    }


def _blobs(row: Row) -> tuple[bytes, bytes]:
    return (bytes(row["original"] or b""), bytes(row["base"] or b""))
