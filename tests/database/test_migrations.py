"""Migrations make what the models describe, once, whatever happens meanwhile."""

import asyncio
import importlib.util
import re
import shutil
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from gassapi_backend.database import (
    execute,
    migrations,
    open_database,
    row,
    rows,
    sqlite_path,
    upgrade_lock,
)
from gassapi_backend.database.migrations import (
    MigrationError,
    MigrationStatus,
    folder,
    shipped,
    status,
    upgrade,
)
from gassapi_backend.models import new_id
from gassapi_backend.settings import Settings, load
from tests.database.conftest import new_database
from tests.new_migration import models_state
from tests.programs import Program, all_at_once, environment
from tests.searching import unsearchable

UPGRADE = """
import asyncio
from gassapi_backend.database import open_database
from gassapi_backend.database.migrations import upgrade
from gassapi_backend.settings import load
from aerich import Command

async def main():
    settings = load()
    print("ready", flush=True)
    input()
    async with open_database(settings):
        print(*await upgrade(settings))

asyncio.run(main())
"""

DIE = """
import os, signal, sys
import aiosqlite
from tortoise.backends.mysql.client import TransactionWrapper

left = int(sys.argv[1])

def mortal(execute):
    async def until_killed(self, sql, *values):
        global left
        if "CREATE TABLE" in sql:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return await execute(self, sql, *values)
    return until_killed

TransactionWrapper.execute_script = mortal(TransactionWrapper.execute_script)
aiosqlite.Connection.execute = mortal(aiosqlite.Connection.execute)
"""

FIRST_TABLES = 10  # that the first migration makes
LATER = "99_20990101000000_later.py"


async def test_migrations_make_the_schema_that_the_models_describe(
    engine: str, bare: Settings, tmp_path: Path
) -> None:
    async with open_database(bare):
        await upgrade(bare)
        migrated = await schema(engine)
    async with new_database(engine, tmp_path) as other, open_database(other) as context:
        await context.generate_schemas(safe=False)
        described = await schema(engine)
    assert len(migrated) >= 10
    assert migrated == described


async def test_an_empty_database_waits_for_every_migration(engine: str, bare: Settings) -> None:
    async with open_database(bare):
        found = await status(bare)
    assert found == MigrationStatus(applied=[], pending=shipped(dialect(engine)), unknown=[])
    assert not found.is_current


async def test_an_upgrade_is_done_once(engine: str, bare: Settings) -> None:
    async with open_database(bare):
        assert await upgrade(bare) == shipped(dialect(engine))
        before = await schema(engine)
        assert await upgrade(bare) == []
        assert (await status(bare)).is_current
        assert await schema(engine) == before
        assert await versions() == shipped(dialect(engine))


async def test_processes_that_upgrade_at_once_all_succeed(engine: str, bare: Settings) -> None:
    ended = all_at_once(UPGRADE, 4, env=environment(bare))
    assert [code for code, _, _ in ended] == [0] * 4, ended
    assert sorted(name for _, output, _ in ended for name in output.split()) == sorted(
        shipped(dialect(engine))
    )
    async with open_database(bare):
        assert await versions() == shipped(dialect(engine))
        assert (await status(bare)).is_current


@pytest.mark.parametrize("tables", [0, 1, 5, 9, 13])
async def test_a_killed_upgrade_is_completed_by_the_next(
    engine: str, bare: Settings, tables: int
) -> None:
    program = Program(DIE + UPGRADE, tables, env=environment(bare))
    program.wait_until_ready()
    assert program.finish()[0] == -signal.SIGKILL
    async with open_database(bare):
        left = await schema(engine)
        whole = FIRST_TABLES if tables >= FIRST_TABLES else 0  # of migrations that were done
        assert len(left) == (whole if engine == "sqlite" else tables)
        await upgrade(bare)
        assert await versions() == shipped(dialect(engine))
        assert (await status(bare)).is_current
        assert len(await schema(engine)) > FIRST_TABLES


async def test_a_filled_database_of_the_first_migration_keeps_its_rows(
    engine: str, bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = shipped(dialect(engine))
    real = folder(dialect(engine)) / "models"
    old = tmp_path / "old" / "models"
    old.mkdir(parents=True)
    shutil.copy(real / names[0], old)
    async with open_database(bare):
        with monkeypatch.context() as earlier:
            earlier.setattr(migrations, "folder", lambda _: old.parent)
            assert await upgrade(bare) == names[:1]
        await execute(
            "INSERT INTO audit_log"
            " (id, at, actor_type, project_id, revision, action, resource_type)"
            " VALUES (?, '2026-01-31 12:00:00.000', 'console', ?, 1, 'x', 'project')",
            *[new_id()] * 2,
        )
        before = await rows("SELECT * FROM audit_log")
        assert await upgrade(bare) == names[1:]
        unchained = {"number": None, "hash": None}
        assert await rows("SELECT * FROM audit_log") == [entry | unchained for entry in before]


async def test_endpoints_of_before_keep_their_content_and_get_places_after_the_folders(
    engine: str, bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, when = shipped(dialect(engine)), "2026-01-31 12:00:00.000"
    real, old = folder(dialect(engine)) / "models", tmp_path / "old" / "models"
    old.mkdir(parents=True)
    for name in names[:2]:
        shutil.copy(real / name, old)
    user, project, top, *below = sorted(new_id() for _ in range(7))
    async with open_database(bare):
        with monkeypatch.context() as earlier:
            earlier.setattr(migrations, "folder", lambda _: old.parent)
            assert await upgrade(bare) == names[:2]
        await execute(
            "INSERT INTO users (id, email, email_key, name, name_key, password_hash, is_active,"
            " is_admin, revision, created_at, updated_at)"
            " VALUES (?, 'a@b.test', 'a@b.test', 'A', 'a', 'x', ?, ?, 1, ?, ?)",
            *(user, True, False, when, when),
        )
        await execute(
            "INSERT INTO projects (id, owner_id, name, name_key, is_public, settings, member_count,"
            " collection_count, endpoint_count, revision, created_at, updated_at)"
            " VALUES (?, ?, 'P', 'p', ?, '{}', 1, 3, 2, 1, ?, ?)",
            *(project, user, False, when, when),
        )
        for number, (one, parent) in enumerate([(top, None), (below[0], top), (below[1], top)]):
            await execute(
                "INSERT INTO collections (id, project_id, parent_id, sibling_of, name, name_hash,"
                " position, endpoint_count, revision, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, 'C', ?, 4, 0, 1, ?, ?)",
                *(one, project, parent, parent or project, str(number), when, when),
            )
        for one, position in ((below[2], 9), (below[3], 5)):
            await execute(
                "INSERT INTO endpoints (id, project_id, collection_id, name, name_key, method, url,"
                " url_key, position, headers, body, revision, created_at, updated_at)"
                " VALUES (?, ?, ?, 'É', 'é', 'GET', '/ü', '/ü', ?, '{}', '\"b\"', 1, ?, ?)",
                *(one, project, top, position, when, when),
            )
        before = await rows("SELECT * FROM endpoints ORDER BY id")
        assert await upgrade(bare) == names[2:]
        after = await rows("SELECT * FROM endpoints ORDER BY id")
        folders = await rows("SELECT id, position FROM collections ORDER BY id")
        sizes = await rows("SELECT size, flow_count FROM projects")
        assert await unsearchable(project) == []
    keys = {"name_key": "e", "url_key": "/u"}  # without accents, as a search looks for them
    assert after == [
        before[0] | {"position": 3, "is_gone": None, **keys},
        before[1] | {"position": 2, "is_gone": None, **keys},
    ]
    assert [item["position"] for item in folders] == [0, 0, 1]
    assert sizes == [{"size": 2 * len('/ü{}"b"'.encode()), "flow_count": 0}]


async def test_a_newer_database_is_refused_by_name_and_left_alone(
    engine: str, bare: Settings
) -> None:
    async with open_database(bare):
        await upgrade(bare)
        await execute(
            "INSERT INTO aerich (version, app, content) VALUES (?, 'models', '{}')", LATER
        )
        before = await schema(engine), await versions()
        with pytest.raises(MigrationError, match=LATER):
            await upgrade(bare)
        assert (await schema(engine), await versions()) == before
        found = await status(bare)
    assert found.unknown == [LATER]
    assert not found.is_current


async def test_a_newer_database_is_refused_even_if_something_is_pending(
    engine: str, bare: Settings
) -> None:
    async with open_database(bare):
        await upgrade(bare)
        await execute("DELETE FROM aerich WHERE version <> ?", shipped(dialect(engine))[0])
        await execute("UPDATE aerich SET version = ?", LATER)
        with pytest.raises(MigrationError, match=LATER):
            await upgrade(bare)
        assert await versions() == [LATER]


@pytest.mark.engines("mariadb", "mysql")
async def test_an_upgrade_needs_one_connection_of_the_pool(bare: Settings) -> None:
    single = bare.model_copy(update={"database_pool_size": 1})
    async with open_database(single), asyncio.timeout(30):
        assert await upgrade(single) == shipped("mysql")


@pytest.mark.engines("mariadb", "mysql")
async def test_an_upgrade_that_waits_too_long_for_another_says_so(
    bare: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade_lock, "WAIT_SECONDS", 1)
    async with open_database(bare), upgrade_lock.server_lock(bare):
        with pytest.raises(MigrationError, match="Another process"):
            await upgrade(bare)
        assert [list(found.values()) for found in await rows("SHOW TABLES")] == [["upgrade_lock"]]
    async with open_database(bare):
        assert await upgrade(bare) == shipped("mysql")


@pytest.mark.engines("mariadb", "mysql")
async def test_an_upgrade_on_another_server_of_the_cluster_is_waited_for(bare: Settings) -> None:
    """The row stands for a holder whose GET_LOCK this server knows nothing of."""
    async with open_database(bare):
        async with upgrade_lock.server_lock(bare):
            await execute("UPDATE upgrade_lock SET node = 'another:3306:/srv'")
            await execute("CREATE TABLE kept AS SELECT * FROM upgrade_lock")
        await execute("INSERT INTO upgrade_lock SELECT * FROM kept")
        waiting = asyncio.create_task(upgrade(bare))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        await execute("UPDATE upgrade_lock SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND")
        assert await waiting
        assert not await rows("SELECT id FROM upgrade_lock")


@pytest.mark.engines("mariadb", "mysql")
async def test_a_row_left_behind_on_this_server_delays_nobody(bare: Settings) -> None:
    async with open_database(bare):
        async with upgrade_lock.server_lock(bare):
            await execute("CREATE TABLE kept AS SELECT * FROM upgrade_lock")
        await execute("INSERT INTO upgrade_lock SELECT * FROM kept")  # as kill -9 would leave it
        async with asyncio.timeout(30):
            assert await upgrade(bare)


@pytest.mark.engines("sqlite")
async def test_an_upgrade_waits_for_another(bare: Settings, tmp_path: Path) -> None:
    async with open_database(bare):
        lock = sqlite_path(bare.database).with_suffix(".migrate.lock")
        async with upgrade_lock.file_lock(lock):
            waiting = asyncio.create_task(upgrade(bare))
            await asyncio.sleep(0.2)
            assert not waiting.done()
        assert await waiting == shipped("sqlite")
    assert lock.stat().st_mode & 0o777 == 0o600


async def test_a_database_that_became_newer_while_an_upgrade_waited_is_refused(
    engine: str, bare: Settings
) -> None:
    async with open_database(bare):
        async with upgrade_lock.upgrade_lock(bare):
            waiting = asyncio.create_task(upgrade(bare))
            await asyncio.sleep(0.2)
            assert not waiting.done()
            await migrations.apply_pending(bare)
            await execute("UPDATE aerich SET version = ?", LATER)
        with pytest.raises(MigrationError, match=LATER):
            await waiting
        assert set(await versions()) == {LATER}


@pytest.mark.engines("sqlite")
async def test_a_migration_that_fails_half_way_leaves_nothing(
    bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = add_migration(
        tmp_path,
        monkeypatch,
        "CREATE TABLE half (id INT);\nALTER TABLE users ADD COLUMN half INT;\nDROP TABLE nowhere;",
    )
    async with open_database(bare):
        with pytest.raises(OperationalError, match="nowhere"):
            await upgrade(bare)
        assert await versions() == shipped("sqlite")[:-1]
        assert (await status(bare)).pending == [broken]
        found = await schema("sqlite")
    assert "half" not in found
    assert not [column for column in found["users"]["columns"] if column[0] == "half"]


async def test_a_migration_that_failed_is_done_when_it_is_mended(
    engine: str, bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = add_migration(tmp_path, monkeypatch, "DROP TABLE nowhere;")
    async with open_database(bare):
        with pytest.raises(OperationalError):
            await upgrade(bare)
        assert (await status(bare)).pending == [name]
        await execute("CREATE TABLE nowhere (id INT)")
        assert await upgrade(bare) == [name]
        assert (await status(bare)).is_current


async def test_rows_survive_a_later_migration(
    engine: str, bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(bare):
        await upgrade(bare)
        await execute(
            "INSERT INTO attempts (`key`, `count`, expires_at) VALUES ('a', 1, ?)",
            "2026-01-31 12:00:00.000",
        )
        name = add_migration(tmp_path, monkeypatch, "ALTER TABLE attempts ADD COLUMN extra INT;")
        assert await upgrade(bare) == [name]
        found = await row("SELECT `key`, `count`, extra FROM attempts")
    assert found == {"key": "a", "count": 1, "extra": None}


def test_both_dialects_have_the_same_migrations() -> None:
    assert shipped("sqlite") == shipped("mysql") != []


@pytest.mark.parametrize("kind", ["sqlite", "mysql"])
async def test_the_newest_migration_knows_the_models_as_they_are(kind: str) -> None:
    state = await asyncio.to_thread(
        lambda: asyncio.run(models_state())
    )  # with a Tortoise of its own
    module = migration(folder(kind) / "models" / shipped(kind)[-1])
    assert "".join(re.findall(r'"(.+)"', state)) == module.MODELS_STATE


@pytest.mark.parametrize(
    "path",
    [folder(kind) / "models" / name for kind in ("sqlite", "mysql") for name in shipped(kind)],
    ids=lambda path: f"{path.parent.parent.name}/{path.name}",
)
async def test_a_migration_is_importable_and_runs_in_a_transaction(
    path: Path, tmp_path: Path
) -> None:
    module = migration(path)
    assert module.RUN_IN_TRANSACTION is True
    async with AsyncExitStack() as stack:
        if hasattr(module, "fill_search_blocks"):  # it looks at the rows that there are
            settings = load(home=tmp_path)
            await stack.enter_async_context(open_database(settings))
            await upgrade(settings)
        assert (await module.upgrade(None)).strip()
    assert module.MODELS_STATE


def migration(path: Path) -> Any:
    """Return the module of a migration."""
    spec = importlib.util.spec_from_file_location("migration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dialect(engine: str) -> str:
    return "sqlite" if engine == "sqlite" else "mysql"


def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str) -> str:
    """Have the program ship one migration more; return its name."""
    name = "98_20980101000000_added.py"
    copies = tmp_path / "migrations"
    for kind in ("sqlite", "mysql"):
        shutil.copytree(folder(kind), copies / kind)
        (copies / kind / "models" / name).write_text(
            "RUN_IN_TRANSACTION = True\n\n"
            f"async def upgrade(db):\n    return '''{sql}'''\n\n"
            "async def downgrade(db):\n    return ''\n"
        )
    monkeypatch.setattr("gassapi_backend.database.migrations.folder", lambda kind: copies / kind)
    return name


async def versions() -> list[str]:
    return [row["version"] for row in await rows("SELECT version FROM aerich ORDER BY id")]


async def schema(engine: str) -> dict[str, dict[str, Any]]:
    """Return the tables of the open database without the names of their keys."""
    return await (sqlite_schema() if engine == "sqlite" else mysql_schema())


async def sqlite_schema() -> dict[str, dict[str, Any]]:
    tables = {}
    for table in await rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' "
        "ESCAPE '!'"
    ):
        name = table["name"]
        indexes = []
        for index in await rows("SELECT * FROM pragma_index_list(?)", name):
            columns = await rows("SELECT * FROM pragma_index_xinfo(?)", index["name"])
            indexes.append(
                (
                    index["unique"],
                    index["origin"],
                    [(column["name"], column["coll"]) for column in columns if column["key"]],
                )
            )
        foreign = await rows("SELECT * FROM pragma_foreign_key_list(?)", name)
        tables[name] = {
            "columns": sorted(
                tuple(column[part] for part in ("name", "type", "notnull", "dflt_value", "pk"))
                for column in await rows("SELECT * FROM pragma_table_info(?)", name)
            ),
            "indexes": sorted(indexes),
            "foreign": sorted(
                tuple(key[part] for part in ("from", "table", "to", "on_update", "on_delete"))
                for key in foreign
            ),
            "counts": "AUTOINCREMENT" in table["sql"],
        }
    return tables


async def mysql_schema() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for found in await rows(
        """
        SELECT table_name AS name, engine AS storage, table_collation AS collation,
               row_format AS form
        FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_name <> 'upgrade_lock'
        """
    ):
        kind = found["storage"], found["collation"], found["form"]
        tables[found["name"]] = {"kind": kind, "columns": [], "indexes": [], "foreign": []}
    for found in await rows(
        """
        SELECT table_name AS t, column_name AS c, column_type AS kind, is_nullable AS optional,
               column_default AS standard, character_set_name AS charset,
               collation_name AS collation, extra AS extra
        FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY column_name
        """
    ):
        if (table := found.pop("t")) in tables:
            tables[table]["columns"].append(tuple(found.values()))
    for found in await rows(
        """
        SELECT table_name AS t, non_unique AS plain, index_name = 'PRIMARY' AS is_primary,
               GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns
        FROM information_schema.statistics WHERE table_schema = DATABASE()
        GROUP BY table_name, index_name, non_unique ORDER BY columns, plain
        """
    ):
        if (table := found.pop("t")) in tables:
            tables[table]["indexes"].append(tuple(found.values()))
    for found in await rows(
        """
        SELECT k.table_name AS t, k.column_name AS c, k.referenced_table_name AS other,
               k.referenced_column_name AS theirs, r.update_rule AS updated,
               r.delete_rule AS deleted
        FROM information_schema.key_column_usage k
        JOIN information_schema.referential_constraints r
          ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
        WHERE k.table_schema = DATABASE() ORDER BY k.column_name
        """
    ):
        tables[found.pop("t")]["foreign"].append(tuple(found.values()))
    return tables
