"""Measure what reading a document costs: time and memory as it grows, and what others notice.

``python -m benchmarks.reading`` makes documents of several formats, from one to thirteen megabytes,
and has each read as the server has it read: in a child. Meanwhile the parent, as a server would,
answers itself over a socket every two milliseconds; what one in a hundred of those answers exceeds
is compared with that of an idle parent.
"""

import asyncio
import json
import resource
import statistics
import time
from collections.abc import Callable

import uvloop

from gassapi_backend.exchange.child.running import Children
from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.writing import yaml_chunks

SIZES = (1, 3, 6, 13)  # megabytes
TEXT = "The quick brown fox jumps over the lazy dog. " * 4


def har(count: int) -> Json:
    """Return an archive of so many entries of some 4 KB."""
    pairs = [{"name": f"x-{at}", "value": TEXT[:40]} for at in range(20)]
    entry = {
        "request": {"method": "POST", "url": "http://localhost/a?b=c", "headers": pairs},
        "response": {"status": 200, "headers": pairs, "content": {"text": TEXT * 5}},
    }
    return {"log": {"version": "1.2", "entries": [entry] * count}}


def postman(count: int) -> Json:
    """Return a collection of so many requests of some 4 KB, ten in a folder."""
    request = {
        "method": "POST",
        "url": {"raw": "{{base}}/a/:id", "variable": [{"key": "id", "value": "1"}]},
        "header": [{"key": f"x-{at}", "value": TEXT[:40]} for at in range(20)],
        "body": {"mode": "raw", "raw": json.dumps([TEXT] * 8)},
    }
    items = [{"name": f"r{at}", "request": request} for at in range(10)]
    folders = [{"name": f"f{at}", "item": items} for at in range(count // 10)]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"info": {"name": "Big", "schema": schema}, "item": folders}


def openapi(count: int) -> Json:
    """Return a description of so many operations, with schemas that refer to each other."""
    properties = {f"p{at}": {"type": "string", "description": TEXT[:90]} for at in range(15)}
    schemas = {
        f"S{at}": {
            "type": "object",
            "properties": {**properties, "next": {"$ref": f"#/components/schemas/S{at // 2}"}},
        }
        for at in range(count)
    }
    paths = {
        f"/a{at}/{{id}}": {
            "post": {
                "operationId": f"o{at}",
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": _ref(at)}}},
                "responses": {"200": {"content": {"application/json": {"schema": _ref(at)}}}},
            }
        }
        for at in range(count)
    }
    info = {"title": "Big", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _ref(at: int) -> Json:
    return {"$ref": f"#/components/schemas/S{at}"}


def as_json(value: Json) -> bytes:
    return json.dumps(value, indent=1).encode()


def as_yaml(value: Json) -> bytes:
    return b"".join(yaml_chunks(value))


KINDS: tuple[tuple[str, Callable[[int], Json], Callable[[Json], bytes]], ...] = (
    ("HAR", har, as_json),
    ("Postman", postman, as_json),
    ("OpenAPI", openapi, as_json),
    ("OpenAPI, YAML", openapi, as_yaml),
)


async def _pings(times: list[float], until: asyncio.Event) -> None:
    """Answer ourselves over a socket until told to stop, and keep how long it took."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    while not until.is_set():
        start = time.perf_counter()
        writer.write(b"x")
        await reader.readexactly(1)
        times.append(time.perf_counter() - start)
        await asyncio.sleep(0.002)
    writer.close()
    server.close()


async def _read(document: bytes) -> int:
    """Have a document read; return the number of frames."""
    async with Children().run("child.jobs:read", {}, document) as frames:
        return sum([1 async for _ in frames])


async def measured(document: bytes) -> tuple[float, list[float]]:
    """Return the seconds that reading takes, and what others waited meanwhile."""
    times: list[float] = []
    until = asyncio.Event()
    pinging = asyncio.create_task(_pings(times, until))
    start = time.perf_counter()
    await _read(document) if document else await asyncio.sleep(3)
    seconds = time.perf_counter() - start
    until.set()
    await pinging
    return seconds, times


def p99(times: list[float]) -> float:
    """Return milliseconds that one in a hundred exceeds."""
    return statistics.quantiles(times, n=100)[98] * 1000


def main() -> None:
    """Measure all kinds in all sizes, and print a table."""
    _, idle = uvloop.run(measured(b""))
    print(f"others' p99 while nothing is read: {p99(idle):.2f} ms")
    print("| document | MB | seconds | peak memory, MB | others' p99, ms |\n|---|---|---|---|---|")
    for name, make, text_of in KINDS:
        per_item = len(text_of(make(100))) / 100
        for size in SIZES:
            document = text_of(make(int(size * 1_000_000 / per_item)))
            seconds, times = uvloop.run(measured(document))
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            size_now = len(document) / 1_000_000
            print(f"| {name} | {size_now:.1f} | {seconds:.2f} | {peak:.0f} | {p99(times):.2f} |")


if __name__ == "__main__":
    main()
