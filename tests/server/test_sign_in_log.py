"""Refused sign-ins are logged, and the filter in the manual finds them and nothing else."""

import json
import re
from pathlib import Path

import pytest

from tests.processes import PASSWORD, Cli, Server

FORGED = 'x@example.com","reason":"AUTHENTICATION_ERROR","ip":"192.0.2.99'


def refusals(server: Server) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in server.log.splitlines()]
    return [line for line in lines if line["event"] == "sign-in refused"]


def banned(server: Server) -> list[str]:
    """Return the addresses that the manual's filter finds in the log."""
    manual = (Path(__file__).parents[2] / "docs" / "logs.md").read_text("utf-8")
    found = re.search(r"^failregex = (.+)$", manual, re.MULTILINE)
    assert found
    pattern = re.compile(found[1].replace("<HOST>", r"([0-9a-f:.]+)"))
    matches = (pattern.match(line) for line in server.log.splitlines())
    return [match[1] for match in matches if match]


def login(server: Server, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    return server.call("POST", "/api/v1/auth/login", body).status


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """An operator with an account, ``you@example.com``."""
    cli = Cli(tmp_path)
    cli.user()
    return cli


def test_a_refused_sign_in_is_logged_with_address_account_and_reason(cli: Cli) -> None:
    cli.user("off@example.com", "Off")
    assert cli("user", "deactivate", "off@example.com").code == 0
    with Server(cli, env={"GASSAPI_LOGIN_LIMIT": "2 per hour"}) as server:
        assert login(server, "nobody@example.com", "wrong horse 42") == 401
        assert login(server, "off@example.com", PASSWORD) == 403
        for status in (401, 401, 429):
            assert login(server, "you@example.com", "wrong horse 42") == status
    told = [(line["account"], line["reason"], line["level"]) for line in refusals(server)]
    assert told == [
        ("nobody@example.com", "AUTHENTICATION_ERROR", "warning"),
        ("off@example.com", "ACCOUNT_INACTIVE", "warning"),
        ("you@example.com", "AUTHENTICATION_ERROR", "warning"),
        ("you@example.com", "AUTHENTICATION_ERROR", "warning"),
        ("you@example.com", "ACCOUNT_LOCKED", "warning"),
    ]
    assert {line["ip"] for line in refusals(server)} == {"127.0.0.1"}
    assert "wrong horse" not in server.log
    assert banned(server) == ["127.0.0.1"] * 4


def test_who_signs_in_is_not_among_the_refused(cli: Cli) -> None:
    with Server(cli) as server:
        server.sign_in()
    assert refusals(server) == []
    assert banned(server) == []


def test_an_account_that_is_typed_to_forge_a_line_forges_none(cli: Cli) -> None:
    with Server(cli, env={"GASSAPI_RATE_LIMITS": "off"}) as server:
        for email in (FORGED, f'{FORGED}\n{{"ip":"192.0.2.99",', "a\\@example.com"):
            assert login(server, email, "wrong horse 42") in (400, 401)
    assert set(banned(server)) <= {"127.0.0.1"}
