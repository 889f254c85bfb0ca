"""The row of a new flow, made without a database."""

from gassapi_backend.models import search_key
from gassapi_backend.models.rows import StoredFlow


def new_row(
    flow_id: str,
    *,
    project_id: str,
    name: str,
    flow_data: str,
    flow_inputs: str,
    revision: int,
    moment: str,
    collection_id: str | None = None,
    description: str | None = None,
    is_active: bool = True,
) -> StoredFlow:
    """Return the row of a flow; data and inputs as JSON text, ``moment`` as databases have it."""
    return {
        "id": flow_id,
        "project_id": project_id,
        "collection_id": collection_id,
        "name": name,
        "name_key": search_key(name),
        "description": description,
        "flow_data": flow_data,
        "flow_inputs": flow_inputs,
        "is_active": is_active,
        "revision": revision,
        "created_at": moment,
        "updated_at": moment,
    }
