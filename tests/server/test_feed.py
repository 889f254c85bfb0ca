"""The change feed: in order, without gaps, each change with its resource as it is now."""

import asyncio
import contextlib
import random
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from gassapi_backend.clock import ago, stored
from gassapi_backend.database import execute, rows
from gassapi_backend.models import Collection, Endpoint, Environment, Flow, name_hash, new_id
from gassapi_backend.server.changes import change
from gassapi_backend.server.identity import CONSOLE
from tests.conftest import Api, Person, Serve, everything
from tests.server.feeds import Copy, collection, endpoint, environment, flow, following, pull
from tests.server.test_statements import statements


async def changes(api: Api, who: Person | str, project_id: str, query: str = "") -> Any:
    """Read the feed."""
    return await api.json("GET", f"/projects/{project_id}/changes{query}", who)


async def test_a_new_project_has_its_first_changes(api: Api) -> None:
    ann = await api.person()
    project = await api.project(ann, description="Sells things")
    found = await changes(api, ann, project["id"])
    first, second = found["changes"]
    assert {key: first[key] for key in ("revision", "action", "resourceType", "resourceId")} == {
        "revision": 1,
        "action": "project_created",
        "resourceType": "project",
        "resourceId": project["id"],
    }
    assert first["actor"] == {"type": "user", "id": ann.id, "name": "Ann Doe"}
    assert first["at"].endswith("Z")
    assert (first["deleted"], first["resources"]) == (False, [])
    without_role = {key: value for key, value in project.items() if key != "userRole"}
    assert first["resource"] == without_role
    assert second["resource"]["name"] == "Development"
    assert second["resource"]["isDefault"] is True
    assert (found["revision"], found["hasMore"]) == (2, False)
    assert (await changes(api, ann, project["id"], "?since=2"))["changes"] == []


async def test_pages_follow_each_other_without_a_gap(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for number in range(5):
        await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": f"N{number}"})
    whole = (await changes(api, ann, project_id))["changes"]
    assert [change["revision"] for change in whole] == list(range(1, 8))
    assert {change["resource"]["name"] for change in whole if change["resource"]} == {
        "N4",
        "Development",
    }
    for limit in (1, 2, 3, 7):
        copy = Copy()
        await pull(api, ann, project_id, copy, limit)
        assert copy.revision == 7
    page = await changes(api, ann, project_id, "?since=2&limit=3")
    assert ([one["revision"] for one in page["changes"]], page["hasMore"]) == ([3, 4, 5], True)
    assert page["revision"] == 5


@pytest.mark.parametrize(
    "query",
    ["?since=-1", "?since=x", "?since=9223372036854775808", "?limit=0", "?limit=1001", "?until=3"],
)
async def test_a_query_that_makes_no_sense_is_400(api: Api, query: str) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    refused = await api.json("GET", f"/projects/{project_id}/changes{query}", ann, expect=400)
    assert refused["error"]["code"] == "VALIDATION_ERROR"


async def test_what_is_deleted_leaves_a_tombstone(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    async with change(CONSOLE, project_id) as made:
        users = collection(made)
        await users.save(force_create=True)
        listing = endpoint(made, users.id)
        await listing.save(force_create=True)
    async with change(CONSOLE, project_id) as made:
        made.record("endpoint_deleted", "endpoint", listing.id, listing.name)
        await listing.delete()
    found = (await changes(api, ann, project_id, "?since=2"))["changes"]
    assert [(one["action"], one["deleted"], one["resource"] is None) for one in found] == [
        ("collection_created", False, False),
        ("endpoint_created", True, True),
        ("endpoint_deleted", True, True),
    ]
    assert {one["name"] for one in found} == {"Users", "List"}
    assert found[0]["actor"] == {"type": "console", "id": None, "name": None}


async def test_one_entry_about_many_brings_them_all(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    async with change(CONSOLE, project_id) as made:
        top_id = new_id()
        revision = made.record("collection_imported", "collection", top_id, "Imported")
        top = collection(made, "Imported", revision=revision)
        top.id = top_id
        below = collection(made, "Below", top_id, revision=revision)
        endpoints = [endpoint(made, below.id, f"E{n}", revision=revision) for n in range(20)]
        for one in (top, below, *endpoints):
            await one.save(force_create=True)
    async with change(CONSOLE, project_id) as made:  # one of them moves on
        endpoints[0].revision = made.record("endpoint_updated", "endpoint", endpoints[0].id)
        await endpoints[0].save()
    page = await changes(api, ann, project_id, "?since=2&limit=1")
    (imported,) = page["changes"]
    assert imported["resource"]["name"] == "Imported"
    assert {one["resourceId"] for one in imported["resources"]} == {
        below.id,
        *(one.id for one in endpoints[1:]),
    }
    assert all(one["resource"]["revision"] == 3 for one in imported["resources"])
    copy = Copy()
    await pull(api, ann, project_id, copy)
    assert set(copy.of("endpoint")) == {one.id for one in endpoints}


async def test_what_was_deleted_and_made_again_is_there(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    async with change(CONSOLE, project_id) as made:
        users = collection(made)
        await users.save(force_create=True)
    async with change(CONSOLE, project_id) as made:
        made.record("collection_deleted", "collection", users.id, users.name)
        await users.delete()
    async with change(CONSOLE, project_id) as made:
        users.revision = made.record("collection_created", "collection", users.id, users.name)
        await users.save(force_create=True)
    copy = Copy()
    await pull(api, ann, project_id, copy, limit=1)
    assert set(copy.of("collection")) == {users.id}


async def test_changes_outside_and_looks_are_no_part_of_the_feed(api: Api) -> None:
    ann = await api.person()
    project_id, other = (await api.project(ann))["id"], (await api.project(ann))["id"]
    async with change(CONSOLE, project_id) as made:
        made.note("environment_revealed", "environment", new_id(), project_id=project_id)
    async with change(CONSOLE, other) as made:
        await environment(made).save(force_create=True)
    assert (await changes(api, ann, project_id))["revision"] == 2


async def test_secrets_are_masked_for_everybody(api: Api) -> None:
    ann, sam = await api.person(), await api.person("Sam")
    project_id = (await api.project(ann, isPublic=True))["id"]
    async with change(CONSOLE, project_id) as made:
        await environment(made).save(force_create=True)
    for who in (ann, sam, await api.token(ann, project_id)):
        response = await api.call("GET", f"/projects/{project_id}/changes", who)
        text = await response.text()
        assert "hunter2" not in text
        assert "••••" in text


async def test_strangers_and_tokens_see_neither_addresses_nor_tokens(api: Api) -> None:
    ann, bob, sam = [await api.person(name) for name in ("Ann", "Bob", "Sam")]
    project_id = (await api.project(ann, isPublic=True))["id"]
    token = await api.token(ann, project_id)
    await api.join(bob, project_id)
    async with change(CONSOLE, project_id) as made:
        made.record("member_joined", "member", bob.id, bob.name)
        made.record("invitation_created", "invitation", new_id(), email="eve@example.com")
    issued, joined, invited = (await changes(api, bob, project_id, "?since=2"))["changes"]
    assert issued["resource"]["name"] == "CI"
    assert (joined["resource"]["email"], joined["resource"]["role"]) == (bob.email, "member")
    assert (invited["deleted"], invited["resource"]) == (True, None)
    for who in (sam, token):
        issued, joined, invited = (await changes(api, who, project_id, "?since=2"))["changes"]
        for hidden in (issued, invited):
            assert (hidden["resourceId"], hidden["name"], hidden["resource"]) == (None, None, None)
            assert (hidden["deleted"], hidden["resources"]) == (False, [])
        assert joined["resource"]["name"] == "Bob Doe"
        assert joined["resource"]["email"] is None
        assert "@" not in str((issued, joined, invited))


async def test_history_that_is_too_old_is_gone_and_says_what_to_do(serve: Serve) -> None:
    api = await serve(changes_keep_days=30)
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await api.json("PATCH", f"/projects/{project_id}", ann, json={"name": "Store"})
    await execute("UPDATE audit_log SET at = ? WHERE revision = 1", stored(ago(30 * 86400 + 5)))
    await execute("UPDATE audit_log SET at = ? WHERE revision = 2", stored(ago(30 * 86400 - 60)))
    before = await everything()
    for path in (f"/projects/{project_id}/changes", f"/projects/{project_id}/events?since=0"):
        gone = await api.json("GET", path, ann, expect=410)
        assert gone["error"]["code"] == "HISTORY_COMPACTED"
        assert "full read" in gone["error"]["message"]
        assert gone["error"]["details"] == {"revision": 3}
    assert len((await changes(api, ann, project_id, "?since=1"))["changes"]) == 2
    await execute("UPDATE audit_log SET at = ?", stored(ago(31 * 86400)))
    assert (await changes(api, ann, project_id, "?since=3"))["changes"] == []
    assert await everything() != before  # only what this test did to it


async def test_history_that_is_not_there_is_gone(api: Api) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    for path in ("changes?since=3", "events?since=3"):
        gone = await api.json("GET", f"/projects/{project_id}/{path}", ann, expect=410)
        assert gone["error"]["code"] == "HISTORY_COMPACTED"
    await execute("DELETE FROM audit_log WHERE revision = 1")
    await api.json("GET", f"/projects/{project_id}/changes?since=0", ann, expect=410)
    assert len((await changes(api, ann, project_id, "?since=1"))["changes"]) == 1
    await execute("DELETE FROM audit_log")
    await api.json("GET", f"/projects/{project_id}/changes?since=1", ann, expect=410)
    assert (await changes(api, ann, project_id, "?since=2"))["revision"] == 2


async def test_many_changes_cost_no_more_statements_than_few(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await api.person()
    project_id = (await api.project(ann))["id"]
    await _fill(project_id, 1)
    path = f"/projects/{project_id}/changes?limit=1000"
    few = await statements(api, caplog, path, ann)
    await _fill(project_id, 30)
    many = await statements(api, caplog, path, ann)
    # the session, the project, the entries, and one for each type
    assert len(few) == len(many) == 3 + 5
    nothing = await statements(api, caplog, f"{path}&since={2 + 31 * 4}", ann)
    assert len(nothing) == 3


async def _fill(project_id: str, count: int) -> None:
    async with change(CONSOLE, project_id) as made:
        for _ in range(count):
            name = new_id()
            users = collection(made, name)
            for one in (users, endpoint(made, users.id), environment(made, name), flow(made)):
                await one.save(force_create=True)


@pytest.mark.engines("sqlite")  # the others choose by what is in the tables
async def test_an_index_finds_what_changed(api: Api) -> None:
    for table in ("collections", "endpoints", "environments", "flows"):
        sql = f"SELECT id FROM {table} WHERE project_id = 'x' AND revision > 1 AND revision < 3"  # noqa: S608 - as above
        plan = await rows(f"EXPLAIN QUERY PLAN {sql}")
        text = str(plan)
        assert f"idx_{table[:11]}_project_" in text, text


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
            parent = self.random.choice([None, *high])  # three deep; MySQL ends cascades at ten
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
                await chosen.delete()

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
