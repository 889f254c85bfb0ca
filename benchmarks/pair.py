"""Our server and the bare one over the same database, as a kind of figure wants them."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.databases import Database
from benchmarks.load import send
from benchmarks.scene import Scene, Server, build, cpu_seconds, sign_in
from gassapi_backend.settings import load
from tests.servers import free_port

SECRET = "only-for-benchmarks-0123456789abcdef"
FREE = {
    "GASSAPI_RATE_LIMITS": "off",
    "GASSAPI_PERSON_MAX_PROJECTS": "1000000",
    "GASSAPI_PERSON_MAX_STREAMS": "1000",
    "GASSAPI_PROJECT_MAX_ENDPOINTS": "1000000",
    "GASSAPI_PROJECT_MAX_MB": "100000",
}
"""Settings under which nothing is refused because it is much."""


@dataclass(frozen=True)
class Cost:
    """CPU seconds of one round: of the server alone, and of its database."""

    server: float
    database: float


@dataclass(frozen=True)
class Pair:
    """Two servers on one database, what is in there, and an access token for ours."""

    database: Database
    scene: Scene
    ours: Server
    bare: Server
    access: str
    start_seconds: float

    @property
    def bearer(self) -> dict[str, str]:
        """The headers that say who asks."""
        return {"Authorization": f"Bearer {self.access}"}

    def cost(self, server: Server, requests: Sequence[bytes], count: int, connections: int) -> Cost:
        """Return what it costs a server to answer so many requests."""
        before = cpu_seconds(server.pid), self._database_seconds()
        asyncio.run(send(server.port, requests, count, connections))
        used = cpu_seconds(server.pid) - before[0]
        return Cost(used, self._database_seconds() - before[1])

    def _database_seconds(self) -> float:
        return cpu_seconds(self.database.pid) if self.database.pid else 0.0


@contextmanager
def pair(database: Database) -> Iterator[Pair]:
    """Fill an empty database and run both servers on it for as long as the block goes on."""
    url = database.fresh()
    settings = load(home=database.folder, database_url=url, secret_key=SECRET, password_rounds=4)
    scene = asyncio.run(build(settings))
    with running(database, url) as ours:
        started = ours.wait_until_up("/health")
        with bare_server(database, url) as bare:
            bare.wait_until_up("/")
            yield Pair(database, scene, ours, bare, sign_in(ours.port), started)


@contextmanager
def running(database: Database, url: str, *, workers: int = 1) -> Iterator[Server]:
    """Run our server for as long as the block goes on."""
    port = free_port()
    command = ["gassapi_backend", "start", "--port", str(port), "--workers", str(workers)]
    server = Server(command, port, environment(database, url))
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def bare_server(database: Database, url: str) -> Iterator[Server]:
    """Run the bare server for as long as the block goes on."""
    port = free_port()
    server = Server(["benchmarks.bare", str(port)], port, environment(database, url))
    try:
        yield server
    finally:
        server.stop()


def environment(database: Database, url: str) -> dict[str, str]:
    """Return what a server finds in its environment."""
    where = {"GASSAPI_HOME": str(database.folder), "GASSAPI_DATABASE_URL": url}
    return {**where, "GASSAPI_SECRET_KEY": SECRET, **FREE}
