"""Reads of endpoints: each a single statement."""

from gassapi_backend.database import Statement

COLUMNS = """
  e.id, e.project_id, e.collection_id, e.name, e.method, e.url, e.description, e.position,
  e.headers, e.params, e.body, e.body_type, e.auth, e.examples, e.purpose, e.request_params,
  e.response_schema, e.header_docs, e.is_gone, e.revision, e.created_at, e.updated_at
"""


def loading(project_id: str, endpoint_id: str) -> Statement:
    """Return what finds an endpoint of a project."""
    sql = f"SELECT {COLUMNS} FROM endpoints e WHERE e.id = ? AND e.project_id = ?"  # noqa: S608 - constants only
    return sql, [endpoint_id, project_id]
