"""How long writes take at the worst while 64 connections write at once."""

import asyncio
import statistics
from collections.abc import Sequence

from benchmarks.databases import Database
from benchmarks.load import send
from benchmarks.pair import pair
from benchmarks.paths import paths_of
from benchmarks.report import Table

CONNECTIONS = 64
REQUESTS = 1200
ROUNDS = 3


def measure(databases: Sequence[Database]) -> list[Table]:
    """Return the table of what one in two and one in a hundred of the writes exceeded."""
    rows: list[Sequence[str]] = []
    for database in databases:
        with pair(database) as both:
            (request,) = paths_of(both.scene, both.bearer)["saving an endpoint"].ours
            found: tuple[list[float], list[float]] = ([], [])
            for _ in range(ROUNDS):
                for server, latencies in zip((both.ours, both.bare), found, strict=True):
                    work = send(server.port, [request], REQUESTS, CONNECTIONS)
                    latencies += asyncio.run(work)
        cells = [database.name]
        for latencies in found:
            cuts = statistics.quantiles(latencies, n=100)
            cells.append(f"{cuts[49] * 1000:.0f} ms, {cuts[98] * 1000:.0f} ms")
        ours, bare = (statistics.quantiles(latencies, n=100)[98] for latencies in found)
        rows.append([*cells, f"{ours / bare:.2f}"])
        print(*rows[-1], sep="   ", flush=True)
    columns = ("", "ours: half, 99 %", "bare: half, 99 %", "ratio of the 99 %")
    title = f"Latency of saving an endpoint in one collection, {CONNECTIONS} connections"
    return [Table(title, columns, rows)]
