"""The row of a new collection, made without a database."""

from gassapi_backend.models import name_hash, search_key
from gassapi_backend.models.rows import StoredCollection


def new_row(
    collection_id: str,
    *,
    project_id: str,
    parent_id: str | None,
    name: str,
    position: int,
    revision: int,
    moment: str,
    description: str | None = None,
    variables: str | None = None,
    auth: str | None = None,
    headers: str | None = None,
) -> StoredCollection:
    """Return the row of a collection that nothing is in yet; ``moment`` as databases have it."""
    return {
        "id": collection_id,
        "project_id": project_id,
        "parent_id": parent_id,
        "sibling_of": parent_id or project_id,
        "name": name,
        "name_key": search_key(name),
        "name_hash": name_hash(name),
        "description": description,
        "variables": variables,
        "auth": auth,
        "headers": headers,
        "is_gone": None,
        "position": position,
        "endpoint_count": 0,
        "revision": revision,
        "created_at": moment,
        "updated_at": moment,
    }
