"""What an assistant's calls cost beside the same read over HTTP, and what the first one loads."""

import asyncio
import statistics
import tempfile
from pathlib import Path

import orjson

from benchmarks.load import request_bytes, send
from benchmarks.scene import Scene, Server, build, cpu_seconds, memory_megabytes
from gassapi_backend.settings import load
from tests.servers import free_port

REQUESTS = 500
ROUNDS = 5
CONNECTIONS = 8
SECRET = "only-for-benchmarks-0123456789abcdef"
MODERN = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="gassapi-bench-") as folder:
        url = f"sqlite:///{folder}/bench.db"
        settings = load(home=Path(folder), database_url=url, secret_key=SECRET, password_rounds=4)
        scene = asyncio.run(build(settings))
        environment = {
            "GASSAPI_HOME": folder,
            "GASSAPI_DATABASE_URL": url,
            "GASSAPI_SECRET_KEY": SECRET,
            "GASSAPI_RATE_LIMITS": "off",
        }
        port = free_port()
        server = Server(["gassapi_backend", "start", "--port", str(port)], port, environment)
        server.wait_until_up("/health")
        try:
            _measure(server, scene)
        finally:
            server.stop()


def _measure(server: Server, scene: Scene) -> None:
    requests = requests_of(scene)
    read = requests.pop("GET /endpoints/{id}")
    asyncio.run(send(server.port, [read], REQUESTS, CONNECTIONS))
    before = memory_megabytes(server.pid)
    for request in requests.values():
        asyncio.run(send(server.port, [request], 1, 1))
    print(f"memory that the first calls load: {memory_megabytes(server.pid) - before:.1f} MB")
    for name, request in requests.items():
        asyncio.run(send(server.port, [request], 200, CONNECTIONS))
        costs = [(_cost(server, request), _cost(server, read)) for _ in range(ROUNDS)]
        mine, its = (statistics.median(one) for one in zip(*costs, strict=True))
        ratio = statistics.median(one / other for one, other in costs)
        print(f"{name:40}{mine:>7.0f} µs{its:>7.0f} µs{ratio:>8.2f}")
    print(f"memory at the end, more than before: {memory_megabytes(server.pid) - before:.1f} MB")


def _cost(server: Server, request: bytes) -> float:
    """Return the CPU time of a request in microseconds."""
    before = cpu_seconds(server.pid)
    asyncio.run(send(server.port, [request], REQUESTS, CONNECTIONS))
    return (cpu_seconds(server.pid) - before) / REQUESTS * 1e6


def requests_of(scene: Scene) -> dict[str, bytes]:
    """Return what is measured, by name: the read over HTTP, and calls in both eras."""
    bearer = {"Authorization": f"Bearer {scene.token}"}
    arguments = {"endpoint_id": scene.endpoint_id}
    found = {
        "GET /endpoints/{id}": request_bytes(
            "GET", f"/api/v1/endpoints/{scene.endpoint_id}", bearer
        )
    }
    for method, params in (
        ("tools/list", {}),
        ("tools/call", {"name": "get_endpoint", "arguments": arguments}),
    ):
        for version in (MODERN, "2025-06-18"):
            is_modern = version == MODERN
            headers = {**bearer, "MCP-Protocol-Version": version}
            if is_modern:
                headers["Mcp-Method"] = method
                headers |= {"Mcp-Name": str(params["name"])} if params else {}
            sent = {**params, "_meta": META} if is_modern else params
            body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": sent}
            found[f"{method} ({version})"] = request_bytes(
                "POST", "/mcp", headers, orjson.dumps(body)
            )
    return found


if __name__ == "__main__":
    main()
