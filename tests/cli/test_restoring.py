"""A backup comes back whole by the steps in README, also after a crash."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests import servers
from tests.conftest import on_server
from tests.processes import Cli, Outcome, Server

README = Path(__file__).parent.parent.parent / "README.md"


def commands(of: str) -> str:
    """Return the commands in README that restore a database."""
    restoring = README.read_text("utf-8").split("\n### Restoring a backup\n", 1)[1]
    return restoring.split(of, 1)[1].split("```sh\n", 1)[1].split("```", 1)[0]


def emails(cli: Cli) -> list[str]:
    return sorted(user["email"] for user in cli("user", "list", "--json").json)


def given(cli: Cli, script: str) -> Outcome:
    """Run commands in the data directory, with the backup beside it."""
    script = script.replace("/backup", str(cli.folder / "backup"))
    done = cli.shell(f"set -e; cd {cli.home}; {script}")
    assert done.code == 0, done.text
    return done


@pytest.fixture
def operated(cli: Cli) -> Cli:
    """An instance that was set up, whose port is free; a folder for backups."""
    cli.env |= {"GASSAPI_PORT": str(servers.free_port())}
    assert cli("setup", "--yes", "--no-admin").code == 0
    (cli.folder / "backup").mkdir()
    return cli


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs sqlite3")
def test_a_sqlite_backup_comes_back_after_a_crash(operated: Cli) -> None:
    cli = operated
    cli.user("ann@example.com", "Ann")
    given(cli, 'sqlite3 gassapi.db ".backup /backup/copy.db"; cp secret.key config.toml /backup')
    with Server(cli, port=int(cli.env["GASSAPI_PORT"])) as server:
        for at in range(3):
            cli.user(f"later{at}@example.com", "Later")
        server.signal(signal.SIGKILL)
        server.wait()
    assert (cli.home / "gassapi.db-wal").stat().st_size > 0
    (cli.home / "secret.key").unlink()
    given(cli, commands("SQLite:\n"))
    assert emails(cli) == ["ann@example.com"]
    with Server(cli, port=int(cli.env["GASSAPI_PORT"])) as server:
        assert server.sign_in("ann@example.com")


@pytest.fixture
def database(engine: str) -> Iterator[str]:
    """The name of an empty database."""
    name = f"gassapi_{uuid4().hex[:12]}"
    asyncio.run(on_server(engine, f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    yield name
    asyncio.run(on_server(engine, f"DROP DATABASE IF EXISTS {name}"))


@pytest.mark.engines("mariadb", "mysql")
@pytest.mark.skipif(not shutil.which("mysqldump"), reason="needs mysqldump")
def test_a_mysql_backup_comes_back(cli: Cli, engine: str, database: str) -> None:
    parts = urlsplit(os.environ[servers.VARIABLES[engine]])
    (cli.folder / "home" / ".my.cnf").write_text(
        f"[client]\nhost={parts.hostname}\nport={parts.port}\nprotocol=tcp\n"
        f"user={parts.username}\npassword={parts.password}\nskip-ssl\n"
    )
    cli.env |= {"GASSAPI_PORT": str(servers.free_port())}
    url = servers.database_url(engine, database)
    assert cli("setup", "--database-url", url, "--no-admin").code == 0
    (cli.folder / "backup").mkdir()
    cli.user("ann@example.com", "Änn 🐘")
    dump = "mysqldump --single-transaction --no-tablespaces gassapi > /backup/copy.sql"
    assert f"`{dump.replace('/backup/', '')}`" in README.read_text("utf-8")
    given(cli, dump.replace("gassapi", database) + "; cp secret.key config.toml /backup")
    cli.user("later@example.com", "Later")
    asyncio.run(on_server(engine, f"CREATE TABLE {database}.newer (id INT)"))
    restore = commands("MySQL, ").replace("gassapi;", f"{database};")
    restore = restore.replace("DATABASE gassapi ", f"DATABASE {database} ")
    given(cli, restore.replace("mysql gassapi ", f"mysql {database} "))
    assert emails(cli) == ["ann@example.com"]
    assert cli("user", "show", "ann@example.com", "--json").json["name"] == "Änn 🐘"
    with pytest.raises(Exception, match="newer"):
        asyncio.run(on_server(engine, f"SELECT * FROM {database}.newer"))  # noqa: S608 - ours
