"""Copies that are kept by nothing but the feed, while several clients change what they like."""

import asyncio
import contextlib
import random
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from gassapi_backend.database import rows
from gassapi_backend.models import Collection, Endpoint, Environment, Flow, name_hash, new_id
from gassapi_backend.server.changes import change
from gassapi_backend.server.identity import CONSOLE
from tests.conftest import Api, Person
from tests.server.feeds import Copy, collection, endpoint, environment, flow, following, pull

# What clients do to a project, at random; extended as there are more routes.


class Client:
    """Somebody who changes a project at random."""

    def __init__(self, api: Api, who: Person, project_id: str, seed: int) -> None:
        self.api, self.who, self.project_id = api, who, project_id
        self.random = random.Random(seed)  # noqa: S311 - it only has to repeat itself

    async def edit_project(self) -> None:
        """Over HTTP."""
        path = f"/projects/{self.project_id}"
        await self.api.json("PATCH", path, self.who, json={"name": f"P{self.random.random()}"})

    async def add_collection(self) -> None:
        """At the top or below another."""
        async with change(CONSOLE, self.project_id) as made:
            there = await self._all(Collection)
            tops = {one.id for one in there if one.parent_id is None}
            high = [one for one in there if one.id in tops or one.parent_id in tops]
            parent = self.random.choice([None, *high])
            new = collection(made, new_id(), parent and parent.id)
            await new.save(force_create=True)

    async def rename(self) -> None:
        """Any row."""
        kind, name = self.random.choice(
            [(Collection, "collection"), (Endpoint, "endpoint"), (Flow, "flow")]
        )
        async with change(CONSOLE, self.project_id) as made:
            if chosen := await self._one(kind):
                chosen.name = new_id()
                if kind is Collection:
                    chosen.name_hash = name_hash(chosen.name)
                chosen.revision = made.record(f"{name}_updated", name, chosen.id, chosen.name)
                await chosen.save()

    async def move_endpoint(self) -> None:
        """To any collection."""
        async with change(CONSOLE, self.project_id) as made:
            chosen, to = await self._one(Endpoint), await self._one(Collection)
            if chosen and to:
                chosen.collection_id = to.id
                chosen.revision = made.record("endpoint_updated", "endpoint", chosen.id)
                await chosen.save()

    async def add_endpoint(self) -> None:
        """In any collection."""
        async with change(CONSOLE, self.project_id) as made:
            if to := await self._one(Collection):
                await endpoint(made, to.id).save(force_create=True)

    async def add_others(self) -> None:
        """An environment and a flow, in one change of two entries."""
        async with change(CONSOLE, self.project_id) as made:
            await environment(made, new_id()).save(force_create=True)
            await flow(made).save(force_create=True)

    async def import_many(self) -> None:
        """One entry for a collection of endpoints."""
        async with change(CONSOLE, self.project_id) as made:
            top_id, name = new_id(), new_id()
            revision = made.record("collection_imported", "collection", top_id, name)
            top = collection(made, name, revision=revision)
            top.id = top_id
            await top.save(force_create=True)
            for _ in range(self.random.randrange(4)):
                await endpoint(made, top_id, revision=revision).save(force_create=True)

    async def choose_default(self) -> None:
        """One entry, two rows."""
        async with change(CONSOLE, self.project_id) as made:
            old = await Environment.get(default_of=self.project_id)
            new = await self._one(Environment)
            if new and new.id != old.id:
                revision = made.record("environment_defaulted", "environment", new.id, new.name)
                old.default_of, new.default_of = None, self.project_id
                for one in (old, new):
                    one.revision = revision
                    await one.save()

    async def delete(self) -> None:
        """Any row, with what is below it."""
        kind, name = self.random.choice(
            [(Collection, "collection"), (Endpoint, "endpoint"), (Flow, "flow")]
        )
        async with change(CONSOLE, self.project_id) as made:
            if chosen := await self._one(kind):
                made.record(f"{name}_deleted", name, chosen.id)
                if kind is Collection:
                    await self._empty(chosen)
                await chosen.delete()

    async def _empty(self, top: Any) -> None:
        """Delete what is below a collection; MySQL 9 refuses to do so itself three levels deep."""
        there, ids = await self._all(Collection), {top.id}
        for _ in range(3):
            ids |= {one.id for one in there if one.parent_id in ids}
        await Endpoint.filter(collection_id__in=ids).delete()
        await Flow.filter(collection_id__in=ids).update(collection_id=None)
        await Collection.filter(id__in=ids).update(parent_id=None)
        await Collection.filter(id__in=ids - {top.id}).delete()

    async def _all(self, kind: Any) -> list[Any]:
        return list(await kind.filter(project_id=self.project_id).order_by("id"))

    async def _one(self, kind: Any) -> Any:
        found = await self._all(kind)
        return self.random.choice(found) if found else None


OPERATIONS = (
    Client.edit_project,
    Client.add_collection,
    Client.add_endpoint,
    Client.add_others,
    Client.rename,
    Client.move_endpoint,
    Client.import_many,
    Client.choose_default,
    Client.delete,
)
CLIENTS = 4
RUNS, STEPS, ENOUGH = 10, 30, 1000  # runs at a time, until there were enough operations


async def test_copies_kept_by_the_feed_are_what_is_there(api: Api) -> None:
    loop = asyncio.get_running_loop()
    done: list[Any] = []

    class Machine(RuleBasedStateMachine):
        """Several clients at once, and copies kept by reading and by following."""

        @initialize(seed=st.integers(0, 2**32))
        def begin(self, seed: int) -> None:
            self.stack = contextlib.AsyncExitStack()
            self.read, self.followed = Copy(), Copy()
            self.do(self._begin(seed))

        async def _begin(self, seed: int) -> None:
            self.ann = await api.person(f"Ann{new_id()}")
            self.project_id = (await api.project(self.ann))["id"]
            self.clients = [
                Client(api, self.ann, self.project_id, seed + number) for number in range(CLIENTS)
            ]
            await self._connect()

        @rule(operations=st.lists(st.sampled_from(OPERATIONS), min_size=CLIENTS, max_size=20))
        def change(self, operations: list[Any]) -> None:
            self.do(self._at_once(operations))

        async def _at_once(self, operations: list[Any]) -> None:
            async def work(number: int) -> None:
                for operation in operations[number::CLIENTS]:
                    await operation(self.clients[number])
                    done.append(operation)

            await asyncio.gather(*map(work, range(CLIENTS)))

        @rule(limit=st.integers(1, 7))
        def read_on(self, limit: int) -> None:
            self.do(pull(api, self.ann, self.project_id, self.read, limit))

        @rule()
        def follow_on(self) -> None:
            self.do(self._follow_on())

        @rule()
        def be_cut_off(self) -> None:
            self.do(self._connect())

        async def _connect(self) -> None:
            await self.stack.aclose()
            resume = {"Last-Event-ID": str(self.followed.revision)}
            stream = following(api, self.ann, self.project_id, **resume)
            self.stream = await self.stack.enter_async_context(stream)

        async def _follow_on(self) -> None:
            await pull(api, self.ann, self.project_id, self.read)
            if self.followed.revision < self.read.revision:
                self.followed.apply(await self.stream.changes(self.read.revision))

        def teardown(self) -> None:
            if hasattr(self, "stream"):
                self.do(self._end())

        async def _end(self) -> None:
            await self._follow_on()
            await self.stack.aclose()
            late = Copy()
            await pull(api, self.ann, self.project_id, late)
            for copy in (self.read, self.followed, late):
                await _compare(copy, self.project_id)
            for kind in ("collection", "endpoint", "environment", "flow"):
                assert self.read.of(kind) == self.followed.of(kind) == late.of(kind)

        def do(self, work: Coroutine[Any, Any, None]) -> None:
            asyncio.run_coroutine_threadsafe(work, loop).result(60)

    while len(done) < ENOUGH:
        await asyncio.to_thread(
            run_state_machine_as_test,
            Machine,
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # making it smaller takes minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert set(done) == set(OPERATIONS)


async def _compare(copy: Copy, project_id: str) -> None:
    """Compare with the tables; at the merge, with what the lists answer."""
    for kind, table in (
        ("collection", "collections"),
        ("endpoint", "endpoints"),
        ("environment", "environments"),
        ("flow", "flows"),
    ):
        there = {
            row["id"]: (row["name"], row["revision"])
            for row in await rows(f"SELECT * FROM {table} WHERE project_id = ?", project_id)  # noqa: S608 - as above
        }
        had = {key: (one["name"], one["revision"]) for key, one in copy.of(kind).items()}
        assert had == there, kind
    (project,) = await rows("SELECT name FROM projects WHERE id = ?", project_id)
    assert copy.of("project")[project_id]["name"] == project["name"]
    default = await Environment.get(default_of=project_id)
    assert [key for key, one in copy.of("environment").items() if one["isDefault"]] == [default.id]
