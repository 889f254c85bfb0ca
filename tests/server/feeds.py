"""Following a project in tests: a client of the stream, a copy kept by it, and things to change."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import ClientResponse

from gassapi_backend.models import (
    Collection,
    Endpoint,
    Environment,
    Flow,
    folded,
    name_hash,
    new_id,
)
from gassapi_backend.server.changes.change import Change
from tests.conftest import Api, Person
from tests.waiting import PATIENCE


@dataclass(frozen=True)
class Event:
    """A server-sent event; a comment has neither name nor data."""

    name: str = ""
    id: str | None = None
    data: Any = None


class Stream:
    """An open stream of events."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def next(self, seconds: float = PATIENCE) -> Event:
        """Return the next event, comments left out. Raises ``EOFError`` at the end."""
        while True:
            async with asyncio.timeout(seconds):
                lines = await self.block()
            if not lines[0].startswith(":"):
                found = dict(line.split(": ", 1) for line in lines)
                return Event(found["event"], found.get("id"), json.loads(found["data"]))

    async def block(self) -> list[str]:
        """Return the lines up to the next empty one. Raises ``EOFError`` at the end."""
        raw = b""
        while not raw.endswith(b"\n\n"):
            line = await self.response.content.readline(max_line_length=2**26)
            if not line:
                raise EOFError
            raw += line
        return raw.decode()[:-2].split("\n")

    async def changes(self, up_to: int, seconds: float = PATIENCE) -> list[dict[str, Any]]:
        """Return the changes up to a revision."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["revision"] < up_to:
            event = await self.next(seconds)
            assert (event.name, event.id) == ("change", str(event.data["revision"])), event
            found.append(event.data)
        return found

    async def reason(self, seconds: float = PATIENCE) -> str:
        """Return why the stream ends; changes before that are skipped."""
        async with asyncio.timeout(seconds):
            while (event := await self.next()).name == "change":
                pass
            assert event.name == "end", event
            try:
                rest: Event | None = await self.next()
            except EOFError:
                rest = None
        assert rest is None
        return str(event.data["reason"])


@asynccontextmanager
async def following(
    api: Api, who: Person | str, project_id: str, query: str = "", **headers: str
) -> AsyncIterator[Stream]:
    """Open a stream and take its first event."""
    response = await api.call("GET", f"/projects/{project_id}/events{query}", who, headers=headers)
    try:
        assert response.status == 200, await response.text()
        stream = Stream(response)
        assert (await stream.next()).name == "ready"
        yield stream
    finally:
        response.close()


@dataclass
class Copy:
    """What somebody has who reads nothing but the feed."""

    revision: int = 0
    things: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    to_reload: list[dict[str, str]] = field(default_factory=list)

    def apply(self, changes: list[dict[str, Any]]) -> None:
        """Apply changes, which have to be the next ones, without a gap."""
        for change in changes:
            self.revision += 1
            assert change["revision"] == self.revision
            key = (change["resourceType"], change["resourceId"])
            if change["deleted"]:
                self._take_away(*key)
            elif change["resource"] is not None:
                self.things[key] = change["resource"]
            for one in change["resources"]:
                self.things[one["resourceType"], one["resourceId"]] = one["resource"]
            if change["reload"] is not None:
                self.to_reload.append(change["reload"])

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of a type by id."""
        return {key[1]: thing for key, thing in self.things.items() if key[0] == kind}

    def _take_away(self, kind: str, resource_id: str) -> None:
        self.things.pop((kind, resource_id), None)
        if kind == "collection":
            for below, thing in list(self.of("collection").items()):
                if thing["parentId"] == resource_id:
                    self._take_away("collection", below)
            for endpoint_id, thing in self.of("endpoint").items():
                if thing["collectionId"] == resource_id:
                    self.things.pop(("endpoint", endpoint_id), None)


async def pull(api: Api, who: Person | str, project_id: str, copy: Copy, limit: int = 1000) -> None:
    """Bring a copy up to date by reading the feed."""
    while True:
        path = f"/projects/{project_id}/changes?since={copy.revision}&limit={limit}"
        found = await api.json("GET", path, who)
        assert len(found["changes"]) <= limit
        copy.apply(found["changes"])
        assert found["revision"] == copy.revision
        if not found["hasMore"]:
            return


def collection(
    made: Change, name: str = "Users", parent: str | None = None, *, revision: int | None = None
) -> Collection:
    """Return a new collection, not yet saved; recorded unless it is part of something larger."""
    found = Collection(
        id=new_id(),
        project_id=made.locked_project.id,
        parent_id=parent,
        sibling_of=parent or made.locked_project.id,
        name=name,
        name_hash=name_hash(name),
    )
    found.revision = revision or made.record("collection_created", "collection", found.id, name)
    return found


def endpoint(
    made: Change, collection_id: str, name: str = "List", *, revision: int | None = None
) -> Endpoint:
    """Return a new endpoint, likewise."""
    found = Endpoint(
        id=new_id(),
        project_id=made.locked_project.id,
        collection_id=collection_id,
        name=name,
        name_key=folded(name),
        method="GET",
        url="https://example.com/{{id}}",
        url_key="https://example.com/{{id}}",
        body='{"a": "\\n\u2028 data: x"}',
    )
    found.revision = revision or made.record("endpoint_created", "endpoint", found.id, name)
    return found


def environment(made: Change, name: str = "Live") -> Environment:
    """Return a new environment, likewise, with a secret."""
    secret = {"key": "password", "sealed": "hunter2", "secret": True}
    found = Environment(
        id=new_id(),
        project_id=made.locked_project.id,
        name=name,
        name_hash=name_hash(name),
        variables=[{"key": "host", "value": "example.com"}, secret],
    )
    found.revision = made.record("environment_created", "environment", found.id, name)
    return found


def flow(made: Change, name: str = "Sign in") -> Flow:
    """Return a new flow, likewise."""
    found = Flow(
        id=new_id(),
        project_id=made.locked_project.id,
        name=name,
        name_key=folded(name),
        flow_data=orjson.dumps({"version": "1.0", "steps": [], "config": {}}).decode(),
    )
    found.revision = made.record("flow_created", "flow", found.id, name)
    return found
