"""Settings: where a value comes from, and what is said about one that is wrong."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from gassapi_backend.database import is_sqlite, sqlite_path
from gassapi_backend.settings import (
    Registration,
    Settings,
    SettingsError,
    default_home,
    load,
    without_password,
)

README = Path(__file__).parent.parent / "README.md"
SECRET = "not-to-be-shown"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory that the environment names."""
    monkeypatch.setenv("GASSAPI_HOME", str(tmp_path))
    return tmp_path


def write(home: Path, text: str) -> None:
    (home / "config.toml").write_text(text, encoding="utf-8")


def complaint(**flags: Any) -> str:
    """Return what is said about settings that are wrong."""
    with pytest.raises(SettingsError) as caught:
        load(**flags)
    return str(caught.value)


def test_a_flag_goes_before_the_environment_before_the_file_before_the_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load().port == 3000
    write(home, "port = 3001\n")
    assert load().port == 3001
    monkeypatch.setenv("GASSAPI_PORT", "3002")
    assert load().port == 3002
    assert load(port=3003).port == 3003
    assert load(port=None).port == 3002


def test_an_empty_variable_counts_as_not_set(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, "port = 3001\n")
    monkeypatch.setenv("GASSAPI_PORT", "")
    assert load().port == 3001


def test_without_anything_there_are_defaults(home: Path) -> None:
    settings = load()
    assert (settings.host, settings.workers, settings.registration) == (
        "127.0.0.1",
        1,
        Registration.OPEN,
    )
    assert sqlite_path(settings.database) == home / "gassapi.db"
    assert settings.base_url == "http://localhost:3000"


def test_the_data_directory_may_be_named_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GASSAPI_HOME", "~/data")
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", "port = 3001\n")
    settings = load()
    assert settings.port == 3001
    assert settings.home == default_home() == tmp_path / "data"
    assert sqlite_path(settings.database) == tmp_path / "data" / "gassapi.db"


def test_without_a_variable_the_data_directory_is_the_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GASSAPI_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert load().home == tmp_path / "gassapi-backend"


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("prot", "port"),
        ("Port", "port"),
        ("data_base_url", "database_url"),
        ("loglevel", "log_level"),
    ],
)
def test_an_unknown_key_in_the_file_is_named_with_the_nearest(
    home: Path, key: str, near: str
) -> None:
    write(home, f"{key} = 'x'\n")
    assert complaint() == (
        f'{home}/config.toml: there is no setting "{key}". Did you mean "{near}"?'
    )


@pytest.mark.parametrize("key", ["zzzzzz", "home"])
def test_an_unknown_key_that_is_like_no_other_is_named_alone(home: Path, key: str) -> None:
    write(home, f"{key} = 'x'\n")
    assert f'there is no setting "{key}".' in complaint()


@pytest.mark.parametrize("text", ["port 3000", "port = ", "port = 1\nport = 2", "[", "a = 'b"])
def test_a_broken_file_is_named_with_the_line(home: Path, text: str) -> None:
    write(home, text)
    message = complaint()
    assert f"{home}/config.toml: not valid TOML" in message
    assert "\n" not in message


def test_a_file_that_cannot_be_read_is_named(home: Path) -> None:
    (home / "config.toml").write_bytes(b"\xff\xfe")
    assert "config.toml: cannot be read" in complaint()
    (home / "config.toml").unlink()
    (home / "config.toml").mkdir()
    assert "config.toml: cannot be read" in complaint()


def test_every_wrong_value_gets_a_line_that_says_where_it_comes_from(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, "workers = 'many'\nlog_level = 'loud'\n")
    monkeypatch.setenv("GASSAPI_PORT", "70000")
    monkeypatch.setenv("GASSAPI_TRUSTED_PROXIES", "10.0.0.0/8, nonsense, worse")
    monkeypatch.setenv("GASSAPI_LOGIN_LIMIT", "often")
    lines = complaint(registration="maybe").splitlines()
    file = f"{home}/config.toml: "
    assert sorted(line.removeprefix(file).split(":")[0] for line in lines) == [
        "GASSAPI_LOGIN_LIMIT",
        "GASSAPI_PORT",
        "GASSAPI_REGISTRATION",
        "GASSAPI_TRUSTED_PROXIES",
        "log_level",
        "workers",
    ]
    assert sum(line.startswith(file) for line in lines) == 2
    assert all(len(line.split(": ", 1)[1]) > 10 for line in lines)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", f"postgres://user:{SECRET}@host/db"),
        ("database_url", f"mysql://user:{SECRET}@host"),
        ("database_url", f"mysql://user:{SECRET}@/db"),
        ("database_url", f"mysql://user:{SECRET}/more@host/db"),
        ("database_url", f"mysql://user:#{SECRET}@host/db"),
        ("database_url", f"mysql://user:?{SECRET}@host/db"),
        ("database_url", f"mysql://user:{SECRET}\uff0f@host/db"),
        ("database_url", f"mysql://user:{SECRET}@[::1/db"),
        ("database_url", f"mysql://user:{SECRET}@host:port/db"),
        ("database_url", f"mysql://user:{SECRET}@host:99999/db"),
        ("database_url", f"mysql://user:pass@host/db?password={SECRET}"),
        ("database_url", f"sqlite://{SECRET}"),
        ("database_url", f"sqlite:///data.db?key={SECRET}"),
        ("database_url", f"sqlite:///data.db#{SECRET}"),
        ("database_url", "sqlite:///"),
        ("database_url", "sqlite:////"),
        ("database_url", "sqlite:///a%00b.db"),
        ("database_url", "sqlite:///~nobody-of-that-name/a.db"),
        ("database_url", "MYSQL://you@db.example.com/gassapi"),
        ("database_url", ""),
        ("public_url", "http://exa mple.com"),
        ("public_url", "https://a..b"),
        ("public_url", "https://example.com/a;b"),
        ("public_url", "https://example.com/a b"),
        ("smtp_url", ""),
        ("redis_url", ""),
        ("database_url", "sqlite:/data.db"),
        ("database_url", "SQLITE:///data.db"),
        ("database_url", 5),
        ("secret_key", SECRET),
        ("secret_key", 5),
        ("smtp_url", f"http://user:{SECRET}@host"),
        ("smtp_url", f"smtp://user:{SECRET}\uff0f@host"),
        ("smtp_url", f"smtp://user:{SECRET}@host:port"),
        ("smtp_url", f"{SECRET}@host"),
        ("redis_url", f"http://user:{SECRET}@host"),
        ("redis_url", f"redis://user:{SECRET}@host:port"),
        ("redis_url", f"redis://host?password={SECRET}"),
        ("redis_url", f"redis://user:{SECRET}#@host"),
        ("redis_url", SECRET),
    ],
)
def test_a_wrong_secret_is_named_and_never_shown(home: Path, name: str, value: Any) -> None:
    message = complaint(**{name: value})
    assert message.startswith(f"GASSAPI_{name.upper()}: ")
    assert "\n" not in message
    assert SECRET not in message


def test_secrets_are_not_in_what_a_settings_object_shows_of_itself(home: Path) -> None:
    settings = load(
        database_url=f"mysql://user:{SECRET}@host/db",
        secret_key=f"{SECRET}0123456789abcdefghijklmnop",
        smtp_url=f"smtp://user:{SECRET}@host",
        redis_url=f"redis://user:{SECRET}@host",
    )
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} "
    assert SECRET not in settings.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0),
        ("port", "http"),
        ("workers", 0),
        ("host", ""),
        ("public_url", "api.example.com"),
        ("public_url", "ftp://api.example.com"),
        ("public_url", "https://api.example.com:port"),
        ("public_url", "https://[::1"),
        ("public_url", 5),
        ("cors_origins", "app.example.com"),
        ("cors_origins", "https://app.example.com/path"),
        ("cors_origins", "*"),
        ("cors_origins", "null"),
        ("cors_origins", "https://app.example.com?x"),
        ("cors_origins", "https://you@app.example.com"),
        ("public_url", "https://api.example.com/?x=1"),
        ("public_url", "https://you:secret@api.example.com"),
        ("public_url", "https://\u2603\u200b.\u0300x.example"),
        ("public_url", "https://[a:b]/"),
        ("cors_origins", [5]),
        ("cors_origins", 5),
        ("cors_origins", {"a": "b"}),
        ("trusted_proxies", "10.0.0.0/99"),
        ("trusted_proxies", [True]),
        ("trusted_proxies", [5]),
        ("trusted_proxies", 5),
        ("old_secret_keys", "short"),
        ("old_secret_keys", f"{'x' * 32},short"),
        ("login_limit", "5 per fortnight"),
        ("login_limit", ""),
        ("login_limit", "5 per 0 minutes"),
        ("request_limit", "0 per minute"),
        ("request_limit", "300 per minute; 2 per hour"),
        ("request_limit", "300 per minute, 2 per hour"),
        ("request_limit", 5),
        ("database_tls", "yes"),
        ("database_pool_size", 0),
        ("password_rounds", 3),
        ("registration", "open sesame"),
        ("log_format", "xml"),
        ("rate_limits", True),
    ],
)
def test_a_wrong_value_is_refused_by_its_variables_name(home: Path, name: str, value: Any) -> None:
    message = complaint(**{name: value})
    assert message.startswith(f"GASSAPI_{name.upper()}: ")
    assert "\n" not in message


def test_lists_are_separated_by_commas_and_written_as_lists_in_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = [ip_network("10.0.0.0/8"), ip_network("192.0.2.1/32"), ip_network("fd00::/8")]
    monkeypatch.setenv("GASSAPI_TRUSTED_PROXIES", " 10.1.2.3/8, 192.0.2.1 ,,fd00::/8,")
    assert load().trusted_proxies == networks
    monkeypatch.delenv("GASSAPI_TRUSTED_PROXIES")
    write(
        home,
        'trusted_proxies = ["10.0.0.0/8", "192.0.2.1", "fd00::/8"]\n'
        'cors_origins = "https://a.example.com, https://b.example.com:8443/"\n',
    )
    settings = load()
    assert settings.trusted_proxies == networks
    assert settings.cors_origins == ["https://a.example.com", "https://b.example.com:8443"]


def test_an_empty_list_is_none_at_all(home: Path) -> None:
    write(home, 'cors_origins = ["https://a.example.com"]\n')
    assert load(cors_origins="").cors_origins == []
    assert load(cors_origins=[]).cors_origins == []


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/data.db",
        "sqlite:////srv/with space/100%25.db",
        "sqlite:///~/data.db",
        "mysql://user:password@host/name",
        "mysql://user:p%40ss%2Fword@host:3307/name",
        "mysql://[::1]:3306/name",
    ],
)
def test_an_address_of_a_database_is_kept_as_it_is(home: Path, url: str) -> None:
    settings = load(database_url=url)
    assert settings.database == url
    assert is_sqlite(settings) == url.startswith("sqlite")


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///data.db", "data.db"),
        ("sqlite:///with space/100%25.db", "with space/100%.db"),
        ("sqlite:///../beside.db", "../beside.db"),
    ],
)
def test_a_relative_file_is_the_same_from_every_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, url: str, file: str
) -> None:
    write(home, f'database_url = "{url}"\n')
    for folder in (home, home.parent, Path("/")):
        monkeypatch.chdir(folder)
        assert sqlite_path(load().database) == home / file


def test_a_public_address_loses_its_last_slash(home: Path) -> None:
    assert load(public_url="https://api.example.com/").base_url == "https://api.example.com"
    assert load(public_url="https://example.com/api/").base_url == "https://example.com/api"
    assert load(port=3333).base_url == "http://localhost:3333"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://App.Example.com/", "https://app.example.com"),
        ("HTTPS://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80/", "http://app.example.com"),
        ("https://app.example.com:80", "https://app.example.com:80"),
        ("https://app.example.com:", "https://app.example.com"),
        ("https://B\u00fccher.example", "https://xn--bcher-kva.example"),
        ("https://stra\u00dfe.example:8443", "https://xn--strae-oqa.example:8443"),
        ("http://[0:0::1]:3000", "http://[::1]:3000"),
        ("http://192.0.2.1", "http://192.0.2.1"),
        ("http://my-host_1.example", "http://my-host_1.example"),
    ],
)
def test_an_address_of_a_page_is_kept_as_browsers_send_it(
    home: Path, typed: str, sent: str
) -> None:
    settings = load(cors_origins=typed, public_url=typed)
    assert (settings.cors_origins, settings.base_url) == ([sent], sent)


@pytest.mark.parametrize(
    ("host", "address", "place"),
    [
        ("127.0.0.1", "http://localhost:3000", "127.0.0.1:3000"),
        ("localhost", "http://localhost:3000", "localhost:3000"),
        ("0.0.0.0", "http://localhost:3000", "0.0.0.0:3000"),  # noqa: S104 - a sample
        ("::", "http://localhost:3000", "[::]:3000"),
        ("::1", "http://[::1]:3000", "[::1]:3000"),
        ("127.0.0.2", "http://127.0.0.2:3000", "127.0.0.2:3000"),
        ("192.0.2.2", "http://192.0.2.2:3000", "192.0.2.2:3000"),
        ("api.example.com", "http://api.example.com:3000", "api.example.com:3000"),
        ("2001:db8::1", "http://[2001:db8::1]:3000", "[2001:db8::1]:3000"),
        ("fe80::1%eth0", "http://[fe80::1%25eth0]:3000", "[fe80::1%25eth0]:3000"),
    ],
)
def test_without_a_public_address_it_is_where_the_server_can_be_reached(
    home: Path, host: str, address: str, place: str
) -> None:
    settings = load(host=host)
    assert (settings.base_url, settings.listens_on) == (address, place)
    assert load(host=host, public_url="https://api.example.com").base_url.endswith("example.com")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://user:secret@host:3306/db", "mysql://user:***@host:3306/db"),
        ("mysql://user:user@user/user", "mysql://user:***@user/user"),
        ("mysql://user:p%40ss:word@host/db", "mysql://user:***@host/db"),
        ("mysql://user:p@ss@host/db", "mysql://user:***@host/db"),
        ("mysql://user@host/db", "mysql://user@host/db"),
        ("sqlite:////srv/data.db", "sqlite:////srv/data.db"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_says_what_it_means(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert description.rstrip().endswith(".")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_in_the_readme(name: str) -> None:
    assert f"`GASSAPI_{name.upper()}`" in README.read_text(encoding="utf-8")


def test_a_path_of_the_public_address_is_kept_as_browsers_write_it(home: Path) -> None:
    assert load(public_url="https://example.com/\u00fc/a%20b/").base_url == (
        "https://example.com/%C3%BC/a%20b"
    )


def test_the_address_of_a_service_of_kubernetes_is_no_port(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GASSAPI_PORT", "tcp://10.3.104.46:3000")
    assert load().port == 3000
    write(home, "port = 4000\n")
    assert load().port == 4000
    assert load(port=5000).port == 5000


def test_a_file_of_windows_is_read(home: Path) -> None:
    (home / "config.toml").write_bytes(b"\xef\xbb\xbfport = 4000\r\n")
    assert load().port == 4000


KEY = "hD8-k2LmQ0vXz_7rTnB4sWc9yGf1JpAe"


@pytest.mark.parametrize("key", [f"{KEY}\n", f"\ufeff{KEY}\r\n", f"  {KEY}"])
def test_what_is_around_a_secret_key_is_no_part_of_it(home: Path, key: str) -> None:
    found = load(secret_key=key).secret_key
    assert found
    assert found.get_secret_value() == KEY


@pytest.mark.parametrize(
    "key", ["a" * 40, "changeme" * 5, "0123012301230123012301230123012301", "abc"]
)
def test_a_secret_key_that_can_be_guessed_is_refused(home: Path, key: str) -> None:
    said = complaint(secret_key=key)
    assert "GASSAPI_SECRET_KEY: it" in said
    assert key not in said
