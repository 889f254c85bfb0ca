"""What somebody else wrote cannot steer the operator's terminal."""

import json
import re
from pathlib import Path

import pytest

from gassapi_backend.terminal_text import in_one_line, visible
from tests.processes import Cli, Server
from tests.programs import LOGGING, run
from tests.waiting import sooner_or_later

EVIL = "x\x1b[31mRED\x1b]0;owned\x07 \x9b31m\x7f\x08\x85 \u202eback\u2066\u2028z"
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
STYLE = re.compile(r"\x1b\[[\d;]*m")  # our own
PERSON = "you@example.com"

WRITTEN = [  # what others may write, or the mail server, or whoever can write to the database
    "UPDATE users SET name = ?",
    "UPDATE projects SET name = ?, description = 'first line' || char(10) || ?",
    "UPDATE sessions SET user_agent = ?, ip = ?",
    "UPDATE mcp_tokens SET name = ?, revoked_reason = ?",
    "UPDATE invitations SET email = ?",
    "UPDATE mails SET recipient = ?, last_error = ?, due_at = NULL",
    "UPDATE audit_log SET resource_name = ?, details = ?",
    "UPDATE environments SET name = ?",
]

COMMANDS = [  # and whether they show what was written
    (["audit", "list"], True),
    (["audit", "verify"], True),
    (["doctor"], False),
    (["export", "collection", EVIL, "--project", "{project}"], True),
    (["export", "environment", "Moon", "--project", "{project}"], True),
    (["import", "-", "--project", EVIL], True),
    (["import", "-", "--project", "{project}"], False),
    (["invite", "list", "{project}"], True),
    (["key", "status"], False),
    (["mail", "list"], True),
    (["project", "list"], True),
    (["project", "member", "list", "{project}"], True),
    (["project", "show", "{project}"], True),
    (["project", "transfer", "{project}", PERSON], False),
    (["token", "list", "--project", "{project}"], True),
    (["user", "list"], True),
    (["user", "sessions", PERSON], True),
    (["user", "show", PERSON], True),
    (["user", "show", EVIL], True),
]

Scene = tuple[Cli, dict[str, str]]


def filled(folder: Path) -> Scene:
    """Return an operator whose database is full of it, and the ids of what is in there."""
    cli = Cli(folder, GASSAPI_SMTP_URL="smtp://127.0.0.1:1")
    cli.user()
    with Server(cli) as server:
        server.sign_in()
    assert cli("project", "create", "Shop").code == 0
    assert cli("invite", "create", "Shop", "ann@example.com").code == 0
    assert cli("token", "issue").code == 0
    ids = {
        "project": cli("project", "list", "--json").json[0]["id"],
        "token": cli("token", "list", "--json").json[0]["id"],
        "invitation": cli("invite", "list", "Shop", "--json").json[0]["id"],
    }
    quoted = f"'{EVIL}'"
    for sql in WRITTEN:
        cli.rows(sql.replace("?", quoted))
    return cli, ids


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """One for all tests that only read."""
    return filled(tmp_path_factory.mktemp("terminal"))


@pytest.mark.parametrize(("arguments", "shows"), COMMANDS, ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("force_color", ["", "1"], ids=["plain", "colours"])
def test_no_command_prints_what_would_steer_the_terminal(
    scene: Scene, arguments: list[str], shows: bool, force_color: str
) -> None:
    cli, ids = scene
    command = [word.format(**ids) if word.startswith("{") else word for word in arguments]
    env = {"FORCE_COLOR": force_color, "COLUMNS": "400"} if force_color else {}
    (outcome,) = cli.each([command], **env)
    assert "Traceback" not in outcome.text
    own = STYLE.sub("", outcome.text) if force_color else outcome.text
    assert not STEERING.search(own), outcome
    assert "\x1b[31mRED" not in outcome.text
    if shows:
        assert "x␛[31mRED␛]0;owned" in own


def test_no_sentence_about_what_was_done_does(tmp_path: Path) -> None:
    cli, ids = filled(tmp_path)
    for command in (["token", "revoke", ids["token"]], ["invite", "revoke", ids["invitation"]]):
        outcome = cli(*command)
        assert "x␛[31mRED␛]0;owned" in outcome.out
        assert not STEERING.search(outcome.text)


def test_a_description_with_line_breaks_can_be_read_and_adds_no_fact(
    scene: Scene,
) -> None:
    cli, ids = scene
    lines = cli("project", "show", ids["project"]).out.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.endswith("first line")]
    assert lines[at].startswith("description")
    assert re.match(r" {5,}x␛\[31mRED", lines[at + 1])


def test_json_is_as_it_was(scene: Scene) -> None:
    cli, ids = scene
    shown = cli("project", "show", ids["project"], "--json")
    assert shown.json["description"] == f"first line\n{EVIL}"
    assert "\x1b" not in shown.out
    changes = cli.ask("project", "watch", ids["project"], "--since", "0", "--json")
    assert json.loads(changes.readline())["revision"] == 1
    changes.close(force=True)


@pytest.mark.parametrize(
    "command",
    [
        ["audit", "list", "--json"],
        ["audit", "export"],
        ["user", "export", PERSON],
        ["token", "list", "--project", "{project}", "--json"],
        ["project", "watch", "{project}", "--since", "0", "--json"],
    ],
    ids=" ".join,
)
def test_json_and_exports_escape_it_and_have_the_same_values(
    scene: Scene, command: list[str]
) -> None:
    cli, ids = scene
    words = [word.format(**ids) if word.startswith("{") else word for word in command]
    if "watch" in words:
        watching = cli.ask(*words)
        watching.expect_exact("RED")
        text = watching.before + watching.after + watching.readline()
        watching.close(force=True)
        text = STYLE.sub("", text).replace("\r", "")
    else:
        text = cli(*words).out
    assert not STEERING.search(text), command
    assert "\\u009b31m" in text
    if words[:2] == ["audit", "export"]:
        assert EVIL in str_of([json.loads(line) for line in text.splitlines()])
    elif words[0] == "token":  # the others' details are no JSON, for whoever can write them
        assert EVIL in str_of(json.loads(text))


def str_of(value: object) -> str:
    """Return all texts in a value of JSON, as they are."""
    if isinstance(value, dict):
        return "".join(map(str_of, value.values()))
    if isinstance(value, list):
        return "".join(map(str_of, value))
    return str(value)


def test_a_watched_change_is_one_line(scene: Scene) -> None:
    cli, ids = scene
    watching = cli.ask("project", "watch", ids["project"], "--since", "0")
    watching.expect_exact("x␛[31mRED␛]0;owned")
    line = watching.before + watching.after + watching.readline()
    watching.close(force=True)
    assert not STEERING.search(STYLE.sub("", line).strip())


def test_no_log_line_for_people_steers_the_terminal() -> None:
    env = {"GASSAPI_HOME": "/nowhere", "GASSAPI_LOG_FORMAT": "console"}
    code, _, errors = run(LOGGING, "\x1b[31m\x9b31m\u202e", env=env)
    assert code == 0
    assert not STEERING.search(errors)
    assert "message ␛[31m\ufffd31m\ufffd" in errors


def test_a_path_in_the_log_does_not_either(cli: Cli) -> None:
    cli.env["GASSAPI_LOG_FORMAT"] = "console"
    with Server(cli) as server:
        assert server.call("GET", "/%1b%5b31m%c2%9b31m").status == 404
        assert sooner_or_later(lambda: "␛[31m" in server.log)
        assert not STEERING.search(server.log)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jörg 名 😀",
        "a\tb\nc",
        "👩\u200d💻",
        "می\u200cخواهم",
        "a\u00a0b",
        "\u05d0",
        "\u200fשלום!\u200f",
        "[b]",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert visible(text) == text


def test_what_is_not_is_shown_and_as_long_as_it_was() -> None:
    assert visible("\x1b[31m\x00\r\x7f\x9b\u202e") == "␛[31m␀␍␡\ufffd\ufffd"
    assert len(visible(EVIL)) == len(EVIL)
    assert in_one_line("a\nb\x1b") == "a␊b␛"
