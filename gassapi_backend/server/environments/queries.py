"""Reads of environments: each a single statement."""

from gassapi_backend.database import Row, row, rows
from gassapi_backend.models import folded

_COLUMNS = (
    "id, project_id, name, description, variables, default_of, revision, created_at, updated_at"
)


async def list_environments(project_id: str) -> list[Row]:
    """Return a project's environments, the default one first, then by name."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM environments WHERE project_id = ?",  # noqa: S608 - constants only
        project_id,
    )
    # Few rows, and databases do not agree on an order of names
    return sorted(found, key=lambda row: (row["default_of"] is None, folded(row["name"])))


async def find_environment(environment_id: str) -> Row | None:
    """Return one environment."""
    return await row(
        f"SELECT {_COLUMNS} FROM environments WHERE id = ?",  # noqa: S608 - constants only
        environment_id,
    )
