"""Migrations on the command line."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests import servers
from tests.conftest import on_server
from tests.processes import Cli


@pytest.fixture
def empty(cli: Cli, engine: str) -> Iterator[Cli]:
    """An operator whose database has no table yet."""
    if engine == "sqlite":
        cli.home.mkdir(mode=0o700)
        (cli.home / "gassapi.db").touch(mode=0o600)
        yield cli
        return
    name = f"gassapi_test_cli_{uuid4().hex[:12]}"
    asyncio.run(on_server(engine, f"CREATE DATABASE {name}"))
    cli.env["GASSAPI_DATABASE_URL"] = servers.database_url(engine, name)
    yield cli
    asyncio.run(on_server(engine, f"DROP DATABASE {name}"))


def test_an_upgrade_is_announced_and_done_once(empty: Cli) -> None:
    before = empty("db", "status", "--json")
    assert before.code == 1
    assert before.json["applied"] == before.json["unknown"] == []
    names = before.json["pending"]
    human = empty("db", "status")
    lines = "".join(f"pending  {name}\n" for name in names)
    assert (human.code, human.out) == (1, f"{lines}Run: gassapi-backend db upgrade\n")

    assert (
        empty("db", "upgrade").out == "".join(f"Applied {name}\n" for name in names) + "Upgraded.\n"
    )
    assert empty("db", "upgrade").out == "The database is up to date.\n"
    after = empty("db", "status", "--json")
    assert (after.code, after.json["isCurrent"]) == (0, True)
    assert empty("db", "status").out == "".join(f"applied  {name}\n" for name in names)


@pytest.mark.engines("sqlite")
def test_a_newer_database_is_told_apart(empty: Cli) -> None:
    empty("db", "upgrade")
    empty.rows("INSERT INTO aerich (version, app, content) VALUES ('9_x.py', 'models', '{}')")
    status = empty("db", "status")
    assert status.code == 1
    assert status.out.splitlines()[-2:] == [
        "unknown  9_x.py",
        "The database is newer than this program: install the newer version again.",
    ]
    assert empty("db", "status", "--json").json["unknown"] == ["9_x.py"]


def test_the_first_account_after_an_upgrade_comes_with_the_key(empty: Cli) -> None:
    empty("db", "upgrade")
    assert not (empty.home / "secret.key").exists()
    empty.user()
    assert (empty.home / "secret.key").exists()  # so that the start has none to make, nor to warn
