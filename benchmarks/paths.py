"""CPU of the hot paths, as a ratio to the bare server's."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from benchmarks.databases import Database
from benchmarks.load import NUMBER, request_bytes
from benchmarks.pair import Cost, Pair, pair
from benchmarks.report import Table
from benchmarks.scene import REQUEST, Scene, memory_megabytes

REQUESTS = 440  # in a round
ROUNDS = 5
CONNECTIONS = 32
V1 = "/api/v1"


@dataclass(frozen=True)
class Path:
    """Requests that are sent in turn; ``bare`` where the bare server has others for it."""

    ours: Sequence[bytes]
    bare: Sequence[bytes] = ()


@dataclass(frozen=True)
class Found:
    """Of one path: microseconds of each server, and the ratios with and without the database."""

    ours: float
    bare: float
    ratio: float
    with_database: float | None


def paths_of(scene: Scene, bearer: dict[str, str]) -> dict[str, Path]:
    """Return what is asked of both servers, by the name that a table shows."""

    def get(path: str, headers: dict[str, str] = bearer) -> bytes:
        return request_bytes("GET", path, headers)

    fresh = orjson.dumps({"name": f"Fresh {NUMBER}"})
    endpoints = f"/collections/{scene.collection_id}/endpoints"
    listing = get(V1 + endpoints)
    edit = request_bytes("PATCH", f"{V1}/endpoints/{scene.endpoint_id}", bearer, fresh)
    save, counted = saving(V1, endpoints, bearer), saving("/counted", endpoints, bearer)
    rename = request_bytes("PATCH", f"{V1}/projects/{scene.project_id}", bearer, fresh)
    return {
        "health": Path([get("/health", {})]),
        "token validation": Path([get(f"{V1}/mcp/validate", {"X-MCP-Token": scene.token})]),
        "a project": Path([get(f"{V1}/projects/{scene.project_id}")]),
        "20 projects": Path([get(f"{V1}/projects")]),
        "50 endpoints, from memory": Path([listing]),
        "50 endpoints, a write in ten reads": Path([edit, *[listing] * 10]),
        "saving an endpoint": Path([save]),
        "saving an endpoint, with counts": Path([save], [counted]),
        "changing an endpoint": Path([edit]),
        "renaming a project": Path([rename]),
        "creating a project": Path([request_bytes("POST", f"{V1}/projects", bearer, fresh)]),
    }


def saving(prefix: str, path: str, bearer: dict[str, str]) -> bytes:
    """Return the request that saves an endpoint."""
    body = orjson.dumps({"name": "Another", **REQUEST})
    return request_bytes("POST", prefix + path, bearer, body)


def measure(databases: Sequence[Database]) -> list[Table]:
    """Return the table of all paths on all databases."""
    found: dict[str, dict[str, Found]] = {}
    starts: list[Sequence[str]] = []
    for database in databases:
        with pair(database) as both:
            idle = memory_megabytes(both.ours.pid)
            for name, path in paths_of(both.scene, both.bearer).items():
                one = found.setdefault(name, {})[database.name] = compare(both, path)
                print(f"{database.name:20}{name:36}{_told(one)}", flush=True)
            loaded = memory_megabytes(both.ours.pid)
            figures = f"{both.start_seconds:.1f} s", f"{idle:.0f} MB", f"{loaded:.0f} MB"
            starts.append((database.name, *figures))
    return [
        _table(databases, found),
        Table("Start and memory", ("", "first answer after", "idle", "after all that"), starts),
    ]


def compare(both: Pair, path: Path, *, requests: int = REQUESTS, rounds: int = ROUNDS) -> Found:
    """Measure both servers in turn, several times, and return the medians."""
    asked = path.ours, path.bare or path.ours
    for server, sent in zip((both.ours, both.bare), asked, strict=True):
        both.cost(server, sent, requests // 4, CONNECTIONS)
    costs: list[tuple[Cost, Cost]] = [
        (
            both.cost(both.ours, asked[0], requests, CONNECTIONS),
            both.cost(both.bare, asked[1], requests, CONNECTIONS),
        )
        for _ in range(rounds)
    ]
    together = statistics.median(
        (ours.server + ours.database) / (bare.server + bare.database) for ours, bare in costs
    )
    return Found(
        ours=statistics.median(ours.server for ours, _ in costs) / requests * 1e6,
        bare=statistics.median(bare.server for _, bare in costs) / requests * 1e6,
        ratio=statistics.median(ours.server / bare.server for ours, bare in costs),
        with_database=together if both.database.pid else None,
    )


def _table(databases: Sequence[Database], found: dict[str, dict[str, Found]]) -> Table:
    columns = [""]
    for database in databases:
        columns += [f"{database.name}: ratio", "µs, ours / bare"]
        columns += ["ratio with the database"] if database.pid else []
    rows: list[Sequence[str]] = []
    for name, by_database in found.items():
        cells = [name]
        for one in by_database.values():
            cells += [f"{one.ratio:.2f}", f"{one.ours:.0f} / {one.bare:.0f}"]
            cells += [f"{one.with_database:.2f}"] if one.with_database is not None else []
        rows.append(cells)
    return Table(
        "CPU of a request against the bare server",
        columns,
        rows,
        f"One process each, {CONNECTIONS} connections, {ROUNDS} rounds of {REQUESTS} requests in "
        "turn, medians. A bare save only inserts the endpoint and its audit entry, in one "
        "transaction; with counts, it keeps those of the collection and the project as well.",
        {
            name: {database: one.ratio for database, one in by_database.items()}
            for name, by_database in found.items()
        },
    )


def _told(one: Found) -> str:
    total = "" if one.with_database is None else f"{one.with_database:>8.2f} with the database"
    return f"{one.ours:>6.0f} µs{one.bare:>6.0f} µs{one.ratio:>7.2f}{total}"
