"""Accounts on the command line: created, shut out, let in, and never with a password in print."""

import json
import re
import signal
import stat

import pexpect
import pytest

from tests.processes import PASSWORD, Cli, Outcome, Server
from tests.waiting import sooner_or_later

FLAGS = ("--email", "you@example.com", "--name", "You", "--password-stdin")
NAMES = [
    '[bold]"Ann"[/bold] [/] 😀',
    "[link=https://example.com]O'Neil\\n[/link]",
    ":smile: $HOME `id` %s {0}",
    "[bold]back\\",
    "名" * 255,
    "é" * 120 + "🧑‍🚀" * 30,
]


def audited(cli: Cli) -> list[tuple[str, ...]]:
    return cli.rows("SELECT actor_type, action FROM audit_log ORDER BY id")


def test_an_account_is_created_from_flags_and_audited_as_the_console(cli: Cli) -> None:
    made = cli("user", "create", *FLAGS, "--admin", typed=f"{PASSWORD}\n")
    assert (made.code, made.err) == (0, "next  gassapi-backend project create NAME\n")
    assert made.out == "Created the administrator you@example.com.\n"
    shown = cli("user", "show", "YOU@Example.com", "--json").json
    assert (shown["email"], shown["name"], shown["isAdmin"]) == ("you@example.com", "You", True)
    assert cli("user", "show", shown["id"], "--json").json == shown
    counts = {key: shown.pop(key) for key in ("ownedProjects", "memberships", "activeSessions")}
    assert set(counts.values()) == {0}
    assert cli("user", "list", "--json").json == [shown]
    assert audited(cli) == [("console", "user_created")]


@pytest.mark.parametrize(
    ("flags", "typed", "says"),
    [
        (("--email", "nobody"), PASSWORD, "email: An email address must have an @-sign."),
        (("--email", "a@[127.0.0.1]"), PASSWORD, "email: "),
        (("--name", "\u202eevil"), PASSWORD, "name: "),
        (("--name", " x "), PASSWORD, "name: "),
        ((), "short", "8 to 128 characters"),
        ((), "password123", "most common passwords"),
        ((), "you@example.com", "must not be your e-mail address"),
        ((), "x" * 129, "8 to 128 characters"),
        ((), "", "8 to 128 characters"),
        ((), b"\xff\xfe-no-text", "not valid UTF-8"),
    ],
)
def test_an_account_that_breaks_a_rule_is_refused(
    cli: Cli, flags: tuple[str, ...], typed: str | bytes, says: str
) -> None:
    refused = cli("user", "create", *FLAGS, *flags, typed=typed)
    assert (refused.code, refused.out) == (1, "")
    assert says in refused.err
    assert cli.rows("SELECT * FROM users") == audited(cli) == []
    if len(typed) > 8:
        assert str(typed) not in refused.err.replace("e-mail", "")


def test_an_address_that_is_taken_is_refused(cli: Cli) -> None:
    cli.user()
    refused = cli("user", "create", *FLAGS, typed=PASSWORD)
    assert refused.err == "Error: There is already an account with this e-mail address.\n"
    assert refused.code == 1
    assert len(audited(cli)) == 1


def test_on_a_terminal_what_is_missing_is_asked_for(cli: Cli) -> None:
    asked = cli.ask("user", "create", "--email", "you@example.com")
    asked.expect_exact("Name: ")
    asked.sendline("You")
    asked.expect_exact("Password: ")
    asked.sendline(PASSWORD)
    asked.expect_exact("Repeat for confirmation: ")
    asked.sendline("something else")
    asked.expect_exact("do not match")
    asked.expect_exact("Password: ")
    asked.sendline(PASSWORD)
    asked.expect_exact("Repeat for confirmation: ")
    asked.sendline(PASSWORD)
    asked.expect_exact("This is the first account. Make it the administrator? [Y/n]: ")
    asked.sendline("")
    asked.expect("administrator .*you@example.com")
    asked.expect_exact("gassapi-backend project create NAME")
    asked.expect(pexpect.EOF)
    assert asked.wait() == 0
    (user,) = cli("user", "list", "--json").json
    assert (user["name"], user["isAdmin"]) == ("You", True)


def test_a_second_account_is_not_offered_to_be_an_administrator(cli: Cli) -> None:
    first = cli("user", "create", *FLAGS, typed=f"{PASSWORD}\n")
    assert "gassapi-backend user promote" in first.err
    assert "project create" in first.err
    assert cli("project", "create", "Shop").code == 0
    second = ("--email", "ann@example.com", "--name", "Ann", "--password-stdin")
    made = cli("user", "create", *second, typed=f"{PASSWORD}\n")
    assert (made.out, made.err) == ("Created the account ann@example.com.\n", "")


@pytest.mark.parametrize(
    ("answers", "ending"),
    [([], "\x04"), (["you@example.com", "You"], "\x03")],
    ids=["Ctrl-D", "Ctrl-C in a password"],
)
def test_a_prompt_that_is_broken_off_ends_with_130_and_writes_nothing(
    cli: Cli, answers: list[str], ending: str
) -> None:
    asked = cli.ask("user", "create")
    for question, answer in zip(("E-mail address: ", "Name: "), answers, strict=False):
        asked.expect_exact(question)
        asked.sendline(answer)
    asked.expect(["E-mail address: ", "Password: "])
    asked.send(ending)
    text = asked.read()
    assert asked.wait() == 130
    assert "Traceback" not in text
    assert not cli.home.exists()


def test_a_command_that_is_interrupted_ends_with_130(cli: Cli) -> None:
    asked = cli.ask("user", "create", *FLAGS)
    asked.expect_exact("press Enter")
    asked.kill(signal.SIGINT)
    asked.expect(pexpect.EOF)
    assert asked.wait() == 130
    assert not cli.home.exists()


def test_a_new_password_is_asked_for_twice_and_never_shown(server: Server) -> None:
    cli = server.cli
    cli.user("eve@example.com", "Eve")
    asked = cli.ask("user", "set-password", "eve@example.com")
    asked.expect_exact("New password: ")
    asked.sendline("short")
    asked.expect_exact("It needs 8 to 128 characters.")
    asked.expect_exact("New password: ")
    asked.sendline("a brand new one 7")
    asked.expect_exact("Repeat for confirmation: ")
    asked.sendline("a brand new one 7")
    rest = asked.read()
    assert asked.wait() == 0
    assert "the password of eve@example.com" in rest
    assert "brand new" not in rest
    assert server.sign_in("eve@example.com", "a brand new one 7")


def test_setting_a_password_ends_all_sessions_on_a_running_server(server: Server) -> None:
    cli = server.cli
    cli.user("kim@example.com", "Kim")
    access = server.sign_in("kim@example.com")["accessToken"]
    assert server.call("GET", "/api/v1/users/profile", access=access).status == 200
    refused = cli("user", "set-password", "kim@example.com", "--password-stdin", typed="short")
    assert (refused.code, "8 to 128" in refused.err) == (1, True)
    assert server.call("GET", "/api/v1/users/profile", access=access).status == 200
    done = cli("user", "set-password", "kim@example.com", "--password-stdin", typed="new one 99x")
    assert done.code == 0
    assert sooner_or_later(
        lambda: server.call("GET", "/api/v1/users/profile", access=access).status == 401
    )
    assert server.sign_in("kim@example.com", "new one 99x")


def test_deactivation_reaches_a_running_server_within_a_second(server: Server) -> None:
    cli = server.cli
    cli.user("max@example.com", "Max")
    access = server.sign_in("max@example.com")["accessToken"]
    project = server.project(access, "Max's")
    token = cli("token", "issue", "--project", project["id"]).out.strip()
    assert server.validate(token) == 200
    done = cli("user", "deactivate", "max@example.com")
    assert done.out.startswith("Deactivated max@example.com.")
    assert sooner_or_later(lambda: server.validate(token) == 403)
    assert server.call("GET", "/api/v1/users/profile", access=access).status == 403
    body = {"email": "max@example.com", "password": PASSWORD}
    refused = server.call("POST", "/api/v1/auth/login", body)
    assert (refused.status, refused.body["error"]["code"]) == (403, "ACCOUNT_INACTIVE")
    assert cli("user", "activate", "max@example.com").out == "Activated max@example.com.\n"
    assert server.sign_in("max@example.com")
    assert sooner_or_later(lambda: server.validate(token) == 200)


def test_an_administrator_is_made_and_unmade(cli: Cli) -> None:
    user = cli.user()
    assert cli("user", "promote", user["id"]).code == 0
    assert cli("user", "show", user["id"], "--json").json["isAdmin"] is True
    undone = cli("user", "promote", "you@example.com", "--undo")
    assert undone.out == "you@example.com is no longer an administrator.\n"
    assert cli("user", "show", user["id"], "--json").json["isAdmin"] is False
    assert [action for _, action in audited(cli)][1:] == ["user_promoted", "user_demoted"]


@pytest.mark.parametrize("who", ["[red]x[/red]", "", "' OR 1=1 -- 😀"])
def test_somebody_unknown_is_named(cli: Cli, who: str) -> None:
    cli.user()
    alone = ("show", "activate", "deactivate", "promote", "sessions", "sign-out", "export")
    more = [["rename", who, "Other"], ["set-email", who, "a@b.org"], ["delete", who, "--yes"]]
    commands = [["user", name, who] for name in alone] + [["user", *words] for words in more]
    for outcome in cli.each(commands):
        assert outcome.code == 1
        assert (
            outcome.err == f'Error: There is no account "{who}". See: gassapi-backend user list\n'
        )


def test_names_are_printed_unharmed(cli: Cli) -> None:
    for number, name in enumerate(NAMES):
        assert cli.user(f"{number}@example.com", name)["name"] == name
    listed: Outcome = cli("user", "list")
    shown = cli.each([["user", "show", f"{number}@example.com"] for number in range(len(NAMES))])
    for name, outcome in zip(NAMES, shown, strict=True):
        assert name in listed.out
        assert name in outcome.out
        assert name == outcome.out.split("name ", 1)[1].split("\n")[0].strip()
    assert listed.out.count("\n") == 1 + len(NAMES)


def test_a_list_is_searched_for_text_as_it_is(cli: Cli) -> None:
    cli.user("ann@example.com", "Ann 100%")
    cli.user("bob@example.com", "[bold]Bob")
    for text, found in [("ANN", 1), ("%", 1), ("_", 0), ("[bold]", 1), ("example", 2), ("x y", 0)]:
        assert len(cli("user", "list", "--search", text, "--json").json) == found, text
    assert cli("user", "list", "--search", "nobody").out == "No accounts.\n"


def test_a_list_is_narrowed_to_kinds_of_accounts(cli: Cli) -> None:
    for name in ("ann", "bob", "cat"):
        cli.user(f"{name}@example.com", name.title())
    cli("user", "promote", "ann@example.com")
    cli("user", "deactivate", "bob@example.com")
    for flags, found in {
        ("--active",): ["Ann", "Cat"],
        ("--inactive",): ["Bob"],
        ("--admin",): ["Ann"],
        ("--admin", "--inactive"): [],
        ("--active", "--search", "CA"): ["Cat"],
    }.items():
        users = cli("user", "list", *flags, "--json").json
        assert [user["name"] for user in users] == found, flags


def test_a_name_and_an_address_are_changed_by_the_operator(cli: Cli) -> None:
    user = cli.user()
    cli.user("taken@example.com", "Other")
    renamed = cli("user", "rename", "you@example.com", "[b]New[/b] 😀")
    assert renamed.out == "Renamed you@example.com to [b]New[/b] 😀.\n"
    done = cli("user", "set-email", "you@example.com", "Me@Example.com")
    assert done.out == "Changed. you@example.com now signs in as Me@example.com.\n"
    shown = cli("user", "show", user["id"], "--json").json
    assert (shown["name"], shown["email"]) == ("[b]New[/b] 😀", "Me@example.com")
    before = audited(cli)
    for words, says in {
        ("rename", user["id"], "x"): "name: ",
        ("set-email", user["id"], "nobody"): "email: ",
        ("set-email", user["id"], "TAKEN@example.com"): "already an account",
    }.items():
        refused = cli("user", *words)
        assert (refused.code, says in refused.err) == (1, True), refused
    assert cli("user", "show", user["id"], "--json").json == shown
    assert audited(cli) == before


def test_devices_are_listed_and_signed_out_on_a_running_server(server: Server) -> None:
    cli = server.cli
    cli.user("zoe@example.com", "Zoe")
    assert cli("user", "sessions", "zoe@example.com").out == "No sessions.\n"
    access = [server.sign_in("zoe@example.com")["accessToken"] for _ in range(2)]
    found = cli("user", "sessions", "zoe@example.com", "--json").json
    assert [session["ip"] for session in found] == ["127.0.0.1"] * 2
    assert found[0]["id"] in cli("user", "sessions", "zoe@example.com").out
    done = cli("user", "sign-out", "zoe@example.com")
    assert done.out == "Signed out zoe@example.com: 2 sessions have ended.\n"
    for token in access:
        assert sooner_or_later(
            lambda t=token: server.call("GET", "/api/v1/users/profile", access=t).status == 401
        )
    assert cli("user", "sessions", "zoe@example.com", "--json").json == []
    assert server.sign_in("zoe@example.com")


def test_what_is_stored_about_somebody_is_the_same_here_as_over_http(server: Server) -> None:
    cli = server.cli
    cli.user("exp@example.com", "Exp")
    access = server.sign_in("exp@example.com")["accessToken"]
    server.project(access, 'Theirs "😀"')
    served = server.call("GET", "/api/v1/users/export", access=access).body
    printed = cli("user", "export", "exp@example.com").json
    for document in (served, printed):
        assert document.pop("exportedAt")
    noted = printed["activityOfOthers"].pop()  # that the operator looks
    assert (noted["actorType"], noted["action"]) == ("console", "user_exported")
    assert printed == served
    assert not {secret for (secret,) in cli.rows("SELECT password_hash FROM users")} & set(
        str(printed).split("'")
    )


def test_an_export_is_a_file_for_its_owner_only(cli: Cli) -> None:
    cli.user()
    file = cli.folder / "you.json"
    done = cli("user", "export", "you@example.com", "--output", "you.json")
    assert (done.code, done.out) == (0, "Wrote you.json.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text("utf-8"))["user"]["email"] == "you@example.com"
    assert audited(cli)[-1] == ("console", "user_exported")
    kept, noted = file.read_bytes(), audited(cli)
    again = cli("user", "export", "you@example.com", "--output", "you.json")
    assert (again.code, "--force" in again.err) == (1, True)
    nowhere = cli("user", "export", "you@example.com", "--output", "no/where.json")
    assert (nowhere.code, "cannot be written" in nowhere.err) == (1, True)
    assert (file.read_bytes(), audited(cli)) == (kept, noted)
    assert cli("user", "export", "you@example.com", "--output", "you.json", "--force").code == 0


def test_an_account_is_deleted_for_good_on_a_running_server(server: Server) -> None:
    cli = server.cli
    cli.user("bye@example.com", "Bye")
    access = server.sign_in("bye@example.com")["accessToken"]
    alone, shared = server.project(access, "Alone"), server.project(access, "[b]Shared[/b]")
    cli.rows(
        "INSERT INTO members (id, project_id, user_id, created_at) SELECT 'x', p.id, u.id, 'x' "
        "FROM projects p, users u WHERE p.name LIKE '%Shared%' AND u.email = 'you@example.com'"
    )
    refused = cli("user", "delete", "bye@example.com", "--yes")
    assert refused.code == 1
    assert f"{shared['id']}  [b]Shared[/b]" in refused.err
    assert alone["id"] not in refused.err
    cli.rows("DELETE FROM members WHERE id = 'x'")
    done = cli("user", "delete", "bye@example.com", "--yes")
    assert (done.code, done.out) == (0, "Deleted the account bye@example.com.\n")
    assert sooner_or_later(
        lambda: server.call("GET", "/api/v1/users/profile", access=access).status == 401
    )
    assert cli("user", "show", "bye@example.com").code == 1


def test_a_deletion_says_how_many_projects_go_with_it(cli: Cli) -> None:
    cli.user()
    cli.user("ann@example.com", "Ann")

    def said() -> str:
        asked = cli.ask("user", "delete", "you@example.com")
        asked.expect_exact("for good? [y/N]")
        asked.sendline("n")
        shown = str(asked.before)
        asked.read()
        asked.wait()
        return " ".join(shown.split()).partition("you@example.com. ")[2].partition(" Delete")[0]

    assert said() == "It owns no project."
    cli("project", "create", "One", "--owner", "you@example.com")
    assert said() == "It owns 1 project that nobody else is in."
    cli("project", "create", "Two", "--owner", "you@example.com")
    assert said() == "It owns 2 projects that nobody else is in."
    cli("project", "member", "add", "Two", "ann@example.com")
    both = "It owns 1 project that nobody else is in and 1 project with other members."
    assert said() == both
    assert len(cli.rows("SELECT id FROM users")) == 2


@pytest.mark.parametrize(("typed", "is_there"), [("", True), ("n", True), ("y", False)])
def test_a_deletion_is_asked_for_and_enter_means_no(cli: Cli, typed: str, is_there: bool) -> None:
    cli.user()
    asked = cli.ask("user", "delete", "you@example.com")
    asked.expect_exact("for good? [y/N]")
    asked.sendline(typed)
    asked.read()
    assert asked.wait() == (1 if is_there else 0)
    assert len(cli.rows("SELECT id FROM users")) == is_there


def test_somebody_sets_the_password_themselves_through_a_link(server: Server) -> None:
    made = server.cli("user", "create", "--email", "link@example.com", "--name", "Lin", "--link")
    (token,) = re.findall(r"/reset/(\S{54})\n", made.out)
    body = {"token": token, "password": "a staple of mine 44"}
    assert server.call("POST", "/api/v1/auth/reset-password", body).status == 200
    login = {"email": "link@example.com", "password": body["password"]}
    tokens = server.call("POST", "/api/v1/auth/login", login).body["tokens"]
    assert server.call("GET", "/api/v1/projects", access=tokens["accessToken"]).status == 200
    both = ["--email", "two@example.com", "--name", "Two", "--link", "--password-stdin"]
    refused = server.cli("user", "create", *both, typed=f"{PASSWORD}\n")
    assert (refused.code, refused.out) == (2, "")


@pytest.mark.parametrize(("flag", "status"), [([], 403), (["--final"], 200)])
def test_a_password_set_on_the_console_is_to_be_changed_unless_it_is_final(
    server: Server, flag: list[str], status: int
) -> None:
    email = f"set{status}@example.com"
    server.cli.user(email, "Set")
    told = server.cli(
        "user", "set-password", email, "--password-stdin", *flag, typed="set for them 45\n"
    )
    assert told.code == 0
    assert ("have to change it" in told.out) is (not flag)
    login = {"email": email, "password": "set for them 45"}
    access = server.call("POST", "/api/v1/auth/login", login).body["tokens"]["accessToken"]
    assert server.call("GET", "/api/v1/projects", access=access).status == status
