"""The rows of a new project and of a new member, made without a database."""

from typing import Any

import orjson

from gassapi_backend.models import search_key
from gassapi_backend.models.rows import MemberRow, ProjectRow


def new_row(
    project_id: str,
    *,
    owner_id: str,
    name: str,
    moment: str,
    description: str | None = None,
    is_public: bool = False,
    settings: dict[str, Any] | None = None,
) -> ProjectRow:
    """Return the row of a project that only its owner is in; ``moment`` as databases have it."""
    return {
        "id": project_id,
        "owner_id": owner_id,
        "name": name,
        "name_key": search_key(name),
        "description": description,
        "is_public": is_public,
        "settings": orjson.dumps(settings or {}).decode(),
        "member_count": 1,
        "collection_count": 0,
        "endpoint_count": 0,
        "flow_count": 0,
        "size": 0,
        "revision": 0,
        "audit_number": None,
        "audit_hash": None,
        "created_at": moment,
        "updated_at": moment,
    }


def new_member(member_id: str, *, project_id: str, user_id: str, moment: str) -> MemberRow:
    """Return the row of a membership, the owner's too; ``moment`` as databases have it."""
    return {"id": member_id, "project_id": project_id, "user_id": user_id, "created_at": moment}
