"""``dev``: demo data from a database that is thrown away, and a restart on changed code."""

import json
import shutil
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pexpect
import pytest

import gassapi_backend
from gassapi_backend import settings as options
from gassapi_backend.cli.demo import scene
from gassapi_backend.cli.demo.making import Demo, make_demo
from gassapi_backend.server.endpoints.schemas import NewEndpoint
from gassapi_backend.server.flows.schemas import NewFlow
from gassapi_backend.server.importing.demo import scene as shop_scene
from gassapi_backend.server.importing.demo.shop import SHOP, Folder
from gassapi_backend.server.items.schemas import NewVariable
from gassapi_backend.settings import Settings
from tests.processes import Cli, Server
from tests.servers import free_port
from tests.waiting import sooner_or_later

PACKAGE = Path(gassapi_backend.__file__).parent


@pytest.fixture
def clone(tmp_path: Path) -> Cli:
    """An operator whose current folder has a copy of the code, which Python then prefers."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "gassapi_backend", ignore=ignored)
    shutil.copytree(PACKAGE.parent / "migrations", tmp_path / "migrations", ignore=ignored)
    return Cli(tmp_path)


Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a demo of its own."""
    home = tmp_path_factory.mktemp("demo")
    database = f"sqlite:///{home}/dev.db"
    return options.load(home=home, database_url=database, password_rounds=4)


@pytest.fixture(scope="module")
def demo(demo_settings: Settings) -> Demo:
    """The demo data, made once."""
    return make_demo(demo_settings)


@pytest.fixture
def rows(demo: Demo, demo_settings: Settings) -> Iterator[Rows]:
    """What a query finds in the demo's database."""
    with closing(sqlite3.connect(demo_settings.home / "dev.db")) as database:
        yield lambda sql: database.execute(sql).fetchall()


NOT_CONTENT = {
    "aerich",
    "audit_chains",
    "attempts",
    "idempotency",
    "mails",
    "one_time_tokens",
    "setup_links",
    "origins",
    "sessions",
}


def tables(rows: Rows) -> set[str]:
    return {name for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'table'")}


def counts(rows: Rows) -> dict[str, int]:
    return {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables(rows)}  # noqa: S608 - names of ours


def endpoints_of(folders: tuple[Folder, ...]) -> Iterator[dict[str, Any]]:
    for folder in folders:
        yield from folder.endpoints
        yield from endpoints_of(folder.folders)


def depth(folders: tuple[Folder, ...]) -> int:
    return max((1 + depth(folder.folders) for folder in folders), default=0)


def test_the_demo_shows_everything_there_is(rows: Rows) -> None:
    found = counts(rows)
    assert set(found) >= NOT_CONTENT
    assert [table for table in set(found) - NOT_CONTENT if found[table] == 0] == []
    assert rows("SELECT count(*) FROM projects WHERE is_public") == [(1,)]
    assert rows("SELECT count(*) FROM users WHERE NOT is_active") == [(1,)]
    assert sorted(rows("SELECT scope FROM mcp_tokens")) == [("read",), ("write",)]
    assert rows("SELECT settings FROM projects WHERE settings <> '{}'")
    shapes = {"steps" in json.loads(data) for (data,) in rows("SELECT flow_data FROM flows")}
    assert shapes == {True, False}


def test_the_demo_uses_every_field_of_what_it_shows() -> None:
    endpoints = list(endpoints_of(SHOP))
    used = set().union(*endpoints)
    aliases = {field.alias or name for name, field in NewEndpoint.model_fields.items()}
    assert aliases - used == {"position"}  # they are in order
    assert depth(SHOP) == 3
    assert len(endpoints) >= 15
    variables = [item for body in shop_scene.ENVIRONMENTS for item in body["variables"]]
    keys = {field.alias or name for name, field in NewVariable.model_fields.items()}
    assert keys - set().union(*variables) == {"hasValue"}  # for answers sent back
    flows = {field.alias or name for name, field in NewFlow.model_fields.items()}
    assert flows - {"collectionId"} == set(shop_scene.BUY_SOMETHING) | set(shop_scene.PAY_AND_TRACK)


def test_the_demo_is_made_by_those_who_are_in_it_and_audited(rows: Rows) -> None:
    made = dict(rows("SELECT action, count(*) FROM audit_log GROUP BY action"))
    found = counts(rows)
    for what in ("user", "project", "collection", "endpoint", "flow"):
        assert made[f"{what}_created"] == found[f"{what}s"], what
    assert made["invitation_accepted"] == 1
    actors = rows("SELECT DISTINCT actor_type FROM audit_log WHERE project_id IS NOT NULL")
    assert ("user",) in actors
    revisions = "SELECT revision FROM audit_log a WHERE project_id = p.id"
    assert rows(f"SELECT name FROM projects p WHERE revision NOT IN ({revisions})") == []  # noqa: S608 - names of ours


def test_no_secret_of_the_demo_is_stored_in_the_clear(rows: Rows) -> None:
    stored = "".join(text for (text,) in rows("SELECT variables FROM environments"))
    secrets = [
        item["value"]
        for body in shop_scene.ENVIRONMENTS
        for item in body["variables"]
        if item.get("secret")
    ]
    assert len(secrets) > 3
    assert [value for value in secrets if value in stored] == []


def test_what_is_there_already_is_not_made_again(
    demo: Demo, demo_settings: Settings, rows: Rows
) -> None:
    before = counts(rows)
    assert make_demo(demo_settings) == demo
    assert counts(rows) == before


def test_an_invitation_that_was_answered_is_not_shown(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/dev.db"
    settings = options.load(home=tmp_path, database_url=database, password_rounds=4)
    first = make_demo(settings)
    with closing(sqlite3.connect(tmp_path / "dev.db")) as connection:
        connection.execute("DELETE FROM invitations")
        connection.commit()
    assert make_demo(settings) == first._replace(invite_url=None)


def test_demo_data_is_served_anew_after_a_change_and_gone_in_the_end(clone: Cli) -> None:
    server = Server(clone, port=free_port())
    asked = pexpect.spawn(
        sys.executable,
        ["-m", "gassapi_backend", "dev", "--port", str(server.port)],
        env=clone.env | {"TMPDIR": str(clone.folder), "TERM": "dumb"},
        cwd=str(clone.folder),
        encoding="utf-8",
        dimensions=(40, 100),
        timeout=30,
    )
    asked.expect(r"sign in\s+(\S+) / (\S+)")
    email, password = asked.match.groups()
    asked.expect(r"gass_\w+")
    first = asked.match.group()
    asked.expect(r"/invite/([\w-]+)")
    invitation = asked.match.group(1)
    assert server.sign_in(email, password)
    assert server.sign_in(scene.MEMBER.email, scene.MEMBER.password)
    assert server.call("GET", f"/api/v1/invitations/{invitation}").status == 200
    assert server.validate(first) == 200
    assert "Demo shop" in str(server.call("GET", "/api/v1/mcp/validate", token=first).body)
    page = Request(f"{server.url}/console/parts", headers={"Accept": "text/html"})  # noqa: S310 - ours
    with urlopen(page, timeout=15) as parts:  # noqa: S310 - ours
        assert parts.status == 200
    asked.expect("/api/v1/mcp/validate")  # logged for people

    answers = clone.folder / "gassapi_backend" / "server" / "service" / "handlers.py"
    answers.write_text(answers.read_text().replace('"alive"}', '"changed"}'))
    asked.expect(r"gass_\w+")
    assert asked.match.group() == first  # so that what was set up with it goes on
    assert sooner_or_later(lambda: "changed" in str(server.call("GET", "/health/live").body))
    assert server.validate(first) == 200  # the database is still the same

    asked.sendintr()
    asked.expect(pexpect.EOF)
    assert "Traceback" not in asked.before
    assert asked.wait() == 0
    assert not clone.home.exists()
    assert not list(clone.folder.glob("gassapi-dev-*"))


def test_wrong_flags_are_a_sentence(cli: Cli) -> None:
    refused = cli("dev", "--port", "99999")
    assert (refused.code, refused.out) == (2, "")
    assert "'--port'" in refused.flat


def test_a_failure_ends_it_with_a_sentence_that_names_dev(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        env = {"TMPDIR": str(cli.folder), "GASSAPI_LOG_LEVEL": "error"}
        refused = cli.shell(f"gassapi-backend dev --port {port}", **env)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(f"Error: Port {port} is taken.")
    assert f"gassapi-backend dev --port {port % 65535 + 1}" in refused.err
    assert len(refused.err.splitlines()) == 1
    assert not list(cli.folder.glob("gassapi-dev-*"))


def test_a_broken_change_waits_for_the_next(clone: Cli) -> None:
    server = Server(clone, port=free_port())
    env = {"TMPDIR": str(clone.folder), "TERM": "dumb"}
    asked = clone.ask("dev", "--port", str(server.port), **env)
    asked.expect("MCP token")
    file = clone.folder / "gassapi_backend" / "server" / "service" / "handlers.py"
    right = file.read_text()
    file.write_text(f"this is no Python\n{right}")
    asked.expect("SyntaxError")
    file.write_text(right)
    asked.expect("MCP token")
    assert sooner_or_later(lambda: server.call("GET", "/health/live").status == 200)
    asked.sendintr()
    asked.expect(pexpect.EOF)
    assert asked.wait() == 0


def test_a_termination_throws_the_data_away_too(cli: Cli) -> None:
    env = {"TMPDIR": str(cli.folder), "TERM": "dumb"}
    asked = cli.ask("dev", "--port", str(free_port()), **env)
    asked.expect("MCP token")
    asked.kill(signal.SIGTERM)
    asked.expect(pexpect.EOF)
    asked.wait()
    assert "Traceback" not in asked.before
    assert not list(cli.folder.glob("gassapi-dev-*"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - refused
def test_it_listens_to_this_machine_only(cli: Cli, host: str) -> None:
    refused = cli("dev", "--host", host)
    assert (refused.code, refused.out) == (2, "")
    assert "this machine only" in refused.err
