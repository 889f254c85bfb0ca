"""Variables that look like settings: the misspelled are named, the others left alone."""

import pytest

from gassapi_backend.unknown_variables import unknown_variables
from tests.processes import Cli, Server


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("GASSAPI_PROT", "Did you mean GASSAPI_PORT?"),
        ("GASSAPI_REGISTRATIONS", "Did you mean GASSAPI_REGISTRATION?"),
        ("gassapi_prot", "Did you mean GASSAPI_PORT?"),
        ("GASSAPI_XYZZY", "GASSAPI_XYZZY is not a setting."),
    ],
)
def test_what_is_no_setting_is_named_with_the_nearest(name: str, says: str) -> None:
    (sentence,) = unknown_variables({name: "1", "PATH": "/bin"})
    assert sentence.endswith(says)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GASSAPI_PORT", "3000"),
        ("GASSAPI_TEST_ENGINES", "sqlite"),
        ("GASSAPI_TOKEN", "gass_x"),
        ("GASSAPI_SERVICE_HOST", "10.0.0.1"),
        ("GASSAPI_SERVICE_PORT", "3000"),
        ("GASSAPI_SERVICE_PORT_HTTP", "3000"),
        ("GASSAPI_PORT_3000_TCP", "tcp://10.0.0.1:3000"),
        ("GASSAPI_PORT_3000_TCP_ADDR", "10.0.0.1"),
        ("GASSAPI_BACKEND_SERVICE_HOST", "10.0.0.1"),
        ("GASSAPI_BACKEND_PORT", "tcp://10.0.0.1:3000"),
        ("OTHER_PROT", "1"),
    ],
)
def test_settings_and_what_others_set_are_left_alone(name: str, value: str) -> None:
    assert list(unknown_variables({name: value})) == []


def test_a_command_and_a_server_warn_of_it(cli: Cli) -> None:
    cli.user()
    done = cli("user", "list", GASSAPI_PROT="1")
    assert done.code == 0
    assert done.err == "Warning: GASSAPI_PROT is not a setting. Did you mean GASSAPI_PORT?\n"
    with Server(cli, env={"GASSAPI_PROT": "1"}) as server:
        assert "GASSAPI_PROT is not a setting. Did you mean GASSAPI_PORT?" in server.log


def test_the_version_is_printed_by_a_flag(cli: Cli) -> None:
    done = cli("--version")
    assert done.code == 0
    assert done.out.split() == ["gassapi-backend", cli("version", "--json").json["gassapi-backend"]]
    assert not cli.home.exists()
