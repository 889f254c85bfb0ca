"""Writes in a second with one and with two workers, in one project and in several."""

import asyncio
import statistics
import time
from collections.abc import Sequence

from benchmarks.databases import Database
from benchmarks.load import send
from benchmarks.pair import SECRET, running
from benchmarks.paths import V1, saving
from benchmarks.report import Table
from benchmarks.scene import build, sign_in
from gassapi_backend.settings import load

PROJECTS = 8
CONNECTIONS = 32
REQUESTS = 1200
ROUNDS = 3


def measure(databases: Sequence[Database]) -> list[Table]:
    """Return the table of writes in a second, the medians of rounds in turn."""
    rows: list[Sequence[str]] = []
    for database in databases:
        for name, found in _measured(database).items():
            one, two = (statistics.median(speeds) for speeds in found)
            cells = f"{one:.0f}", f"{two:.0f}", f"{two / one:.2f}"
            rows.append((f"{database.name}, {name}", *cells))
            print(*rows[-1], sep="   ", flush=True)
    title = f"Endpoints saved in a second, {CONNECTIONS} connections"
    note = "The client runs on the same cores, and so does the database."
    return [Table(title, ("", "one worker", "two workers", "ratio"), rows, note)]


def _measured(database: Database) -> dict[str, tuple[list[float], list[float]]]:
    url = database.fresh()
    settings = load(home=database.folder, database_url=url, secret_key=SECRET, password_rounds=4)
    scene = asyncio.run(build(settings))
    names = {"one project": scene.collection_ids[-1:]}
    names[f"{PROJECTS} projects"] = scene.collection_ids[:PROJECTS]
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in names}
    with (
        running(database, url) as single,
        running(database, url, workers=2) as double,
    ):
        for server in (single, double):
            server.wait_until_up("/health")
        bearer = {"Authorization": f"Bearer {sign_in(single.port)}"}
        for _ in range(ROUNDS):
            for name, ids in names.items():
                requests = [saving(V1, f"/collections/{one}/endpoints", bearer) for one in ids]
                for server, speeds in zip((single, double), found[name], strict=True):
                    started = time.perf_counter()
                    asyncio.run(send(server.port, requests, REQUESTS, CONNECTIONS))
                    speeds.append(REQUESTS / (time.perf_counter() - started))
    return found
