"""Logs: one line for each event, for machines or for people, and secrets in neither."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gassapi_backend.logs import redacted
from tests.programs import LOGGING, run

ROOT = Path(__file__).parent.parent
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0"
SECRETS = {
    "an MCP token": ("gass_" + "Ab12" * 12 + "c", "{}"),
    "an access token": (JWT, "{}"),
    "a refresh token": ("gassr_" + "Ab-_" * 18, "{}"),
    "the password of an address": ("hunter2", "mysql://user:{}@host:3306/db"),
    "a password with an @": ("hunter@2", "mysql://user:{}@host/db"),
    "the password of a mail server": ("hunter2", "smtps://me%40example.com:{}@host"),
    "a header": (JWT, "Authorization: Bearer {}"),
}


def output_of(secret: str, **settings: str) -> str:
    code, output, errors = run(LOGGING, secret, env={"GASSAPI_HOME": "/nowhere", **settings})
    assert code == 0, errors
    assert output == ""
    return errors


def lines_of(secret: str, **settings: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output_of(secret, **settings).splitlines()]


def test_every_line_is_json_with_a_time_and_a_level() -> None:
    lines = lines_of("harmless", GASSAPI_LOG_FORMAT="json")
    assert [(line["level"], line["event"]) for line in lines] == [
        ("info", "message harmless"),
        ("warning", "odd"),
        ("warning", "library harmless {'key': 'harmless'}"),
        ("error", "failed"),
        ("error", "failed again"),
        ("error", "failed in a library"),
        ("info", "end"),
    ]
    assert all(re.fullmatch(r"[-0-9]{10}T[:.0-9]+Z", line["timestamp"]) for line in lines)
    assert lines[0]["things"] == ["harmless", {"key": ["harmless", 1]}]
    assert lines[1]["number"] == 1.5


def test_lines_are_json_where_there_is_no_terminal() -> None:
    assert len(lines_of("harmless")) == 7


def test_an_exception_is_logged_with_its_cause_and_its_place() -> None:
    for line in lines_of("harmless", GASSAPI_LOG_FORMAT="json")[3:6]:
        chain = line["exception"]
        assert [(part["exc_type"], part["exc_value"]) for part in chain] == [
            ("RuntimeError", "outer harmless"),
            ("ValueError", "inner harmless"),
        ]
        assert chain[0]["frames"][-1]["name"] == "fail"


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_is_logged_without_local_variables(form: str) -> None:
    found = output_of("harmless", GASSAPI_LOG_FORMAT=form)
    assert "outer harmless" in found
    assert "inner harmless" in found
    assert "a local variable" not in found
    assert "hidden" not in found


def test_people_get_text() -> None:
    found = output_of("harmless", GASSAPI_LOG_FORMAT="console")
    assert "message harmless" in found
    assert "Traceback (most recent call last)" in found
    assert "\x1b" not in found  # no colours where there is no terminal
    with pytest.raises(json.JSONDecodeError):
        json.loads(found.splitlines()[0])


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(("secret", "text"), SECRETS.values(), ids=list(SECRETS))
def test_a_secret_is_nowhere_in_the_log(form: str, secret: str, text: str) -> None:
    found = output_of(text.format(secret), GASSAPI_LOG_FORMAT=form)
    assert secret not in found
    assert found.count("[secret]") >= 12
    if form == "json":
        assert len([json.loads(line) for line in found.splitlines()]) == 7


def test_what_json_cannot_hold_is_logged_all_the_same() -> None:
    program = (
        "import structlog\n"
        "from gassapi_backend.logs import set_up_logging\n"
        "from gassapi_backend.settings import load\n"
        "set_up_logging(load())\n"
        "structlog.get_logger().info('half \\ud800', number=2**70, **{'': 1})\n"
    )
    code, _, errors = run(program, env={"GASSAPI_HOME": "/nowhere"})
    assert code == 0, errors
    line = json.loads(errors)
    assert (line["event"], line["number"], line[""]) == ("half \ud800", 2**70, 1)


@pytest.mark.parametrize(
    ("level", "events"),
    [("warning", 5), ("error", 3)],
)
def test_what_is_less_severe_is_not_logged(level: str, events: int) -> None:
    assert len(lines_of("harmless", GASSAPI_LOG_LEVEL=level)) == events


REQUESTS = """
from gassapi_backend.logs import log_request, set_up_logging
from gassapi_backend.settings import load
set_up_logging(load())
told = dict(status=200, ms=1.0, request_id='r', user_id='u', token_id=None)
def log(level, **parts):
    log_request(level, **{**told, 'method': 'GET', 'path': '/a', 'ip': '192.0.2.1', **parts})
"""


def told_by(program: str, **settings: str) -> list[str]:
    """Return the lines of a program that logs requests."""
    env = {"GASSAPI_HOME": "/nowhere", **settings}
    code, _, errors = run(REQUESTS + program, env=env)
    assert code == 0, errors
    return errors.splitlines()


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(("level", "slow_only"), [("info", False), ("warning", True)])
def test_a_request_is_a_line_like_others(form: str, level: str, *, slow_only: bool) -> None:
    program = f"for level in ('info', 'warning'): log(level, path='/\\x1b[{JWT}')"
    lines = told_by(program, GASSAPI_LOG_FORMAT=form, GASSAPI_LOG_LEVEL=level)
    assert JWT not in str(lines)
    assert "\x1b" not in str(lines)
    assert len(lines) == (1 if slow_only else 2)
    if form == "json":
        found = json.loads(lines[-1])
        assert (found["event"], found["level"], found["ip"]) == ("request", "warning", "192.0.2.1")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found["timestamp"])


@pytest.mark.parametrize("part", ["method", "path", "ip", "request_id"])
def test_a_request_is_one_line_of_json_whatever_is_in_it(part: str) -> None:
    texts = ["plain", '"', "\\", "\n", "\x7f", "\u2028", "\ud800", "é", '","status":500,"x":"']
    program = f"for text in {texts!a}: log('info', {part}=text)"
    lines = [json.loads(line) for line in told_by(program, GASSAPI_LOG_FORMAT="json")]
    name = "requestId" if part == "request_id" else part
    assert [line.pop(name) for line in lines] == texts
    for line in lines:
        assert line.pop("timestamp")
    assert lines == [lines[0]] * len(texts)
    assert (lines[0]["status"], lines[0]["userId"], lines[0]["tokenId"]) == (200, "u", None)


def test_the_lines_of_many_requests_come_in_their_order() -> None:
    program = """
import asyncio
async def main():
    for turn in range(3):
        for number in range(3):
            log('info', path=f'/{turn}/{number}')
        await asyncio.sleep(0)
asyncio.run(main())
log('info', path='/last')
"""
    lines = [json.loads(line)["path"] for line in told_by(program, GASSAPI_LOG_FORMAT="json")]
    assert lines == [f"/{turn}/{number}" for turn in range(3) for number in range(3)] + ["/last"]


def test_a_line_tells_when_its_request_was_answered_not_when_it_is_written() -> None:
    program = """
import asyncio, time
async def main():
    for second in (0, 1):
        time.time_ns = lambda: 1_800_000_000_123_999_999 + second * 1_000_000_000
        log('info')
    time.time_ns = lambda: 1_900_000_000_000_000_000
asyncio.run(main())
"""
    lines = [json.loads(line) for line in told_by(program, GASSAPI_LOG_FORMAT="json")]
    assert [line["timestamp"] for line in lines] == [
        "2027-01-15T08:00:00.123Z",
        "2027-01-15T08:00:01.123Z",
    ]


def test_libraries_are_only_heard_from_warnings_on() -> None:
    program = (
        "import logging\n"
        "from gassapi_backend.logs import set_up_logging\n"
        "from gassapi_backend.settings import load\n"
        "set_up_logging(load())\n"
        "logging.getLogger('library').info('chatter')\n"
    )
    env = {"GASSAPI_HOME": "/nowhere", "GASSAPI_LOG_LEVEL": "debug"}
    assert run(program, env=env) == (0, "", "")


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:3000/docs",
        "ann@example.com",
        "see https://example.com/a and write to ann@example.com",
        "https://example.com/?mail=ann@example.com",
        "/api/v1/projects/01a202b9-27d5-7482-9656-44c1407956c9",
        "gass_",
        "gassapi-backend",
        "eyJ",
        "gass_Ab12",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(("secret", "text"), SECRETS.values(), ids=list(SECRETS))
def test_a_secret_is_blotted_out_wherever_it_stands(secret: str, text: str) -> None:
    shown = redacted(f'("{text.format(secret)}", {text.format(secret)})\n{text.format(secret)}')
    assert secret not in shown
    assert shown.count("[secret]") == 3


def test_every_event_of_the_server_is_in_the_manual() -> None:
    manual = (ROOT / "docs/logs.md").read_text("utf-8")
    named = set(re.findall(r"`([^`\n]+)`", manual))
    logged = {event for path in (ROOT / "gassapi_backend").rglob("*.py") for event in events(path)}
    assert {"listening", "mail given up", "database unavailable"} <= logged
    assert logged - named == set()


def events(path: Path) -> Iterator[str]:
    """Yield what a module names its log lines; what only debugging shows is left out."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="_log"), attr="info" | "warning" | "error"),
                args=[said, *_],
            ):
                found = ast.walk(said)
            case _:
                continue
        for part in found:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
