"""``mcp install`` and ``mcp uninstall``: what they write, what they leave, what they refuse."""

import json
import re
import shlex
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from gassapi_backend.mcp_clients.clients import CLIENTS
from tests.processes import PROGRAM, Cli, Outcome

TOKEN = re.compile(r"gass_[0-9A-Za-z]{49}")
HOSTILE = "\"'; touch pwned; ${HOME} $(touch pwned)\\ '''"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An operator with one account and the project Shop."""
    cli = Cli(tmp_path)
    cli.user()
    assert cli("project", "create", "Shop").code == 0
    return cli


def tokens(cli: Cli) -> dict[str, list[str]]:
    """Return the names of the tokens by their status."""
    listed = cli("token", "list", "--project", "Shop", "--json").json
    found: dict[str, list[str]] = {"active": [], "revoked": []}
    for token in listed:
        found[token["status"]].append(token["name"])
    return found


def install(cli: Cli, client: str, *more: str, **env: str) -> Outcome:
    done = cli("mcp", "install", "--client", client, "--project", "Shop", *more, **env)
    assert done.code == 0, done.err
    return done


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_the_output_is_a_line_that_sets_the_token_and_the_file_has_none(cli: Cli) -> None:
    done = install(cli, "claude-code")
    assert re.fullmatch(rf"export GASSAPI_TOKEN={TOKEN.pattern}\n", done.out)
    file = cli.folder / ".mcp.json"
    assert read(file)["mcpServers"]["gassapi"]["headers"] == {
        "Authorization": "Bearer ${GASSAPI_TOKEN}"
    }
    assert "gass_" not in done.err
    assert str(file) in done.err


def test_a_shell_takes_the_token_from_the_output(cli: Cli) -> None:
    done = cli.shell(
        'eval "$(gassapi-backend mcp install --client claude-code --project Shop)"; '
        'printf %s "$GASSAPI_TOKEN"'
    )
    assert TOKEN.fullmatch(done.out)
    assert tokens(cli) == {"active": ["claude-code"], "revoked": []}


def test_a_good_token_in_the_variable_is_used_by_the_next_client_too(cli: Cli) -> None:
    token = TOKEN.search(install(cli, "claude-code").out)
    assert token
    done = install(cli, "cursor", GASSAPI_TOKEN=token.group())
    assert token.group() in done.out
    assert "not a setting" not in done.err
    assert tokens(cli)["active"] == ["claude-code"]
    again = install(cli, "cursor", "--scope", "read", GASSAPI_TOKEN=token.group())
    assert token.group() not in again.out


def test_a_token_of_another_project_or_a_revoked_one_is_not_used(cli: Cli) -> None:
    assert cli("project", "create", "Other").code == 0
    other = cli("token", "issue", "--project", "Other").out.strip()
    assert other not in install(cli, "cursor", GASSAPI_TOKEN=other).out
    issued = cli("token", "issue", "--project", "Shop", "--json").json
    assert cli("token", "revoke", issued["id"]).code == 0
    assert issued["token"] not in install(cli, "codex", GASSAPI_TOKEN=issued["token"]).out


def test_a_token_may_have_an_end(cli: Cli) -> None:
    done = install(cli, "claude-code", "--expires", "12h")
    token = TOKEN.search(done.out)
    assert token
    (listed,) = cli("token", "list", "--project", "Shop", "--json").json
    assert listed["expiresAt"]
    cli.rows("UPDATE mcp_tokens SET expires_at = '2020-01-01 00:00:00.000000+00:00'")
    again = install(cli, "cursor", GASSAPI_TOKEN=token.group())
    assert token.group() not in again.out  # it is over
    wrong = cli("mcp", "install", "--client", "claude-code", "--expires", "soon")
    assert (wrong.code, wrong.out) == (2, "")


def test_given_again_it_replaces_entry_and_token(cli: Cli) -> None:
    install(cli, "zed")
    path = cli.folder / "home/.config/zed/settings.json"
    first = path.read_text("utf-8")
    done = install(cli, "zed")
    assert "Revoked the earlier installation's token" in done.err
    assert list(read(path)["context_servers"]) == ["gassapi"]
    assert path.read_text("utf-8") != first
    assert tokens(cli) == {"active": ["zed"], "revoked": ["zed"]}


def test_projects_stand_beside_each_other_and_have_their_own_variables(cli: Cli) -> None:
    assert cli("project", "create", HOSTILE).code == 0
    install(cli, "claude-code")
    done = cli("mcp", "install", "--client", "claude-code", "--project", HOSTILE)
    assert done.code == 0, done.err
    line = shlex.split(done.out)
    assert line[0] == "export"
    variable = line[1].partition("=")[0]
    assert re.fullmatch(r"GASSAPI_TOKEN_[A-Z0-9_]+", variable)
    servers = read(cli.folder / ".mcp.json")["mcpServers"]
    assert set(servers) == {"gassapi", "gassapi-touch-pwned-home-touch-pwned"}
    (cli.folder / "elsewhere").mkdir()
    flags = f"--client cursor --project {shlex.quote(HOSTILE)}"
    command = f"cd elsewhere; gassapi-backend mcp install {flags}"
    assert f"export {variable}=" in cli.shell(command).out  # no other project's variable
    assert not (cli.folder / "pwned").exists()


def test_an_entry_of_a_colleague_that_leads_to_the_same_server_is_taken_over(cli: Cli) -> None:
    install(cli, "claude-code")
    (cli.folder / "home/.config/gassapi-backend/mcp-clients.json").unlink()
    install(cli, "claude-code")
    assert list(read(cli.folder / ".mcp.json")["mcpServers"]) == ["gassapi"]


def test_an_entry_of_the_same_name_for_another_server_stays(cli: Cli) -> None:
    theirs = {"mcpServers": {"gassapi": {"type": "http", "url": "https://elsewhere/mcp"}}}
    (cli.folder / ".mcp.json").write_text(json.dumps(theirs))
    install(cli, "claude-code")
    servers = read(cli.folder / ".mcp.json")["mcpServers"]
    assert servers["gassapi"] == theirs["mcpServers"]["gassapi"]
    assert servers["gassapi-shop"]["headers"]["Authorization"] == "Bearer ${GASSAPI_TOKEN_SHOP}"
    assert cli("mcp", "uninstall", "--client", "claude-code").code == 0
    assert read(cli.folder / ".mcp.json") == theirs


@pytest.mark.parametrize(
    "typed",
    [
        b'{\r\n  // mine\r\n  "mcpServers": {},\r\n}\r\n',
        b'\xef\xbb\xbf{"other": 1}\n',
        b'\xef\xbb\xbf{\r\n\t"mcpServers": {\r\n\t\t"a": {}\r\n\t}\r\n}',
    ],
)
def test_line_ends_marks_and_comments_stay_as_they_were(cli: Cli, typed: bytes) -> None:
    file = cli.folder / ".mcp.json"
    file.write_bytes(typed)
    install(cli, "claude-code")
    changed = file.read_bytes()
    assert (b"\r\n" in typed) is (b"\r\n" in changed)
    assert changed.count(b"\n") == (changed.count(b"\r\n") or changed.count(b"\n"))
    assert changed.startswith(b"\xef\xbb\xbf") is typed.startswith(b"\xef\xbb\xbf")
    assert (b"// mine" in changed) is (b"// mine" in typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (b'{"mcpServers": ', "not valid JSON"),
        (b"[]", "not valid JSON"),
        (b'{"mcpServers": []}', "not valid JSON"),
        (b'{"mcpServers": "\xff"}', "not UTF-8 text"),
        (b"[" * 100_000, "levels deep"),
    ],
)
def test_a_file_that_is_broken_is_refused_and_no_token_issued(
    cli: Cli, typed: bytes, says: str
) -> None:
    file = cli.folder / ".mcp.json"
    file.write_bytes(typed)
    done = cli("mcp", "install", "--client", "claude-code", "--project", "Shop")
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert "--print" in done.err
    assert file.read_bytes() == typed
    assert tokens(cli) == {"active": [], "revoked": []}


def test_a_read_only_file_is_refused_and_no_token_issued(cli: Cli) -> None:
    file = cli.folder / ".mcp.json"
    file.write_text("{}")
    file.chmod(0o444)
    done = cli("mcp", "install", "--client", "claude-code")
    assert (done.code, done.out) == (1, "")
    assert "It is read-only" in done.err
    assert file.read_text() == "{}"
    assert tokens(cli) == {"active": [], "revoked": []}


def test_a_folder_that_cannot_be_written_leaves_no_living_token(cli: Cli) -> None:
    folder = cli.folder / "home/.config/zed"
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    (done,) = cli.each([["mcp", "install", "--client", "zed"]], privileged=False)
    assert done.code == 1
    assert "cannot be written" in done.err
    assert "gass_" not in done.text
    assert tokens(cli)["active"] == []


def test_a_token_goes_into_no_file_that_git_takes(cli: Cli) -> None:
    dotfiles = cli.folder / "dotfiles"
    dotfiles.mkdir()
    subprocess.run(["git", "init", "-q", str(dotfiles)], check=True)
    (dotfiles / "settings.json").write_text("{}")
    link = cli.folder / "home/.config/zed/settings.json"
    link.parent.mkdir(parents=True)
    link.symlink_to(dotfiles / "settings.json")
    done = cli("mcp", "install", "--client", "zed")
    assert done.code == 1
    assert "Git tracks this file" in done.err
    assert tokens(cli) == {"active": [], "revoked": []}
    (dotfiles / ".gitignore").write_text("settings.json\n")
    install(cli, "zed")
    assert "gass_" in (dotfiles / "settings.json").read_text()
    assert link.is_symlink()
    assert stat.S_IMODE((dotfiles / "settings.json").stat().st_mode) == 0o600


def test_a_repository_that_git_cannot_be_asked_about_gets_no_token(cli: Cli) -> None:
    (cli.folder / "home/.git").mkdir()
    done = cli("mcp", "install", "--client", "zed")
    assert done.code == 1
    assert "Git tracks this file" in done.err


def test_a_link_that_leads_to_itself_is_refused(cli: Cli) -> None:
    (cli.folder / ".mcp.json").symlink_to(".mcp.json")
    done = cli("mcp", "install", "--client", "claude-code")
    assert done.code == 1
    assert "cannot be read" in done.err


def test_a_trial_changes_nothing_and_shows_no_token(cli: Cli) -> None:
    install(cli, "zed")
    file = cli.folder / "home/.config/zed/settings.json"
    before, issued = file.read_bytes(), tokens(cli)
    done = install(cli, "zed", "--dry-run", "--name", "gassapi-other")
    assert '+    "gassapi-other": {' in done.out
    assert "gass_" not in done.text
    done = cli("mcp", "uninstall", "--client", "zed", "--dry-run")
    assert "Bearer <token>" in done.out
    assert "gass_" not in done.text
    assert (file.read_bytes(), tokens(cli)) == (before, issued)


def test_printing_writes_no_file(cli: Cli) -> None:
    done = install(cli, "claude-code", "--print")
    assert json.loads(done.out)["mcpServers"]["gassapi"]["type"] == "http"
    assert "export GASSAPI_TOKEN=gass_" in done.err
    assert not (cli.folder / ".mcp.json").exists()


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_is_installed_and_uninstalled(cli: Cli, client: str) -> None:
    done = install(cli, client, "--json").json
    if CLIENTS[client].by_hand:
        assert done["path"] is None
        assert TOKEN.search(json.dumps(done["config"]))
        return
    text = Path(done["path"]).read_text("utf-8")
    assert "gassapi" in text
    gone = cli("mcp", "uninstall", "--client", client, "--revoke", "--json")
    assert gone.code == 0, gone.err
    assert gone.json["changed"]
    assert gone.json["revoked"]
    assert "gassapi" not in Path(done["path"]).read_text("utf-8")
    assert tokens(cli) == {"active": [], "revoked": [client]}


def test_uninstalling_leaves_a_token_that_another_client_uses(cli: Cli) -> None:
    token = TOKEN.search(install(cli, "claude-code").out)
    assert token
    install(cli, "cursor", GASSAPI_TOKEN=token.group())
    cli("mcp", "uninstall", "--client", "cursor", "--revoke")
    assert tokens(cli)["active"] == ["claude-code"]
    cli("mcp", "uninstall", "--client", "claude-code", "--revoke")
    assert tokens(cli)["active"] == []


def test_uninstalling_takes_nothing_that_is_not_ours(cli: Cli) -> None:
    (cli.folder / ".mcp.json").write_text('{"mcpServers": {"gassapi": {"url": "x"}}}')
    done = cli("mcp", "uninstall", "--client", "claude-code")
    assert done.code == 1
    assert "Nothing in" in done.err
    assert read(cli.folder / ".mcp.json")["mcpServers"] == {"gassapi": {"url": "x"}}


def test_uninstalling_without_a_terminal_keeps_the_token_and_says_so(cli: Cli) -> None:
    install(cli, "claude-code")
    done = cli("mcp", "uninstall", "--client", "claude-code")
    assert "still works" in done.out
    assert tokens(cli)["active"] == ["claude-code"]


def test_uninstalling_asks_whether_to_revoke(cli: Cli) -> None:
    install(cli, "claude-code")
    terminal = cli.ask("mcp", "uninstall", "--client", "claude-code")
    terminal.expect_exact("Revoke its token too?")
    terminal.sendline("")
    terminal.expect_exact("Revoked")
    terminal.wait()
    assert tokens(cli) == {"active": [], "revoked": ["claude-code"]}


def test_the_first_project_is_made_where_there_is_none(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    refused = cli("mcp", "install", "--client", "claude-code")
    assert refused.code == 1
    cli.user()
    done = cli("mcp", "install", "--client", "claude-code")
    assert done.code == 0, done.err
    assert 'Created the first project, "My project"' in done.err
    assert [row[0] for row in cli.rows("SELECT name FROM projects")] == ["My project"]
    assert not cli("mcp", "install", "--client", "claude-code", "--project", "Nope").out


@pytest.mark.parametrize(
    "flags",
    [
        ["--client", "clode"],
        ["--client", "zed", "--place", "folder"],
        ["--client", "cursor", "--name", "Bad_Name"],
        ["--client", "cursor", "--name", 'a"b'],
        ["--client", "cursor", "--url", "https://x/$(id)"],
        ["--client", "cursor", "--url", "ftp://x"],
        ["--client", "cursor", "--url", "https://me@x"],
        ["--client", "cursor", "--token-stdin"],
        ["--client", "cursor", "--url", "https://x", "--project", "Shop"],
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(cli: Cli, flags: list[str]) -> None:
    done = cli("mcp", "install", *flags)
    assert (done.code, done.out) == (2, "")
    assert tokens(cli) == {"active": [], "revoked": []}


def test_many_at_once_lose_no_entry(cli: Cli) -> None:
    names = [f"gassapi-{number}" for number in range(5)]
    started = [
        subprocess.Popen(
            [*PROGRAM, "mcp", "install", "--client", "claude-code", "--name", name],
            env=cli.env,
            cwd=cli.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for name in names
    ]
    for one in started:
        _, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
    assert set(read(cli.folder / ".mcp.json")["mcpServers"]) == set(names)
    recorded = read(cli.folder / "home/.config/gassapi-backend/mcp-clients.json")
    assert {one["name"] for one in recorded} == set(names)


def test_killed_while_writing_it_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    file = tmp_path / ".mcp.json"
    file.write_text('{"mcpServers": {"a": {}}}')
    code = (
        "import sys; from pathlib import Path\n"
        "from gassapi_backend.mcp_clients.clients import CLIENTS\n"
        "from gassapi_backend.mcp_clients.connection import Connection\n"
        "from gassapi_backend.mcp_clients.files import install\n"
        "client, path = CLIENTS['claude-code'], Path(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "number = 0\n"
        "while True:\n"
        "    number += 1\n"
        "    at = Connection('http://x', f'gassapi-{number % 9}')\n"
        "    install(client, client.folder, path, at)\n"
    )
    for pause in (0.0, 0.003, 0.01, 0.03):
        process = subprocess.Popen(
            [PROGRAM[0], "-c", code, str(file)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        process.stdout.readline()
        threading.Event().wait(pause)
        process.kill()
        process.wait()
        assert "a" in read(file)["mcpServers"]


def test_what_it_keeps_is_private_and_holds_no_token(cli: Cli) -> None:
    install(cli, "zed")
    path = cli.folder / "home/.config/gassapi-backend/mcp-clients.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "gass_" not in path.read_text("utf-8")


def test_a_broken_list_of_its_own_is_refused(cli: Cli) -> None:
    path = cli.folder / "home/.config/gassapi-backend/mcp-clients.json"
    path.parent.mkdir(parents=True)
    for text in ("{", "{}", "[1]", '[{"x": 1}]'):
        path.write_text(text)
        done = cli("mcp", "install", "--client", "claude-code")
        assert done.code == 1, text
        assert "Move it away" in done.err
        assert path.read_text() == text
    assert tokens(cli) == {"active": [], "revoked": []}


def test_names_are_completed_by_the_shell(cli: Cli) -> None:
    def completed(words: str) -> str:
        env = {"_GASSAPI_BACKEND_COMPLETE": "complete_bash", "COMP_WORDS": words}
        count = str(len(words.split(" ")) - 1)
        return cli(**env, COMP_CWORD=count).out

    assert "claude-desktop" in completed("gassapi-backend mcp install --client cla")
    assert "Shop" in completed("gassapi-backend mcp install --project S")


def test_the_server_of_another_machine_is_installed_with_a_token_of_it(cli: Cli) -> None:
    url = "http://127.0.0.1:9"
    done = cli("mcp", "install", "--client", "cursor", "--url", url, GASSAPI_TOKEN="gass_x")
    assert done.code == 1
    assert "Nothing listens there" in done.err
    assert cli("mcp", "install", "--client", "cursor", "--url", url).code == 2
