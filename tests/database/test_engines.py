"""Plain SQL behaves the same on every engine, and connections are made as the settings say."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from gassapi_backend.clock import now
from gassapi_backend.database import (
    connection_config,
    execute,
    is_away,
    is_deadlock,
    open_database,
    row,
    rows,
    sqlite_path,
)
from gassapi_backend.models import Attempt
from gassapi_backend.settings import Settings, SettingsError, load

NOWHERE = Path("/nowhere")
VALUES = [
    "",
    "100%",
    "%s",
    "%%",
    "%(name)s",
    "?",
    "it's",
    '"quoted"',
    "`ticks`",
    "back\\slash",
    "\\'",
    "'; DROP TABLE users; --",
    "/* comment */",
    "two\nlines\r\n\t",
    "nul\0nul",
    "trailing  ",
    "é ß İ 中文 😀",
    "{braces} $1 :name @x",
]


@pytest.mark.parametrize("value", VALUES)
async def test_a_text_comes_back_as_it_was_sent(database: Settings, value: str) -> None:
    assert await rows("SELECT ? AS one, ? AS two", value, value) == [{"one": value, "two": value}]


@pytest.mark.parametrize("value", VALUES)
async def test_a_text_is_stored_as_it_was_sent(database: Settings, value: str) -> None:
    insert = "INSERT INTO audit_log (id, at, actor_type, action, resource_type, details)"
    moment = "2026-01-31 12:00:00.000"
    assert await execute(f"{insert} VALUES ('a', ?, 'user', 'x', 'y', ?)", moment, value) == 1
    found = await row("SELECT details FROM audit_log WHERE details = ?", value)
    assert found == {"details": value}


async def test_a_percent_sign_in_a_statement_means_itself(database: Settings) -> None:
    assert await row("SELECT 7 % 4 AS rest, '100%' AS text") == {"rest": 3, "text": "100%"}
    assert await row("SELECT 7 % ? AS rest, '%s' AS text", 4) == {"rest": 3, "text": "%s"}


@pytest.mark.parametrize(
    ("text", "pattern", "matches"),
    [
        ("50% off", "%50!%%", True),
        ("50 off", "%50!%%", False),
        ("a_b", "a!_b", True),
        ("axb", "a!_b", False),
        ("wow!", "wow!!", True),
        ("back\\slash", "back\\slash", True),
    ],
)
async def test_a_pattern_with_escapes_matches_alike(
    database: Settings, text: str, pattern: str, matches: bool
) -> None:
    found = await row("SELECT ? LIKE ? ESCAPE '!' AS matches", text, pattern)
    assert found == {"matches": int(matches)}


async def test_a_search_with_a_pattern_in_the_statement_works(database: Settings) -> None:
    await Attempt.create(key="100%", expires_at=now())
    await Attempt.create(key="1000", expires_at=now())
    found = await rows("SELECT `key` FROM attempts WHERE `key` LIKE '100!%' ESCAPE '!'")
    assert found == [{"key": "100%"}]


async def test_no_row_is_none_and_no_rows_are_an_empty_list(database: Settings) -> None:
    assert await row("SELECT id FROM users") is None
    assert await rows("SELECT id FROM users") == []


async def test_execute_tells_how_many_rows_changed(database: Settings) -> None:
    for key in ("a", "b", "c"):
        await Attempt.create(key=key, expires_at=now())
    assert await execute("UPDATE attempts SET `count` = 7 WHERE `key` <> ?", "a") == 2
    assert await execute("UPDATE attempts SET `count` = 8 WHERE `key` = ?", "z") == 0
    assert await execute("DELETE FROM attempts") == 3


async def test_a_failed_statement_leaves_the_connection_usable(database: Settings) -> None:
    for _ in range(20):
        with pytest.raises(OperationalError) as caught:
            await rows("SELECT nothing FROM users")
        assert not is_away(caught.value)
        assert not is_deadlock(caught.value)
    assert await row("SELECT 1 AS one") == {"one": 1}


async def test_a_value_given_twice_is_an_integrity_error(database: Settings) -> None:
    await Attempt.create(key="a", expires_at=now())
    with pytest.raises(IntegrityError):
        await Attempt.create(key="a", expires_at=now())
    assert await Attempt.all().count() == 1


async def test_foreign_keys_are_enforced(database: Settings) -> None:
    with pytest.raises(IntegrityError):
        await execute(
            "INSERT INTO members (id, created_at, project_id, user_id) VALUES ('a', ?, 'b', 'c')",
            "2026-01-31 12:00:00.000",
        )
    assert await row("SELECT COUNT(*) AS n FROM members") == {"n": 0}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data.db", f"{NOWHERE}/data.db"),
        ("sqlite:///some/where/data.db", f"{NOWHERE}/some/where/data.db"),
        ("sqlite:////srv/data.db", "/srv/data.db"),
        ("sqlite:////srv/my%20data.db", "/srv/my data.db"),
        ("sqlite:////srv/my data.db", "/srv/my data.db"),
        ("sqlite:////srv/100%25%23%3F.db", "/srv/100%#?.db"),
        ("sqlite:////srv/gr%C3%BC%C3%9Fe.db", "/srv/grüße.db"),
        ("sqlite:///~/data.db", str(Path.home() / "data.db")),
    ],
)
def test_a_sqlite_address_names_a_file(url: str, path: str) -> None:
    settings = load(home=NOWHERE, database_url=url)
    assert sqlite_path(settings.database) == Path(path)
    config = connection_config(settings)
    assert config["credentials"]["file_path"] == path


def test_the_default_database_is_in_the_data_directory_whatever_its_name(tmp_path: Path) -> None:
    home = tmp_path / "a b%20c#d?e é"
    assert sqlite_path(load(home=home).database) == home / "gassapi.db"


@pytest.mark.parametrize("name", ["plain.db", "with space.db", "100%25%23%3Fé'\"%3B.db"])
async def test_a_database_file_of_any_name_is_private_and_used(tmp_path: Path, name: str) -> None:
    settings = load(home=tmp_path, database_url=f"sqlite:///{tmp_path}/new/{name}")
    async with open_database(settings):
        await execute("CREATE TABLE things (id INT)")
    path = sqlite_path(settings.database)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    async with open_database(settings):
        assert await rows("SELECT id FROM things") == []


async def test_the_files_beside_a_database_are_private_too(tmp_path: Path) -> None:
    settings = load(home=tmp_path, database_url=f"sqlite:///{tmp_path}/data.db")
    async with open_database(settings):
        await execute("CREATE TABLE things (id INT)")
        paths = [tmp_path / f"data.db{end}" for end in ("", "-shm", "-wal")]
        assert [path.stat().st_mode & 0o777 for path in paths] == [0o600] * 3


def test_a_server_address_is_taken_apart() -> None:
    credentials = mysql("mysql://us%40er:p%40ss%3Aw%2Fo%3F%23%25r%20d@db.example.com:3307/my%2Fdb")
    assert credentials["host"] == "db.example.com"
    assert credentials["port"] == 3307
    assert credentials["user"] == "us@er"
    assert bytes(credentials["password"]) == b"p@ss:w/o?#%r d"
    assert credentials["database"] == "my/db"


def test_a_server_address_may_be_short() -> None:
    credentials = mysql("mysql://[::1]/db")
    assert credentials["host"] == "::1"
    assert credentials["port"] == 3306
    assert credentials["user"] == ""
    assert not credentials["password"]


def test_without_tls_no_context_is_made() -> None:
    assert "ssl" not in mysql("mysql://a:b@host/db")


def test_tls_may_be_required_without_a_certificate_that_is_known() -> None:
    context = mysql("mysql://a:b@host/db", database_tls="require")["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname


def test_tls_may_be_verified_with_the_name_of_the_host() -> None:
    context = mysql("mysql://a:b@host/db", database_tls="verify")["ssl"]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_of_no_use_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    with pytest.raises(SettingsError, match="GASSAPI_DATABASE_TLS_CA"):
        mysql("mysql://a:b@host/db", database_tls="verify", database_tls_ca=path)


def mysql(url: str, **settings: Any) -> dict[str, Any]:
    """Return what the driver is given for an address."""
    chosen = load(home=NOWHERE, database_url=url, **settings)
    credentials: dict[str, Any] = connection_config(chosen)["credentials"]
    return credentials
