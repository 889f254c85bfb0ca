"""Settings on the command line: where each comes from, and no secret among them."""

from tests.processes import Cli

SECRETS = {
    "GASSAPI_DATABASE_URL": "mysql://ann:hidden%2Fsecret@db.example.com/gassapi",
    "GASSAPI_SECRET_KEY": "hidden-secret-of-at-least-32-characters",
    "GASSAPI_OLD_SECRET_KEYS": ",".join(
        f"hidden-secret-number-{number}-of-at-least-32" for number in (1, 2)
    ),
    "GASSAPI_REDIS_URL": "redis://:hidden-secret@redis.example.com:6379/1",
    "GASSAPI_SMTP_URL": "smtp://you:hidden-secret@mail.example.com",
}


def test_each_value_tells_where_it_comes_from(cli: Cli) -> None:
    cli.home.mkdir()
    (cli.home / "config.toml").write_text('port = 8080\nhost = "::1"\n')
    shown = cli("config", "show", "--json", GASSAPI_PORT="9090").json
    assert shown["GASSAPI_PORT"] == {"value": 9090, "source": "environment"}
    assert shown["GASSAPI_HOST"] == {"value": "::1", "source": "file"}
    assert shown["GASSAPI_WORKERS"] == {"value": 1, "source": "default"}
    assert shown["GASSAPI_PUBLIC_URL"] == {"value": None, "source": "default"}
    assert shown["GASSAPI_HOME"] == {"value": str(cli.home), "source": "environment"}
    table = cli("config", "show", GASSAPI_PORT="").out
    lines = [line.split() for line in table.splitlines()]
    assert ["GASSAPI_PORT", "8080", "file"] in [line[-3:] for line in lines]


def test_secrets_are_hidden(cli: Cli) -> None:
    cli.env |= SECRETS
    for outcome in cli.each([["config", "show"], ["config", "show", "--json"]]):
        assert outcome.code == 0
        assert "hidden" in outcome.out  # the word that stands in their place
        assert "hidden-secret" not in outcome.text
        assert "hidden%2Fsecret" not in outcome.text
        assert "mysql://ann:***@db.example.com/gassapi" in outcome.out
        assert "redis://:***@redis.example.com:6379/1" in outcome.out


def test_the_file_to_mend_is_named_even_if_it_is_broken(cli: Cli) -> None:
    cli.home.mkdir()
    (cli.home / "config.toml").write_text("port = \n")
    assert cli("config", "path").out == f"{cli.home / 'config.toml'}\n"
