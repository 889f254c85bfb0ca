"""Measure and print: CPU against the bare server, memory, start, latency under logins, streams.

``python -m benchmarks`` uses SQLite; ``python -m benchmarks mysql://user:password@host:port/name``
that empty database (give the server's process id as a second argument to count its CPU too).
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import orjson

from benchmarks.load import NUMBER, request_bytes, send
from benchmarks.scene import (
    EMAIL,
    PASSWORD,
    REQUEST,
    Scene,
    Server,
    build,
    cpu_seconds,
    memory_megabytes,
    sign_in,
)
from benchmarks.streams import measure as measure_streams
from gassapi_backend.settings import Settings, load
from tests.servers import free_port

REQUESTS = 1500
ROUNDS = 5
CONNECTIONS = 8
SECRET = "only-for-benchmarks-0123456789abcdef"
V1 = "/api/v1"


def main() -> None:
    """Run all benchmarks."""
    with tempfile.TemporaryDirectory(prefix="gassapi-bench-") as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/bench.db"
        database = int(sys.argv[2]) if len(sys.argv) > 2 else None
        settings = load(home=Path(folder), database_url=url, secret_key=SECRET, password_rounds=4)
        scene = asyncio.run(build(settings))
        _measure(settings, scene, url, database)


def _measure(settings: Settings, scene: Scene, url: str, database: int | None) -> None:
    environment = {
        "GASSAPI_HOME": str(settings.home),
        "GASSAPI_DATABASE_URL": url,
        "GASSAPI_SECRET_KEY": SECRET,
        "GASSAPI_RATE_LIMITS": "off",
        "GASSAPI_PERSON_MAX_PROJECTS": "1000000",
        "GASSAPI_PERSON_MAX_STREAMS": "1000",
    }
    ports = free_port(), free_port()
    ours = Server(["gassapi_backend", "start", "--port", str(ports[0])], ports[0], environment)
    print(f"first healthy answer after {ours.wait_until_up('/health'):.2f} s")
    print(f"idle memory {memory_megabytes(ours.pid):.0f} MB")
    bare = Server(["benchmarks.bare", str(ports[1])], ports[1], environment)
    bare.wait_until_up("/")
    try:
        access = sign_in(ours.port)
        _latency_under_logins(ours, request_bytes("GET", f"{V1}/projects", _bearer(access)))
        time.sleep(3)  # the last logins are still being hashed
        print(f"\n{'CPU per request':24}{'ours':>10}{'bare':>10}{'ratio':>8}{'with database':>16}")
        for name, request in requests_of(scene, access).items():
            _compare(name, request, ours, bare, database)
        measure_streams(ours, scene)
    finally:
        ours.stop()
        bare.stop()


def requests_of(scene: Scene, access: str) -> dict[str, bytes]:
    bearer = _bearer(access)
    body = orjson.dumps({"name": f"Fresh {NUMBER}"})
    return {
        "one project": request_bytes("GET", f"{V1}/projects/{scene.project_id}", bearer),
        "20 projects": request_bytes("GET", f"{V1}/projects", bearer),
        "token validation": request_bytes(
            "GET", f"{V1}/mcp/validate", {"X-MCP-Token": scene.token}
        ),
        "renaming a project": request_bytes(
            "PATCH", f"{V1}/projects/{scene.project_id}", bearer, body
        ),
        "50 endpoints": request_bytes(
            "GET", f"{V1}/collections/{scene.collection_id}/endpoints", bearer
        ),
        "saving an endpoint": request_bytes(
            "POST",
            f"{V1}/collections/{scene.collection_id}/endpoints",
            bearer,
            orjson.dumps({"name": "Another", **REQUEST}),
        ),
        "creating a project": request_bytes("POST", f"{V1}/projects", bearer, body),
    }


def _compare(name: str, request: bytes, ours: Server, bare: Server, database: int | None) -> None:
    """Measure both in turn, several times, and print the medians and the median ratio."""
    for server in (ours, bare):
        asyncio.run(send(server.port, request, 200, CONNECTIONS))
    ratios: list[float] = []
    totals: list[float] = []
    costs: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        alone, together = [], []
        for number, server in enumerate((ours, bare)):
            before = cpu_seconds(server.pid), cpu_seconds(database) if database else 0.0
            asyncio.run(send(server.port, request, REQUESTS, CONNECTIONS))
            used = cpu_seconds(server.pid) - before[0]
            behind = cpu_seconds(database) - before[1] if database else 0.0
            alone.append(used)
            together.append(used + behind)
            costs[number].append(used / REQUESTS * 1e6)
        ratios.append(alone[0] / alone[1])
        totals.append(together[0] / together[1])
    mine, its = (statistics.median(cost) for cost in costs)
    total = f"{statistics.median(totals):.2f}" if database else "same"
    print(f"{name:24}{mine:>7.0f} µs{its:>7.0f} µs{statistics.median(ratios):>8.2f}{total:>16}")


def _latency_under_logins(ours: Server, request: bytes) -> None:
    """Print other requests' latency while eight clients sign in over and over."""
    body = orjson.dumps({"email": EMAIL, "password": PASSWORD})
    login = request_bytes("POST", f"{V1}/auth/login", {}, body)

    async def measured(*, busy: bool) -> list[float]:
        tasks = [asyncio.create_task(send(ours.port, login, 10_000, 1)) for _ in range(8 * busy)]
        await asyncio.sleep(1 if busy else 0)
        found: list[float] = []
        ends = time.monotonic() + 5
        while time.monotonic() < ends:
            found += await send(ours.port, request, 1, 1)
            await asyncio.sleep(0.005)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return sorted(found)

    print(f"\n{'latency of a list':24}{'median':>10}{'99 %':>10}")
    for label, busy in (("idle", False), ("eight clients log in", True)):
        found = asyncio.run(measured(busy=busy))
        middle, late = found[len(found) // 2], found[len(found) * 99 // 100]
        print(f"{label:24}{middle * 1000:>7.1f} ms{late * 1000:>7.1f} ms")


def _bearer(access: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access}"}


if __name__ == "__main__":
    main()
