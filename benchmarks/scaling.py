"""Writes with one and with two workers, in one project and in several: how many, at what cost."""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.databases import Database
from benchmarks.load import send
from benchmarks.pair import SECRET, running
from benchmarks.paths import V1, saving
from benchmarks.report import Table
from benchmarks.scene import Server, build, cpu_seconds, sign_in
from gassapi_backend.settings import load

PROJECTS = 8
CONNECTIONS = 32
REQUESTS = 1200
ROUNDS = 3

COLUMNS = (
    *("", "one worker", "two", "ratio", "µs of the server, one worker", "two"),
    *("µs of the database, one worker", "two", "of the busier of the two"),
)


class Found(NamedTuple):
    """Of one round: requests in a second, and the CPU seconds of one request.

    ``busiest`` is the part of the server's CPU that its busiest process took.
    """

    speed: float
    server: float
    database: float
    busiest: float


def measure(databases: Sequence[Database]) -> list[Table]:
    """Return the table of writes with one and with two workers, the medians of rounds in turn."""
    rows: list[Sequence[str]] = []
    for database in databases:
        for name, (ones, twos) in _measured(database).items():
            one, two = _medians(ones), _medians(twos)
            speeds = f"{one.speed:.0f}", f"{two.speed:.0f}", f"{two.speed / one.speed:.2f}"
            costs = one.server, two.server, one.database, two.database
            micros = [f"{cost * 1e6:.0f}" if cost else "" for cost in costs]
            rows.append((f"{database.name}, {name}", *speeds, *micros, f"{two.busiest:.0%}"))
            print(*rows[-1], sep="   ", flush=True)
    note = (
        "The client runs on the same cores, and so does the database: what all of them take for a "
        "request bounds how many are answered."
    )
    return [Table(f"Endpoints saved in a second, {CONNECTIONS} connections", COLUMNS, rows, note)]


def _measured(database: Database) -> dict[str, tuple[list[Found], list[Found]]]:
    url = database.fresh()
    settings = load(home=database.folder, database_url=url, secret_key=SECRET, password_rounds=4)
    scene = asyncio.run(build(settings))
    names = {"one project": scene.collection_ids[-1:]}
    names[f"{PROJECTS} projects"] = scene.collection_ids[:PROJECTS]
    found: dict[str, tuple[list[Found], list[Found]]] = {name: ([], []) for name in names}
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
                for server, rounds in zip((single, double), found[name], strict=True):
                    rounds.append(_round(database, server, requests))
    return found


def _round(database: Database, server: Server, requests: Sequence[bytes]) -> Found:
    pids = [*_family(server.pid), *([database.pid] if database.pid else [])]
    before, started = [cpu_seconds(pid) for pid in pids], time.perf_counter()
    asyncio.run(send(server.port, requests, REQUESTS, CONNECTIONS))
    speed = REQUESTS / (time.perf_counter() - started)
    used = [cpu_seconds(pid) - then for pid, then in zip(pids, before, strict=True)]
    of_database = used.pop() if database.pid else 0.0
    busiest = max(used) / sum(used)
    return Found(speed, sum(used) / REQUESTS, of_database / REQUESTS, busiest)


def _medians(rounds: Sequence[Found]) -> Found:
    return Found(*map(statistics.median, zip(*rounds, strict=True)))


def _family(pid: int) -> Iterator[int]:
    """Return a process and all that it began, and those began."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            yield from _family(int(child))
