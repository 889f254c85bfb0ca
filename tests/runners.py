"""Commands of ours, each in a process of its own, whose imports were done once for all."""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

signal.signal(signal.SIGINT, signal.default_int_handler)  # else ours inherit it being ignored

PROGRAM = [sys.executable, "-m", "gassapi_backend"]
WITHOUT_PRIVILEGES = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]

_RUNNER = """
import gc, json, os, signal, sys
import aerich, aiosmtplib, email_validator, passlib.hash, typer.rich_utils
import gassapi_backend.database.mysql, gassapi_backend.database.sqlite
from gassapi_backend.cli import failures
from gassapi_backend.cli.demo import making
from gassapi_backend.cli.main import main
from gassapi_backend.server import run

gc.freeze()
for line in sys.stdin:
    wanted = json.loads(line)
    if "ended" in wanted:
        print(os.waitstatus_to_exitcode(os.waitpid(wanted["ended"], 0)[1]), flush=True)
        continue
    if not (child := os.fork()):
        stays = wanted.get("stays", False)
        signal.alarm(0 if stays else 60)
        os.chdir(wanted["cwd"])
        for number, name in enumerate(wanted["files"]):
            written = os.O_CREAT | os.O_WRONLY | (os.O_APPEND if stays else os.O_TRUNC)
            os.dup2(os.open(name, written if number else os.O_RDONLY), number)
        os.environ.clear()
        os.environ.update(wanted["env"])
        sys.stdin = os.fdopen(0, errors="surrogateescape")
        sys.argv = ["gassapi-backend", *wanted["arguments"]]
        if stays:
            sys.exit(main())
        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code or 0)
    if wanted.get("stays"):
        print(child, flush=True)
    else:
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs commands one after the other, each in a process of its own, importing the program once.

One that ``stays`` is only started: the answer is its process, and its exit code is asked for later.
"""

READ_AT_IMPORT = {"COLUMNS", "FORCE_COLOR", "NO_COLOR"}


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment of an operator with an empty home, and nothing of ours but these."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "GASSAPI_PASSWORD_ROUNDS": "4",
        **more,
    }


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything it printed."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)

    @property
    def flat(self) -> str:
        """Everything it printed, without the frames and line breaks of a terminal."""
        return " ".join(self.text.replace("│", " ").split())


class Runner:
    """Runs commands with the program imported already, which is most of the time of a command."""

    def __init__(self, env: Mapping[str, str], prefix: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-c", _RUNNER],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], env: Mapping[str, str], cwd: Path, given: bytes = b""
    ) -> Outcome:
        """Run a command with ``given`` as its standard input."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ("in", "out", "err")]
            files[0].write_bytes(given)
            names = [str(file) for file in files]
            code = self._ask(arguments=arguments, env=env, cwd=str(cwd), files=names)
            out, err = (file.read_text("utf-8") for file in files[1:])
        return Outcome(code, out, err)

    def start(
        self, arguments: Sequence[str], env: Mapping[str, str], cwd: Path, files: Sequence[Path]
    ) -> "Staying":
        """Start a command that stays, with files for what it prints, and its log."""
        names = [os.devnull, *(str(file) for file in files)]
        pid = self._ask(arguments=arguments, env=env, cwd=str(cwd), files=names, stays=True)
        return Staying(self, pid)

    def code_of(self, pid: int) -> int:
        """Return the exit code of a process that stayed, once it has ended."""
        return self._ask(ended=pid)

    def _ask(self, **wanted: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


class Staying:
    """A process that a runner started, as ``subprocess`` has its own. Linux only."""

    def __init__(self, runner: Runner, pid: int) -> None:
        self.pid = pid
        self._runner = runner
        self._file = os.pidfd_open(pid)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, ``None`` while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; return its exit code. Raises ``TimeoutExpired``."""
        if self.returncode is None:
            if not select.select([self._file], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            os.close(self._file)
            self.returncode = self._runner.code_of(self.pid)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._file, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


@cache
def runner_of(*, privileged: bool, name: str = "commands") -> Runner:
    """Return the runner of this process for commands or, while these run, for ``servers``."""
    prefix = [] if privileged or os.getuid() else WITHOUT_PRIVILEGES
    runner = Runner(environment(Path(os.devnull)), prefix)
    atexit.register(runner.close)
    return runner


def can_be_forked(env: Mapping[str, str]) -> bool:
    """Whether an environment has nothing that an interpreter reads when it starts."""
    usual = environment(Path(os.devnull))
    others = {name for name in env if not name.startswith("GASSAPI_")} - {"HOME"}
    return hasattr(os, "pidfd_open") and all(usual.get(name) == env[name] for name in others)
