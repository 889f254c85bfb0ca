"""What things cost and how many there are: statements of a request, counts that are stored."""

import logging
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from gassapi_backend.database import rows, sqlite_path
from gassapi_backend.models import (
    AuditEntry,
    Member,
    Project,
)
from gassapi_backend.server.access.callers import forget_everybody
from gassapi_backend.server.projects.queries import miscounted_projects
from gassapi_backend.settings import Settings
from tests.conftest import Api, Person
from tests.searching import unsearchable


async def statements(
    api: Api, caplog: pytest.LogCaptureFixture, path: str, who: Person | str, **options: Any
) -> list[str]:
    """Return the statements that a request costs when its caller is not remembered."""
    forget_everybody()
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await api.json(options.pop("method", "GET"), path, who, **options)
    return [record.message for record in caplog.records if record.name == "tortoise.db_client"]


async def work_of(sql: str, values: Any, engine: str, settings: Settings) -> int:
    """Return how many rows a statement reads, or how many steps SQLite takes for it."""
    if engine == "sqlite":
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        with closing(sqlite3.connect(sqlite_path(settings.database))) as file:
            file.set_progress_handler(step, 1)
            file.execute(sql, values).fetchall()
        return steps
    async with in_transaction() as connection:

        async def read() -> int:
            found = await connection.execute_query_dict("SHOW STATUS LIKE 'Handler_read%%'")
            return sum(int(one["Value"]) for one in found)

        first, second = await read(), await read()
        await connection.execute_query_dict(sql, values)
        return await read() - second - (second - first)


async def check_counts(project_id: str) -> None:
    """Check that no stored count is wrong, all can be searched, and no revision is missing."""
    assert await miscounted_projects() == []
    assert await unsearchable(project_id) == []
    project = await Project.get(id=project_id)
    found = await rows(
        "SELECT revision FROM audit_log WHERE project_id = ? AND revision IS NOT NULL "
        "ORDER BY revision",
        project_id,
    )
    assert [entry["revision"] for entry in found] == list(range(1, project.revision + 1))


async def check_members(project_id: str, wanted: int) -> None:
    """Check that the number of members is right, and that revisions have no gaps."""
    project = await Project.get(id=project_id)
    assert project.member_count == await Member.filter(project_id=project_id).count() == wanted
    entries = await AuditEntry.filter(project_id=project_id).order_by("revision")
    assert [entry.revision for entry in entries] == list(range(1, project.revision + 1))
