"""Reads of a whole project: each a single statement."""

from collections.abc import AsyncIterator

from gassapi_backend.database import Row, pieces, rows


def endpoint_summaries(project_id: str) -> AsyncIterator[list[Row]]:
    """Yield all of a project's endpoints, short, by position, then by age, some at a time."""
    return pieces(
        """
        SELECT id, collection_id, name, method, url, description, purpose, revision
        FROM endpoints WHERE project_id = ? ORDER BY position, id
        """,
        project_id,
    )


async def list_flow_summaries(project_id: str) -> list[Row]:
    """Return all of a project's flows, without their data, by name."""
    return await rows(
        """
        SELECT id, project_id, collection_id, name, description, is_active, revision, created_at,
               updated_at
        FROM flows WHERE project_id = ? ORDER BY name_key, id
        """,
        project_id,
    )
