"""Changing the secret key: while servers run, whatever breaks off, and without losing a value."""

import asyncio
import importlib
import json
import signal
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from gassapi_backend.cli import keys
from gassapi_backend.instance_key import begin_rotation, finish_rotation
from gassapi_backend.models import AuditEntry, Environment, Project, User
from gassapi_backend.server.access.callers import CONSOLE, Actor, Caller, Kind
from gassapi_backend.server.changes.change import Change
from gassapi_backend.server.environments.actions import create_environment
from gassapi_backend.server.environments.schemas import NewEnvironment
from gassapi_backend.server.items.queries import list_sealed
from gassapi_backend.server.items.schemas import NewVariable
from gassapi_backend.server.items.variables import plain_values
from gassapi_backend.server.projects.actions import create_project
from gassapi_backend.server.projects.schemas import NewProject
from gassapi_backend.settings import Settings, load
from gassapi_backend.vault import Vault, key_id_of
from tests import programs
from tests.conftest import Serve, everything
from tests.factories import written
from tests.processes import Cli, Server

HUSH = "hush hush"
OLD, NEW = "old-0123456789abcdefghij0123456789", "new-0123456789abcdefghij0123456789"

KILLED = """
import asyncio, importlib, os, signal, sys
from gassapi_backend.cli import keys
from gassapi_backend.settings import load
from gassapi_backend.database import open_database

place, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
module = importlib.import_module(place)
meant = getattr(module, name)

def killed(*arguments, **options):
    global count
    count -= 1
    if count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return meant(*arguments, **options)

setattr(module, name, killed)
print("ready", flush=True)
input()

async def rotate():
    async with open_database(load()):
        await keys.rotate_key(load())

asyncio.run(rotate())
"""

STEPS = [  # the place that is not come back from: module, function, which of its calls
    ("gassapi_backend.instance_key", "begin_rotation", 1),
    ("os", "fsync", 1),
    ("gassapi_backend.private_files", "sync_folder", 1),
    ("gassapi_backend.server.environments.rotation", "wait_for_writers", 1),
    ("gassapi_backend.server.environments.rotation", "resealed", 1),
    ("gassapi_backend.server.environments.rotation", "execute", 2),  # the first is SQLite's pragma
    ("gassapi_backend.server.environments.rotation", "resealed", 2),
    ("gassapi_backend.server.environments.rotation", "resealed", 3),
    ("gassapi_backend.instance_key", "finish_rotation", 1),
    ("os", "fsync", 3),
    ("gassapi_backend.private_files", "sync_folder", 2),
]


def new(name: str, **values: str) -> NewEnvironment:
    """Return an environment with secret variables."""
    variables = [NewVariable(key=key, value=value, secret=True) for key, value in values.items()]
    return NewEnvironment(name=name, variables=variables)


@pytest.fixture
async def own(database: Settings) -> Settings:
    """Settings with a key file, over a database with secret values in three projects."""
    settings = database.model_copy(update={"secret_key": None})
    vault = Vault(settings)
    user = await User.create(
        email="a@example.com",
        email_key="a@example.com",
        name="Ann",
        name_key="ann",
        password_hash="x",
    )
    actor = Actor(Caller(Kind.USER, user_id=user.id, name="Ann"))
    for number in range(3):
        project, _ = await create_project(actor, NewProject(name=f"Project {number}"))
        for name in ("A", "B"):
            wanted = new(name, FIRST=f"{HUSH} {name}{number}", SECOND=HUSH)
            await create_environment(CONSOLE, project.id, wanted, vault)
    return settings


async def values(settings: Settings) -> dict[str, dict[str, str]]:
    """Return all secret values by environment, opened with the keys that are there now."""
    vault = Vault(settings)
    return {
        row["id"]: plain_values(row["variables"], vault=vault, owner_id=row["id"])
        for row in await list_sealed()
    }


async def key_ids() -> set[str]:
    """Return the ids of the keys that secret values are encrypted with."""
    return {
        key_id_of(variable["sealed"])
        for row in await list_sealed()
        for variable in orjson.loads(row["variables"])
    }


def lines(settings: Settings) -> list[str]:
    """Return what is in the key file."""
    return (settings.home / "secret.key").read_text().split()


async def check_done(settings: Settings, before: dict[str, dict[str, str]], old: list[str]) -> None:
    """Check that everything is encrypted with one new key, and that nothing is lost."""
    assert len(lines(settings)) == 1
    assert lines(settings) != old
    assert await values(settings) == before
    assert await key_ids() == {Vault(settings).current}
    assert [path.name for path in settings.home.glob("*secret*")] == ["secret.key"]


async def test_every_secret_value_is_encrypted_anew_and_each_project_records_it(
    own: Settings,
) -> None:
    before, old, kept = await values(own), lines(own), await everything()
    done = await keys.rotate_key(own)
    current = Vault(own).current
    assert done == {"key": current, "projects": 3, "values": 12, "lost": 0, "stuck": 0}
    await check_done(own, before, old)
    after = await everything()
    changed = {table for table in kept if kept[table] != after[table]}
    assert changed == {"audit_log", "environments", "projects"}
    entries = await AuditEntry.filter(action="secrets_reencrypted")
    assert [(entry.actor_type, entry.details) for entry in entries] == [
        ("console", {"variables": 4})
    ] * 3
    for entry in entries:
        assert (await Project.get(id=entry.project_id)).revision == entry.revision == 5
    assert {one.revision for one in await Environment.all()} == {2, 3, 4}
    for text in (str(entry.details) for entry in await AuditEntry.all()):
        assert HUSH not in text


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("step", STEPS, ids=lambda step: "-".join(map(str, step)))
async def test_killed_anywhere_nothing_is_lost_and_the_next_run_finishes(
    own: Settings, step: tuple[str, str, int]
) -> None:
    before, old = await values(own), lines(own)
    env = programs.environment(own)
    code, _, errors = await asyncio.to_thread(programs.run, KILLED, *step, env=env)
    assert code == -signal.SIGKILL, errors
    assert await values(own) == before
    await keys.rotate_key(own)
    await check_done(own, before, old)


class BrokeOff(Exception):
    """What a test raises in the middle of something."""


@pytest.mark.parametrize("step", [step for step in STEPS if step[0] != "os"])
async def test_broken_off_anywhere_nothing_is_lost_and_the_next_run_finishes(
    own: Settings, monkeypatch: pytest.MonkeyPatch, step: tuple[str, str, int]
) -> None:
    place, name, count = step
    module: Any = importlib.import_module(place)
    if name == "execute":
        count = 2 if "sqlite" in own.database else 1
    meant, called = getattr(module, name), 0

    def broken(*arguments: Any, **options: Any) -> Any:
        nonlocal called
        called += 1
        if called == count:
            raise BrokeOff
        return meant(*arguments, **options)

    before, old = await values(own), lines(own)
    with monkeypatch.context() as patched:
        patched.setattr(module, name, broken)
        with pytest.raises(BrokeOff):
            await keys.rotate_key(own)
    assert await values(own) == before
    await keys.rotate_key(own)
    await check_done(own, before, old)


async def test_a_rotation_waits_for_a_write_with_the_old_key(own: Settings) -> None:
    row = (await list_sealed())[-1]
    is_written, may_end = asyncio.Event(), asyncio.Event()

    async def write(made: Change) -> None:
        environment = await Environment.get(id=row["id"])
        sealed = Vault(own).seal("late", f"variable {row['id']} LATE")
        late = {"key": "LATE", "enabled": True, "secret": True, "sealed": sealed}
        environment.variables = [*environment.variables, late]
        await environment.save()
        made.record("environment_updated", "environment", row["id"])
        is_written.set()
        await may_end.wait()

    writer = asyncio.create_task(written(row["project_id"], write))
    await is_written.wait()
    old = lines(own)
    rotation = asyncio.create_task(keys.rotate_key(own))
    await asyncio.sleep(0.2)
    assert len(lines(own)) == 2
    assert not rotation.done()
    may_end.set()
    await asyncio.gather(writer, rotation)
    assert (await values(own))[row["id"]]["LATE"] == "late"
    await check_done(own, await values(own), old)


async def test_a_server_writes_and_reveals_while_the_key_changes(
    serve: Serve, settings: Settings
) -> None:
    api = await serve(secret_key=None)
    own = settings.model_copy(update={"secret_key": None})
    ann = await api.person()
    path = f"/projects/{(await api.project(ann))['id']}/environments"
    ids = []
    for number in range(5):
        body = {"name": f"E{number}", "variables": [_variable("x")]}
        made = await api.json("POST", path, ann, json=body, expect=201)
        ids.append(made["environment"]["id"])
    old = lines(own)

    async def write(number: int) -> int:
        body = {"variables": [_variable(f"{HUSH} {number}")]}
        one = f"/environments/{ids[number % 5]}"
        return (await api.call("PATCH", one, ann, json=body)).status

    async def look(number: int) -> int:
        return (await api.call("GET", f"{path}?reveal=true", ann)).status

    async def rotate() -> int:
        for _ in range(3):
            await keys.rotate_key(own)
            await asyncio.sleep(0.02)
        return 200

    calls = [call(number) for number in range(30) for call in (write, look)]
    statuses = await asyncio.gather(rotate(), *calls)
    assert set(statuses) == {200}
    await keys.rotate_key(own)
    found = await values(own)
    await check_done(own, found, old)
    assert all(one["K"].startswith(HUSH) for one in found.values())


def _variable(value: str) -> dict[str, Any]:
    return {"key": "K", "value": value, "secret": True}


async def test_values_that_no_key_opens_stay_and_hold_nothing_up(own: Settings) -> None:
    lost, damaged = (await Environment.all())[1:3]
    stranger = Vault(own.model_copy(update={"secret_key": None, "home": own.home / "other"}))
    before, old = await values(own), lines(own)
    context = f"variable {lost.id} FIRST"
    lost.variables = [{"key": "FIRST", "secret": True, "sealed": stranger.seal("x", context)}]
    await lost.save()
    done = await keys.rotate_key(own)
    assert (done["values"], done["lost"], done["stuck"], len(lines(own))) == (10, 1, 0, 1)
    kept = await Environment.get(id=lost.id)
    assert kept.variables == lost.variables
    damaged = await Environment.get(id=damaged.id)
    moved = {**damaged.variables[0], "key": "MOVED"}  # encrypted for another place
    damaged.variables = [moved, damaged.variables[1]]
    await damaged.save()
    for _ in range(2):
        done = await keys.rotate_key(own)
        assert (done["lost"], done["stuck"], len(lines(own))) == (2, 1, 2)
    damaged.variables = [{**moved, "key": "FIRST"}]
    await damaged.save()
    done = await keys.rotate_key(own)
    assert (done["lost"], done["stuck"], len(lines(own))) == (1, 0, 1)
    await lost.delete()
    found = await values(own)
    assert lines(own) != old
    assert found[damaged.id]["FIRST"] == before[damaged.id]["FIRST"]


async def test_with_the_key_in_the_settings_values_are_only_encrypted_anew(own: Settings) -> None:
    before, file = await values(own), lines(own)
    both = own.model_copy(
        update={"secret_key": SecretStr(NEW), "old_secret_keys": [SecretStr(file[0])]}
    )
    assert await values(both) == before
    done = await keys.reseal(both)
    assert (done["values"], done["stuck"]) == (12, 0)
    assert await values(both.model_copy(update={"old_secret_keys": []})) == before
    assert (await keys.reseal(both))["values"] == 0
    assert lines(own) == file


def test_the_key_changes_under_a_running_server(cli: Cli) -> None:
    cli.user()
    file = cli.home / "secret.key"
    with Server(cli) as server:
        access = server.sign_in()["accessToken"]
        project_id = server.project(access)["id"]
        body = {"name": "Live", "variables": [_variable(HUSH)]}
        path = f"/api/v1/projects/{project_id}/environments"
        made = server.call("POST", path, body, access=access).body["environment"]
        reveal = f"/api/v1/environments/{made['id']}?reveal=true"
        old, status = file.read_text(), cli("key", "status", "--json").json
        assert status["values"] == {status["key"]: 1}
        assert (status["source"], status["formerKeys"]) == (str(file), [])
        rotated = cli("key", "rotate", "--yes")
        assert (rotated.code, rotated.err) == (0, "")
        assert "Encrypted 1 secret value(s) of 1 project(s)" in rotated.out
        after = cli("key", "status", "--json").json
        assert after["values"] == {after["key"]: 1}
        assert after["key"] != status["key"]
        for outcome in (rotated, cli("key", "status")):
            assert old.strip() not in outcome.text
            assert file.read_text().strip() not in outcome.text
        shown = server.call("GET", reveal, access=access).body["environment"]
        assert shown["variables"][0]["value"] == HUSH
        body["name"] = "After"
        assert server.call("POST", path, body, access=access).status == 201
        assert server.validate(cli("token", "issue").out.strip()) == 200
        assert HUSH not in server.log + server.printed
    with Server(cli) as server:
        assert server.call("GET", reveal, access=access).status == 401
        access = server.sign_in()["accessToken"]
        listed = server.call("GET", f"{path}?reveal=true", access=access).body["environments"]
        found = [one["variables"][0]["value"] for one in listed if one["variables"]]
        assert found == [HUSH, HUSH]
    files = b"".join(one.read_bytes() for one in cli.home.glob("gassapi.db*"))
    assert HUSH.encode() not in files


def test_a_rotation_is_asked_about_on_a_terminal_and_not_elsewhere(cli: Cli) -> None:
    cli.user()
    refused = cli("key", "rotate")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    first = cli("key", "status", "--json").json["key"]
    shell = cli.ask("key", "rotate")
    shell.expect("signs everybody out")
    shell.expect_exact("Make a new secret key?")
    shell.sendline("n")
    shell.expect("$")
    shell.wait()
    assert (shell.exitstatus, cli("key", "status", "--json").json["key"]) == (1, first)
    assert cli("key", "rotate", "--yes", "--json").json["values"] == 0
    assert cli("key", "status", "--json").json["key"] != first


def test_one_that_broke_off_is_shown_and_finished_without_asking(cli: Cli) -> None:
    cli.user()
    settings = load(home=cli.home)
    begin_rotation(settings)
    new_key = lines(settings)[0]
    assert cli("key", "status", "--json").json["isRotating"] is True
    assert "not finished" in cli("key", "status").out
    done = cli("key", "rotate")
    assert done.code == 0
    for what in ("invite create and user reset-link", "Idempotency-Key"):
        assert what in done.out  # what the restart that is due means for them
    assert lines(settings) == [new_key]
    finish_rotation(settings)


def test_a_second_rotation_at_once_is_refused(cli: Cli) -> None:
    cli.user()
    settings = load(home=cli.home)
    before = (Path(cli.home) / "secret.key").read_text()
    with keys.alone(settings):
        refused = cli("key", "rotate", "--yes")
    assert (refused.code, "Another rotation" in refused.err) == (1, True)
    assert (Path(cli.home) / "secret.key").read_text() == before


def test_with_a_key_in_the_environment_it_is_said_what_to_set(cli: Cli) -> None:
    cli.env["GASSAPI_SECRET_KEY"] = OLD
    cli.user()
    refused = cli("key", "rotate", "--yes")
    assert refused.code == 1
    assert "GASSAPI_OLD_SECRET_KEYS" in refused.err
    cli.env |= {"GASSAPI_SECRET_KEY": NEW, "GASSAPI_OLD_SECRET_KEYS": OLD}
    done = cli("key", "rotate")
    assert (done.code, done.err) == (0, "")
    assert "remove GASSAPI_OLD_SECRET_KEYS" in done.out
    status = cli("key", "status", "--json").json
    assert (status["source"], len(status["formerKeys"])) == ("GASSAPI_SECRET_KEY", 1)
    assert OLD not in json.dumps(status)
    assert not (cli.home / "secret.key").exists()
