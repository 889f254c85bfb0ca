"""Reads of a whole project: each a single statement, or one for each thousand rows."""

from operator import itemgetter

from gassapi_backend.database import Row, rows

AT_ONCE = 1000  # rows made of one answer of the database before other requests get their turn


async def list_endpoint_summaries(project_id: str) -> list[Row]:
    """Return all of a project's endpoints, short, by position, then by age."""
    found: list[Row] = []
    last = ""
    while True:
        some = await rows(
            f"""
            SELECT id, collection_id, name, method, url, description, position, purpose, revision
            FROM endpoints WHERE project_id = ? AND id > ? ORDER BY id LIMIT {AT_ONCE}
            """,  # noqa: S608 - a constant
            project_id,
            last,
        )
        found += some
        if len(some) < AT_ONCE:
            return sorted(found, key=itemgetter("position"))  # which leaves equals by age
        last = some[-1]["id"]


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
