"""What others get while one client asks big questions about 100,000 endpoints, and what that costs.

``python -m benchmarks.neighbours`` on SQLite and, where it is installed, a private MariaDB.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.databases import Database, mariadb, sqlite
from benchmarks.load import request_bytes
from benchmarks.machine import described
from benchmarks.pair import SECRET, running
from benchmarks.paths import V1
from benchmarks.report import Table
from benchmarks.scene import Server, build, cpu_seconds, memory_megabytes, sign_in
from gassapi_backend.database import open_database
from gassapi_backend.database.statements import insert
from gassapi_backend.models import Endpoint, Project, User
from gassapi_backend.server.access.callers import CONSOLE, Actor, Caller, Kind
from gassapi_backend.server.endpoints.actions import update_endpoint
from gassapi_backend.server.endpoints.schemas import EndpointChanges
from gassapi_backend.server.projects.actions import create_project, recount_project, update_project
from gassapi_backend.server.projects.schemas import NewProject, ProjectChanges
from gassapi_backend.server.web.etags import ANY_REVISION
from gassapi_backend.settings import Settings, load
from tests.factories import collection_rows, endpoint_rows
from tests.servers import PrivateMariaDb

ENDPOINTS = 100_000
COLLECTIONS = 500
CHANGES = 1000
OTHERS = 8
SECONDS = 0.7  # of one look, with or without the neighbour
ROUNDS = 12
EDGE = 1_000_000
BIG = {
    "search": "/endpoints?search=nothing%20like%20it",
    "context": "/context",
    "changes": "/changes?since=0&limit=1000",
    "edits": "/changes?since={edits}&limit=1000",
    "activity": "/activity?limit=100",
    "export": "/export",
}


@dataclass(frozen=True)
class Answer:
    """What one request brought: seconds until its first byte and its last, and its bytes."""

    first: float
    last: float
    size: int


@dataclass(frozen=True)
class Large:
    """A large project, and its revision before a thousand of its endpoints were edited."""

    project_id: str
    edits: int


@dataclass(frozen=True)
class Answered:
    """How many requests were answered in a while, and what CPU seconds were used meanwhile.

    By the event loop, and by the server together with its database.
    """

    count: int
    cpu: float
    together: float


def main() -> None:
    """Measure, and print the tables."""
    with ExitStack() as stack:
        wanted = [sqlite(), *([mariadb()] if PrivateMariaDb.is_installed() else [])]
        tables = measure([stack.enter_context(one) for one in wanted])
    print(f"\n{described()}\n")
    print("\n\n".join(table.as_markdown() for table in tables))


def measure(databases: Sequence[Database]) -> list[Table]:
    """Return a table of what big questions cost, and one of what others keep beside them."""
    costs: list[Sequence[str]] = []
    shares: list[Sequence[str]] = []
    for database in databases:
        url = database.fresh()
        settings = load(
            home=database.folder, database_url=url, secret_key=SECRET, password_rounds=4
        )
        small = asyncio.run(build(settings)).project_id
        large = asyncio.run(fill(settings))
        with running(database, url) as server:
            server.wait_until_up("/health")
            time.sleep(1)
            found = asyncio.run(_measured(server, database.pid, small, large))
        costs += [(f"{database.name}, {cells[0]}", *cells[1:]) for cells in found[0]]
        shares += [(f"{database.name}, {cells[0]}", *cells[1:]) for cells in found[1]]
    columns = ("", "MB", "first byte, ms", "CPU, ms", "memory before", "at most", "then, MB")
    title = f"One big question about {ENDPOINTS:,} endpoints"
    note = (
        "Of their requests alone they keep, as the median of looks in turn, the first share. On a "
        "machine that others use it says little: the second is their share of the event loop's "
        "CPU, the third of that of server and database together."
    )
    beside = f"Requests that {OTHERS} others get answered beside a client that asks in a loop"
    return [
        Table(title, columns, costs),
        Table(beside, ("", "of those alone", "of the event loop", "of all"), shares, note),
    ]


async def fill(settings: Settings) -> Large:
    """Make a project of very many endpoints, a thousand further changes and a thousand edits."""
    async with open_database(settings):
        user = await User.all().order_by("id").first()
        assert user is not None
        actor = Actor(Caller(Kind.USER, user_id=user.id, name=user.name))
        project, _ = await create_project(actor, NewProject(name="Large"))
        collections = collection_rows(project.id, COLLECTIONS)
        await insert("collections", collections)
        for at, collection in enumerate(collections):
            rows = endpoint_rows(project.id, collection["id"], ENDPOINTS // COLLECTIONS)
            for number, row in enumerate(rows):
                url = f"https://api.example.com/v1/things/{at}/parts/{number}"
                row |= {"url": url, "description": "What it does, and for whom. " * 2}
            await insert("endpoints", rows, batch=500)
        await recount_project(CONSOLE, project.id)
        for number in range(CHANGES):
            changes = ProjectChanges(description=f"The {number}th of them")
            await update_project(actor, project.id, changes, ANY_REVISION)
        edits = (await Project.get(id=project.id)).revision
        some = (
            await Endpoint.filter(project_id=project.id).limit(CHANGES).values_list("id", flat=True)
        )
        for number, endpoint_id in enumerate(some):
            edited = EndpointChanges(name=f"Edited {number}")
            await update_endpoint(actor, project.id, str(endpoint_id), edited)
        return Large(str(project.id), edits)


async def _measured(
    server: Server, database: int | None, small: str, large: Large
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    bearer = {"Authorization": f"Bearer {sign_in(server.port)}"}
    closing = bearer | {"Connection": "close"}
    other = request_bytes("GET", f"{V1}/projects/{small}", bearer)
    questions = {
        name: request_bytes(
            "GET", f"{V1}/projects/{large.project_id}{path.format(edits=large.edits)}", closing
        )
        for name, path in BIG.items()
    }
    pids = [server.pid, *([database] if database else [])]
    await _answered(server, other, pids)
    costs = [(name, *await _cost(server, big)) for name, big in questions.items()]
    shares = list[tuple[str, ...]]()
    for name, big in questions.items():
        looks = [await _look(server, big, other, pids) for _ in range(ROUNDS)]
        kept = statistics.median(beside.count / alone.count for alone, beside in looks)
        alone, beside = (_sum(phase) for phase in zip(*looks, strict=True))
        of_loop = beside.count * (alone.cpu / alone.count) / beside.cpu
        of_all = beside.count * (alone.together / alone.count) / beside.together
        shares.append((name, f"{kept:.0%}", f"{of_loop:.0%}", f"{of_all:.0%}"))
        print(*shares[-1], sep="   ", flush=True)
    return costs, shares


async def _cost(server: Server, big: bytes) -> tuple[str, ...]:
    before, cpu = memory_megabytes(server.pid), cpu_seconds(server.pid)
    most = before
    task = asyncio.create_task(ask(server.port, big))
    while not task.done():
        most = max(most, memory_megabytes(server.pid))
        await asyncio.sleep(0.005)
    answer = await task
    used = cpu_seconds(server.pid) - cpu
    await asyncio.sleep(0.5)
    then = memory_megabytes(server.pid)
    sizes = (f"{answer.size / 1e6:.1f}", f"{answer.first * 1000:.0f}", f"{used * 1000:.0f}")
    return *sizes, f"{before:.0f}", f"{most:.0f}", f"{then:.0f}"


async def _look(
    server: Server, big: bytes, other: bytes, pids: Sequence[int]
) -> tuple[Answered, Answered]:
    """Return what others get alone, and beside a client that asks in a loop."""
    alone = await _answered(server, other, pids)
    asking = asyncio.create_task(_ask_on(server.port, big))
    await asyncio.sleep(0.05)
    beside = await _answered(server, other, pids)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return alone, beside


def _sum(found: Sequence[Answered]) -> Answered:
    return Answered(
        sum(one.count for one in found),
        sum(one.cpu for one in found),
        sum(one.together for one in found),
    )


async def _ask_on(port: int, big: bytes) -> None:
    while True:
        await ask(port, big)


async def ask(port: int, request: bytes) -> Answer:
    """Send a request that ends its connection, and read all of the answer."""
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=EDGE)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n")
        if b" 200 " not in head:
            raise RuntimeError(head + await reader.read(2000))
        first, size = time.perf_counter() - started, 0
        while piece := await reader.read(EDGE):
            size += len(piece)
        return Answer(first, time.perf_counter() - started, size)
    finally:
        writer.close()


async def _answered(server: Server, request: bytes, pids: Sequence[int]) -> Answered:
    """Return what some clients get answered in a while."""
    end, cpu = time.perf_counter() + SECONDS, _loop_seconds(server.pid)
    together = sum(map(cpu_seconds, pids))

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        count = 0
        while time.perf_counter() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
            await reader.readexactly(int(length))
            count += 1
        writer.close()
        return count

    count = sum(await asyncio.gather(*(one() for _ in range(OTHERS))))
    cpu, together = _loop_seconds(server.pid) - cpu, sum(map(cpu_seconds, pids)) - together
    return Answered(count, cpu, together)


def _loop_seconds(pid: int) -> float:
    """Return the CPU time of a server's event loop, which is its first thread."""
    stat = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text("ascii")
    return int(stat.split()[0]) / 1e9


if __name__ == "__main__":
    main()
