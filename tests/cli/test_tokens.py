"""Tokens on the command line: the right project, exactly the token, and none left lying around."""

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import gassapi_backend
from tests.processes import Cli, Server
from tests.waiting import sooner_or_later

TOKEN = re.compile(r"gass_[0-9A-Za-z]{49}\n")
ODD = '[bold]"Shop"[/] :smile: 😀 $HOME'


@dataclass
class Scene:
    """A running server with a project of ``you@example.com`` and a stranger to it."""

    server: Server
    cli: Cli
    access: str
    project: dict[str, Any]


@pytest.fixture(scope="module")
def scene(server: Server) -> Scene:
    """One project and two accounts."""
    access = server.sign_in()["accessToken"]
    server.cli.user("stranger@example.com", "Stranger")
    return Scene(server, server.cli, access, server.project(access))


@pytest.fixture
def other(scene: Scene) -> Iterator[dict[str, Any]]:
    """A second project for the time of a test."""
    project = scene.server.project(scene.access, ODD)
    yield project
    path = f"/api/v1/projects/{project['id']}"
    assert scene.server.call("DELETE", path, access=scene.access).status == 200


def tokens(scene: Scene) -> dict[str, dict[str, Any]]:
    listed = scene.cli("token", "list", "--project", "Shop", "--json").json
    return {token["id"]: token for token in listed}


def test_a_reason_that_is_too_long_is_named_and_revokes_nothing(scene: Scene) -> None:
    scene.cli("token", "issue", "--name", "Reasons")
    (token_id,) = [key for key, token in tokens(scene).items() if token["name"] == "Reasons"]
    before = scene.cli.rows("SELECT * FROM audit_log")
    refused = scene.cli("token", "revoke", token_id, "--reason", "x" * 256)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "Error: reason: String should have at most 255 characters\n"
    assert tokens(scene)[token_id]["status"] == "active"
    assert scene.cli.rows("SELECT * FROM audit_log") == before
    assert scene.cli("token", "revoke", token_id, "--reason", "x" * 255).code == 0


def test_the_output_is_exactly_the_token(scene: Scene) -> None:
    issued = scene.cli("token", "issue")
    assert issued.code == 0
    assert TOKEN.fullmatch(issued.out)
    assert issued.err == "This is the token. It is not shown again:\n"
    assert scene.server.validate(issued.out.strip()) == 200
    assert issued.out[:54] not in scene.cli("token", "list").out


def test_neither_a_token_nor_an_id_is_coloured_or_broken_over_lines(scene: Scene) -> None:
    commands = [["token", "issue"], ["project", "list"]]
    issued, listed = scene.cli.each(commands, FORCE_COLOR="1", COLUMNS="50")
    assert TOKEN.fullmatch(issued.out)
    assert scene.project["id"] in listed.out


def test_a_project_is_found_by_name_and_by_id(scene: Scene, other: dict[str, Any]) -> None:
    for wanted, name in [("Shop", "Shop"), ("sHOP", "Shop"), (other["id"], ODD), (ODD, ODD)]:
        token = scene.cli("token", "issue", "--project", wanted).out.strip()
        answer = scene.server.call("GET", "/api/v1/mcp/validate", token=token)
        assert answer.body["project"]["name"] == name


def test_a_choice_of_projects_is_listed(scene: Scene, other: dict[str, Any]) -> None:
    for arguments in (["token", "issue"], ["token", "list"]):
        outcome = scene.cli(*arguments)
        assert (outcome.code, outcome.out) == (1, "")
        assert f"{other['id']}  {ODD} (You)" in outcome.err
        assert f"{scene.project['id']}  Shop (You)" in outcome.err


def test_projects_of_one_name_are_listed(scene: Scene) -> None:
    twin = scene.server.project(scene.access, "SHOP")
    for arguments in (["token", "issue", "--project", "shop"], ["project", "show", "Shop"]):
        outcome = scene.cli(*arguments)
        assert (outcome.code, outcome.out) == (1, "")
        assert twin["id"] in outcome.err
        assert scene.project["id"] in outcome.err
    path = f"/api/v1/projects/{twin['id']}"
    assert scene.server.call("DELETE", path, access=scene.access).status == 200


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--project", "Shopp"], 'There is no project "Shopp".'),
        (["--project", ""], 'There is no project "".'),
        (["--project", "[red]"], 'There is no project "[red]".'),
        (["--user", "nobody@example.com"], 'There is no account "nobody@example.com".'),
        (["--user", "stranger@example.com"], "Only an active member of the project"),
        (["--name", "x"], "name: "),
        (["--name", "x" * 256], "name: "),
        (["--config", "--output", "missing/gassapi.json"], "cannot be written"),
        (["--config", "--output", "."], "exists already"),
        (["--config", "--output", ".", "--force"], "cannot be written"),
    ],
)
def test_a_token_that_cannot_be_had_is_refused(scene: Scene, flags: list[str], says: str) -> None:
    before = tokens(scene)
    refused = scene.cli("token", "issue", *flags)
    assert (refused.code, refused.out) == (1, "")
    assert says in refused.err
    assert tokens(scene).keys() == before.keys()


def test_no_project_is_a_sentence(cli: Cli) -> None:
    cli.user()
    for outcome in cli.each([["token", "issue"], ["token", "list"]]):
        assert outcome.code == 1
        assert outcome.err.startswith("Error: There is no project yet.")


def test_a_token_narrowed_to_reading_says_so(scene: Scene) -> None:
    issued = scene.cli("token", "issue", "--scope", "read", "--name", ODD, "--json").json
    answer = scene.server.call("GET", "/api/v1/mcp/validate", token=issued["token"])
    assert answer.body["scope"] == "read"
    record = tokens(scene)[issued["id"]]
    assert (record["scope"], record["name"]) == ("read", ODD)
    (line,) = [line for line in scene.cli("token", "list").out.splitlines() if issued["id"] in line]
    assert ODD in line


def test_a_configuration_is_private_and_works(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "[bold]gassapi.json"
    flags = ["token", "issue", "--config", "--output", str(file)]
    written = scene.cli(*flags)
    assert (written.code, written.err) == (0, "")
    assert str(file) in written.out
    assert "gass_" not in written.out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    config = json.loads(file.read_text("utf-8"))
    assert config["project"] == {"id": scene.project["id"], "name": "Shop"}
    assert config["environment"] == {"active": "Development", "variables": {}}
    token = config["mcpClient"]["token"]
    assert scene.server.validate(token) == 200

    refused = scene.cli(*flags)
    assert (refused.code, "--force" in refused.err) == (1, True)
    assert json.loads(file.read_text("utf-8")) == config

    assert scene.cli(*flags, "--force").code == 0
    assert json.loads(file.read_text("utf-8"))["mcpClient"]["token"] != token
    assert os.listdir(tmp_path) == [file.name]


def test_a_configuration_names_the_address_that_people_use(scene: Scene, tmp_path: Path) -> None:
    scene.cli("token", "issue", "--config", GASSAPI_PUBLIC_URL="https://api.example.com/gass/")
    config = json.loads((scene.cli.folder / "gassapi.json").read_text("utf-8"))
    assert config["mcpClient"]["serverURL"] == "https://api.example.com/gass"


def test_a_folder_that_cannot_be_written_costs_no_token(scene: Scene) -> None:
    before = tokens(scene)
    folder = scene.cli.folder / "locked"
    folder.mkdir(mode=0o500)
    flags = ["token", "issue", "--config", "--output", str(folder / "gassapi.json")]
    (refused,) = scene.cli.each([flags], privileged=False)
    assert (refused.code, "cannot be written" in refused.err) == (1, True)
    assert tokens(scene).keys() == before.keys()


def test_a_revoked_token_stops_working_within_a_second(scene: Scene) -> None:
    issued = scene.cli("token", "issue", "--json").json
    assert scene.server.validate(issued["token"]) == 200
    revoked = scene.cli("token", "revoke", issued["id"], "--reason", ODD)
    assert revoked.out == 'Revoked the token "Command line".\n'
    assert sooner_or_later(lambda: scene.server.validate(issued["token"]) == 403)
    record = tokens(scene)[issued["id"]]
    assert (record["status"], record["revokedReason"]) == ("revoked", ODD)
    again = scene.cli("token", "revoke", issued["id"])
    assert (again.code, again.out) == (0, "It was revoked before.\n")


def test_a_token_that_is_not_there_is_named(scene: Scene) -> None:
    refused = scene.cli("token", "revoke", "[red]nothing[/]")
    assert refused.code == 1
    assert refused.err.startswith('Error: There is no token "[red]nothing[/]".')


def test_projects_are_shown(scene: Scene, other: dict[str, Any]) -> None:
    listed = scene.cli("project", "list")
    lines = listed.out.splitlines()
    assert len(lines) == 3
    assert any(ODD in line and other["id"] in line and "You" in line for line in lines)
    shown = scene.cli("project", "show", ODD, "--json").json
    assert shown in scene.cli("project", "list", "--json").json
    assert (shown["name"], shown["memberCount"]) == (ODD, 1)
    assert f"name              {ODD}" in scene.cli("project", "show", other["id"]).out


def test_a_project_is_created_for_somebody(cli: Cli) -> None:
    assert cli("db", "upgrade").code == 0
    nobody = cli("project", "create", "Shop")
    assert (nobody.code, nobody.err.startswith("Error: There is no account yet")) == (1, True)
    owner = cli.user()
    made = cli("project", "create", "Shop", "--description", "What we sell", "--public", "--json")
    assert made.json["ownerId"] == owner["id"]
    assert (made.json["description"], made.json["isPublic"]) == ("What we sell", True)
    assert cli("project", "list", "--json").json == [made.json]
    (member,) = cli("project", "member", "list", "Shop", "--json").json
    assert (member["id"], member["role"]) == (owner["id"], "owner")
    assert cli("token", "issue", "--json").json["projectId"] == made.json["id"]
    audited = "SELECT actor_type, actor_id FROM audit_log WHERE action = 'project_created'"
    assert cli.rows(audited) == [("console", None)]

    ann = cli.user("ann@example.com", "Ann")
    which = cli("project", "create", "Other")
    assert (which.code, "--owner" in which.err) == (2, True)
    other = cli("project", "create", "Other", "--owner", "ANN@example.com")
    assert other.out == "Created Other. It belongs to Ann.\n"
    cli.user("gone@example.com", "Gone")
    cli("user", "deactivate", "gone@example.com")
    for wrong, says in {
        ("x", "--owner", ann["email"]): "name: ",
        ("Third", "--owner", "no@example.com"): "There is no account",
        ("Third", "--owner", "gone@example.com"): "This account is deactivated",
    }.items():
        refused = cli("project", "create", *wrong)
        assert (refused.code, says in refused.err) == (1, True), refused
    assert [project["name"] for project in cli("project", "list", "--json").json] == [
        "Other",
        "Shop",
    ]


def test_a_list_too_wide_for_its_terminal_can_still_be_copied_from(cli: Cli) -> None:
    cli.user()
    project = cli("project", "create", "Shop", "--json").json
    code = {"PYTHONPATH": str(Path(gassapi_backend.__file__).parent.parent)}
    narrow = cli.ask("project", "list", TERM="dumb", **code).read().splitlines()  # 80 columns
    assert ["Id", project["id"]] in [line.split() for line in narrow]
    wide = cli.ask("project", "list", **code).read().splitlines()  # 120 columns
    assert len(wide) == 2


def test_a_token_is_issued_for_a_time_and_the_list_says_until_when(scene: Scene) -> None:
    issued = scene.cli("token", "issue", "--name", "For 90 days", "--expires", "90d", "--json").json
    days = datetime.fromisoformat(issued["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=89, hours=23) < days <= timedelta(days=90)
    assert scene.server.validate(issued["token"]) == 200
    day = f"{datetime.now(UTC).year + 1}-03-31"
    scene.cli("token", "issue", "--name", "Until March", "--expires", day)
    scene.cli("token", "issue", "--name", "For ever")
    listed = {token["name"]: token for token in tokens(scene).values()}
    assert listed["Until March"]["expiresAt"] == f"{day}T23:59:59.999Z"
    assert listed["For ever"]["expiresAt"] is None
    assert sooner_or_later(lambda: tokens(scene)[issued["id"]]["lastUsedIp"] == "127.0.0.1")
    assert tokens(scene)[issued["id"]]["lastUsedAt"] > listed["For ever"]["createdAt"][:10]
    shown = scene.cli("token", "list", "--project", "Shop").out
    assert all(word in shown for word in ("Expires", "Last used", "From", "127.0.0.1"))


@pytest.mark.parametrize("expires", ["90", "0d", "-1d", "soon", "2020-01-01", "2027-02-30", ""])
def test_what_is_no_time_to_come_issues_no_token(scene: Scene, expires: str) -> None:
    before = scene.cli.rows("SELECT * FROM mcp_tokens")
    refused = scene.cli("token", "issue", f"--expires={expires}")
    assert (refused.code, refused.out) == (2, "")
    assert "--expires" in refused.err
    assert scene.cli.rows("SELECT * FROM mcp_tokens") == before
