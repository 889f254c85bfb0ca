"""The locks hold all that the project asks for, and are installed without asking an index."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.locks import DEV, RUN, TOP, needed, pins, wanted

NEEDED = {
    RUN: wanted(
        "build-system.requires",
        "project.dependencies",
        "project.optional-dependencies.redis",
        "dependency-groups.build",
    ),
    DEV: wanted(
        "build-system.requires",
        "project.dependencies",
        "project.optional-dependencies",
        "dependency-groups",
    ),
}


def lacking(requirements: list[Requirement], lock: Path) -> list[str]:
    """Return the requirements that a lock does not fulfil."""
    pinned = needed(lock)
    return [
        str(requirement)
        for requirement in requirements
        if not (pin := pinned.get(canonicalize_name(requirement.name)))
        or not requirement.specifier.contains(pin.version, prereleases=True)
    ]


@pytest.mark.parametrize("lock", NEEDED, ids=lambda lock: lock.name)
def test_a_lock_has_everything_that_the_project_asks_for_in_its_range(lock: Path) -> None:
    assert len(NEEDED[lock]) > 20
    assert lacking(NEEDED[lock], lock) == []


def test_what_a_lock_lacks_or_has_too_old_is_found() -> None:
    asked = [Requirement(line) for line in ("aiohttp>=99", "no-such-package", "aiohttp>=3")]
    assert lacking(asked, RUN) == ["aiohttp>=99", "no-such-package"]


def test_what_runs_is_a_part_of_what_is_tested_at_the_same_versions() -> None:
    run, dev = ({(pin.name, pin.version) for pin in pins(lock)} for lock in (RUN, DEV))
    assert run < dev


def test_what_runs_has_no_test_tools() -> None:
    tools = {canonicalize_name(tool.name) for tool in wanted("dependency-groups.test")}
    assert len(tools) > 10
    run_needs = {canonicalize_name(needed.name) for needed in NEEDED[RUN]}
    direct = (tools - run_needs) & set(needed(RUN))
    assert direct <= {"jsonschema"}, "mcp needs it"


@pytest.mark.parametrize("lock", NEEDED, ids=lambda lock: lock.name)
def test_every_package_has_hashes_and_no_lock_names_an_address(lock: Path) -> None:
    assert all(pin.hashes for pin in pins(lock))
    assert not re.search(r"://|index|find-links", lock.read_text("utf-8"))


def test_the_versions_of_python_that_are_promised_are_those_it_was_run_on() -> None:
    (said,) = re.findall(r"(?s)was run on Python ([^;]*)", (TOP / "README.md").read_text("utf-8"))
    ran = re.findall(r"\b3\.\d+(?=\.\d)", said)
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["classifiers"]
    classified = [line.rsplit(" ", 1)[1] for line in lines if "Python :: 3." in line]
    assert ran == classified
    assert project["requires-python"] == f">={ran[0]}"
