"""Every finding of ``doctor``, made real; what it advises helps."""

import json
import shutil
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from typer.testing import CliRunner

from gassapi_backend.cli.main import app
from gassapi_backend.database.migrations import shipped
from gassapi_backend.instance_key import begin_rotation
from gassapi_backend.server.changes.redis import connect
from gassapi_backend.settings import load
from gassapi_backend.vault import Vault
from tests import servers
from tests.processes import Cli, Server

ID = "01a20200-0000-7000-8000-000000000000"
GREETING = b"220 mail.example.com ESMTP\r\n"


@pytest.fixture
def healthy(cli: Cli) -> Cli:
    """An instance that was set up, whose port is free."""
    cli.env |= {"GASSAPI_PORT": str(servers.free_port()), "GASSAPI_PASSWORD_ROUNDS": ""}
    assert cli("setup", "--yes", "--no-admin").code == 0
    return cli


def findings(cli: Cli, *flags: str, **env: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code and, by check, the last of the worst findings."""
    outcome = cli("doctor", "--json", *flags, **env)
    order = ["good", "warning", "bad"]
    ranked = sorted(outcome.json, key=lambda finding: order.index(finding["verdict"]))
    return outcome.code, {finding["check"]: finding for finding in ranked}


def found(cli: Cli, check: str, *flags: str, **env: str) -> tuple[int, str, str]:
    """Return the exit code, and the verdict and message of a check."""
    code, all_found = findings(cli, *flags, **env)
    return code, all_found[check]["verdict"], all_found[check]["message"]


@contextmanager
def listener(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on a free port, and talk to whoever connects, in turn."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    talk(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def smtp(connection: socket.socket) -> None:
    """Be a mail server that takes only one password."""
    connection.sendall(GREETING)
    for line in connection.makefile("rb"):
        match line.split()[0].upper():
            case b"EHLO":
                connection.sendall(b"250-mail.example.com\r\n250 AUTH PLAIN\r\n")
            case b"AUTH":
                good = line.split()[-1] == b"AHlvdQByaWdodC9vbmU="  # you, right/one
                connection.sendall(b"235 welcome\r\n" if good else b"535 no\r\n")
            case b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            case _:
                connection.sendall(b"250 fine\r\n")


def test_a_healthy_instance_has_nothing_but_good_lines(healthy: Cli) -> None:
    outcome = healthy("doctor")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert all(line.startswith("✓ ") for line in lines), outcome.out
    checks = {line.split()[1] for line in lines}
    assert checks >= {"settings", "files", "database", "migrations", "clock", "counts", "port"}


def test_before_the_first_start_nothing_is_broken_and_nothing_is_made(cli: Cli) -> None:
    code, all_found = findings(cli, GASSAPI_PORT=str(servers.free_port()))
    assert code == 0
    assert all_found["files"]["message"] == f"{cli.home} does not exist yet"
    assert all_found["database"]["verdict"] == "warning"
    assert not cli.home.exists()


@pytest.mark.parametrize("name", ["secret.key", "config.toml", "gassapi.db"])
def test_a_file_that_others_can_read_is_found_and_made_private(healthy: Cli, name: str) -> None:
    file = healthy.home / name
    file.chmod(0o644)
    outcome = healthy("doctor")
    assert outcome.code == 1
    assert f"✗ files         {file} is open to others (mode 0644)" in outcome.out
    assert f"chmod 600 {file}" in outcome.out
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert found(healthy, "files", "--fix") == (0, "good", f"{file}: made private")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert found(healthy, "files")[:2] == (0, "good")


def test_a_home_that_others_can_write_is_found_and_made_private(healthy: Cli) -> None:
    healthy.home.chmod(0o777)
    assert found(healthy, "files")[:2] == (1, "bad")
    assert found(healthy, "files", "--fix")[:2] == (0, "good")
    assert stat.S_IMODE(healthy.home.stat().st_mode) == 0o700


def test_a_secret_that_is_too_short_is_found(healthy: Cli) -> None:
    (healthy.home / "secret.key").write_text("short\n")
    code, verdict, message = found(healthy, "files")
    assert (code, verdict) == (1, "bad")
    assert message.endswith("the secret key is shorter than 32 characters.")
    assert "secret variables cannot be read" in findings(healthy)[1]["files"]["advice"]


def test_a_secret_that_may_not_be_read_is_a_matter_of_permissions(healthy: Cli) -> None:
    (healthy.home / "secret.key").chmod(0)
    (outcome,) = healthy.each([["doctor", "--json"]], privileged=False)
    bad = [finding for finding in outcome.json if finding["verdict"] == "bad"]
    assert (outcome.code, [finding["check"] for finding in bad]) == (1, ["files"])
    assert "(Permission denied)" in bad[0]["message"]
    assert bad[0]["advice"] == (
        "Give it to the user that runs the server, or run doctor as that user."
    )


def keep_secret(cli: Cli, environment_id: str = ID) -> None:
    """Store a secret variable, encrypted with the key in force."""
    sealed = Vault(load(home=cli.home)).seal("hush hush", f"variable {environment_id} API_KEY")
    variable = {"key": "API_KEY", "enabled": True, "secret": True, "sealed": sealed}
    variables = json.dumps([variable], separators=(",", ":"))
    cli.rows(
        "INSERT INTO environments (id, project_id, name, name_hash, variables, revision,"  # noqa: S608 - ours
        " created_at, updated_at)"
        f" VALUES ('{environment_id}', 'p', 'Live', 'hash', '{variables}', 1, '', '')"
    )


def test_secret_variables_are_opened_to_see_whether_they_can_be(healthy: Cli) -> None:
    assert found(healthy, "secrets") == (0, "good", "none")
    keep_secret(healthy)
    assert found(healthy, "secrets") == (0, "good", "1, all can be decrypted")


@pytest.mark.parametrize("way", ["another in the file", "another in the settings", "none"])
def test_a_secret_key_that_is_not_the_one_is_found(healthy: Cli, way: str) -> None:
    keep_secret(healthy)
    file = healthy.home / "secret.key"
    old, env = file.read_text().strip(), {}
    if way == "another in the settings":
        env["GASSAPI_SECRET_KEY"] = "hD8-k2LmQ0vXz_7rTnB4sWc9yGf1JpAe"
    else:
        file.unlink()
        if way != "none":
            file.touch(0o600)
            file.write_text("hD8-k2LmQ0vXz_7rTnB4sWc9yGf1JpAe")
    code, verdict, message = found(healthy, "secrets", **env)
    assert (code, verdict) == (1, "bad")
    assert "in the environment Live of project p" in message
    assert file.exists() == (way != "none")
    if way != "none":
        env["GASSAPI_OLD_SECRET_KEYS"] = old
        assert found(healthy, "secrets", **env)[:2] == (0, "warning")


def test_a_rotation_that_broke_off_is_found_and_one_that_is_done_is_not(healthy: Cli) -> None:
    keep_secret(healthy)
    begin_rotation(load(home=healthy.home))
    code, all_found = findings(healthy)
    assert (code, all_found["secrets"]["verdict"]) == (0, "warning")
    assert all_found["secrets"]["advice"] == "Run: gassapi-backend key rotate"
    assert all_found["files"]["verdict"] == "good"


def test_pending_migrations_are_found(healthy: Cli) -> None:
    healthy.rows("DELETE FROM aerich")
    code, all_found = findings(healthy)
    finding = all_found["migrations"]
    assert (code, finding["verdict"], finding["message"]) == (
        1,
        "bad",
        f"{len(shipped('sqlite'))} pending",
    )
    assert finding["advice"] == "Run: gassapi-backend db upgrade"


def test_a_newer_database_is_found(healthy: Cli) -> None:
    healthy.rows("INSERT INTO aerich (version, app, content) VALUES ('9_x.py', 'models', '{}')")
    code, verdict, message = found(healthy, "migrations")
    assert (code, verdict) == (1, "bad")
    assert message == "the database is newer than this program"


def test_wrong_counts_are_found_and_recounted_with_an_audit_entry(server: Server) -> None:
    cli = server.cli
    project = server.project(server.sign_in()["accessToken"])
    cli.rows("UPDATE projects SET member_count = 7")
    env = {"GASSAPI_PORT": str(server.port)}
    assert found(cli, "counts", **env) == (
        0,
        "warning",
        "1 project(s) show wrong sizes or counts of what is in them, or do not find all of it",
    )
    assert found(cli, "counts", "--fix", **env) == (0, "good", "recounted 1 project(s)")
    assert found(cli, "counts", **env) == (0, "good", "right")
    assert cli("project", "show", project["id"], "--json").json["memberCount"] == 1
    last = cli.rows("SELECT actor_type, action FROM audit_log ORDER BY id DESC LIMIT 1")
    assert last == [("console", "project_recounted")]


def test_a_server_of_ours_may_have_the_port(server: Server) -> None:
    code, verdict, message = found(server.cli, "port", GASSAPI_PORT=str(server.port))
    assert (code, verdict) == (0, "good")
    assert message.endswith("a GassAPI server answers")


def test_a_server_of_ours_is_known_by_another_way_to_its_file(server: Server) -> None:
    home = server.cli.home
    beside = home.parent / "beside"
    beside.symlink_to(home)
    for other in (str(beside), f"{home}/../{home.name}"):
        env = {"GASSAPI_PORT": str(server.port), "GASSAPI_HOME": other}
        assert found(server.cli, "port", **env)[1] == "good"


def test_a_key_that_is_gone_is_found_before_another_is_made(healthy: Cli) -> None:
    healthy.user()
    (healthy.home / "secret.key").unlink()
    code, verdict, message = found(healthy, "files")
    assert (code, verdict) == (1, "bad")
    assert "the secret key is gone" in message
    assert not (healthy.home / "secret.key").exists()


def test_a_server_of_ours_on_another_database_is_warned_of(server: Server, healthy: Cli) -> None:
    other = {"GASSAPI_PORT": str(server.port)}
    code, all_found = findings(healthy, **other)
    assert (code, all_found["port"]["verdict"]) == (0, "warning")
    assert "runs with another database or secret key" in all_found["port"]["message"]
    assert str(healthy.home) in all_found["port"]["advice"]
    (healthy.home / "secret.key").unlink()
    assert found(healthy, "port", **other)[:2] == (0, "warning")
    assert not (healthy.home / "secret.key").exists()
    shared = {"GASSAPI_SECRET_KEY": (server.cli.home / "secret.key").read_text().strip()}
    assert found(healthy, "port", **other, **shared)[:2] == (0, "warning")


@pytest.mark.parametrize("says", [b"HTTP/1.0 200 OK\r\nServer: nginx\r\n\r\n", b"", b"\xff\x00"])
def test_a_port_that_another_program_has_is_found(healthy: Cli, says: bytes) -> None:
    with listener(lambda connection: connection.sendall(says)) as port:
        code, verdict, message = found(healthy, "port", GASSAPI_PORT=str(port))
    assert (code, verdict, message) == (1, "bad", f"127.0.0.1:{port} is taken by another program")


def test_an_address_that_is_not_of_this_machine_is_found(healthy: Cli) -> None:
    code, verdict, message = found(healthy, "port", GASSAPI_HOST="nowhere.invalid")
    assert (code, verdict) == (1, "bad")
    assert "cannot be used" in message


def test_a_mail_server_that_cannot_be_reached_is_found(healthy: Cli) -> None:
    code, all_found = findings(healthy, GASSAPI_SMTP_URL="smtp://you:hidden-secret@127.0.0.1:1")
    assert code == 1
    assert all_found["mail"]["message"].startswith("Nothing listens at 127.0.0.1:1.")
    assert "hidden-secret" not in str(all_found)
    assert "GASSAPI_SMTP_URL" in all_found["mail"]["advice"]


def test_a_mail_server_is_tried_with_the_password(healthy: Cli) -> None:
    with listener(smtp) as port:
        right = f"smtp://you:right%2Fone@127.0.0.1:{port}"
        sender = {"GASSAPI_MAIL_FROM": "GassAPI <gassapi@example.com>"}
        code, verdict, message = found(healthy, "mail", GASSAPI_SMTP_URL=right, **sender)
        assert (code, verdict, message) == (0, "good", f"127.0.0.1:{port} answers")
        code, verdict, message = found(healthy, "mail", GASSAPI_SMTP_URL=right)
        assert (code, verdict) == (0, "warning")
        assert message == "mails come from no-reply@localhost, which other mail servers refuse"
        wrong = right.replace("right%2Fone", "hidden-secret")
        code, verdict, message = found(healthy, "mail", GASSAPI_SMTP_URL=wrong, **sender)
        assert (code, verdict) == (1, "bad")
        assert "535" in message
        assert "hidden-secret" not in message


def test_a_mail_server_that_is_none_is_found(healthy: Cli) -> None:
    with listener(lambda connection: connection.sendall(b"I am no mail server.\r\n")) as port:
        url = f"smtp://127.0.0.1:{port}"
        assert found(healthy, "mail", GASSAPI_SMTP_URL=url)[:2] == (1, "bad")


def test_settings_that_are_unwise_or_unknown_are_warned_of(healthy: Cli) -> None:
    code, all_found = findings(
        healthy,
        GASSAPI_PROT="1",
        GASSAPI_HOST="0.0.0.0",  # noqa: S104 - a sample
        GASSAPI_PASSWORD_ROUNDS="4",
        GASSAPI_RATE_LIMITS="off",
    )
    assert code == 0
    assert (
        all_found["settings"]["message"]
        == "GASSAPI_PROT is not a setting. Did you mean GASSAPI_PORT?"
    )
    for check in ("settings", "registration", "passwords", "rate limits"):
        assert all_found[check]["verdict"] == "warning"
        assert all_found[check]["advice"]


@pytest.mark.parametrize(
    ("url", "trusted", "check", "words"),
    [
        ("https://api.example.com", "", "proxy", "GASSAPI_TRUSTED_PROXIES"),
        ("https://api.example.com", "10.0.0.0/8,0.0.0.0/0", "proxy", "Name only the proxy"),
        ("https://api.example.com", "::/0", "proxy", "Name only the proxy"),
        ("https://api.example.com", "128.0.0.0/1", "proxy", "Name only the proxy"),
        ("http://api.example.com", "", "address", "https://"),
    ],
)
def test_a_way_that_is_not_as_safe_as_it_looks_is_warned_of(
    healthy: Cli, url: str, trusted: str, check: str, words: str
) -> None:
    code, found = findings(healthy, GASSAPI_PUBLIC_URL=url, GASSAPI_TRUSTED_PROXIES=trusted)
    assert (code, found[check]["verdict"]) == (0, "warning")
    assert words in found[check]["advice"]


@pytest.mark.parametrize(
    ("url", "trusted"),
    [("https://api.example.com", "10.0.0.1"), ("http://localhost:3000", ""), ("", "")],
)
def test_a_way_that_is_safe_is_not(healthy: Cli, url: str, trusted: str) -> None:
    _, found = findings(healthy, GASSAPI_PUBLIC_URL=url, GASSAPI_TRUSTED_PROXIES=trusted)
    assert not {"proxy", "address"} & found.keys()


def test_registration_that_is_open_behind_a_public_address_is_warned_of(healthy: Cli) -> None:
    env = {"GASSAPI_PUBLIC_URL": "https://api.example.com"}
    assert found(healthy, "registration", **env)[:2] == (0, "warning")
    _, all_found = findings(healthy, **env, GASSAPI_REGISTRATION="closed")
    assert "registration" not in all_found


def test_a_clock_that_was_never_set_is_found(healthy: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GASSAPI_HOME", str(healthy.home))
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        outcome = CliRunner().invoke(app, ["doctor", "--json"])
    (clock,) = [finding for finding in json.loads(outcome.output) if finding["check"] == "clock"]
    assert (outcome.exit_code, clock["verdict"]) == (1, "bad")
    assert "tokens expire by it" in clock["advice"]


@pytest.mark.parametrize(
    ("free", "verdict", "code"), [(99, "warning", 0), (9, "bad", 1), (0, "bad", 1)]
)
def test_a_disk_that_fills_up_is_found(
    healthy: Cli, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str, code: int
) -> None:
    monkeypatch.setenv("GASSAPI_HOME", str(healthy.home))
    monkeypatch.setenv("GASSAPI_PORT", healthy.env["GASSAPI_PORT"])
    left = shutil.disk_usage("/")._replace(free=free * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: left)
    outcome = CliRunner().invoke(app, ["doctor", "--json"])
    (room,) = [finding for finding in json.loads(outcome.output) if finding["check"] == "room"]
    assert (outcome.exit_code, room["verdict"]) == (code, verdict)
    assert room["message"] == f"{free} MB are left where the database is"
    assert room["advice"]


def test_a_database_that_cannot_be_written_is_found(healthy: Cli) -> None:
    def tables() -> list[tuple[Any, ...]]:
        return healthy.rows("SELECT * FROM aerich")

    before = tables()
    assert found(healthy, "database")[:2] == (0, "good")
    assert tables() == before
    healthy.rows(
        "CREATE TRIGGER full BEFORE UPDATE ON aerich BEGIN "
        "SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    code, verdict, message = found(healthy, "database")
    assert (code, verdict) == (1, "bad")
    assert message.endswith("gassapi.db cannot be used: database or disk is full.")


@pytest.mark.engines("mariadb", "mysql")
def test_a_database_server_is_named_with_its_version(cli: Cli, engine: str) -> None:
    url = servers.database_url(engine, "gassapi_missing")
    code, all_found = findings(cli, GASSAPI_DATABASE_URL=url)
    assert code == 1
    assert 'has no database "gassapi_missing"' in all_found["database"]["message"]
    assert "setup" in all_found["database"]["advice"]
    url = servers.database_url(engine, "mysql")
    code, all_found = findings(cli, GASSAPI_DATABASE_URL=url)
    product = "MariaDB" if engine == "mariadb" else "MySQL"
    assert all_found["database"]["message"].startswith(f"{product} ")
    assert "cluster" not in all_found
    assert all_found["clock"]["verdict"] == "good"
    assert (code, all_found["migrations"]["message"]) == (1, f"{len(shipped('sqlite'))} pending")


def test_a_database_server_that_is_away_is_found(cli: Cli) -> None:
    url = "mysql://you:hidden-secret@127.0.0.1:1/gassapi"
    code, all_found = findings(cli, GASSAPI_DATABASE_URL=url)
    assert (code, all_found["database"]["verdict"]) == (1, "bad")
    assert "127.0.0.1:1 cannot be reached" in all_found["database"]["message"]
    assert "hidden-secret" not in str(all_found)
    assert "port" in all_found  # what does not need the database is checked all the same
    assert "mail" in all_found


def test_a_redis_that_is_away_is_a_warning_without_its_password(healthy: Cli) -> None:
    assert found(healthy, "redis") == (0, "good", "not set up")
    url = "redis://:hidden-secret@127.0.0.1:1/0"
    outcome = healthy("doctor", GASSAPI_REDIS_URL=url)
    assert "127.0.0.1:1: ConnectionError" in outcome.flat
    assert "hidden-secret" not in outcome.text
    assert found(healthy, "redis", GASSAPI_REDIS_URL=url)[:2] == (0, "warning")


def test_a_redis_that_answers_is_good_with_the_right_password_only(
    healthy: Cli, redis: servers.PrivateRedis
) -> None:
    code, verdict, message = found(healthy, "redis", GASSAPI_REDIS_URL=redis.url)
    assert (code, verdict, message) == (0, "good", f"127.0.0.1:{redis.port} answers")
    wrong = redis.url.replace("secret", "wrong")
    assert found(healthy, "redis", GASSAPI_REDIS_URL=wrong)[:2] == (0, "warning")


async def test_a_redis_that_refuses_news_is_a_warning(
    healthy: Cli, redis: servers.PrivateRedis
) -> None:
    for refused in ("-publish", "-subscribe"):
        async with connect(redis.url) as client:
            rules = ("on", ">hidden-secret", "~*", "&*", "+@all", refused)
            await client.execute_command("ACL", "SETUSER", "someone", "reset", *rules)
        url = redis.url.replace(":secret@", "someone:hidden-secret@")
        code, all_found = findings(healthy, GASSAPI_REDIS_URL=url)
        assert (code, all_found["redis"]["verdict"]) == (0, "warning")
        assert "NoPermissionError" in all_found["redis"]["message"]
        assert "gassapi:news" in all_found["redis"]["advice"]
