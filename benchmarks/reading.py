"""Measure what importing a document costs: time and memory as it grows, and what others notice.

``python -m benchmarks.reading`` has a server import documents of several formats, from one to
thirteen megabytes. Meanwhile somebody else asks it for a project every five milliseconds; what one
in a hundred of those answers exceeds is compared with that of a server without anything else to
do. The figures are drawn into ``reading.svg``.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import aiohttp

from benchmarks.documents import KINDS, document
from benchmarks.plots import Line, drawn
from benchmarks.scene import Scene, Server, build, memory_megabytes, sign_in
from gassapi_backend.exchange.child.working import main as main_of_child
from gassapi_backend.settings import load
from tests.servers import free_port

SIZES = (1.0, 3.8, 7.0, 10.0, 13.0)
PLOT = Path(__file__).with_name("reading.svg")
SECRET = "only-for-benchmarks-0123456789abcdef"


@dataclass
class Figures:
    """What one import took: seconds, megabytes at the most, and what others waited meanwhile."""

    megabytes: float
    seconds: float = 0.0
    child: float = 0.0
    server: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def p99(self) -> float:
        """Milliseconds that one in a hundred of the others' answers exceeded."""
        return statistics.quantiles(self.waits, n=100)[98] * 1000

    @property
    def row(self) -> str:
        """The end of a row of the table."""
        memory = f"{self.child:.0f} | {self.server:.0f}"
        return f"{self.megabytes:.1f} | {self.seconds:.2f} | {memory} | {self.p99:.1f} |"


class Bench:
    """A server under measurement, and a client of it."""

    def __init__(
        self,
        server: Server,
        scene: Scene,
        client: aiohttp.ClientSession,
        headers: dict[str, str],
    ) -> None:
        self._server, self._client, self._headers = server, client, headers
        self._base = f"http://127.0.0.1:{server.port}/api/v1"
        self._looked_at = f"{self._base}/projects/{scene.project_id}"

    async def imported(self, content: bytes) -> Figures:
        """Have a document imported into a new project, and return what that took."""
        figures = Figures(len(content) / 1_000_000)
        project_id, done = await self._project(), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ask(figures, done))
            tasks.create_task(self._watch(figures, done))
            started = time.perf_counter()
            await asyncio.to_thread(self._send, project_id, content)
            figures.seconds = time.perf_counter() - started
            done.set()
        return figures

    async def idle(self, seconds: float) -> Figures:
        """Return what others wait while nothing is imported."""
        figures, done = Figures(0.0), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ask(figures, done))
            await asyncio.sleep(seconds)
            done.set()
        return figures

    async def _project(self) -> str:
        async with self._client.post(f"{self._base}/projects", json={"name": "Big"}) as answer:
            return str((await answer.json())["project"]["id"])

    def _send(self, project_id: str, content: bytes) -> None:
        """Send a document from another thread: this one measures what others wait."""
        head = f'--b\r\nContent-Disposition: form-data; name="projectId"\r\n\r\n{project_id}\r\n'
        head += '--b\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n'
        headers = {**self._headers, "Content-Type": "multipart/form-data; boundary=b"}
        body = head.encode() + content + b"\r\n--b--\r\n"
        connection = HTTPConnection("127.0.0.1", self._server.port, timeout=120)
        connection.request("POST", "/api/v1/collections/import", body, headers)
        answer = connection.getresponse()
        if answer.status != 201:
            raise RuntimeError(answer.read().decode())
        connection.close()

    async def _ask(self, figures: Figures, done: asyncio.Event) -> None:
        """Ask for a project again and again, and keep how long that took."""
        while not done.is_set():
            started = time.perf_counter()
            async with self._client.get(self._looked_at) as answer:
                await answer.read()
            figures.waits.append(time.perf_counter() - started)
            await asyncio.sleep(0.005)

    async def _watch(self, figures: Figures, done: asyncio.Event) -> None:
        """Look at the memory of the server and of its children."""
        while not done.is_set():
            figures.server = max(figures.server, memory_megabytes(self._server.pid))
            for child in _children(self._server.pid):
                with suppress(OSError):
                    figures.child = max(figures.child, memory_megabytes(child))
            await asyncio.sleep(0.02)


def _children(pid: int) -> set[int]:
    """Return the children of a process that read documents; before that they are its image."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found |= set(map(int, (task / "children").read_text().split()))
    return {one for one in found if _is_reader(one)}


def _is_reader(pid: int) -> bool:
    with suppress(OSError):
        return main_of_child.__module__.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


async def measure(bench: Bench, documents: Mapping[str, list[bytes]]) -> dict[str, list[Figures]]:
    """Import documents of several kinds, and print a table."""
    await bench.imported(documents["HAR"][0])  # what is loaded and made once
    idle = await bench.idle(5)
    print(f"others' p99 while nothing is imported: {idle.p99:.1f} ms")
    print("| document | MB | seconds | child, MB | server, MB | others' p99, ms |")
    print("|---|---|---|---|---|---|")
    found: dict[str, list[Figures]] = {}
    for kind, contents in documents.items():
        for content in contents:
            figures = await bench.imported(content)
            found.setdefault(kind, []).append(figures)
            print(f"| {kind} | {figures.row}", flush=True)
    return found


def plot(found: dict[str, list[Figures]]) -> str:
    """Return a picture of the figures: seconds, and megabytes of memory, over the size."""
    seconds = [
        Line(kind, [(one.megabytes, one.seconds) for one in each]) for kind, each in found.items()
    ]
    memory = [
        Line(kind, [(one.megabytes, one.child) for one in each]) for kind, each in found.items()
    ]
    return drawn({"seconds for the whole import": seconds, "peak memory of the child, MB": memory})


async def _run(folder: str, documents: Mapping[str, list[bytes]]) -> dict[str, list[Figures]]:
    url = f"sqlite:///{folder}/bench.db"
    settings = load(home=Path(folder), database_url=url, secret_key=SECRET, password_rounds=4)
    scene, port = await build(settings), free_port()
    environment = {
        "GASSAPI_HOME": folder,
        "GASSAPI_SECRET_KEY": SECRET,
        "GASSAPI_RATE_LIMITS": "off",
        "GASSAPI_DATABASE_URL": url,
    }
    server = Server(["gassapi_backend", "start", "--port", str(port)], port, environment)
    try:
        server.wait_until_up("/health/ready")
        headers = {"Authorization": f"Bearer {sign_in(port)}"}
        async with aiohttp.ClientSession(headers=headers) as client:
            return await measure(Bench(server, scene, client, headers), documents)
    finally:
        server.stop()


def main() -> None:
    """Measure, print a table, and draw it."""
    with tempfile.TemporaryDirectory(prefix="gassapi-bench-") as folder:
        documents = {kind: [document(kind, size) for size in SIZES] for kind in KINDS}
        found = asyncio.run(_run(folder, documents))
    PLOT.write_text(plot(found), "utf-8")


if __name__ == "__main__":
    main()
