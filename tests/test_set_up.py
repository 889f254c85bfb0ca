"""A fresh machine sets up at the versions of the locks, whatever the index offers by then."""

import ensurepip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.version import Version

from tests.indexes import lock_of, make_index, serving
from tests.locks import DEV, RUN, TOP, Pin, pins
from tests.processes import environment
from tests.servers import free_port

RUNS, READY = ".venv/.ready-to-run", ".venv/.ready"  # what `make run` and `make test` ask for first
NOT_LOCKED = {"gassapi-backend", "pip", "setuptools"}
BUNDLED_PIP = Version(ensurepip.version())
PIP = ".venv/bin/python -m pip --disable-pip-version-check"
NEWEST_PIP = f"{sys.executable} -m pip --python .venv/bin/python --disable-pip-version-check"


def locked(path: Path) -> list[Pin]:
    """Return what a lock pins; not pip, which has to go on working."""
    return [pin for pin in pins(path) if pin.name != "pip"]


@dataclass(frozen=True)
class Machine:
    """A fresh clone in an empty home, where pip knows one index only."""

    clone: Path
    env: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone."""
        return subprocess.run(
            command, cwd=self.clone, env=self.env, capture_output=True, text=True, check=False
        )

    def try_make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run make."""
        return self.run("make", f"PYTHON={sys.executable}", *arguments)

    def make(self, *arguments: str) -> str:
        """Run make, which has to work; return what it printed."""
        done = self.try_make(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def installed(self) -> dict[str, str]:
        """The versions in the environment, by name; without what came with Python, and ours."""
        listed = self.run(".venv/bin/python", "-m", "pip", "list", "--format", "json")
        found = {entry["name"]: entry["version"] for entry in json.loads(listed.stdout)}
        assert found.keys() > {"pip", "gassapi-backend"}
        return {name: version for name, version in found.items() if name not in NOT_LOCKED}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of an index that has later releases too, and its wheels' hashes."""
    folder = tmp_path_factory.mktemp("index")
    hashes = make_index(folder, [pin for pin in locked(DEV) if pin.is_needed_here])
    with serving(folder) as address:
        yield address, hashes


FEW = {"hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}
"""What a set-up cannot do without: the build backend, and what that asks for."""


@pytest.fixture
def machine(index: tuple[str, dict[str, str]], tmp_path: Path) -> Machine:
    """Return a machine with the project as it is."""
    return fresh(tmp_path, index)


@pytest.fixture
def small(index: tuple[str, dict[str, str]], tmp_path: Path) -> Machine:
    """Return a machine where the project asks for attrs only, and its tests for six too."""
    found = fresh(tmp_path, index)
    project = found.clone / "pyproject.toml"
    text = project.read_text("utf-8")
    project.write_text(re.sub(r"(?ms)^dependencies = \[.*?^\]", 'dependencies = ["attrs"]', text))
    for lock, extra in ((RUN, set[str]()), (DEV, {"six"})):
        kept = [pin for pin in locked(DEV) if pin.name in FEW | {"attrs"} | extra]
        (found.clone / lock.name).write_text(lock_of(kept, index[1]))
    return found


def fresh(tmp_path: Path, index: tuple[str, dict[str, str]]) -> Machine:
    """Return a machine that knows an index."""
    address, hashes = index
    clone = tmp_path / "clone"
    (clone / "gassapi_backend").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "gassapi_backend/__init__.py"):
        shutil.copy(TOP / name, clone / name)
    for lock in (RUN, DEV):
        (clone / lock.name).write_text(lock_of(locked(lock), hashes))
    env = environment(
        tmp_path / "home", PIP_INDEX_URL=address, PIP_CONFIG_FILE="/dev/null", PIP_NO_CACHE_DIR="1"
    )
    return Machine(clone, env)


def versions(lock: Path) -> dict[str, str]:
    return {pin.name: str(pin.version) for pin in locked(lock) if pin.is_needed_here}


def test_a_set_up_installs_what_is_locked_and_what_runs_comes_without_test_tools(
    machine: Machine,
) -> None:
    printed = machine.make(RUNS)
    assert "requirements.lock" in printed
    assert "No broken requirements found." in printed
    assert machine.installed == versions(RUN)
    assert "requirements-dev.lock" in machine.make(READY)
    assert machine.installed == versions(DEV)


def test_the_newest_pip_sets_up_in_the_same_way(machine: Machine) -> None:
    machine.make(READY, f"PIP={NEWEST_PIP}")
    assert machine.installed == versions(DEV)


@pytest.mark.skipif(Version("23.3") <= BUNDLED_PIP, reason=f"pip {BUNDLED_PIP} does not resolve so")
def test_without_no_deps_the_bundled_pip_trips_over_a_later_release(machine: Machine) -> None:
    """What all this is about happens here too: else the tests above would prove nothing."""
    text = (machine.clone / "Makefile").read_text("utf-8")
    (machine.clone / "Makefile").write_text(
        text.replace("--no-deps --require-hashes", "--require-hashes")
    )
    tried = machine.try_make(RUNS)
    assert tried.returncode == 2
    assert "all requirements must have their versions pinned" in tried.stderr
    assert not (machine.clone / RUNS).exists()


def test_a_lock_that_lacks_something_ends_the_set_up(small: Machine) -> None:
    lock = small.clone / RUN.name
    lines = [line for line in lock.read_text().splitlines() if not line.startswith("attrs==")]
    lock.write_text("\n".join(lines))
    tried = small.try_make(RUNS)
    assert tried.returncode == 2
    assert "gassapi-backend 0.1.0 requires attrs, which is not installed." in tried.stdout
    assert not (small.clone / RUNS).exists()


def test_without_a_network_the_set_up_says_so_and_goes_on_when_there_is_one(
    small: Machine,
) -> None:
    nowhere = f"PIP={PIP} --retries 0 --proxy 127.0.0.1:{free_port()}"
    tried = small.try_make(RUNS, nowhere)
    assert tried.returncode == 2
    assert "Without a network" in tried.stdout
    small.make(RUNS)
    assert small.installed.keys() == FEW | {"attrs"}


def test_what_is_set_up_is_left_alone_and_a_set_up_for_tests_serves_a_run(small: Machine) -> None:
    small.make(READY)
    assert small.installed.keys() == FEW | {"attrs", "six"}
    assert "Installing" not in small.make(RUNS) + small.make(READY)
    (small.clone / RUN.name).touch()
    assert "packages of requirements-dev.lock" in small.make(RUNS)


def test_packages_of_an_earlier_set_up_that_are_in_the_way_go(small: Machine) -> None:
    small.make(RUNS)
    about = "Metadata-Version: 2.1\nName: leftover\nVersion: 1\nRequires-Dist: attrs<3\n"
    (packages,) = (small.clone / ".venv").glob("lib/python*/site-packages")
    (packages / "leftover-1.dist-info").mkdir()
    (packages / "leftover-1.dist-info" / "METADATA").write_text(about)
    (small.clone / RUN.name).touch()
    assert "Packages of an earlier set-up are in the way" in small.make(RUNS)
    assert small.installed.keys() == FEW | {"attrs"}


def test_an_environment_of_another_folder_or_of_a_lost_python_is_made_anew(
    small: Machine, tmp_path: Path
) -> None:
    small.make(RUNS)
    elsewhere = Machine(tmp_path / "elsewhere", small.env)
    shutil.copytree(small.clone, elsewhere.clone, symlinks=True)
    elsewhere.make(RUNS)
    found = elsewhere.run(
        ".venv/bin/python", "-I", "-c", "import gassapi_backend as g; print(g.__path__)"
    )
    assert str(elsewhere.clone) in found.stdout
    for python in (small.clone / ".venv" / "bin").glob("python*"):
        python.unlink()
        python.symlink_to(tmp_path / "gone")
    small.make(RUNS)
    assert small.installed.keys() == FEW | {"attrs"}
