"""Five hundred streams on one worker: what they cost, and how soon all have a change.

``python -m benchmarks.streams`` measures it on SQLite.
"""

import asyncio
import resource
import statistics
import tempfile
import time
from pathlib import Path

import orjson

from benchmarks.load import NUMBER, request_bytes, send
from benchmarks.scene import Scene, Server, build, cpu_seconds, memory_megabytes, sign_in
from gassapi_backend.settings import load
from tests.servers import free_port

STREAMS = 500
PER_TOKEN = 20  # what a caller may have
CHANGES = 20
BURST = 200
SECRET = "only-for-benchmarks-0123456789abcdef"
V1 = "/api/v1"

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def main() -> None:
    """Run this benchmark alone, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="gassapi-bench-") as folder:
        url = f"sqlite:///{folder}/bench.db"
        settings = load(home=Path(folder), database_url=url, secret_key=SECRET, password_rounds=4)
        scene = asyncio.run(build(settings))
        environment = {
            "GASSAPI_HOME": folder,
            "GASSAPI_SECRET_KEY": SECRET,
            "GASSAPI_RATE_LIMITS": "off",
            "GASSAPI_PERSON_MAX_STREAMS": "1000",
            "GASSAPI_DATABASE_URL": url,
        }
        port = free_port()
        server = Server(["gassapi_backend", "start", "--port", str(port)], port, environment)
        server.wait_until_up("/health")
        try:
            measure(server, scene)
        finally:
            server.stop()


def measure(server: Server, scene: Scene) -> None:
    """Print what the streams of a running server cost."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    asyncio.run(_measure(server, scene, sign_in(server.port)))


async def _measure(server: Server, scene: Scene, access: str) -> None:
    bearer = {"Authorization": f"Bearer {access}"}
    tokens = [await _token(server.port, scene, bearer) for _ in range(STREAMS // PER_TOKEN)]
    before = memory_megabytes(server.pid)
    path = f"{V1}/projects/{scene.project_id}/events"
    streams: list[Stream] = []
    for token in tokens:
        request = request_bytes("GET", path, {"X-MCP-Token": token})
        streams += await asyncio.gather(*(_open(server.port, request) for _ in range(PER_TOKEN)))
    print(f"\n{STREAMS} streams")
    print(f"memory before and with them {before:.0f} MB, {memory_megabytes(server.pid):.0f} MB")
    idle = cpu_seconds(server.pid)
    await asyncio.sleep(5)
    print(f"CPU while nothing happens   {(cpu_seconds(server.pid) - idle) / 5 * 100:.1f} %")
    body = orjson.dumps({"name": f"Fresh {NUMBER}"})  # the same one again would change nothing
    change = request_bytes("PATCH", f"{V1}/projects/{scene.project_id}", bearer, body)
    found: list[float] = []
    for _ in range(CHANGES):
        started = time.perf_counter()
        waiting = [asyncio.create_task(_next(stream)) for stream in streams]
        await send(server.port, [change], 1, 1)
        await asyncio.gather(*waiting)
        found.append((time.perf_counter() - started) * 1000)
    middle, worst = statistics.median(found), max(found)
    print(f"until all have a change     {middle:.0f} ms, at worst {worst:.0f} ms")
    started = time.perf_counter()
    waiting = [asyncio.create_task(_several(stream, BURST)) for stream in streams]
    await send(server.port, [change], BURST, 1)
    written = time.perf_counter() - started
    await asyncio.gather(*waiting)
    late = time.perf_counter() - started - written
    print(
        f"{BURST} changes in a row        {written:.1f} s, all have them {late * 1000:.0f} ms later"
    )
    print(f"memory afterwards           {memory_megabytes(server.pid):.0f} MB")
    for _, writer in streams:
        writer.close()


async def _token(port: int, scene: Scene, bearer: dict[str, str]) -> str:
    body = orjson.dumps({"projectId": scene.project_id, "name": "bench"})
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_bytes("POST", f"{V1}/mcp/tokens", bearer, body))
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r", 1)[0])
    answer = orjson.loads(await reader.readexactly(length))
    writer.close()
    return str(answer["token"])


async def _open(port: int, request: bytes) -> Stream:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await reader.readuntil(b"event: ready\n")
    await reader.readuntil(b"\n\n")
    return reader, writer


async def _next(stream: Stream) -> None:
    await stream[0].readuntil(b"event: change\n")
    await stream[0].readuntil(b"\n\n")


async def _several(stream: Stream, count: int) -> None:
    for _ in range(count):
        await _next(stream)


if __name__ == "__main__":
    main()
