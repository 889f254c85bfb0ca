"""Reads of endpoints: each a single statement."""

from typing import cast

from gassapi_backend.database import row
from gassapi_backend.models.rows import EndpointRow

COLUMNS = """
  e.id, e.project_id, e.collection_id, e.name, e.method, e.url, e.description, e.position,
  e.headers, e.params, e.body, e.body_type, e.auth, e.examples, e.purpose, e.request_params,
  e.response_schema, e.header_docs, e.is_gone, e.revision, e.created_at, e.updated_at
"""


async def load_endpoint(project_id: str, endpoint_id: str) -> EndpointRow | None:
    """Return an endpoint of a project."""
    found = await row(
        f"SELECT {COLUMNS} FROM endpoints e WHERE e.id = ? AND e.project_id = ?",  # noqa: S608 - constants only
        endpoint_id,
        project_id,
    )
    return cast("EndpointRow | None", found)
