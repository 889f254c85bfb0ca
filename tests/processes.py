"""Our program as a process of its own: commands, and servers on a free port."""

import atexit
import json
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any

import pexpect

from tests.runners import (
    PROGRAM,
    READ_AT_IMPORT,
    Outcome,
    Runner,
    Staying,
    can_be_forked,
    environment,
    runner_of,
)
from tests.servers import free_port

PASSWORD = "correct horse 42"
YOU = "you@example.com"


class Cli:
    """An operator at a shell, with a home and a data directory of their own."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.home = folder / "data"
        self.env = environment(folder / "home", GASSAPI_HOME=str(self.home), **more)
        (folder / "home").mkdir(exist_ok=True)

    def __call__(self, *arguments: str, typed: str | bytes = b"", **env: str) -> Outcome:
        """Run a command without a terminal; ``typed`` is its standard input."""
        assert not READ_AT_IMPORT & set(env), "use each()"
        given = typed.encode() if isinstance(typed, str) else typed
        runner = runner_of(privileged=True)
        return runner.run(arguments, self.env | env, self.folder, given)

    def each(
        self, commands: Sequence[Sequence[str]], *, privileged: bool = True, **env: str
    ) -> list[Outcome]:
        """Run commands one after the other.

        Those that are not ``privileged`` obey the modes of files even for root.
        """
        is_fresh = bool(READ_AT_IMPORT & set(env))
        runner = Runner(self.env | env) if is_fresh else runner_of(privileged=privileged)
        try:
            return [runner.run(arguments, self.env | env, self.folder) for arguments in commands]
        finally:
            if is_fresh:
                runner.close()

    def shell(self, command: str, **env: str) -> Outcome:
        """Run a line of shell, in which ``gassapi-backend`` is the program."""
        done = subprocess.run(
            ["bash", "-c", f'gassapi-backend() {{ {" ".join(PROGRAM)} "$@"; }}\n{command}'],
            stdin=subprocess.DEVNULL,
            env=self.env | env,
            cwd=self.folder,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ask(self, *arguments: str, **env: str) -> "pexpect.spawn[str]":
        """Start a command on a terminal."""
        return pexpect.spawn(
            PROGRAM[0],
            [*PROGRAM[1:], *arguments],
            env=self.env | env,
            cwd=str(self.folder),
            encoding="utf-8",
            dimensions=(40, 120),
            timeout=20,
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds in the SQLite database."""
        with closing(sqlite3.connect(self.home / "gassapi.db")) as database:
            found = database.execute(sql).fetchall()
            database.commit()
        return found

    def user(self, email: str = YOU, name: str = "You", *more: str) -> Any:
        """Create an account; the first of an operator without settings is a copy of one made once.

        A database is made with it, which is most of what the command does.
        """
        if (email, name, *more) == (YOU, "You") and self._is_as_new():
            ready, said = _ready()
            shutil.copytree(ready, self.home)
            return json.loads(said)
        return json.loads(self.create(email, name, *more))

    def create(self, email: str, name: str, *more: str) -> str:
        """Have the command create an account; return what it printed."""
        flags = ("--email", email, "--name", name, "--password-stdin", "--json", *more)
        return self("user", "create", *flags, typed=f"{PASSWORD}\n").out

    def _is_as_new(self) -> bool:
        plain = environment(self.folder / "home", GASSAPI_HOME=str(self.home))
        return self.env == plain and not self.home.exists()


@cache
def _ready() -> tuple[Path, str]:
    """Return a data directory with the account ``YOU``, and what was printed when it was made."""
    folder = Path(tempfile.mkdtemp(prefix="gassapi-ready-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cli = Cli(folder)
    said = cli.create(YOU, "You")
    return cli.home, said


@dataclass
class Answer:
    """What a server answered."""

    status: int
    headers: Message
    body: Any


@dataclass
class Server:
    """``gassapi-backend start`` in the background, on a free port.

    ``program`` is what is started: ``PROGRAM`` where that is what is tested. Without one, it is a
    process of its own all the same, whose imports are done already: half of what a start costs.
    """

    cli: Cli
    flags: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    program: Sequence[str] | None = None
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
        env = self.cli.env | {"GASSAPI_PORT": str(self.port)} | dict(self.env)
        arguments, cwd = ["start", *self.flags], self.cwd or folder
        self._process: Staying | subprocess.Popen[bytes]
        if self.program is None and can_be_forked(env):
            runner = runner_of(privileged=True, name="servers")
            self._process = runner.start(arguments, env, cwd, self._files)
            return
        with self._files[0].open("ab") as out, self._files[1].open("ab") as err:
            self._process = subprocess.Popen(
                [*(self.program or PROGRAM), *arguments],
                env=env,
                cwd=cwd,
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
        agent: str | None = None,
    ) -> Answer:
        """Send a request on a connection of its own, as a program of some name."""
        headers = {"Content-Type": "application/json"}
        if agent:
            headers["User-Agent"] = agent
        if access:
            headers["Authorization"] = f"Bearer {access}"
        if token:
            headers["X-MCP-Token"] = token
        request = urllib.request.Request(  # noqa: S310 - always to ourselves
            self.url + path,
            method=method,
            headers=headers,
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as response:  # noqa: S310
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
