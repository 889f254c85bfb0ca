"""The databases that are measured: SQLite, and a private MariaDB where one is installed."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from sqlite3 import sqlite_version

from tests.servers import PrivateMariaDb

_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A kind of database, under the name that a table shows.

    ``pid`` is its server's process; ``None`` where it works within ours, or is not known. Of a
    database that was named with an address, ``url``, there is only the one.
    """

    name: str
    folder: Path
    pid: int | None = None
    url: str | None = None
    server: PrivateMariaDb | None = field(default=None, repr=False)

    def fresh(self) -> str:
        """Return the URL of an empty database."""
        if self.url is not None:
            return self.url
        name = f"bench_{next(_numbers)}"
        if self.server is None:
            return f"sqlite:///{self.folder}/{name}.db"
        self.server.sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        return f"{self.server.url}/{name}"


@contextmanager
def sqlite() -> Iterator[Database]:
    """Lend SQLite, in a folder for as long as the block goes on."""
    with tempfile.TemporaryDirectory(prefix="gassapi-bench-") as folder:
        yield Database(f"SQLite {sqlite_version}", Path(folder))


@contextmanager
def mariadb() -> Iterator[Database]:
    """Lend a MariaDB server for as long as the block goes on."""
    server = PrivateMariaDb()
    with tempfile.TemporaryDirectory(prefix="gassapi-bench-") as folder:
        server.start()
        try:
            pid = int((server.directory / "pid").read_text("ascii"))
            yield Database(f"MariaDB {_version()}", Path(folder), pid, server=server)
        finally:
            server.stop()


@contextmanager
def named(url: str, pid: int | None) -> Iterator[Database]:
    """Lend an empty database that somebody named."""
    with tempfile.TemporaryDirectory(prefix="gassapi-bench-") as folder:
        yield Database(url.rpartition("@")[2], Path(folder), pid, url)


def _version() -> str:
    said = subprocess.run(["mariadbd", "--version"], check=True, capture_output=True, text=True)
    found = re.search(r"Ver ([\d.]+)", said.stdout)
    return found[1] if found else said.stdout.strip()
