"""Tools from npm, of the versions that ``package-lock.json`` pins, in ``build/interop``."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
HOME = ROOT / "build" / "interop"
ASKED = "GASSAPI_TEST_INTEROP"
"""Set by ``make interop``: without it these tests are left out, as they need tools from npm."""
_LOCKS = ("package.json", "package-lock.json")
_TIMEOUT = 600
_PATIENCE = 60


class NotReachable(Exception):
    """The tools cannot be had: the message says why, in one line."""


def install(tools: str = "") -> None:
    """Install the tools that are pinned, if they are not there; raise ``NotReachable``.

    ``tools`` is a folder here with a list of its own.
    """
    if _is_installed(tools):
        return
    if not shutil.which("npm"):
        raise NotReachable("there is no npm here")
    home = HOME / tools
    home.mkdir(parents=True, exist_ok=True)
    for name in _LOCKS:
        shutil.copy(HERE / tools / name, home / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    try:
        done = subprocess.run(
            command, cwd=home, capture_output=True, text=True, check=False, timeout=_TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise NotReachable(f"npm did not answer within {_TIMEOUT} s") from None
    if done.returncode:
        raise NotReachable(_first_line(done.stderr) or f"npm ended with {done.returncode}")
    shutil.copy(HERE / tools / "package-lock.json", _stamp(tools))


def _stamp(tools: str) -> Path:
    return HOME / tools / "node_modules" / ".installed-lock.json"


def _is_installed(tools: str) -> bool:
    stamp, lock = _stamp(tools), HERE / tools / "package-lock.json"
    return stamp.exists() and stamp.read_bytes() == lock.read_bytes()


def _first_line(text: str) -> str:
    lines = [line.removeprefix("npm error").strip() for line in text.splitlines()]
    return next((line for line in lines if " " in line), "")


@dataclass(frozen=True)
class Done:
    """How a tool ended, and what it said."""

    code: int
    output: str


def run(tool: str, *arguments: str, folder: Path, **environment: str) -> Done:
    """Run a tool by the name of its command; one that does not end is ended, with code -1.

    Newman hangs now and then when it has done everything: look at what it wrote.
    """
    command = [str(HOME / "node_modules" / ".bin" / tool), *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired as late:
        return Done(-1, f"{tool} did not end within {_PATIENCE} s. {late.output or ''}")
    return Done(done.returncode, done.stdout)
