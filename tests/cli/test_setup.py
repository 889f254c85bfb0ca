"""Setting up, by flags or by answers: tried before it is written, changing only what is asked."""

import asyncio
import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pexpect
import pytest

from tests import servers
from tests.conftest import on_server
from tests.processes import PASSWORD, Cli

ADMIN = ("--admin-email", "root@example.com", "--admin-name", "Root", "--admin-password-stdin")
CLEAR = "\x15"


def config(cli: Cli) -> dict[str, Any]:
    return tomllib.loads((cli.home / "config.toml").read_text("utf-8"))


def account(engine: str) -> tuple[str, ...]:
    """Return the flags that name a server and its account, all but the database."""
    parts = urlsplit(os.environ[servers.VARIABLES[engine]])
    return (
        *("--mysql-host", str(parts.hostname), "--mysql-port", str(parts.port)),
        *("--mysql-user", str(parts.username), "--mysql-password", str(parts.password)),
    )


@pytest.fixture
def name(engine: str) -> Iterator[str]:
    """The name of a database that is missing, dropped in the end."""
    name = f"gassapi_test_cli_{uuid4().hex[:12]}"
    yield name
    asyncio.run(on_server(engine, f"DROP DATABASE IF EXISTS {name}"))


@pytest.fixture
def stranger(engine: str) -> Iterator[str]:
    """A MySQL account without any rights, whose password is hard to write down."""
    name = f"gassapi_{uuid4().hex[:12]}"
    asyncio.run(on_server(engine, f"CREATE USER {name}@'%' IDENTIFIED BY 'p@ss:/#?%w é'"))
    yield name
    asyncio.run(on_server(engine, f"DROP USER {name}@'%'"))


def test_the_defaults_make_a_private_sqlite_instance(cli: Cli) -> None:
    done = cli("setup", "--yes", "--no-admin")
    assert (done.code, done.err) == (0, "")
    assert str(cli.home / "config.toml") in done.out
    assert "gassapi-backend start" in done.out
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in cli.home.iterdir()}
    assert {made[name] for name in ("config.toml", "gassapi.db", "secret.key")} == {0o600}
    assert stat.S_IMODE(cli.home.stat().st_mode) == 0o700
    assert config(cli) == {}


def test_a_settings_file_of_windows_is_changed(cli: Cli) -> None:
    cli.home.mkdir(mode=0o700)
    (cli.home / "config.toml").write_bytes(b"\xef\xbb\xbf# ours\r\nport = 8080\r\n")
    assert cli("setup", "--no-admin", "--registration", "closed").code == 0
    assert config(cli) == {"port": 8080, "registration": "closed"}
    assert "# ours" in (cli.home / "config.toml").read_text("utf-8")
    assert cli("db", "status").code == 0
    assert cli("user", "list", "--json").json == []


def test_every_answer_is_a_flag(cli: Cli) -> None:
    done = cli(
        *("setup", "--database", "sqlite", "--host", "0.0.0.0", "--port", "8080"),  # noqa: S104 - a sample
        *("--public-url", "https://api.example.com/", "--registration", "closed"),
        *("--smtp-url", "smtp://you:hidden-secret@mail.example.com:587"),
        *("--mail-from", "gassapi@example.com", *ADMIN),
        typed=f"{PASSWORD}\n",
    )
    assert (done.code, done.err) == (0, "")
    assert "gassapi-backend mail test" in done.out
    assert "hidden-secret" not in done.text
    assert PASSWORD not in done.text
    assert config(cli) == {
        "host": "0.0.0.0",  # noqa: S104 - a sample
        "port": 8080,
        "public_url": "https://api.example.com/",
        "registration": "closed",
        "smtp_url": "smtp://you:hidden-secret@mail.example.com:587",
        "mail_from": "gassapi@example.com",
    }
    shown = cli("config", "show", "--json").json
    assert shown["GASSAPI_PORT"] == {"value": 8080, "source": "file"}
    assert shown["GASSAPI_PUBLIC_URL"]["value"] == "https://api.example.com"
    assert shown["GASSAPI_SMTP_URL"]["value"] == "(hidden)"
    (user,) = cli("user", "list", "--json").json
    assert (user["email"], user["name"], user["isAdmin"]) == ("root@example.com", "Root", True)


@pytest.mark.engines("mariadb", "mysql")
def test_a_missing_database_is_created(cli: Cli, engine: str, name: str) -> None:
    parts = urlsplit(os.environ[servers.VARIABLES[engine]])
    address = account(engine)[:-2]
    flags = ("setup", "--database", "mysql", *address, "--mysql-name", name, *ADMIN)
    done = cli(*flags, typed=PASSWORD, MYSQL_PASSWORD=str(parts.password))
    assert (done.code, done.err) == (0, "")
    assert f'Created the database "{name}".' in done.out
    assert f"Connected to {'MariaDB' if engine == 'mariadb' else 'MySQL'} " in done.out
    assert f":{parts.password}@" not in done.out
    assert config(cli) == {"database_url": f"{os.environ[servers.VARIABLES[engine]]}/{name}"}
    assert not (cli.home / "gassapi.db").exists()
    assert [user["isAdmin"] for user in cli("user", "list", "--json").json] == [True]
    checked = cli("doctor", "--json", GASSAPI_PORT=str(servers.free_port()))
    assert (checked.code, checked.err) == (0, "")

    # running it again changes only what is asked
    again = cli("setup", "--port", "8080", MYSQL_PASSWORD="another")
    assert again.code == 0
    assert config(cli)["port"] == 8080
    assert config(cli)["database_url"].endswith(f"/{name}")
    refused = cli("setup", "--mysql-password", "wrong")
    assert refused.code == 1
    assert f'refuses the user "{parts.username}"' in refused.err
    assert config(cli)["database_url"].endswith(f":{parts.password}@127.0.0.1:{parts.port}/{name}")
    back = cli("setup", "--database", "sqlite", "--no-admin")
    assert back.code == 0
    assert config(cli) == {"port": 8080}
    assert cli("user", "list", "--json").json == []


@pytest.mark.engines("mariadb", "mysql")
def test_a_database_may_have_any_name(cli: Cli, engine: str, name: str) -> None:
    odd = f"{name} `[red]/%ü"
    try:
        done = cli("setup", "--no-admin", *account(engine), "--mysql-name", odd)
        assert done.code == 0, done.err
        assert f'Created the database "{odd}".' in done.out
        assert cli("db", "status").code == 0
        assert cli("setup", "--no-admin", "--port", "8080").code == 0
        assert config(cli)["database_url"].endswith(quote(odd, safe=""))
    finally:
        asyncio.run(on_server(engine, f"DROP DATABASE IF EXISTS `{odd.replace('`', '``')}`"))


@pytest.mark.engines("mariadb", "mysql")
def test_a_database_that_may_not_be_created_is_a_sentence(
    cli: Cli, engine: str, name: str, stranger: str
) -> None:
    flags = [*account(engine)[:4], "--mysql-user", stranger, "--mysql-name", name]
    refused = cli("setup", "--no-admin", *flags, "--mysql-password", "p@ss:/#?%w é")
    assert (refused.code, refused.out) == (1, "")
    assert f'The user "{stranger}" may not use the database "{name}"' in refused.err
    assert "create it and grant it" in refused.err
    wrong = cli("setup", "--no-admin", *flags, "--mysql-password", "p@ss:/#?%w")
    assert f'refuses the user "{stranger}". Check name and password, ' in wrong.err
    assert "p@ss" not in refused.err + wrong.err
    assert not cli.home.exists()


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--mysql-port", "1"), "127.0.0.1:1 cannot be reached"),
        (("--mysql-host", "nowhere.invalid"), "nowhere.invalid:3306 cannot be reached"),
        (("--mysql-host", "localhost:3306"), '"localhost:3306" is not an address'),
        (("--mysql-host", "you@localhost"), '"you@localhost" is not an address'),
        (("--mysql-host", "::1", "--mysql-port", "1"), "[::1]:1 cannot be reached"),
        (("--database-url", "mysql://a:hidden-secret@127.0.0.1:1/x"), "cannot be reached"),
        (("--admin-email", "nobody", *ADMIN[2:]), "email: "),
        (("--admin-email", "a@example.com", *ADMIN[2:]), "password: "),
    ],
)
def test_what_does_not_work_is_a_sentence_and_nothing_is_written(
    cli: Cli, flags: tuple[str, ...], says: str
) -> None:
    no_admin = () if "--admin-email" in flags else ("--no-admin",)
    refused = cli("setup", *no_admin, *flags, typed="short")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Error: ")
    assert says in refused.err
    assert "hidden-secret" not in refused.err
    assert not cli.home.exists()


def test_the_same_administrator_again_is_fine_and_keeps_the_password(cli: Cli) -> None:
    flags = ("setup", "--port", "8080", *ADMIN)
    assert cli(*flags, typed=f"{PASSWORD}\n").code == 0
    before = cli.rows("SELECT * FROM users"), cli.rows("SELECT * FROM audit_log")
    again = cli(*flags, typed="another horse 43\n")
    assert again.code == 0
    assert "root@example.com is an administrator already; the password stays." in again.err
    assert "Set up" in again.out
    shouted = cli("setup", "--port", "8081", "--admin-email", "Root@Example.com", *ADMIN[2:])
    assert (shouted.code, config(cli)) == (0, {"port": 8081})
    assert (cli.rows("SELECT * FROM users"), cli.rows("SELECT * FROM audit_log")) == before


def test_an_ordinary_account_is_not_made_administrator_and_nothing_is_written(cli: Cli) -> None:
    cli.user("root@example.com", "Root")
    before = cli.rows("SELECT * FROM users"), cli.rows("SELECT * FROM audit_log")
    refused = cli("setup", "--port", "8080", *ADMIN, typed=f"{PASSWORD}\n")
    assert (refused.code, refused.out) == (1, "")
    assert 'There is already an account "root@example.com"' in refused.err
    assert "gassapi-backend user promote root@example.com" in refused.err
    assert not (cli.home / "config.toml").exists()
    assert (cli.rows("SELECT * FROM users"), cli.rows("SELECT * FROM audit_log")) == before
    assert cli("setup", "--port", "8080", "--no-admin").code == 0
    assert cli("user", "promote", "root@example.com").code == 0


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--mysql-port", "99999"), "'--mysql-port'"),
        (("--database-url", "hidden-secret"), "'--database-url': Write it as sqlite:///"),
        (("--port", "99999"), "'--port'"),
        (("--host", ""), "'--host'"),
        (("--database-url", ""), "'--database-url'"),
        (("--smtp-url", ""), "'--smtp-url'"),
        (("--public-url", "example.com"), "'--public-url': Write it as https://"),
        (("--smtp-url", "hidden-secret"), "'--smtp-url': Write it as smtp://"),
        (("--mail-from", "bla"), "'--mail-from': Write it as GassAPI"),
        (("--database", "sqlite", "--mysql-host", "x"), "--database sqlite contradicts"),
        (("--database", "sqlite", "--mysql-password", "hidden-secret"), "sqlite contradicts"),
        (("--database", "mysql", "--database-url", "sqlite:////x/y.db"), "--database-url names"),
        (("--database", "sqlite", "--database-url", "mysql://a@b/c"), "--database-url names"),
        (("--mysql-name", "x", "--database-url", "mysql://a@b/c"), "--database-url names"),
        (ADMIN, "--no-admin contradicts --admin-email"),
        (ADMIN[2:], "need --admin-email"),
    ],
)
def test_flags_that_are_wrong_or_contradict_are_wrong_usage_and_nothing_is_written(
    cli: Cli, flags: tuple[str, ...], says: str
) -> None:
    refused = cli("setup", "--no-admin", *flags, typed=PASSWORD)
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.flat
    assert "GASSAPI_" not in refused.err
    assert "hidden-secret" not in refused.err
    assert not cli.home.exists()


def test_without_an_administrator_it_says_what_it_needs_and_writes_nothing(cli: Cli) -> None:
    for flags in (["--yes"], ["--port", "8080"], ["--database", "sqlite"]):
        refused = cli("setup", *flags)
        assert (refused.code, refused.out) == (2, "")
        for flag in ("--admin-email", "--admin-name", "--admin-password-stdin", "--no-admin"):
            assert flag in refused.err
    assert not cli.home.exists()


def test_a_second_run_keeps_comments_keys_and_everything_not_asked_for(cli: Cli) -> None:
    cli.home.mkdir()
    file = cli.home / "config.toml"
    before = "# Ours. Ask Ann.\nport = 8080  # behind nginx\n\n[nothing]\n"
    file.write_text(before)
    refused = cli("setup", "--no-admin", "--host", "::1")
    assert (refused.code, 'no setting "nothing"' in refused.err) == (1, True)
    assert file.read_text() == before

    before = '# Ours. Ask Ann.\nport = 8080  # behind nginx\n\nlogin_limit = "9 per hour"\n'
    file.write_text(before)
    file.chmod(0o644)
    assert cli("setup", "--no-admin", "--host", "::1").code == 0
    assert file.read_text() == before + 'host = "::1"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cli("setup", "--no-admin", "--port", "8081").code == 0
    assert file.read_text() == before.replace("8080", "8081") + 'host = "::1"\n'
    secret = (cli.home / "secret.key").read_text()
    assert cli("setup", *ADMIN, typed=PASSWORD).code == 0
    assert cli("setup", "--yes").code == 0  # there is an administrator now
    assert file.read_text() == before.replace("8080", "8081") + 'host = "::1"\n'
    assert (cli.home / "secret.key").read_text() == secret
    assert len(cli("user", "list", "--json").json) == 1


def test_a_password_for_mysql_in_the_environment_does_not_ask_for_mysql(cli: Cli) -> None:
    done = cli("setup", "--no-admin", "--port", "8080", MYSQL_PASSWORD="hidden-secret")
    assert done.code == 0
    assert config(cli) == {"port": 8080}


def test_a_setting_that_the_environment_overrules_is_noted(cli: Cli) -> None:
    done = cli("setup", "--no-admin", "--port", "8080", GASSAPI_PORT="9090")
    assert (done.code, config(cli)) == (0, {"port": 8080})
    assert "GASSAPI_PORT is set in the environment and wins" in done.err


def test_a_database_file_that_cannot_be_made_leaves_the_settings_as_they_were(cli: Cli) -> None:
    assert cli("setup", "--no-admin", "--port", "8080").code == 0
    locked = cli.folder / "locked"
    locked.mkdir(mode=0o500)
    flags = ["setup", "--no-admin", "--database-url", f"sqlite:///{locked}/x.db"]
    (refused,) = cli.each([flags], privileged=False)
    assert refused.code == 1
    assert refused.err.startswith("Error: ")
    assert config(cli) == {"port": 8080}


def answer(asked: "pexpect.spawn[str]", question: str, typed: str = "") -> None:
    asked.expect_exact(question)
    asked.send(f"{typed}\r")


def test_the_wizard_sets_up_sqlite(cli: Cli) -> None:
    asked = cli.ask("setup", PROMPT_TOOLKIT_NO_CPR="1")
    answer(asked, "Which database?")
    answer(asked, "Which port?", f"{CLEAR}many")
    asked.expect_exact("Write a number from 1 to 65535.")  # said at once, and asked again
    asked.send(f"{CLEAR}8080\r")
    answer(asked, "Which address do people use?", "api.example.com")
    asked.expect_exact("Write it as https://api.example.com.")
    asked.send(f"{CLEAR}https://api.example.com\r")
    answer(asked, "Mail server", "smtp://you:hidden-secret@mail.example.com")
    answer(asked, "Sender of mails", "bla")
    asked.expect_exact("Write it as GassAPI <gassapi@example.com>.")
    asked.send(f"{CLEAR}gassapi@example.com\r")
    answer(asked, "Who may register an account?", "\x1b[B")
    answer(asked, "Create the administrator now?", "y")
    answer(asked, "E-mail address: ", "nobody")
    asked.expect_exact("must have an @-sign")
    answer(asked, "E-mail address: ", "root@example.com")
    answer(asked, "Name: ", "R")
    asked.expect_exact("Once more:")
    answer(asked, "Name: ", "Root")
    answer(asked, "Password: ", "short")
    asked.expect_exact("It needs 8 to 128 characters.")
    answer(asked, "Password: ", "root@example.com")
    asked.expect_exact("must not be your e-mail address")
    assert not cli.home.exists()
    answer(asked, "Password: ", PASSWORD)
    answer(asked, "Repeat for confirmation: ", "something else")
    asked.expect_exact("The two do not match.")
    answer(asked, "Password: ", PASSWORD)
    answer(asked, "Repeat for confirmation: ", PASSWORD)
    summary = asked.read()
    assert asked.wait() == 0
    assert "https://api.example.com" in summary
    assert PASSWORD not in summary
    assert "hidden-secret" not in summary
    assert config(cli) == {
        "port": 8080,
        "public_url": "https://api.example.com",
        "smtp_url": "smtp://you:hidden-secret@mail.example.com",
        "mail_from": "gassapi@example.com",
        "registration": "invited",
    }
    assert [user["isAdmin"] for user in cli("user", "list", "--json").json] == [True]

    # again: Enter keeps everything, an emptied answer goes back to the default
    before = (cli.home / "config.toml").read_text()
    asked = cli.ask("setup", PROMPT_TOOLKIT_NO_CPR="1")
    answer(asked, "Which database?")
    answer(asked, "Which port?")
    answer(asked, "Which address do people use?", CLEAR)
    answer(asked, "Who may register an account?")
    summary = asked.read()
    assert asked.wait() == 0
    assert "http://localhost:8080" in summary
    kept = before.replace('public_url = "https://api.example.com"\n', "")
    assert (cli.home / "config.toml").read_text() == kept


@pytest.mark.engines("mariadb", "mysql")
def test_the_wizard_asks_again_until_mysql_works(cli: Cli, engine: str, name: str) -> None:
    parts = urlsplit(os.environ[servers.VARIABLES[engine]])
    asked = cli.ask("setup", "--no-admin", "--port", "8080", PROMPT_TOOLKIT_NO_CPR="1")
    answer(asked, "Which database?", "\x1b[B")
    answer(asked, "MySQL's address", f"{CLEAR}127.0.0.1:3306")
    asked.expect_exact("Give the port separately.")
    asked.send(f"{CLEAR}127.0.0.1\r")
    answer(asked, "Its port", f"{CLEAR}{parts.port}")
    answer(asked, "Database", f"{CLEAR}{name}")
    answer(asked, "User", f"{CLEAR}{parts.username}")
    answer(asked, "Password", "wrong")
    asked.expect_exact("refuses the user")
    answer(asked, "MySQL's address")  # the other answers are kept
    answer(asked, "Its port")
    answer(asked, "Database")
    answer(asked, "User")
    answer(asked, "Password", str(parts.password))
    answer(asked, "Encrypt the connection to it?", "\x1b[B\x1b[B" if engine == "mysql" else "")
    answer(asked, "Create it?", "y")
    answer(asked, "Which address do people use?")
    answer(asked, "Mail server")
    answer(asked, "Who may register an account?")
    asked.expect_exact("gassapi-backend start")
    asked.expect(pexpect.EOF)
    assert asked.wait() == 0
    assert config(cli)["database_url"].endswith(f"@127.0.0.1:{parts.port}/{name}")
    assert config(cli).get("database_tls") == ("require" if engine == "mysql" else None)
    assert cli("db", "status").code == 0


@pytest.mark.parametrize("questions", [0, 3])
def test_a_wizard_that_is_broken_off_ends_with_130_and_writes_nothing(
    cli: Cli, questions: int
) -> None:
    asked = cli.ask("setup", PROMPT_TOOLKIT_NO_CPR="1")
    texts = ["Which database?", "Which port?", "Which address", "Mail server"]
    for text in texts[:questions]:
        answer(asked, text)
    asked.expect_exact(texts[questions])
    asked.send("\x03")
    rest = asked.read()
    assert asked.wait() == 130
    assert "Traceback" not in rest
    assert not cli.home.exists()


def test_the_administrator_can_be_broken_off_too(cli: Cli) -> None:
    asked = cli.ask("setup", "--database", "sqlite", "--port", "1", "--admin-email", "a@b.org",
                    "--public-url", "http://b.org", "--smtp-url", "smtp://b.org",
                    "--mail-from", "a@b.org", "--registration", "open",
                    PROMPT_TOOLKIT_NO_CPR="1")  # fmt: skip
    answer(asked, "Name: ", "Ann")
    asked.expect_exact("Password: ")
    asked.send("\x03")
    assert "Traceback" not in asked.read()
    assert asked.wait() == 130
    assert not cli.home.exists()


def test_the_platform_decides_where_the_data_is(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    del cli.env["GASSAPI_HOME"]
    place = tmp_path / "home" / ".local" / "share" / "gassapi-backend"
    assert cli("config", "path").out == f"{place / 'config.toml'}\n"
    assert not place.exists()
    assert cli("setup", "--yes", "--no-admin").code == 0
    assert {path.name for path in place.iterdir()} >= {"config.toml", "gassapi.db", "secret.key"}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    elsewhere = tmp_path / "xdg"
    shown = cli("config", "path", XDG_DATA_HOME=str(elsewhere))
    assert shown.out == f"{elsewhere / 'gassapi-backend' / 'config.toml'}\n"
    shown = cli("config", "path", GASSAPI_HOME="~/own")
    assert shown.out == f"{tmp_path / 'home' / 'own' / 'config.toml'}\n"
