"""Reads of environments: each a single statement."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from gassapi_backend.database import Row, row, rows
from gassapi_backend.models import folded
from gassapi_backend.models.rows import EnvironmentRow
from gassapi_backend.server.environments.schemas import EnvironmentView, environment_view
from gassapi_backend.server.items.outlines import array_pieces, in_parts, outlines

COLUMNS = (
    "id, project_id, name, description, variables, default_of, revision, created_at, updated_at"
)


async def list_environments(project_id: str) -> list[EnvironmentRow]:
    """Return a project's environments, the default one first, then by name."""
    found = await rows(
        f"SELECT {COLUMNS} FROM environments WHERE project_id = ?",  # noqa: S608 - constants only
        project_id,
    )
    return cast("list[EnvironmentRow]", _sorted(found))


def _sorted(found: list[Row]) -> list[Row]:
    """Sort few rows: databases do not agree on an order of names."""
    return sorted(found, key=lambda row: (row["default_of"] is None, folded(row["name"])))


async def environments_in_parts(project: Row) -> dict[str, Any]:
    """Return all of a project's environments (``EnvironmentsAnswer``), as they are read."""
    found = await list_outlines(project["id"])
    return {"environments": array_pieces(_parts(found)), "total": len(found)}


async def list_outlines(project_id: str) -> list[Row]:
    """Return what a project's environments are in short, in the order of a list."""
    return _sorted(await outlines("environments", "name, default_of", project_id))


async def _parts(found: Sequence[Row]) -> AsyncIterator[list[EnvironmentView]]:
    async for some in in_parts(found, COLUMNS, "environments"):
        yield [environment_view(one) for one in some]


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
    found = await row(f"SELECT {COLUMNS} FROM environments WHERE {column} = ?", value)  # noqa: S608 - constants only
    return cast("EnvironmentRow | None", found)
