"""The rows that plain SQL reads and writes hold what the tables do."""

from typing import get_type_hints

import pytest

from gassapi_backend.database import rows as rows_of
from gassapi_backend.models import rows
from gassapi_backend.settings import Settings

ROWS: dict[str, type] = {
    "users": rows.UserRow,
    "sessions": rows.SessionRow,
    "projects": rows.ProjectRow,
    "members": rows.MemberRow,
    "invitations": rows.InvitationRow,
    "environments": rows.StoredEnvironment,
    "collections": rows.StoredCollection,
    "endpoints": rows.StoredEndpoint,
    "flows": rows.StoredFlow,
    "mcp_tokens": rows.TokenRow,
    "audit_log": rows.AuditRow,
}


@pytest.mark.engines("sqlite")
async def test_a_row_has_the_columns_of_its_table(database: Settings) -> None:
    for table, row in ROWS.items():
        columns = {one["name"] for one in await rows_of(f"PRAGMA table_info({table})")}
        assert set(get_type_hints(row)) == columns, table
