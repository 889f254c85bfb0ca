"""How long others wait while eight clients sign in over and over.

``python -m benchmarks.logins`` measures it on SQLite.
"""

import asyncio
import time

import orjson

from benchmarks.databases import sqlite
from benchmarks.load import request_bytes, send
from benchmarks.pair import pair
from benchmarks.scene import EMAIL, PASSWORD

V1 = "/api/v1"
CLIENTS = 8
SECONDS = 5


def main() -> None:
    """Print the latency of a list, with and without them."""
    body = orjson.dumps({"email": EMAIL, "password": PASSWORD})
    login = request_bytes("POST", f"{V1}/auth/login", {}, body)
    with sqlite() as database, pair(database) as both:
        request = request_bytes("GET", f"{V1}/projects", both.bearer)
        print(f"{'latency of a list':24}{'median':>10}{'99 %':>10}")
        for label, clients in (("idle", 0), (f"{CLIENTS} clients log in", CLIENTS)):
            found = asyncio.run(_waits(both.ours.port, request, login, clients))
            middle, late = found[len(found) // 2], found[len(found) * 99 // 100]
            print(f"{label:24}{middle * 1000:>7.1f} ms{late * 1000:>7.1f} ms")


async def _waits(port: int, request: bytes, login: bytes, clients: int) -> list[float]:
    logins = [asyncio.create_task(send(port, [login], 10_000, 1)) for _ in range(clients)]
    await asyncio.sleep(1 if clients else 0)
    found: list[float] = []
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        found += await send(port, [request], 1, 1)
        await asyncio.sleep(0.005)
    for task in logins:
        task.cancel()
    await asyncio.gather(*logins, return_exceptions=True)
    return sorted(found)


if __name__ == "__main__":
    main()
