"""The rows that plain SQL reads and writes hold what the tables do."""

from types import NoneType
from typing import get_args, get_type_hints

import pytest
from tortoise import Tortoise
from tortoise.models import Model

from gassapi_backend.models import rows
from gassapi_backend.settings import Settings

ROWS: dict[str, type] = {
    "users": rows.StoredUser,
    "sessions": rows.SessionRow,
    "one_time_tokens": rows.OneTimeTokenRow,
    "attempts": rows.AttemptRow,
    "projects": rows.ProjectRow,
    "members": rows.MemberRow,
    "invitations": rows.StoredInvitation,
    "environments": rows.StoredEnvironment,
    "collections": rows.StoredCollection,
    "endpoints": rows.StoredEndpoint,
    "flows": rows.StoredFlow,
    "mcp_tokens": rows.StoredToken,
    "audit_log": rows.AuditRow,
    "audit_chains": rows.AuditChainRow,
    "origins": rows.OriginRow,
    "mails": rows.StoredMail,
    "idempotency": rows.IdempotencyRow,
}


def tables() -> dict[str, type[Model]]:
    """Return the models of ours by their tables."""
    assert Tortoise.apps is not None
    ours = [
        model for model in Tortoise.apps["models"].values() if "gassapi_backend" in model.__module__
    ]
    return {model._meta.db_table: model for model in ours}  # the ORM's only way to ask


@pytest.mark.engines("sqlite")
def test_every_table_has_a_row(database: Settings) -> None:
    assert ROWS.keys() == tables().keys()


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("table", ROWS)
def test_a_row_has_the_columns_of_its_table(database: Settings, table: str) -> None:
    found = {
        column: NoneType in get_args(kind) for column, kind in get_type_hints(ROWS[table]).items()
    }
    meta = tables()[table]._meta  # the ORM's only way to ask
    columns = {
        column: meta.fields_map[name].null for name, column in meta.fields_db_projection.items()
    }
    assert found == columns, "and may be NULL where the column may"
