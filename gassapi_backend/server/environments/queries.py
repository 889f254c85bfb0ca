"""Reads of environments: each a single statement."""

from typing import cast

from gassapi_backend.database import row, rows
from gassapi_backend.models import folded
from gassapi_backend.models.rows import EnvironmentRow

_COLUMNS = (
    "id, project_id, name, description, variables, default_of, revision, created_at, updated_at"
)


async def list_environments(project_id: str) -> list[EnvironmentRow]:
    """Return a project's environments, the default one first, then by name."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM environments WHERE project_id = ?",  # noqa: S608 - constants only
        project_id,
    )
    # Few rows, and databases do not agree on an order of names
    found.sort(key=lambda row: (row["default_of"] is None, folded(row["name"])))
    return cast("list[EnvironmentRow]", found)


async def find_environment(environment_id: str) -> EnvironmentRow | None:
    """Return one environment."""
    return await _find("id", environment_id)


async def find_default(project_id: str) -> EnvironmentRow | None:
    """Return a project's default environment."""
    return await _find("default_of", project_id)


async def count_environments(project_id: str) -> int:
    """Return how many environments a project has."""
    found = await row("SELECT COUNT(*) AS n FROM environments WHERE project_id = ?", project_id)
    return found["n"] if found else 0


async def taken_names(project_id: str) -> set[str]:
    """Return the hashes of the names that a project's environments have."""
    found = await rows("SELECT name_hash FROM environments WHERE project_id = ?", project_id)
    return {item["name_hash"] for item in found}


async def _find(column: str, value: str) -> EnvironmentRow | None:
    found = await row(f"SELECT {_COLUMNS} FROM environments WHERE {column} = ?", value)  # noqa: S608 - constants only
    return cast("EnvironmentRow | None", found)
