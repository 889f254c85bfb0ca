"""Copies that are kept by nothing but the feed, while several clients change what they like."""

import asyncio
import contextlib
from collections import Counter
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

from tests.conftest import Api, Person
from tests.server.crowds import OPERATIONS, Client, World
from tests.server.feeds import Copy, following, pull

STEPS, ENOUGH = 30, 1000  # a machine after the other, until so many operations went through
CONTENT = ("collection", "endpoint", "environment", "flow", "member")


async def test_copies_kept_by_the_feed_are_what_the_lists_give(api: Api) -> None:
    loop = asyncio.get_running_loop()
    done: Counter[str] = Counter()

    class Machine(RuleBasedStateMachine):
        """Several clients at once, and copies kept by reading and by following."""

        @initialize(seed=st.integers(0, 2**32))
        def begin(self, seed: int) -> None:
            self.stack = contextlib.AsyncExitStack()
            self.read, self.followed = Copy(), Copy()
            self.do(self._begin(seed))

        async def _begin(self, seed: int) -> None:
            self.world = world = await World.begin(api)
            who = [(world.owner, world.owner), (world.member,) * 2, (world.token, world.owner)]
            self.clients = [
                Client(world, *whoever, seed + number)
                for number, whoever in enumerate([*who, who[0]])
            ]
            await self._connect()

        @rule(operations=st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=16, max_size=40))
        def change(self, operations: list[str]) -> None:
            self.do(self._at_once(operations))

        async def _at_once(self, operations: list[str]) -> None:
            async def work(number: int) -> None:
                for operation in operations[number :: len(self.clients)]:
                    await self.clients[number].act(operation)

            await asyncio.gather(*map(work, range(len(self.clients))))

        @rule(limit=st.integers(1, 7))
        def read_on(self, limit: int) -> None:
            self.do(pull(api, self.world.owner, self.world.project_id, self.read, limit))

        @rule()
        def follow_on(self) -> None:
            self.do(self._follow_on())

        @rule()
        def be_cut_off(self) -> None:
            self.do(self._connect())

        async def _connect(self) -> None:
            await self.stack.aclose()
            resume = {"Last-Event-ID": str(self.followed.revision)}
            stream = following(api, self.world.member, self.world.project_id, **resume)
            self.stream = await self.stack.enter_async_context(stream)

        async def _follow_on(self) -> None:
            await pull(api, self.world.owner, self.world.project_id, self.read)
            if self.followed.revision < self.read.revision:
                self.followed.apply(await self.stream.changes(self.read.revision))

        def teardown(self) -> None:
            if hasattr(self, "stream"):
                self.do(self._end())

        async def _end(self) -> None:
            world = self.world
            await self._follow_on()
            await self.stack.aclose()
            late, tokens = Copy(), Copy()
            await pull(api, world.member, world.project_id, late)
            await pull(api, world.token, world.project_id, tokens)
            listed = await what_lists_give(api, world.owner, world.project_id)
            for copy in (self.read, self.followed, late):
                assert derived(copy, world.project_id) == listed
            for kind in set(CONTENT) - {"member"}:
                assert tokens.of(kind) == late.of(kind)
            assert not tokens.of("invitation")
            assert not tokens.of("mcp_token")
            done.update(world.done)

        def do(self, work: Coroutine[Any, Any, None]) -> None:
            asyncio.run_coroutine_threadsafe(work, loop).result(60)

    machines = 0
    while done.total() < ENOUGH:
        machines += 1
        assert machines < ENOUGH // 10, done
        await asyncio.to_thread(
            run_state_machine_as_test,
            Machine,
            settings=settings(
                max_examples=2,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=False,  # as in CI by itself: all machines would be alike
                phases=[Phase.generate],  # making it smaller takes minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert {name for name in OPERATIONS if " " in name} <= done.keys()


USES = ("lastUsedAt", "lastUsedIp", "lastClient")
"""What every request with a token changes, and the feed does not tell."""


async def what_lists_give(api: Api, who: Person, project_id: str) -> dict[str, Any]:
    """Return a project as somebody has it who reads everything there is to read."""
    base = f"/projects/{project_id}"
    project = (await api.json("GET", base, who))["project"]
    flows = await _all(api, who, f"{base}/flows?", "flows")
    found: dict[str, list[dict[str, Any]]] = {
        "project": [project],
        "collection": (await api.json("GET", f"{base}/collections?flat=true", who))["collections"],
        "endpoint": await _all(api, who, f"{base}/endpoints?", "endpoints"),
        "environment": (await api.json("GET", f"{base}/environments", who))["environments"],
        "flow": [
            one | (await api.json("GET", f"/flows/{one['id']}", who))["flow"] for one in flows
        ],
        "member": await _all(api, who, f"{base}/members?", "members"),
        "invitation": await _all(api, who, f"{base}/invitations?", "invitations"),
        "mcp_token": await _all(api, who, f"/mcp/tokens?projectId={project_id}&", "tokens"),
    }
    del project["userRole"], project["updatedAt"]
    for invitation in found["invitation"]:
        del invitation["inviteUrl"]
    for token in found["mcp_token"]:
        for use in USES:
            del token[use]
    return {kind: {one["id"]: one for one in things} for kind, things in found.items()}


async def _all(api: Api, who: Person, path: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        place = f"offset={len(found)}" if key == "endpoints" else f"page={len(found) // 100 + 1}"
        answer = await api.json("GET", f"{path}limit=100&{place}", who)
        found += answer[key]
        if len(found) >= answer["pagination"]["total"]:
            return found


def derived(copy: Copy, project_id: str) -> dict[str, Any]:
    """Return what a copy has, with the counts that follow from it."""
    kinds = ("project", *CONTENT, "invitation", "mcp_token")
    found = {kind: {key: dict(one) for key, one in copy.of(kind).items()} for kind in kinds}
    (project,) = found["project"].values()
    inside = Counter(one["collectionId"] for one in found["endpoint"].values())
    for one in found["collection"].values():
        one["endpointsCount"] = inside[one["id"]]
    del project["updatedAt"]
    project |= {
        "revision": copy.revision,
        "memberCount": len(found["member"]),
        "collectionCount": len(found["collection"]),
        "endpointCount": len(found["endpoint"]),
    }
    for token in found["mcp_token"].values():
        for use in USES:
            del token[use]
    return found
