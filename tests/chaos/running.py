"""A run: writers and followers at several servers of one database, and faults meanwhile."""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.chaos.failpoints import VARIABLE
from tests.chaos.history import History, Kind, Operation
from tests.processes import Cli, Server

TOP = Path(__file__).parent.parent.parent
PROGRAM = (sys.executable, "-m", "tests.chaos.failpoints")
FAILPOINTS = (
    "before commit=kill:0.004,after commit=kill:0.004,after commit=lose:0.02,"
    "before commit=dawdle:0.03,before answer=kill:0.004,after answer=lose:0.02,"
    "after answer=kill:0.004"
)
REQUEST_SECONDS = 5
PATIENCE = 120  # seconds in which everything has to be answered, once the faults are over

Fault = Callable[[], Awaitable[None]]


@dataclass
class Run:
    """What is run, for so many seconds.

    ``settings`` are variables of all servers; ``own`` are further ones of each, as many as servers.
    ``kills``: whether the servers are killed, too.
    """

    folder: Path
    seconds: float
    seed: int
    settings: dict[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    writers: int = 6
    rest: float = 0.02  # seconds at most between two writes of a writer
    own: Sequence[dict[str, str]] = ({}, {})
    kills: bool = True
    failpoints: str = FAILPOINTS
    statuses: dict[int, int] = field(default_factory=dict)
    faults_done: int = 0
    deaths: int = 0
    slowest: float = 0  # seconds from the first sending of a creation to its answer
    _is_over: bool = False
    _headers: dict[str, str] = field(default_factory=dict)

    async def go(self) -> History:
        """Run it; return its history."""
        self._random = random.Random(self.seed)  # noqa: S311 - to be repeated
        quiet = {"GASSAPI_RATE_LIMITS": "off", "GASSAPI_LOG_LEVEL": "error"}
        cli = Cli(self.folder, **(quiet | self.settings))
        await asyncio.to_thread(cli.user)
        program = {"PYTHONPATH": str(TOP), VARIABLE: self.failpoints}
        self._servers = [Server(cli, env=program | own, program=PROGRAM) for own in self.own]
        async with AsyncExitStack() as stack:
            for server in self._servers:
                stack.callback(server.stop)
                server.launch()
            self._session = await stack.enter_async_context(
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(REQUEST_SECONDS))
            )
            return await self._history()

    async def _history(self) -> History:
        history = History()
        keeping = asyncio.create_task(self._keep_alive())
        await self._set_up(history)
        self.statuses.clear()
        followers = [asyncio.create_task(self._follow(history)) for _ in range(2)]
        writers = [asyncio.create_task(self._write(history, n)) for n in range(self.writers)]
        await self._disturb()
        self._is_over = True
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*writers, *followers)
            history.changes = await self._all_changes()
            history.endpoints = await self._all_endpoints()
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        return history

    async def _set_up(self, history: History) -> None:
        login = {"email": "you@example.com", "password": "correct horse 42"}
        found = await self._surely("POST", "/auth/login", login)
        self._headers = {"Authorization": f"Bearer {found['tokens']['accessToken']}"}
        found = await self._surely("POST", "/projects", {"name": "Chaos"}, "project")
        self._project = f"/projects/{found['project']['id']}"
        path, new = f"{self._project}/collections", {"name": "All"}
        found = await self._surely("POST", path, new, "collection")
        self._collection = found["collection"]["id"]
        self._endpoints = f"/collections/{self._collection}/endpoints"
        new = {"projectId": self._project.rpartition("/")[2], "name": "Chaos", "scope": "write"}
        self._token = (await self._surely("POST", "/mcp/tokens", new))["token"]
        for kind in (Kind.WRITE, Kind.COMPARE):
            found = await self._surely("POST", self._endpoints, _endpoint(kind.value), kind.value)
            history.shared[kind] = found["endpoint"]["id"]

    async def _keep_alive(self) -> None:
        """Start again what a failpoint or a fault killed."""
        while True:
            for server in self._servers:
                with suppress(AssertionError):
                    if await asyncio.to_thread(_is_dead, server):
                        self.deaths += 1
                        await asyncio.to_thread(server.launch)
            await asyncio.sleep(0.1)

    async def _disturb(self) -> None:
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            await asyncio.sleep(self._random.uniform(0.3, 1.5))
            faults = [*([self._kill_a_server] if self.kills else []), *self.faults]
            if faults:
                self.faults_done += 1
                await self._random.choice(faults)()

    async def _kill_a_server(self) -> None:
        self._random.choice(self._servers).signal(9)

    async def _write(self, history: History, number: int) -> None:
        count = 0
        while not self._is_over:
            count += 1
            kind = self._random.choice([Kind.CREATE, Kind.CREATE, *Kind])
            one = Operation(kind, f"{kind.value} {number} {count}", time.monotonic())
            history.operations.append(one)
            if kind is Kind.CREATE:
                await self._create(one)
            elif kind is Kind.READ:
                self._note(one, await self._send("GET", f"/endpoints/{history.shared[Kind.WRITE]}"))
            else:
                await self._put(one, history.shared[kind])
            await asyncio.sleep(self._random.uniform(0, self.rest))

    async def _create(self, one: Operation) -> None:
        made = self._made_by_assistant if self._random.random() < 0.3 else self._made
        found = await made(one.value)
        one.ended, one.is_done = time.monotonic(), True
        one.resource_id, one.revision = _said(found)
        self.slowest = max(self.slowest, one.ended - one.began)
        if self._random.random() < 0.2:
            one.replays.append(_said(await made(one.value)))

    async def _made(self, name: str) -> dict[str, Any]:
        return await self._surely("POST", self._endpoints, _endpoint(name), name)

    async def _made_by_assistant(self, name: str) -> dict[str, Any]:
        """Call the tool that creates an endpoint, with the same key, until it does."""
        new = _endpoint(name) | {"collection_id": self._collection, "idempotency_key": name}
        call = {"name": "create_endpoint", "arguments": new}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        sent = {"Authorization": f"Bearer {self._token}", "MCP-Protocol-Version": "2025-11-25"}
        while True:
            status, found = await self._send("POST", "/mcp", message, sent, base="")
            if status == 200 and not found["result"]["isError"]:
                made: dict[str, Any] = found["result"]["structuredContent"]
                return made
            if status not in (0, 503) and "ry again" not in str(found):
                raise AssertionError(f"{call} was answered {status}: {found}")
            await asyncio.sleep(self._random.uniform(0.02, 0.2))

    async def _put(self, one: Operation, endpoint_id: str) -> None:
        path, headers = f"/endpoints/{endpoint_id}", {}
        if one.kind is Kind.COMPARE:
            status, found = await self._send("GET", path)
            if status != 200:
                one.is_refused = True
                return
            one.base = found["endpoint"]["revision"]
            headers["If-Match"] = f'"{one.base}"'
            one.began = time.monotonic()
        self._note(one, await self._send("PATCH", path, {"description": one.value}, headers))

    def _note(self, one: Operation, answer: tuple[int, Any]) -> None:
        status, found = answer
        one.ended = time.monotonic()
        one.is_done, one.is_refused = status == 200, status == 412
        if one.is_done:
            one.resource_id, one.revision = _said(found)

    async def _follow(self, history: History) -> None:
        """Read the feed on and on, wherever the last part ended."""
        followed: list[int] = []
        history.followed.append(followed)
        while not self._is_over:
            since = followed[-1] if followed else 0
            _, found = await self._send("GET", f"{self._project}/changes?since={since}&limit=50")
            followed += [change["revision"] for change in (found or {}).get("changes", ())]
            await asyncio.sleep(0.05)

    async def _all_changes(self) -> list[dict[str, Any]]:
        changes: list[dict[str, Any]] = []
        while True:
            path = f"{self._project}/changes?since={len(changes)}&limit=1000"
            found = await self._surely("GET", path)
            changes += found["changes"]
            if not found["hasMore"]:
                return changes

    async def _all_endpoints(self) -> list[dict[str, Any]]:
        endpoints: list[dict[str, Any]] = []
        while True:
            path = f"{self._project}/endpoints?limit=100&offset={len(endpoints)}"
            found = await self._surely("GET", path)
            endpoints += found["endpoints"]
            if not found["pagination"]["hasMore"]:
                return endpoints

    async def _surely(
        self, method: str, path: str, body: Any = None, key: str | None = None
    ) -> dict[str, Any]:
        """Send a request, with the same key, until it is answered."""
        headers = {"Idempotency-Key": key} if key else {}
        while True:
            status, found = await self._send(method, path, body, headers)
            if status in (200, 201):
                return found
            if status not in (0, 503):
                raise AssertionError(f"{method} {path} was answered {status}: {found}")
            await asyncio.sleep(self._random.uniform(0.02, 0.2))

    async def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        base: str = "/api/v1",
    ) -> tuple[int, Any]:
        """Send a request to one of the servers; return status and answer, 0 where none came."""
        url = f"{self._random.choice(self._servers).url}{base}{path}"
        all_headers = {**self._headers, **(headers or {})}
        status, found = 0, None
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with self._session.request(
                method, url, json=body, headers=all_headers
            ) as response:
                status, found = response.status, await response.json()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        return status, found


def _is_dead(server: Server) -> bool:
    with suppress(Exception):
        server.wait(0)
        return True
    return False


def _endpoint(name: str) -> dict[str, Any]:
    return {"name": name, "method": "GET", "url": "https://example.com"}


def _said(answer: dict[str, Any]) -> tuple[str, int]:
    return answer["endpoint"]["id"], answer["endpoint"]["revision"]
