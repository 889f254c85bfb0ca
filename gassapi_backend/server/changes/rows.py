"""The row of a new audit entry, made without a database."""

from typing import Any

import orjson

from gassapi_backend.models.rows import AuditRow
from gassapi_backend.server.access.callers import Actor

MAX_NAME = 255


def new_row(
    entry_id: str,
    actor: Actor,
    *,
    project_id: str | None,
    revision: int | None,
    action: str,
    resource_type: str,
    resource_id: str | None,
    name: str | None,
    details: dict[str, Any],
    moment: str,
) -> AuditRow:
    """Return the row of an entry that has no place in a chain yet; ``moment`` as it is stored."""
    caller = actor.caller
    return {
        "id": entry_id,
        "at": moment,
        "actor_type": caller.kind.value,
        "actor_id": caller.user_id,
        "token_id": caller.token_id,
        "project_id": project_id,
        "revision": revision,
        "action": action,
        "resource_type": resource_type,
        "resource_id": resource_id,
        "resource_name": name[:MAX_NAME] if name else None,
        "details": orjson.dumps(details).decode() if details else None,
        "request_id": actor.request_id,
        "ip": actor.ip,
        "number": None,
        "hash": None,
    }
