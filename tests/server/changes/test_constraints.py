"""What the database refuses is told by the constraint's name; no other error is taken for it."""

import pytest
from tortoise.exceptions import IntegrityError

from gassapi_backend.database import dialect, rows
from gassapi_backend.models import Collection, McpToken, Scope, User, folded, name_hash
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.changes.constraints import SENTENCES
from gassapi_backend.server.errors import Conflict
from gassapi_backend.settings import Settings
from tests.conftest import Api, everything
from tests.factories import written


async def unique_names() -> set[str]:
    """Return the names that the open database has for its unique constraints."""
    if dialect() == "mysql":
        found = await rows(
            "SELECT DISTINCT index_name AS name FROM information_schema.statistics"
            " WHERE table_schema = DATABASE() AND non_unique = 0"
        )
        return {one["name"] for one in found}
    names = set()
    for table in await rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for index in await rows(f"PRAGMA index_list('{table['name']}')"):
            if index["unique"]:
                columns = await rows(f"PRAGMA index_info('{index['name']}')")
                names.add(", ".join(f"{table['name']}.{one['name']}" for one in columns))
    return names


async def test_every_sentence_is_about_a_constraint_that_there_is(database: Settings) -> None:
    here = {name for name in SENTENCES if ("." in name) == (dialect() == "sqlite")}
    assert len(here) * 2 == len(SENTENCES)
    assert here <= await unique_names()


async def test_an_address_that_is_taken_is_told_whatever_it_looks_like(
    database: Settings,
) -> None:
    async def block(_: Change) -> None:
        for _ in range(2):
            await User.create(
                email="x@example.com",
                email_key="o'hara for key 'uid_collections_sibling_8d97d6'",
                name="x",
                name_key=folded("x"),
                password_hash="x",
            )

    with pytest.raises(Conflict, match="already an account"):
        await written(None, block)
    assert not await User.exists()


async def test_a_constraint_that_nobody_should_break_is_no_taken_name(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    before = await everything()

    async def same_token(_: Change) -> None:
        for _ in range(2):
            await McpToken.create(
                project_id=project_id,
                creator_id=ann.id,
                name="CI",
                scope=Scope.READ,
                token_hash="x" * 64,
                prefix="gass_",
            )

    async def no_parent(_: Change) -> None:
        nowhere = "01a20200-0000-7000-8000-000000000000"
        await Collection.create(
            project_id=project_id,
            parent_id=nowhere,
            sibling_of=nowhere,
            name="Users",
            name_hash=name_hash("Users"),
        )

    for block in (same_token, no_parent):
        with pytest.raises(IntegrityError):
            await written(project_id, block)
    assert await everything() == before
