"""The files that others deploy with name commands, flags and settings that there are."""

import configparser
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gassapi_backend.server.run import DRAIN_SECONDS, LAST_SECONDS
from gassapi_backend.settings import Settings
from tests.cli.known import commands

TOP = Path(__file__).parent.parent
DEPLOY = sorted(path for path in (TOP / "deploy").iterdir() if path.is_file())
TEXTS = [*DEPLOY, TOP / "README.md", TOP / ".ci" / "drive-wheel", TOP / "Makefile"]
VARIABLES = {f"GASSAPI_{name.upper()}" for name in Settings.model_fields}
LONGEST_END = 10  # seconds, as README promises


def used(text: str) -> Iterator[list[str]]:
    """Yield the words of every use of the program in a text."""
    for line in text.replace("\\\n", " ").splitlines():
        for use in re.findall(r"gassapi-backend (?!gassapi-)((?:--)?[a-z][^`|;)#:>&]*)", line):
            yield use.replace('"', " ").split()


def compose() -> dict[str, Any]:
    found = yaml.safe_load((TOP / "deploy" / "compose.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd minds the case
    parser.read(TOP / "deploy" / "gassapi-backend.service", "utf-8")
    return parser


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_and_flag_is_there(path: Path) -> None:
    known = {tuple(words): options for words, options in commands()}
    for words in used(path.read_text("utf-8")):
        command = tuple(itertools.takewhile(lambda word: not word.startswith("-"), words))
        while command and command not in known:
            command = command[:-1]  # an argument
        assert command or words[0].startswith("-"), words
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known[command], words


def test_uses_of_the_program_are_found() -> None:
    found = [words[0] for path in TEXTS for words in used(path.read_text("utf-8"))]
    assert len(found) > 15
    assert {"start", "setup", "user", "token", "doctor", "--install-completion"} <= set(found)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    named = set(re.findall(r"\bGASSAPI_[A-Z_]*[A-Z]\b", path.read_text("utf-8")))
    named.discard("GASSAPI_NAME")  # stands for any
    assert {name for name in named if not name.startswith("GASSAPI_TEST_")} <= VARIABLES


def test_the_container_starts_the_server_for_everybody_and_keeps_its_data() -> None:
    lines = (TOP / "deploy" / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    found = dict(line.split(maxsplit=1) for line in lines if re.match(r"[A-Z]+ ", line))
    assert found["ENTRYPOINT"] == '["gassapi-backend"]'
    assert found["CMD"] == '["start"]'
    assert found["USER"] == "gassapi"
    assert found["VOLUME"] in found["ENV"]
    assert "GASSAPI_HOST=0.0.0.0" in found["ENV"]
    assert found["EXPOSE"] == str(Settings.model_fields["port"].default)
    assert '["python", "-m", "gassapi_backend.running"]' in "".join(lines)
    for source in re.findall(r"^COPY (\S+) ", "\n".join(lines), re.MULTILINE):
        assert source.startswith("--from") or (TOP / source).exists()


def test_the_services_wait_longer_than_the_server_takes_to_end() -> None:
    assert DRAIN_SECONDS + 2 * LAST_SECONDS < LONGEST_END
    assert int(unit()["Service"]["TimeoutStopSec"]) > LONGEST_END
    grace = compose()["services"]["gassapi"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > LONGEST_END


def test_the_unit_runs_the_server_where_it_may_write() -> None:
    service = unit()["Service"]
    assert service["ExecStart"].endswith("/gassapi-backend start")
    assert service["Environment"] == f"GASSAPI_HOME=/var/lib/{service['StateDirectory']}"
    assert service["StateDirectoryMode"] == "0700"
    assert int(service["LimitNOFILE"]) >= 65_536  # each connection is an open file
    assert service["EnvironmentFile"].startswith("-/")
    assert unit()["Install"]["WantedBy"] == "multi-user.target"


def test_commands_for_the_unit_are_shown_with_its_user_and_its_data_directory() -> None:
    service = unit()["Service"]
    wanted = f"sudo -u {service['User']} env {service['Environment']} gassapi-backend user create"
    assert wanted in (TOP / "deploy" / "gassapi-backend.service").read_text("utf-8")
    assert wanted in (TOP / "README.md").read_text("utf-8")


def test_the_services_of_compose_belong_together() -> None:
    services, volumes = compose()["services"], compose()["volumes"]
    gassapi, mysql = services["gassapi"], services["mysql"]
    account, _, database = gassapi["environment"]["GASSAPI_DATABASE_URL"].partition("@")
    assert database == f"mysql:3306/{mysql['environment']['MYSQL_DATABASE']}"
    assert account.startswith(f"mysql://{mysql['environment']['MYSQL_USER']}:")
    assert account.removeprefix("mysql://gassapi:") == mysql["environment"]["MYSQL_PASSWORD"]
    assert gassapi["depends_on"] == {"mysql": {"condition": "service_healthy"}}
    assert (TOP / "deploy" / gassapi["build"]["context"] / gassapi["build"]["dockerfile"]).exists()
    for service in services.values():
        for volume in service["volumes"]:
            assert volume.split(":")[0] in volumes


def test_what_has_to_pass_is_what_readme_tells_to_run() -> None:
    ci = TOP / ".ci" / "run"
    assert os.access(ci, os.X_OK)
    text = ci.read_text("utf-8")
    clone = text.index("git clone --quiet .")
    for command in ("make run", "make lint", "make test"):
        assert re.search(rf"(?m)^[^#\n]*\b{command}\b", text[clone:]), command
        assert not re.search(rf"(?m)^[^#\n]*\b{command}\b", text[:clone]), command
