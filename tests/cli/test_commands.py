"""What holds for every command: help, exit codes, sentences instead of tracebacks, plain output."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from tortoise.exceptions import ValidationError
from typer.core import TyperGroup

from gassapi_backend.cli.failures import sentence
from gassapi_backend.cli.main import app
from tests.cli.known import commands
from tests.processes import Cli, Outcome
from tests.servers import free_port

ESCAPE = "\x1b"
UNUSABLE = "mysql://gassapi:hidden-secret@127.0.0.1:1/gassapi"

START = ["start", "--port", str(free_port())]

FEW = [
    ["config", "show"],
    ["doctor"],
    ["setup", "--yes", "--no-admin"],
    ["start"],
    ["token", "issue"],
    ["user", "list"],
]
NEED_A_DATABASE = [
    ["audit", "export"],
    ["audit", "list"],
    ["audit", "verify"],
    ["db", "status"],
    ["db", "upgrade"],
    ["doctor"],
    ["export", "collection", "Bakery"],
    ["export", "environment", "Local"],
    ["export", "project"],
    ["import", "/dev/null"],
    ["invite", "create", "Shop", "you@example.com"],
    ["invite", "list", "Shop"],
    ["invite", "revoke", "nobody"],
    ["key", "rotate", "--yes"],
    ["key", "status"],
    ["mail", "list"],
    ["mail", "retry"],
    ["mcp", "install", "--client", "claude-code"],
    ["project", "create", "Shop"],
    ["project", "delete", "Shop", "--yes"],
    ["project", "rename", "Shop", "Store"],
    ["project", "list"],
    ["project", "member", "add", "Shop", "you@example.com"],
    ["project", "member", "list", "Shop"],
    ["project", "member", "remove", "Shop", "you@example.com"],
    ["project", "show", "Shop"],
    ["project", "transfer", "Shop", "you@example.com"],
    ["setup", "--yes", "--no-admin"],
    ["token", "issue"],
    ["token", "list"],
    ["token", "revoke", "nobody"],
    ["user", "activate", "you@example.com"],
    ["user", "deactivate", "you@example.com"],
    ["user", "delete", "you@example.com", "--yes"],
    ["user", "export", "you@example.com"],
    ["user", "list"],
    ["user", "promote", "you@example.com"],
    ["user", "rename", "you@example.com", "You"],
    ["user", "sessions", "you@example.com"],
    ["user", "set-email", "you@example.com", "me@example.com"],
    ["user", "reset-link", "you@example.com"],
    ["user", "show", "you@example.com"],
    ["user", "sign-out", "you@example.com"],
]


def command_at(path: list[str]) -> typer.core.TyperCommand | TyperGroup:
    """Return the command of a path."""
    found = typer.main.get_command(app)
    for name in path:
        found = found.commands[name]  # type: ignore[attr-defined]  # a group
    return found  # type: ignore[return-value]  # found above


def assert_sentences(outcomes: list[Outcome], *, of: list[list[str]]) -> None:
    """Check that each command failed with a sentence for people."""
    for arguments, outcome in zip(of, outcomes, strict=True):
        assert outcome.code == 1, (arguments, outcome)
        assert "Traceback" not in outcome.text, (arguments, outcome)
        assert "should not happen" not in outcome.text, (arguments, outcome)
        if arguments == ["doctor"]:
            assert "✗" in outcome.out, outcome
        else:
            assert outcome.err.startswith("Error: "), (arguments, outcome)


def test_every_command_teaches_its_options(cli: Cli) -> None:
    known = list(commands())
    outcomes = cli.each([[*path, "--help"] for path, _ in known])
    for (path, options), outcome in zip(known, outcomes, strict=True):
        assert (outcome.code, outcome.err) == (0, ""), path
        assert [name for name in options if name not in outcome.out] == []
        assert " ".join(["Usage: gassapi-backend", *path]) in outcome.flat
    assert len(known) > 20
    assert not cli.home.exists()


PRINT_NO_JSON = {
    ("setup",),  # sums up what it did, for people
    ("start",),
    ("mcp", "stdio"),  # the protocol's own lines
    ("dev",),
    ("config", "path"),  # a line
    ("audit", "export"),
    ("user", "export"),  # JSON as it is
    ("export", "collection"),  # documents as they are
    ("export", "environment"),
    ("export", "project"),
}


WITHOUT_A_DATABASE = {
    ("start",),  # tried beside the others
    ("dev",),  # has one of its own
    ("config", "path"),
    ("config", "show"),
    ("mail", "test"),
    ("mcp", "bundle"),
    ("mcp", "stdio"),
    ("mcp", "test"),
    ("mcp", "trust"),
    ("mcp", "uninstall"),
    ("version",),
    ("user", "create"),  # ask for a password first
    ("user", "set-password"),
    ("project", "watch"),
}


def test_every_command_that_needs_a_database_is_tried_without_one() -> None:
    known = [path for path, _ in commands()]
    groups = {tuple(path[:-1]) for path in known}
    untried = {
        tuple(path)
        for path in known
        if not any(tried[: len(path)] == path for tried in NEED_A_DATABASE)
    }
    assert untried - groups == WITHOUT_A_DATABASE


def test_every_command_but_few_prints_json_for_scripts() -> None:
    known = list(commands())
    groups = {tuple(path[:-1]) for path, _ in known}
    without = {tuple(path) for path, options in known if "--json" not in options} - groups
    assert without == PRINT_NO_JSON


ASK = [
    ["setup"],
    ["user", "delete"],
    ["key", "rotate"],
    ["project", "create"],
    ["project", "delete"],
    ["import"],
]


def test_a_flag_means_the_same_everywhere() -> None:
    """What asks before it does something is told not to by ``--yes`` and ``-y``."""
    found = [one.opts for path in ASK for one in command_at(path).params if "--yes" in one.opts]
    assert found == [["--yes", "-y"]] * len(ASK)


NAME_ANOTHER = {("project",), ("project", "member")}  # is named by their first argument


def test_a_project_is_named_the_same_way_everywhere() -> None:
    """By ``--project`` and ``-p``; by the first argument where the command is about it."""
    for path, _ in commands():
        opts = {name for one in command_at(path).params for name in one.opts}
        if "project" in opts and tuple(path[:-1]) not in NAME_ANOTHER:
            assert {"--project", "-p"} <= opts, path
        assert ("--project" in opts) == ("-p" in opts), path


def test_the_help_is_one_line_for_each_command_on_80_columns(cli: Cli) -> None:
    (shown,) = cli.each([["--help"]], COLUMNS="80")
    names = [path[0] for path, _ in commands() if len(path) == 1]
    lines = [line for line in shown.out.splitlines() if re.match(r"│ [a-z]", line)]
    assert sorted(line.split()[1] for line in lines) == sorted(names)
    panels = re.findall(r"─ ([A-Z][^─]*) ─", shown.out)
    assert panels == ["Options", "Run it", "People and their projects", "Look after it"]
    assert not re.search(r"^│ {4,}(?!shell|to copy|installation)\S", shown.out, re.MULTILINE)


def test_help_names_the_defaults_that_a_flag_replaces(cli: Cli) -> None:
    text = cli("start", "--help").flat
    assert "127.0.0.1" in text
    assert "3000" in text


TOO_LONG = [
    ("name", 1, ["project", "create", "x" * 256]),
    ("description", 1, ["project", "create", "Other", "--description", "x" * 1001]),
    ("name", 1, ["user", "rename", "you@example.com", "x" * 256]),
    ("email", 1, ["user", "set-email", "you@example.com", f"{'x' * 255}@example.com"]),
    ("email", 1, ["invite", "create", "Shop", f"{'x' * 255}@example.com"]),
    ("name", 1, ["token", "issue", "--name", "x" * 256]),
    ("--action", 2, ["audit", "list", "--action", "é"]),
    ("--action", 2, ["audit", "list", "--action", "x" * 65]),
    ("Shop is at revision", 1, ["project", "watch", "Shop", "--since", "9" * 30]),
]


def test_what_http_would_refuse_is_refused_with_its_name(cli: Cli) -> None:
    cli.user()
    assert cli("project", "create", "Shop").code == 0
    before = cli.rows("SELECT * FROM audit_log")
    outcomes = cli.each([arguments for _, _, arguments in TOO_LONG])
    for (what, code, arguments), outcome in zip(TOO_LONG, outcomes, strict=True):
        assert outcome.err.startswith(f"Error: {what}"), (arguments, outcome)
        assert outcome.code == code, (arguments, outcome)
        assert not [word for word in ("database", "should not") if word in outcome.text]
    assert cli.rows("SELECT * FROM audit_log") == before


def test_a_value_that_a_model_refuses_is_not_blamed_on_the_database() -> None:
    told = sentence(ValidationError("name: Length of 'xxx' 300 > 255"))
    assert told == "It cannot be stored: name: Length of 'xxx' 300 > 255."


def test_wrong_usage_ends_with_2(cli: Cli) -> None:
    wrong = [
        [],
        ["user"],
        ["serve"],
        ["user", "drop"],
        ["user", "list", "--all"],
        ["user", "show"],
        ["project", "member", "add", "Shop"],
        ["project", "transfer", "Shop"],
        ["project", "create"],
        ["invite"],
        ["invite", "create", "Shop"],
        ["start", "--port", "many"],
        ["start", "--port", "80000"],
        ["start", "--port", "0"],
        ["start", "--workers", "65"],
        ["start", "--host", ""],
        ["dev", "--port", "80000"],
        ["token", "issue", "--output", "x.json"],
        ["token", "issue", "--force"],
        ["token", "issue", "--scope", "everything"],
        ["setup", "--database", "oracle"],
        ["setup"],
        ["user", "create"],
        ["user", "create", "--email", "you@example.com", "--name", "You"],
        ["user", "set-password", "you@example.com"],
        ["user", "delete", "you@example.com"],
        ["user", "rename", "you@example.com"],
        ["user", "list", "--unverified"],
        ["setup", "--admin-email", "you@example.com"],
        ["key"],
        ["key", "rotate"],
        ["import"],
        ["import", "nowhere.json"],
        ["import", "-", "-"],
        ["import", "-", "--prune"],
        ["import", "-", "--prefer", "source"],
        ["import", "-", "--merge", "--prune"],
        ["import", "-", "-", "--merge", "--into", "Shop"],
        ["import", "-", "--fail-on", "rain"],
        ["import", "-", "--name", "Shop"],
        ["import", "-", "--owner", "you@example.com"],
        ["import", "-", "--new-project", "--project", "Shop"],
        ["import", "-", "--new-project", "--merge"],
        ["import", "-", "--new-project", "--dry-run"],
        ["import", "-", "x.json", "--new-project", "--name", "Shop"],
        ["export"],
        ["export", "collection"],
    ]
    outcomes = cli.each(wrong)
    assert [outcome.code for outcome in outcomes] == [2] * len(wrong)
    assert not any("Traceback" in outcome.text for outcome in outcomes)
    assert not any("GASSAPI_" in outcome.text for outcome in outcomes)
    assert not cli.home.exists()


def test_without_a_terminal_the_flags_that_are_needed_are_named(cli: Cli) -> None:
    create, change, setup, admin = cli.each(
        [
            ["user", "create"],
            ["user", "set-password", "you@example.com"],
            ["setup"],
            ["setup", "--admin-email", "you@example.com"],
        ]
    )
    for flag in ("--email", "--name", "--password-stdin"):
        assert flag in create.err
    assert "--password-stdin" in change.err
    for flag in ("--yes", "--database", "--port", "--public-url", "--admin-email"):
        assert flag in setup.err
    assert "--admin-password-stdin" in admin.err


def broken_toml(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("port = \n")


def unknown_setting(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("prot = 3000\n")


def wrong_setting(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('port = "many"\n')


def not_text(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_bytes(b"\xff\xfe\x00")


def file_instead_of_home(home: Path) -> None:
    home.write_text("I am a file.")


def unreadable_home(home: Path) -> None:
    home.mkdir(mode=0o000)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (broken_toml, "not valid TOML"),
        (unknown_setting, 'Did you mean "port"?'),
        (wrong_setting, "config.toml: port: "),
        (not_text, "cannot be read"),
        (file_instead_of_home, "Not a directory"),
        (unreadable_home, "Permission denied"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_settings_that_cannot_be_used_are_named(
    cli: Cli, spoil: Callable[[Path], None], says: str
) -> None:
    spoil(cli.home)
    outcomes = cli.each(FEW, privileged=False)
    cli.home.chmod(0o700)
    assert_sentences(outcomes, of=FEW)
    assert all(says in outcome.text for outcome in outcomes)


def test_a_setting_of_the_environment_that_is_wrong_is_named(cli: Cli) -> None:
    outcomes = cli.each([*FEW, ["dev"]], GASSAPI_LOGIN_LIMIT="often")
    assert_sentences(outcomes, of=[*FEW, ["dev"]])
    assert all("GASSAPI_LOGIN_LIMIT: write it as" in outcome.text for outcome in outcomes)


@pytest.mark.parametrize(
    "url",
    [
        "garbage",
        "postgres://you:hidden-secret@db.example.com/gassapi",
        "mysql://you:hidden-secret@db.example.com",
        "mysql://you:hidden#secret@db.example.com/gassapi",
        "mysql://you:hidden-secret@[::1/gassapi",
        "sqlite://",
    ],
)
def test_a_database_address_of_garbage_is_refused_without_its_secret(cli: Cli, url: str) -> None:
    outcomes = cli.each([["user", "list"], START, ["doctor"]], GASSAPI_DATABASE_URL=url)
    assert_sentences(outcomes, of=[["user", "list"], START, ["doctor"]])
    assert all("GASSAPI_DATABASE_URL" in outcome.text for outcome in outcomes)
    assert not any("secret" in outcome.text for outcome in outcomes)


def test_a_home_that_cannot_be_written_is_named(cli: Cli) -> None:
    cli.home.mkdir(mode=0o500)
    outcomes = cli.each([*NEED_A_DATABASE, START], privileged=False)
    assert_sentences(outcomes, of=[*NEED_A_DATABASE, START])
    assert all(str(cli.home) in outcome.text for outcome in outcomes)
    assert list(cli.home.iterdir()) == []


def test_a_home_that_cannot_be_made_is_named(cli: Cli) -> None:
    cli.folder.chmod(0o700)
    above = cli.folder / "locked"
    above.mkdir(mode=0o500)
    tried = [["user", "list"], START, ["doctor"], ["setup", "--yes", "--no-admin"]]
    outcomes = cli.each(tried, privileged=False, GASSAPI_HOME=str(above / "home"))
    assert_sentences(outcomes, of=tried)


def test_a_database_server_that_is_away_is_named_without_its_password(cli: Cli) -> None:
    tried = [*NEED_A_DATABASE, START, [*START, "--workers", "2"]]
    outcomes = cli.each(tried, GASSAPI_DATABASE_URL=UNUSABLE)
    assert_sentences(outcomes, of=tried)
    for outcome in outcomes:
        assert "127.0.0.1:1 cannot be reached" in outcome.text
        assert "hidden-secret" not in outcome.text


@pytest.mark.parametrize("content", [b"I am no database. " * 100, None])
def test_a_file_that_is_no_database_is_named_and_left_alone(
    cli: Cli, content: bytes | None
) -> None:
    cli.home.mkdir()
    file = cli.home / "gassapi.db"
    if content:
        file.write_bytes(content)
    else:
        file.mkdir()
    tried = [*(NEED_A_DATABASE if content else FEW[1:3]), START]
    outcomes = cli.each(tried)
    assert_sentences(outcomes, of=tried)
    assert all(str(file) in outcome.text for outcome in outcomes)
    assert file.is_dir() if content is None else file.read_bytes() == content


def test_a_database_newer_than_the_program_is_refused(cli: Cli) -> None:
    cli("db", "upgrade")
    cli.rows("INSERT INTO aerich (version, app, content) VALUES ('9_later.py', 'models', '{}')")
    tried = [arguments for arguments in NEED_A_DATABASE if arguments != ["db", "status"]]
    outcomes = cli.each([*tried, START])
    assert_sentences(outcomes, of=[*tried, START])
    assert all("newer than this program" in outcome.text for outcome in outcomes)


def test_a_failure_that_nobody_thought_of_is_explained_on_demand(cli: Cli) -> None:
    full = cli.shell("gassapi-backend version --json > /dev/full", GASSAPI_LOG_LEVEL="debug")
    assert full.code == 1
    assert "No space left on device." in full.err
    assert "Traceback" in full.err  # only because it was asked for


def test_what_is_not_utf8_is_refused(cli: Cli) -> None:
    outcome = cli("user", "show", os.fsdecode(b"\xff@example.com"))
    assert (outcome.code, outcome.err) == (
        1,
        "Error: Something that was given is not valid UTF-8.\n",
    )


def test_a_terminal_without_the_letters_is_shown_what_they_are(cli: Cli) -> None:
    name = "Zoë 漢 😀"
    for encoding in ("ascii", "latin-1"):
        old = {"PYTHONIOENCODING": encoding}
        for command in ("config show", "doctor", "setup --yes --no-admin", "user list"):
            shown = cli.shell(f"gassapi-backend {command}", **old)
            assert (shown.code, shown.err) == (0, ""), command
    cli.user(name=name)
    found = cli.shell("gassapi-backend user list --json", PYTHONIOENCODING="ascii").json
    assert [user["name"] for user in found] == [name]
    assert r"Zo\u00eb" in cli.shell("gassapi-backend user list", PYTHONIOENCODING="ascii").out
    exported = cli.shell("gassapi-backend user export you@example.com", PYTHONIOENCODING="ascii")
    assert name in str(exported.json)


def test_the_home_of_nobody_is_a_sentence(cli: Cli) -> None:
    tried = [["config", "path"], ["user", "list"], ["doctor"], START, ["setup", "--yes"]]
    for arguments, outcome in zip(tried, cli.each(tried, GASSAPI_HOME="~nouser/x"), strict=True):
        assert outcome.code == 1, (arguments, outcome)
        assert 'GASSAPI_HOME: there is no user "nouser"' in outcome.text, (arguments, outcome)
        assert "should not happen" not in outcome.text


def test_output_for_scripts_is_json_and_output_for_files_is_plain(cli: Cli) -> None:
    cli.user()
    printing = [
        ["config", "show"],
        ["db", "status"],
        ["doctor"],
        ["project", "list"],
        ["user", "list"],
        ["user", "show", "you@example.com"],
        ["version"],
    ]
    plain = cli.each(printing)
    for arguments, outcome in zip(printing, plain, strict=True):
        assert outcome.code == 0, (arguments, outcome)
        assert ESCAPE not in outcome.text
        assert outcome.out.endswith("\n")
    for outcome in cli.each([[*arguments, "--json"] for arguments in printing], FORCE_COLOR="1"):
        assert outcome.code == 0
        assert isinstance(outcome.json, (list, dict))
        assert outcome.err == ""


def test_a_terminal_gets_colours_unless_no_color_is_set(cli: Cli) -> None:
    coloured, plain = cli.ask("doctor"), cli.ask("doctor", NO_COLOR="1")
    assert "\x1b[32m✓" in coloured.read()
    text = plain.read()
    assert "✓" in text
    assert "\x1b[3" not in text


def test_a_reader_that_has_enough_causes_no_traceback(cli: Cli) -> None:
    for command in ("config show | head -n 1", "doctor | sleep 0", "version --json | sleep 0"):
        assert cli.shell(f"gassapi-backend {command}").err == "", command


def test_a_closed_standard_input_is_no_terminal(cli: Cli) -> None:
    outcome = cli.shell("gassapi-backend user create <&-")
    assert outcome.code == 2
    assert "--password-stdin" in outcome.err


@pytest.mark.parametrize(
    ("shell", "says"),
    [
        ("bash", "complete -o default -F"),
        ("zsh", "#compdef gassapi-backend"),
        ("fish", "complete --command gassapi-backend"),
    ],
)
def test_completion_can_be_shown_for_each_shell(cli: Cli, shell: str, says: str) -> None:
    shown = cli(_GASSAPI_BACKEND_COMPLETE=f"source_{shell}")
    assert (shown.code, shown.err) == (0, "")
    assert says in shown.out


def test_completion_is_shown_for_the_shell_it_is_asked_in(cli: Cli) -> None:
    shown = cli.shell("gassapi-backend --show-completion; exit $?")
    assert (shown.code, shown.err) == (0, "")
    assert "complete -o default -F" in shown.out


def test_completion_knows_the_commands(cli: Cli) -> None:
    words = {"COMP_WORDS": "gassapi-backend user set", "COMP_CWORD": "2"}
    known = cli(_GASSAPI_BACKEND_COMPLETE="complete_bash", **words).out.split()
    assert sorted(known) == ["set-email", "set-password"]
