"""Our program as a process of its own: commands, and servers on a free port."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect

from tests.servers import free_port

PROGRAM = [sys.executable, "-m", "gassapi_backend"]
PASSWORD = "correct horse 42"
WITHOUT_PRIVILEGES = "--bounding-set=-dac_override,-dac_read_search"

_COMMANDS = """
import json, os, sys
from gassapi_backend.cli import failures
from gassapi_backend.cli.main import main

for number, arguments in enumerate(json.loads(sys.argv[1])):
    if not (child := os.fork()):
        for stream in (1, 2):
            os.dup2(os.open(f"{sys.argv[2]}/{number}.{stream}", os.O_CREAT | os.O_WRONLY), stream)
        sys.argv = ["gassapi-backend", *arguments]
        main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs commands one after the other, each in a process of its own, importing the program once."""


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


class Cli:
    """An operator at a shell, with a home and a data directory of their own."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.home = folder / "data"
        self.env = environment(folder / "home", GASSAPI_HOME=str(self.home), **more)
        (folder / "home").mkdir(exist_ok=True)

    def __call__(
        self,
        *arguments: str,
        input: str | None = None,  # noqa: A002 - as subprocess calls it
        env: Mapping[str, str] | None = None,
        privileged: bool = True,
    ) -> Outcome:
        """Run a command. With ``input=None`` its standard input is empty.

        One that is not ``privileged`` obeys the modes of files even for root.
        """
        done = subprocess.run(
            [*(() if privileged else unprivileged()), *PROGRAM, *arguments],
            input=(input or "").encode(),
            env=self.env | dict(env or {}),
            cwd=self.folder,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def each(
        self, commands: Sequence[Sequence[str]], *, privileged: bool = True, **env: str
    ) -> list[Outcome]:
        """Run commands one after the other, much faster than each by itself."""
        prints = Path(self.folder / "prints")
        prints.mkdir()
        done = subprocess.run(
            [
                *(() if privileged else unprivileged()),
                *(sys.executable, "-c", _COMMANDS, json.dumps(commands), str(prints)),
            ],
            stdin=subprocess.DEVNULL,
            env=self.env | env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        codes = [int(line) for line in done.stdout.split()]
        outcomes = [
            Outcome(code, *((prints / f"{number}.{stream}").read_text() for stream in (1, 2)))
            for number, code in enumerate(codes)
        ]
        shutil.rmtree(prints)
        return outcomes

    def ask(self, *arguments: str, **env: str) -> "pexpect.spawn[str]":
        """Start a command on a terminal."""
        return pexpect.spawn(
            PROGRAM[0],
            [*PROGRAM[1:], *arguments],
            env=self.env | env,  # type: ignore[arg-type]  # its stubs want os.environ
            cwd=str(self.folder),
            encoding="utf-8",
            dimensions=(40, 120),
            timeout=20,
        )

    def user(self, email: str = "you@example.com", name: str = "You", *more: str) -> Any:
        """Create an account."""
        flags = ("--email", email, "--name", name, "--password-stdin", "--json", *more)
        return self("user", "create", *flags, input=f"{PASSWORD}\n").json


def unprivileged() -> list[str]:
    """Return what goes before a command so that file modes count, for root too."""
    return ["setpriv", WITHOUT_PRIVILEGES] if os.getuid() == 0 else []


@dataclass
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Server:
    """``gassapi-backend start`` in the background, on a free port."""

    cli: Cli
    flags: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    port: int = field(default_factory=free_port)

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has printed to standard error: its log."""
        return self._files[1].read_text()

    @property
    def printed(self) -> str:
        """What it has printed to standard output."""
        return self._files[0].read_text()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def launch(self) -> None:
        """Start it, without waiting."""
        folder = self.cli.folder
        self._files = [folder / f"{self.port}.{name}" for name in ("out", "err")]
        with self._files[0].open("ab") as out, self._files[1].open("ab") as err:
            self._process = subprocess.Popen(
                [*PROGRAM, "start", *self.flags],
                env=self.cli.env | {"GASSAPI_PORT": str(self.port)} | dict(self.env),
                cwd=self.cwd or folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def wait_until_ready(self, seconds: float = 30) -> None:
        """Wait until it can serve."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self._process.poll() is None, self.log
            try:
                if self.call("GET", "/health/ready").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"It does not serve.\n{self.log}")

    def start(self) -> None:
        """Start it, and wait until it can serve."""
        self.launch()
        self.wait_until_ready()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self, seconds: float = 15) -> int:
        """Wait until it has ended; return its exit code."""
        return self._process.wait(seconds)

    def stop(self) -> None:
        """End it, gently if possible."""
        if self._process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        access: str | None = None,
        token: str | None = None,
    ) -> Answer:
        """Send a request on a connection of its own."""
        headers = {"Content-Type": "application/json"}
        if access:
            headers["Authorization"] = f"Bearer {access}"
        if token:
            headers["X-MCP-Token"] = token
        request = urllib.request.Request(
            self.url + path,
            method=method,
            headers=headers,
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                return Answer(response.status, response.headers, json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, json.load(error))

    def sign_in(self, email: str = "you@example.com", password: str = PASSWORD) -> dict[str, str]:
        """Sign in; return the tokens."""
        answer = self.call("POST", "/api/v1/auth/login", {"email": email, "password": password})
        assert answer.status == 200, answer.body
        return dict(answer.body["tokens"])

    def project(self, access: str, name: str = "Shop") -> dict[str, Any]:
        """Create a project."""
        answer = self.call("POST", "/api/v1/projects", {"name": name}, access=access)
        assert answer.status == 201, answer.body
        return dict(answer.body["project"])

    def validate(self, token: str) -> int:
        """Return the status that an MCP token is answered with."""
        return self.call("GET", "/api/v1/mcp/validate", token=token).status


def within(seconds: float, holds: Any, *, step: float = 0.05) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < end:
        time.sleep(step)
    return bool(found)
