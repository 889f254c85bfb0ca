"""Crowds that write to a server, and its log, read."""

import asyncio
import contextlib
import json
import re
from collections import Counter
from typing import Any

import aiohttp

from tests.processes import PASSWORD, Server

NO_LIMITS = {"GASSAPI_RATE_LIMITS": "off"}


def log_lines(server: Server) -> list[dict[str, Any]]:
    """Return the log, every line of which has to be JSON without a secret."""
    assert not re.search(r"gass_\w{9}|gassr_|eyJ\w+\.|:secret@|" + PASSWORD, server.log)
    return [json.loads(line) for line in server.log.splitlines()]


class Crowd:
    """Many connections that write at once, and what they were promised."""

    def __init__(self, server: Server, access: str, connections: int) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {access}"}
        self._connections = connections
        self.answers: Counter[int] = Counter()
        self.created: dict[str, str] = {}
        self.renamed: dict[str, str] = {}

    async def write(self, each: int) -> None:
        """Create projects and rename every second one, until done or until the server is gone."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(self._connections):
                tasks.create_task(self._one(number, each))

    async def has_created(self, count: int) -> None:
        """Wait until so many projects are there."""
        while len(self.created) < count:  # noqa: ASYNC110 - it is polled for as long as it takes
            await asyncio.sleep(0.01)

    async def _one(self, number: int, each: int) -> None:
        connector = aiohttp.TCPConnector(force_close=False, limit=1)
        with contextlib.suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession(connector=connector, headers=self._headers) as client:
                for turn in range(each):
                    await self._pair(client, f"Project {number}-{turn}", rename=turn % 2 == 0)

    async def _pair(self, client: aiohttp.ClientSession, name: str, *, rename: bool) -> None:
        url = f"{self._server.url}/api/v1/projects"
        async with client.post(url, json={"name": name}) as response:
            self.answers[response.status] += 1
            if response.status != 201:
                return
            project = (await response.json())["project"]
        self.created[project["id"]] = name
        if not rename:
            return
        async with client.patch(f"{url}/{project['id']}", json={"name": f"{name}!"}) as response:
            self.answers[response.status] += 1
            if response.status == 200:
                self.renamed[project["id"]] = f"{name}!"
